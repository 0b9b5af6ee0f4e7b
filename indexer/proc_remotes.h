/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a data stream refers to that lies elsewhere, read in a process without
 * rights: the data stream comes from outside.
 */
#ifndef INDEXER_PROC_REMOTES_H
#define INDEXER_PROC_REMOTES_H

#include "base/arena.h"
#include "base/err.h"

#define REMOTES_MAX 65536u /* of one collection */

struct remote {
	struct span name; /* by which its benchmarks refer to it */
	struct span url;
};

/*
 * From the start of fd, which stays the caller's; packed is fine. Each name
 * once, in the order of the data streams, in a. ERR_FORMAT: it is none, or a
 * name stands for two addresses.
 */
int remotes_read(
    int fd, struct arena *a, struct remote **out, size_t *n, struct err *e);
/* The same of a text, in the caller: for the process and tests. */
int remotes_read_span(struct span text, struct arena *a, struct remote **out,
    size_t *n, struct err *e);

#endif
