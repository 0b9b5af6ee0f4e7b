/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "eval/exploit.h"
#include "indexer/epss_rows.h"
#include "schema_index.h"

/* One publication's scores in the order of their CVEs. */
struct scores {
	struct epss_row *items;
	size_t n;
	size_t cap;
};

struct epss_rows {
	struct document_rows *d;
	struct scores old;
	struct scores now;
	struct buf packed;
};

static int
by_cve(const void *a, const void *b)
{
	const struct epss_row *x = a, *y = b;

	if (x->year != y->year)
		return x->year < y->year ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return 0;
}

static int
add_score(void *ctx, const struct epss_row *row, struct err *e)
{
	struct scores *s = ctx;

	(void)e;
	s->items = xgrow(s->items, &s->cap, s->n + 1, sizeof(*s->items));
	s->items[s->n++] = *row;
	return 0;
}

static int
on_row(void *ctx, const struct epss_row *row, struct err *e)
{
	struct epss_rows *r = ctx;

	rows_count(r->d);
	return add_score(&r->now, row, e);
}

static int
sort_now(struct epss_rows *r, struct err *e)
{
	const struct epss_row *row = r->now.items;
	size_t i;

	qsort(r->now.items, r->now.n, sizeof(*row), by_cve);
	for (i = 1; i < r->now.n; i++)
		if (by_cve(&row[i - 1], &row[i]) == 0)
			return err_set(e, ERR_FORMAT,
			    "CVE-%04" PRIu32 "-%04" PRIu32 " is there twice",
			    row[i].year, row[i].number);
	return 0;
}

static int
load_old(struct epss_rows *r, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_EPSS_ROWS);
	struct epss_sink sink = { &r->old, add_score };
	int rc;

	if (r->d->fresh)
		return 0;
	db_bind_int(s, "key", r->d->document);
	while ((rc = db_step(s, e)) == 1)
		if (exploit_unpack((uint32_t)db_int(s, 0),
			(uint64_t)db_int(s, 1), db_blob(s, 2), &sink, e) != 0) {
			db_reset(s);
			return -1;
		}
	return rc;
}

/* What was added, changed and removed. */
static void
count_changes(const struct epss_rows *r)
{
	struct index_outcome *outcome = r->d->outcome;
	const struct epss_row *old = r->old.items, *now = r->now.items;
	size_t i = 0, k = 0;
	int order;

	while (i < r->old.n && k < r->now.n) {
		order = by_cve(&old[i], &now[k]);
		if (order == 0)
			outcome->n_changed += old[i].score != now[k].score ||
			    old[i].percentile != now[k].percentile;
		outcome->n_removed += order < 0;
		outcome->n_added += order > 0;
		i += order <= 0;
		k += order >= 0;
	}
	outcome->n_removed += r->old.n - i;
	outcome->n_added += r->now.n - k;
}

static uint32_t
block_of(const struct epss_row *row)
{
	return row->number >> EPSS_BLOCK_BITS;
}

/* The first row behind the block that starts at i. */
static size_t
block_end(const struct scores *s, size_t i)
{
	size_t k = i + 1;

	while (k < s->n && s->items[k].year == s->items[i].year &&
	    block_of(&s->items[k]) == block_of(&s->items[i]))
		k++;
	return k;
}

/* Twin of exploit_unpack(). */
static void
pack_block(struct buf *b, const struct epss_row *row, size_t n)
{
	const uint32_t mask = (1u << EPSS_BLOCK_BITS) - 1;
	uint32_t next = 0;
	size_t i;

	buf_reset(b);
	for (i = 0; i < n; i++) {
		pack_uint(b, (row[i].number & mask) - next);
		pack_uint(b, row[i].score);
		pack_uint(b, (uint64_t)((int64_t)row[i].percentile + 1));
		next = (row[i].number & mask) + 1;
	}
}

/* A block that is as it was costs no write. */
static int
put_blocks(struct epss_rows *r, struct err *e)
{
	struct db_stmt *s;
	size_t i, end;

	for (i = 0; i < r->now.n; i = end) {
		end = block_end(&r->now, i);
		pack_block(&r->packed, &r->now.items[i], end - i);
		s = db_query(r->d->db, QUERY_INDEX_EPSS_PUT);
		db_bind_int(s, "document", r->d->document);
		db_bind_int(s, "year", r->now.items[i].year);
		db_bind_int(s, "block", block_of(&r->now.items[i]));
		db_bind_blob(s, "scores", buf_span(&r->packed));
		if (db_run(s, e) != 0)
			return -1;
	}
	return 0;
}

static int
delete_block(struct epss_rows *r, const struct epss_row *row, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_EPSS_DELETE);

	db_bind_int(s, "document", r->d->document);
	db_bind_int(s, "year", row->year);
	db_bind_int(s, "block", block_of(row));
	return db_run(s, e);
}

/* Blocks that the new publication has no score of. */
static int
delete_blocks(struct epss_rows *r, struct err *e)
{
	const struct epss_row *old, *now = r->now.items;
	size_t i, k = 0;

	for (i = 0; i < r->old.n; i = block_end(&r->old, i)) {
		old = &r->old.items[i];
		while (k < r->now.n &&
		    (now[k].year < old->year ||
			(now[k].year == old->year &&
			    block_of(&now[k]) < block_of(old))))
			k++;
		if (k < r->now.n && now[k].year == old->year &&
		    block_of(&now[k]) == block_of(old))
			continue;
		if (delete_block(r, old, e) != 0)
			return -1;
	}
	return 0;
}

static int
write_scores(struct epss_rows *r, struct err *e)
{
	if (load_old(r, e) != 0)
		return -1;
	count_changes(r);
	return put_blocks(r, e) == 0 ? delete_blocks(r, e) : -1;
}

static void
cleanup(struct epss_rows *r)
{
	free(r->old.items);
	free(r->now.items);
	buf_cleanup(&r->packed);
}

int
epss_rows_write(struct document_rows *d, struct err *e)
{
	struct epss_rows r = { .d = d };
	struct epss_sink sink = { &r, on_row };
	struct epss_header header;
	int rc = -1;

	if (epss_read(d->in, &sink, &d->arena, &header, e) == 0 &&
	    sort_now(&r, e) == 0)
		rc = write_scores(&r, e);
	if (rc == 0) {
		d->info.product_version = header.model_version;
		d->info.published = header.score_date;
	}
	cleanup(&r);
	return rc;
}

int
epss_rows_remove(struct document_rows *d, struct err *e)
{
	struct epss_rows r = { .d = d };
	int rc = write_scores(&r, e);

	cleanup(&r);
	return rc;
}
