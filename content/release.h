/* SPDX-License-Identifier: Apache-2.0 */
/* Names of releases: codenames of Ubuntu and Debian, products of Red Hat. */
#ifndef CONTENT_RELEASE_H
#define CONTENT_RELEASE_H

#include "base/span.h"

/* "ubuntu" "22.04" is "jammy"; SPAN_NONE where we know of none. Static. */
struct span release_codename(struct span distribution, struct span version);
/*
 * The distro of Canonical's package URLs: "jammy", or a pocket before it as
 * in "esm-infra/focal"; pocket may come out empty. False: it is neither.
 */
bool release_of_distro(
    struct span distro, struct span *release, struct span *pocket);
/*
 * Whether a product's name in Red Hat's CPEs is that of RHEL, whose versions
 * are RHEL's: "enterprise_linux", or a stream of its own as "rhel_eus" and,
 * since 10, "enterprise_linux_eus", of which pocket is "eus".
 */
bool release_is_rhel(struct span product, struct span *pocket);
/*
 * Whether what is said of one release holds for another: of "9" for "9.2",
 * too, and of none for all.
 */
bool release_covers(struct span stated, struct span asked);

#endif
