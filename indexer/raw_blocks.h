/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the source bytes of a document's records, many to a block: see
 * eval/raw_block.h. A few blocks are held open; a block is written once it has
 * to make room for another one and something of it changed. Records that stay
 * as they are cost no write of their own.
 */
#ifndef INDEXER_RAW_BLOCKS_H
#define INDEXER_RAW_BLOCKS_H

#include "eval/raw_block.h"
#include "indexer/text.h"

struct raw_blocks;

/* Both stay the caller's. */
struct raw_blocks *raw_blocks_new(struct db *db, struct text_writer *text);
void raw_blocks_free(struct raw_blocks *b); /* NULL is fine */

/* Adds a record that is not there. */
int raw_blocks_put(
    struct raw_blocks *b, int64_t key, struct span raw, struct err *e);
/* The bytes live until the next call. */
int raw_blocks_get(
    struct raw_blocks *b, int64_t key, struct span *raw, struct err *e);
int raw_blocks_remove(struct raw_blocks *b, int64_t key, struct err *e);
/* Writes what is open; the last call of a document. */
int raw_blocks_flush(struct raw_blocks *b, struct err *e);

#endif
