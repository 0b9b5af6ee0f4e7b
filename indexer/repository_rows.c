/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "content/repository_cpe.h"
#include "indexer/intern.h"
#include "indexer/repository_rows.h"
#include "schema_index.h"

/* A row as it is stored; the publication in hand may define it. */
struct row {
	struct span id;
	uint32_t ord;
	int64_t cpes;
	struct span urls;
	bool defined;
};

struct repository_rows {
	struct document_rows *d;
	struct intern words;
	struct map ids; /* to rows */
	struct row *rows;
	size_t n;
	size_t cap;
	uint32_t next; /* ordinal */
	struct arena arena;
};

static struct row *
add_row(struct repository_rows *r, struct span id)
{
	r->rows = xgrow(r->rows, &r->cap, r->n + 1, sizeof(*r->rows));
	r->rows[r->n] = (struct row){ .id = arena_span(&r->arena, id) };
	map_add(&r->ids, id, (uint32_t)r->n, NULL);
	return &r->rows[r->n++];
}

static int
load_row(struct repository_rows *r, struct db_stmt *s, struct err *e)
{
	uint64_t ord = (uint64_t)db_int(s, 1);
	struct row *row;

	if (ord >= RECORDS_MAX)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	row = add_row(r, db_text(s, 0));
	row->ord = (uint32_t)ord;
	row->cpes = db_int(s, 2);
	row->urls = arena_span(&r->arena, db_text(s, 3));
	if (row->ord >= r->next)
		r->next = row->ord + 1;
	return 0;
}

static int
load_rows(struct repository_rows *r, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_REPOSITORY_ALL);
	int rc;

	if (r->d->fresh)
		return 0;
	db_bind_int(s, "key", r->d->document);
	while ((rc = db_step(s, e)) == 1) {
		if (load_row(r, s, e) != 0) {
			db_reset(s);
			return -1;
		}
	}
	return rc;
}

static int
put_row(struct repository_rows *r, const struct row *row, struct span urls,
    struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_REPOSITORY_PUT);

	db_bind_text(s, "id", row->id);
	db_bind_int(s, "document", r->d->document);
	db_bind_int(s, "ord", row->ord);
	db_bind_int(s, "cpes", row->cpes);
	db_bind_text(s, "urls", span_text(urls));
	return db_run(s, e);
}

static int
delete_row(struct repository_rows *r, const struct row *row, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_REPOSITORY_DELETE);

	db_bind_text(s, "id", row->id);
	db_bind_int(s, "document", r->d->document);
	r->d->outcome->n_removed++;
	return db_run(s, e);
}

/* The row of a repository; a new one has no CPEs yet. */
static struct row *
find_row(struct repository_rows *r, struct span id)
{
	struct row *row;
	uint32_t i;

	if (map_get(&r->ids, id, &i))
		return &r->rows[i];
	row = add_row(r, id);
	row->ord = r->next++;
	r->d->outcome->n_added++;
	return row;
}

static int
on_repository(void *ctx, const struct repository_cpe *repository, struct err *e)
{
	struct repository_rows *r = ctx;
	struct row *row = find_row(r, repository->id);
	bool is_new = row->cpes == 0;
	int64_t cpes;

	if (row->defined)
		return err_set(e, ERR_FORMAT, "%.*s is there twice",
		    SPAN_ARG(span_first(row->id, 64)));
	row->defined = true;
	if (intern_word(&r->words, span_text(repository->cpes), &cpes, e) != 0)
		return -1;
	place_add(r->d, row->ord, repository->offset);
	rows_count(r->d);
	if (row->cpes == cpes && span_eq(row->urls, repository->urls))
		return 0;
	r->d->outcome->n_changed += !is_new;
	row->cpes = cpes;
	return put_row(r, row, repository->urls, e);
}

static int
delete_others(struct repository_rows *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!r->rows[i].defined && delete_row(r, &r->rows[i], e) != 0)
			return -1;
	return 0;
}

static void
cleanup(struct repository_rows *r)
{
	intern_cleanup(&r->words);
	map_cleanup(&r->ids);
	free(r->rows);
	arena_cleanup(&r->arena);
}

int
repository_rows_write(struct document_rows *d, struct err *e)
{
	struct repository_rows r = { .d = d };
	struct repository_sink sink = { &r, on_repository };
	int rc = -1;

	intern_words_init(&r.words, d->db);
	if (load_rows(&r, e) == 0 &&
	    repository_cpe_read(
		d->in, &sink, &d->arena, &d->info.published, e) == 0)
		rc = delete_others(&r, e);
	cleanup(&r);
	return rc;
}

int
repository_rows_remove(struct document_rows *d, struct err *e)
{
	struct repository_rows r = { .d = d };
	int rc = load_rows(&r, e);

	if (rc == 0)
		rc = delete_others(&r, e);
	cleanup(&r);
	return rc;
}
