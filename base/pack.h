/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small records as bytes: variable-length numbers (7 bits a byte, low first)
 * and counted strings. Used for compiled content in the index and for
 * messages between our processes. pack_* never fails; a reader sticks at its
 * first error, gives zeros from then on, and says so in unpack_done().
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "base/buf.h"
#include "base/digest.h"

void pack_uint(struct buf *b, uint64_t v);
void pack_int(struct buf *b, int64_t v); /* zigzag */
void pack_span(struct buf *b, struct span s);
void pack_digest(struct buf *b, const struct digest *d);

struct unpack {
	struct span rest;
	bool failed;
};

struct unpack unpack_of(struct span s);
uint64_t unpack_uint(struct unpack *u);
/* At most max, else the reader fails. */
uint32_t unpack_max(struct unpack *u, uint32_t max);
int64_t unpack_int(struct unpack *u);
/* Borrows from the packed bytes. */
struct span unpack_span(struct unpack *u);
/* A string of that many bytes into out; of another size the reader fails. */
void unpack_fixed(struct unpack *u, void *out, size_t size);
void unpack_digest(struct unpack *u, struct digest *out);
/* A count of items that need at least one byte each; never more than left. */
size_t unpack_count(struct unpack *u);
/* True if all was read and nothing failed. */
bool unpack_done(const struct unpack *u);

#endif
