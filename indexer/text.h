/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people read, as the index keeps it: source bytes of one record, zstd
 * with a dictionary that was trained on the first records of their format. A
 * frame names its dictionary, 0 for none.
 */
#ifndef INDEXER_TEXT_H
#define INDEXER_TEXT_H

#include "eval/text.h"

struct text_writer;

/*
 * For one document of the format ("oval"), inside its savepoint: a dictionary
 * that is trained on the way is written there, too. level is zstd's.
 */
int text_writer_open(struct text_writer **out, struct db *db,
    struct span format, int level, struct err *e);
void text_writer_close(struct text_writer *w); /* NULL is fine */
/* The packed bytes live until the next call. */
int text_pack(
    struct text_writer *w, struct span raw, struct span *packed, struct err *e);
/*
 * The two halves of it, for records that are packed many at a time: each is
 * shown for the dictionary, then all are packed as one.
 */
int text_sample(struct text_writer *w, struct span raw, struct err *e);
void
text_pack_block(struct text_writer *w, struct span raw, struct span *packed);

#endif
