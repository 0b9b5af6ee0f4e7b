/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small numbers come first in each byte's bits, so that the usual record has
 * one byte where it has defaults only. Each unpack function checks what the
 * evaluator relies on: ranges, arities, nesting, a postfix that adds up.
 */
#ifndef CONTENT_OVAL_PACK_IMPL_H
#define CONTENT_OVAL_PACK_IMPL_H

#include "base/pack.h"
#include "content/oval_pack.h"
#include "content/oval_read.h"

/* A cursor, and the arena that takes what does not fit in the record. */
struct oval_unpacker {
	struct unpack u;
	struct arena *arena;
};

/* Twin: oval_bits_take(). Puts `width` bits of v above those that are there. */
void oval_bits_put(uint64_t *bits, unsigned *used, unsigned v, unsigned width);
/* Takes the lowest bits; a value above max fails the reader. */
unsigned oval_bits_take(
    struct oval_unpacker *r, uint64_t *bits, unsigned width, size_t max);
void oval_pack_ref(struct buf *b, const struct oval_ref *ref);
struct oval_ref oval_unpack_ref(struct oval_unpacker *r);
/* The element's name: packed only where the kind does not tell it. */
struct span oval_unpack_type(
    struct oval_unpacker *r, enum oval_kind kind, enum oval_part part);
/* ERR_FORMAT unless all was read and nothing failed. */
int oval_unpack_finish(
    const struct oval_unpacker *r, const char *what, struct err *e);

#endif
