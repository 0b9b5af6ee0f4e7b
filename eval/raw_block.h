/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source bytes of records that are packed many at a time: records beside each
 * other have most of their text in common. A record has its place in a block
 * by its ordinal; one that is too large for a block stands alone. Twin of
 * indexer/raw_blocks.h, which writes them.
 */
#ifndef EVAL_RAW_BLOCK_H
#define EVAL_RAW_BLOCK_H

#include "base/db.h"

#define RAW_BLOCK_BITS 6
#define RAW_BLOCK_RECORDS (1u << RAW_BLOCK_BITS)
#define RAW_BLOCK_RECORD_MAX ((size_t)64 * 1024) /* larger ones stand alone */

/* The key of the block that has the record, and its place there. */
static inline int64_t
raw_block_key(int64_t key)
{
	uint64_t k = (uint64_t)key;

	return (int64_t)((k >> 32 << 32) | (k & UINT32_MAX) >> RAW_BLOCK_BITS);
}

static inline size_t
raw_block_slot(int64_t key)
{
	return (size_t)((uint64_t)key & (RAW_BLOCK_RECORDS - 1));
}

/* An unpacked block as records, by slot; ptr NULL: not there. They borrow. */
int raw_block_split(
    struct span bytes, struct span records[RAW_BLOCK_RECORDS], struct err *e);

struct raw_reader;

struct raw_reader *raw_reader_new(struct db *db); /* db stays the caller's */
void raw_reader_free(struct raw_reader *r);       /* NULL is fine */
/* The bytes live until the next call. */
int
raw_read(struct raw_reader *r, int64_t key, struct span *raw, struct err *e);

#endif
