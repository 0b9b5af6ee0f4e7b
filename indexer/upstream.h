/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other addresses of files that are mirrored: publishers moved them, and
 * content in the field still names the old ones.
 */
#ifndef INDEXER_UPSTREAM_H
#define INDEXER_UPSTREAM_H

#include "base/arena.h"

/* What the mirror holds a path of a host as, in a: "/security/data/x" →
 * "/data/x"; any other as it is. */
struct span upstream_tail(struct span tail, struct arena *a);
/*
 * "https://access.redhat.com/security/data/x" → the path of a mirrored file;
 * empty: it is no address on the web.
 */
struct span upstream_of_url(struct span url, struct arena *a);

#endif
