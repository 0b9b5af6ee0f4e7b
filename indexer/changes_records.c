/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/pack.h"
#include "indexer/changes_impl.h"
#include "indexer/rows.h"
#include "schema_index.h"

/*
 * Ordinal, id and whatever tells one version of the record from another: a
 * digest of its source bytes, or its values. By key.
 */
static const struct query {
	unsigned query;
	int n_columns;
} queries[] = {
	[DOCUMENT_OVAL] = { QUERY_INDEX_CHANGE_DEFINITION, 3 },
	[DOCUMENT_NVD] = { QUERY_INDEX_CHANGE_NVD, 3 },
	[DOCUMENT_NVD_11] = { QUERY_INDEX_CHANGE_NVD, 3 },
	[DOCUMENT_USN] = { QUERY_INDEX_CHANGE_USN, 3 },
};
static const struct query advisory_query = { QUERY_INDEX_CHANGE_ADVISORY, 3 };

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

/* Where one side is. */
struct cursor {
	struct db_stmt *s;
	int n_columns;
	bool at_row;
	int64_t ord;
	struct span id; /* until the next step */
	struct buf values;
	struct records left;
};

static int
query_of(enum document_format format, struct query *out, struct err *e)
{
	*out = (struct query){ 0 };
	if (document_format_advisories(format) != NULL)
		*out = advisory_query;
	else if (format < sizeof(queries) / sizeof(*queries))
		*out = queries[format];
	if (out->n_columns > 0)
		return 0;
	return err_set(e, ERR_FORMAT, "records of the format %s have no ids",
	    document_format_name(format));
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
	for (i = 2; i < c->n_columns; i++)
		pack_span(&c->values, db_blob(c->s, i));
	return 0;
}

static int
cursor_open(struct cursor *c, const struct change_side *side, struct err *e)
{
	struct query q;

	if (side->db == NULL)
		return 0;
	if (query_of(side->format, &q, e) != 0)
		return -1;
	c->s = db_query(side->db, q.query);
	c->n_columns = q.n_columns;
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
	free(c->left.items);
	arena_cleanup(&c->left.arena);
}

static int
leave(struct cursor *c, struct err *e)
{
	struct records *r = &c->left;
	struct record *row;

	r->items = xgrow(r->items, &r->cap, r->n + 1, sizeof(*r->items));
	row = &r->items[r->n++];
	row->id = arena_span(&r->arena, c->id);
	digest_of(buf_span(&c->values), &row->digest);
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
