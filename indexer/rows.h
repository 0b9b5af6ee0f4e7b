/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of rows share: the document being indexed, the places of
 * its records, and the search table. One writer a format: oval_rows.h,
 * nvd_rows.h, usn_rows.h.
 */
#ifndef INDEXER_ROWS_H
#define INDEXER_ROWS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/db.h"
#include "base/stream.h"
#include "indexer/family.h"
#include "indexer/raw_blocks.h"
#include "indexer/text.h"
#include "indexer/words.h"

#define RECORDS_MAX UINT32_C(0xfffffffe) /* ordinals of one document */

/* What a document says of itself. */
struct document_info {
	struct span product_name;
	struct span product_version;
	struct span schema_version;
	struct span published;
};

struct document_rows {
	struct db *db;
	int64_t document;
	enum document_format format;
	bool fresh; /* no rows of it yet */
	struct stream *in;
	struct arena arena; /* for info; lives as long as the document */
	struct document_info info;
	struct index_outcome *outcome;
	const struct index_progress *progress; /* may be NULL */
	size_t input;                          /* for progress */
	struct text_writer *text;
	struct raw_blocks *blocks; /* of formats that pack many records */
	struct text_reader *old;   /* texts of the last publication */
	struct words head;         /* of the record in hand */
	struct words body;
	struct buf places;
	uint64_t last_ord;
	uint64_t last_offset;
};

int document_rows_init(struct document_rows *d, struct err *e);
void document_rows_cleanup(struct document_rows *d);

/* An empty text is no SQL NULL. */
static inline struct span
span_text(struct span s)
{
	return s.ptr == NULL ? SPAN_LIT("") : s;
}

static inline int64_t
row_key(int64_t document, uint32_t ord)
{
	return (int64_t)((uint64_t)document << 32 | ord);
}

/* Counts a record and tells of the progress now and then. */
void rows_count(struct document_rows *d);

/* Notes where the record stands in the unpacked file. */
void place_add(struct document_rows *d, uint32_t ord, uint64_t offset);
/* Writes them all, if they differ from what stands there. */
int place_save(struct document_rows *d, struct err *e);

/* Starts head and body of the next record. */
void search_begin(struct document_rows *d);
int search_put(struct document_rows *d, int64_t key, struct err *e);
/* head and body hold the words that were put in under key. */
int search_take(struct document_rows *d, int64_t key, struct err *e);

/* Runs one of our DELETEs with :key, or with :low and :high of a document. */
int rows_delete(struct db *db, unsigned query, int64_t key, struct err *e);
int
rows_delete_all(struct db *db, unsigned query, int64_t document, struct err *e);

#endif
