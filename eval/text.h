/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people read, out of the index: source bytes of one record. Twin of
 * indexer/text.h, which packs them.
 */
#ifndef EVAL_TEXT_H
#define EVAL_TEXT_H

#include "base/buf.h"
#include "base/db.h"

#define TEXT_RAW_MAX ((size_t)64 * 1024 * 1024) /* bytes of one record */

struct text_reader;

struct text_reader *text_reader_new(struct db *db); /* db stays the caller's */
void text_reader_free(struct text_reader *r);       /* NULL is fine */
/* The raw bytes live until the next call. */
int text_unpack(
    struct text_reader *r, struct span packed, struct span *raw, struct err *e);

#endif
