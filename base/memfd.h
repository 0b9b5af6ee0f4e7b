/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a descriptor, to be handed to another process. */
#ifndef BASE_MEMFD_H
#define BASE_MEMFD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/span.h"

/* *fd is the caller's to close. */
int memfd_of(struct span bytes, int *fd, struct err *e);

/*
 * For many in a row: descriptors that are filled again in turns, with the
 * memory that they have. Whoever is handed one must have read it by the time
 * that MEMFD_RING_SIZE - 1 others were filled, and reads by offset.
 */
#define MEMFD_RING_SIZE 8u
#define MEMFD_RING_KEEP                                        \
	((size_t)1024 * 1024) /* bytes that one may hold on to \
			       */

struct memfd_ring {
	int fds[MEMFD_RING_SIZE];
	size_t next;
	bool drop_last; /* it is larger than that */
};

void memfd_ring_init(struct memfd_ring *r);
void memfd_ring_cleanup(struct memfd_ring *r);
/* *fd stays the ring's. */
int memfd_ring_fill(
    struct memfd_ring *r, struct span bytes, int *fd, struct err *e);

#endif
