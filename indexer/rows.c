/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "indexer/rows.h"
#include "schema_index.h"

#define PROGRESS_EVERY 1024 /* records */
/* Measured in indexer/text.c. Advisories are mostly source bytes. */
#define LEVEL 1
#define LEVEL_ADVISORY 5

int
document_rows_init(struct document_rows *d, struct err *e)
{
	const char *format = document_format_name(d->format);
	bool advisories = document_format_advisories(d->format) != NULL;

	if (text_writer_open(&d->text, d->db, span_of(format),
		advisories ? LEVEL_ADVISORY : LEVEL, e) != 0)
		return -1;
	d->blocks = raw_blocks_new(d->db, d->text);
	d->old = text_reader_new(d->db);
	return 0;
}

void
document_rows_cleanup(struct document_rows *d)
{
	raw_blocks_free(d->blocks);
	text_writer_close(d->text);
	text_reader_free(d->old);
	arena_cleanup(&d->arena);
	words_cleanup(&d->head);
	words_cleanup(&d->body);
	buf_cleanup(&d->places);
}

void
rows_count(struct document_rows *d)
{
	uint64_t n = ++d->outcome->n_records;

	if (d->progress != NULL && n % PROGRESS_EVERY == 0)
		d->progress->records(d->progress->ctx, d->input, n);
}

void
place_add(struct document_rows *d, uint32_t ord, uint64_t offset)
{
	pack_int(&d->places, (int64_t)ord - (int64_t)d->last_ord);
	pack_int(&d->places, (int64_t)(offset - d->last_offset));
	d->last_ord = ord;
	d->last_offset = offset;
}

int
place_save(struct document_rows *d, struct err *e)
{
	struct db_stmt *s = db_query(d->db, QUERY_INDEX_PLACE_GET);
	bool same;
	int rc;

	db_bind_int(s, "document", d->document);
	rc = db_step(s, e);
	if (rc == -1)
		return -1;
	same = rc == 1 && span_eq(db_blob(s, 0), buf_span(&d->places));
	db_reset(s);
	if (same)
		return 0;
	s = db_query(d->db, QUERY_INDEX_PLACE_PUT);
	db_bind_int(s, "document", d->document);
	db_bind_blob(s, "offsets", span_text(buf_span(&d->places)));
	return db_run(s, e);
}

void
search_begin(struct document_rows *d)
{
	words_reset(&d->head);
	words_reset(&d->body);
}

static int
search_run(struct document_rows *d, unsigned query, int64_t key, struct err *e)
{
	struct db_stmt *s = db_query(d->db, query);

	db_bind_int(s, "key", key);
	db_bind_text(s, "head", words_text(&d->head));
	db_bind_text(s, "body", words_text(&d->body));
	return db_run(s, e);
}

int
search_put(struct document_rows *d, int64_t key, struct err *e)
{
	return search_run(d, QUERY_INDEX_SEARCH_PUT, key, e);
}

int
search_take(struct document_rows *d, int64_t key, struct err *e)
{
	return search_run(d, QUERY_INDEX_SEARCH_TAKE, key, e);
}

int
rows_delete(struct db *db, unsigned query, int64_t key, struct err *e)
{
	struct db_stmt *s = db_query(db, query);

	db_bind_int(s, "key", key);
	return db_run(s, e);
}

int
rows_delete_all(struct db *db, unsigned query, int64_t document, struct err *e)
{
	struct db_stmt *s = db_query(db, query);

	db_bind_int(s, "low", row_key(document, 0));
	db_bind_int(s, "high", row_key(document, UINT32_MAX));
	return db_run(s, e);
}
