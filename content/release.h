/* SPDX-License-Identifier: Apache-2.0 */
/* Names of releases: the codenames of Ubuntu and Debian. */
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

#endif
