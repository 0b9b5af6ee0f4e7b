/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large bytes in a file without a name: they are written to it piece by piece
 * and looked at through a mapping, of which only what is being looked at is
 * memory of this process.
 */
#ifndef BASE_MAPPED_H
#define BASE_MAPPED_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Start with mapped_open(), end with mapped_close(). */
struct mapped {
	char *ptr; /* may be written to */
	size_t len;
	size_t room; /* bytes that are mapped; behind len: zeros */
	int fd;
};

/* Nothing yet, with room for that many bytes. */
int mapped_open(struct mapped *m, size_t room, struct err *e);
/* Adds bytes. ERR_LIMIT behind the room. */
int mapped_add(struct mapped *m, struct span bytes, struct err *e);
/* As it is, with room for so many bytes; ptr changes. */
int mapped_grow(struct mapped *m, size_t room, struct err *e);
/* Ends the mapping; { .fd = -1 } is fine. */
void mapped_close(struct mapped *m);
/* Nothing of it is looked at for now: memory is given back, bytes stay. */
void mapped_rest(struct span bytes);

#endif
