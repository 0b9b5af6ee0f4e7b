/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/pack.h"
#include "eval/exploit.h"
#include "indexer/changes_impl.h"
#include "indexer/changes_oval.h"
#include "indexer/rows.h"
#include "schema_index.h"

/* A record that is not the same in the same place. */
struct record {
	struct span id;
	struct digest digest;
};

struct records {
	struct record *items;
	size_t n;
	size_t cap;
	struct arena arena;
};

struct query;

/* Where one side is. */
struct cursor {
	struct db_stmt *s;
	const struct query *query;
	bool at_row;
	int64_t ord;
	struct span id; /* until the next step */
	struct buf values;
	struct oval_sums *sums; /* of what OVAL's definitions come to */
	struct records left;
};

/*
 * Ordinal, id and whatever tells one version of the record from another: a
 * digest of its source bytes, or its values. By ordinal.
 */
struct query {
	unsigned query;
	int n_columns;
	/* Takes the row's records out; they are not where they were. */
	int (*leave)(struct cursor *c, struct err *e);
};

static struct record *
add_record(struct records *r, struct span id)
{
	r->items = xgrow(r->items, &r->cap, r->n + 1, sizeof(*r->items));
	r->items[r->n].id = arena_span(&r->arena, id);
	return &r->items[r->n++];
}

static int
leave_row(struct cursor *c, struct err *e)
{
	(void)e;
	digest_of(buf_span(&c->values), &add_record(&c->left, c->id)->digest);
	return 0;
}

/* The score alone: the percentile moves with everybody else's. */
static int
leave_score(void *ctx, const struct epss_row *row, struct err *e)
{
	struct cursor *c = ctx;
	char id[32];

	(void)e;
	snprintf(id, sizeof(id), "CVE-%04u-%04u", row->year, row->number);
	digest_of(span_make(&row->score, sizeof(row->score)),
	    &add_record(&c->left, span_of(id))->digest);
	return 0;
}

/* A row is a block of scores. */
static int
leave_scores(struct cursor *c, struct err *e)
{
	const struct epss_sink sink = { c, leave_score };

	return exploit_unpack((uint32_t)(c->ord >> 32),
	    (uint64_t)c->ord & UINT32_MAX, db_blob(c->s, 2), &sink, e);
}

static const struct query queries[] = {
	[DOCUMENT_OVAL] = { QUERY_INDEX_CHANGE_DEFINITION, 3, leave_row },
	[DOCUMENT_NVD] = { QUERY_INDEX_CHANGE_NVD, 3, leave_row },
	[DOCUMENT_NVD_11] = { QUERY_INDEX_CHANGE_NVD, 3, leave_row },
	[DOCUMENT_USN] = { QUERY_INDEX_CHANGE_USN, 3, leave_row },
	[DOCUMENT_KEV] = { QUERY_INDEX_CHANGE_KEV, 3, leave_row },
	[DOCUMENT_EPSS] = { QUERY_INDEX_CHANGE_EPSS, 3, leave_scores },
	[DOCUMENT_CPE] = { QUERY_INDEX_CPE_IDS, 3, leave_row },
	[DOCUMENT_DATASTREAM] = { QUERY_INDEX_DATASTREAM_IDS, 3, leave_row },
	[DOCUMENT_REPOSITORY_CPE] = { QUERY_INDEX_CHANGE_REPOSITORY, 4,
	    leave_row },
};
static const struct query advisory_query = { QUERY_INDEX_CHANGE_ADVISORY, 3,
	leave_row };

static const struct query *
query_of(enum document_format format)
{
	if (document_format_advisories(format) != NULL)
		return &advisory_query;
	return &queries[format];
}

/* A test may change under a definition that says what it said before. */
static int
add_sum(struct cursor *c, struct err *e)
{
	struct digest sum;

	if (oval_sums_definition(c->sums, (uint32_t)c->ord, &sum, e) != 0)
		return -1;
	buf_add(&c->values, sum.bytes, DIGEST_SIZE);
	return 0;
}

static int
cursor_next(struct cursor *c, struct err *e)
{
	int rc, i;

	c->at_row = false;
	if (c->s == NULL)
		return 0;
	rc = db_step(c->s, e);
	if (rc != 1)
		return rc;
	c->at_row = true;
	c->ord = db_int(c->s, 0);
	c->id = db_text(c->s, 1);
	buf_reset(&c->values);
	for (i = 2; i < c->query->n_columns; i++)
		pack_span(&c->values, db_blob(c->s, i));
	return c->sums == NULL ? 0 : add_sum(c, e);
}

static int
cursor_open(struct cursor *c, const struct change_side *side, struct err *e)
{
	if (side->db == NULL)
		return 0;
	c->query = query_of(side->format);
	if (side->format == DOCUMENT_OVAL &&
	    oval_sums_open(&c->sums, side->db, side->document, e) != 0)
		return -1;
	c->s = db_query(side->db, c->query->query);
	db_bind_int(c->s, ":low", row_key(side->document, 0));
	db_bind_int(c->s, ":high", row_key(side->document, UINT32_MAX));
	return cursor_next(c, e);
}

static void
cursor_close(struct cursor *c)
{
	if (c->s != NULL)
		db_reset(c->s);
	buf_cleanup(&c->values);
	oval_sums_free(c->sums);
	free(c->left.items);
	arena_cleanup(&c->left.arena);
}

static int
leave(struct cursor *c, struct err *e)
{
	if (c->query->leave(c, e) != 0)
		return -1;
	return cursor_next(c, e);
}

static bool
is_same(const struct cursor *a, const struct cursor *b)
{
	return a->at_row && b->at_row && a->ord == b->ord &&
	    span_eq(a->id, b->id) &&
	    span_eq(buf_span(&a->values), buf_span(&b->values));
}

/* Both in the order of their ordinals: what is the same falls out at once. */
static int
merge(struct cursor *a, struct cursor *b, struct err *e)
{
	bool from_a, from_b;

	while (a->at_row || b->at_row) {
		if (is_same(a, b)) {
			if (cursor_next(a, e) != 0 || cursor_next(b, e) != 0)
				return -1;
			continue;
		}
		from_a = a->at_row && (!b->at_row || a->ord <= b->ord);
		from_b = b->at_row && (!a->at_row || b->ord <= a->ord);
		if ((from_a && leave(a, e) != 0) ||
		    (from_b && leave(b, e) != 0))
			return -1;
	}
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int order = span_cmp(x->id, y->id);

	return order != 0 ? order
			  : memcmp(&x->digest, &y->digest, sizeof(x->digest));
}

static void
sort(struct records *r)
{
	if (r->n > 0)
		qsort(r->items, r->n, sizeof(*r->items), by_id);
}

/* What one side left stands against what the other did. */
static void
compare(struct records *a, struct records *b,
    void (*fn)(void *ctx, enum change change, struct span id), void *ctx)
{
	size_t i = 0, k = 0;
	int order;

	sort(a);
	sort(b);
	while (i < a->n || k < b->n) {
		order = i == a->n ? 1
		    : k == b->n   ? -1
				  : span_cmp(a->items[i].id, b->items[k].id);
		if (order < 0)
			fn(ctx, CHANGE_REMOVED, a->items[i++].id);
		else if (order > 0)
			fn(ctx, CHANGE_ADDED, b->items[k++].id);
		else if (digest_eq(
			     &a->items[i++].digest, &b->items[k++].digest))
			continue;
		else
			fn(ctx, CHANGE_CHANGED, b->items[k - 1].id);
	}
}

int
change_records(const struct change_side *since, const struct change_side *now,
    void (*fn)(void *ctx, enum change change, struct span id), void *ctx,
    struct err *e)
{
	struct cursor a = { 0 }, b = { 0 };
	int rc = -1;

	if (cursor_open(&a, since, e) == 0 && cursor_open(&b, now, e) == 0)
		rc = merge(&a, &b, e);
	if (rc == 0)
		compare(&a.left, &b.left, fn, ctx);
	cursor_close(&a);
	cursor_close(&b);
	return rc;
}
