/* SPDX-License-Identifier: Apache-2.0 */
/* What is worked out from a document's records: eval/plan.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/ords.h"
#include "indexer/digest_impl.h"
#include "schema_index.h"

/* A list of ordinals as ranks; sorted only while it is hashed. */
struct ranks {
	uint32_t *items;
	size_t n;
	size_t cap;
};

struct plan_hash {
	struct family_hash *h;
	int64_t document;
	const struct digest_ids *tests;
	const struct digest_ids *definitions;
	struct ranks facts; /* in the order of a baseline's vector */
	struct ranks list;  /* in hand */
};

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
read_ranks(struct ranks *r, struct span packed, const struct digest_ids *ids,
    struct err *e)
{
	struct ords ords = ords_of(packed, ids->n_ranks);
	uint32_t ord;

	r->n = 0;
	while (ords_next(&ords, &ord)) {
		r->items = xgrow(r->items, &r->cap, r->n + 1, sizeof(ord));
		r->items[r->n++] = digest_rank(ids, ord);
	}
	return ords_done(&ords) ? 0
				: err_set(e, ERR_FORMAT, "the plan is damaged");
}

static int
hash_list(struct plan_hash *p, struct span packed, const struct digest_ids *ids,
    struct err *e)
{
	struct buf row = { 0 };
	size_t i;

	if (read_ranks(&p->list, packed, ids, e) != 0)
		return -1;
	if (p->list.n > 0)
		qsort(p->list.items, p->list.n, sizeof(uint32_t), by_number);
	for (i = 0; i < p->list.n; i++)
		pack_uint(&row, p->list.items[i]);
	digest_span(p->h, buf_span(&row));
	buf_cleanup(&row);
	return 0;
}

/* Without facts there is no plan: everything is evaluated. */
static int
hash_plan_row(struct plan_hash *p, struct err *e)
{
	struct db_stmt *s = db_query(p->h->db, QUERY_INDEX_PLAN_ROW);
	int rc;

	db_bind_int(s, "key", p->document);
	rc = db_step(s, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "a document has no plan");
	if (rc == 1)
		rc = read_ranks(&p->facts, db_blob(s, 0), p->tests, e);
	if (rc == 0)
		rc = hash_list(p, db_blob(s, 0), p->tests, e);
	if (rc == 0)
		rc = hash_list(p, db_blob(s, 1), p->tests, e);
	digest_span(
	    p->h, db_is_null(s, 0) ? SPAN_LIT("none") : SPAN_LIT("facts"));
	db_reset(s);
	return rc;
}

static int
hash_names(struct plan_hash *p, struct err *e)
{
	struct db_stmt *s = db_query(p->h->db, QUERY_INDEX_PACKAGE_TEST_ROWS);
	int rc;

	db_bind_int(s, "key", p->document);
	while ((rc = db_step(s, e)) == 1) {
		digest_row(p->h, s, "it");
		if (hash_list(p, db_blob(s, 2), p->tests, e) != 0) {
			db_reset(s);
			return -1;
		}
	}
	digest_span(p->h, SPAN_NONE);
	return rc;
}

static int
hash_above(struct plan_hash *p, struct err *e)
{
	struct db_stmt *s;
	size_t i;
	int rc = 0;

	for (i = 0; i < p->tests->n && rc == 0; i++) {
		s = db_query(p->h->db, QUERY_INDEX_TEST_DEFINITION_ROW);
		db_bind_int(
		    s, "key", row_key(p->document, p->tests->items[i].ord));
		rc = db_step(s, e);
		if (rc != 1) {
			digest_span(p->h, SPAN_NONE);
			continue;
		}
		rc = hash_list(p, db_blob(s, 0), p->definitions, e);
		db_reset(s);
	}
	return rc;
}

/* Results, a byte an ordinal, in the order of the ids. */
static void
add_results(struct buf *b, struct span results, const struct digest_ids *ids)
{
	size_t i;

	for (i = 0; i < ids->n; i++)
		buf_add_char(b,
		    ids->items[i].ord < results.len
			? results.ptr[ids->items[i].ord]
			: '\0');
}

/* The facts' results as (rank, result) in the order of the ranks. */
static void
add_vector(struct plan_hash *p, struct buf *b, struct span vector)
{
	uint32_t *pairs = xmalloc(xmul(p->facts.n, sizeof(*pairs)));
	size_t i;

	for (i = 0; i < p->facts.n; i++)
		pairs[i] = p->facts.items[i] << 8 |
		    (i < vector.len ? (uint8_t)vector.ptr[i] : 0);
	if (p->facts.n > 0)
		qsort(pairs, p->facts.n, sizeof(*pairs), by_number);
	for (i = 0; i < p->facts.n; i++)
		pack_uint(b, pairs[i]);
	free(pairs);
}

/* Baselines stand in the order of vectors, which is one of ordinals. */
static int
hash_baselines(struct plan_hash *p, struct err *e)
{
	struct db_stmt *s = db_query(p->h->db, QUERY_INDEX_BASELINE_ROWS);
	struct digest one, all = { { 0 } };
	struct buf b = { 0 };
	size_t i;
	int rc;

	db_bind_int(s, "key", p->document);
	while ((rc = db_step(s, e)) == 1) {
		buf_reset(&b);
		add_vector(p, &b, db_blob(s, 0));
		add_results(&b, db_blob(s, 1), p->definitions);
		add_results(&b, db_blob(s, 2), p->tests);
		digest_of(buf_span(&b), &one);
		for (i = 0; i < DIGEST_SIZE; i++)
			all.bytes[i] ^= one.bytes[i];
	}
	digest_span(p->h, span_make(all.bytes, DIGEST_SIZE));
	buf_cleanup(&b);
	return rc;
}

int
digest_plan(struct family_hash *h, int64_t document,
    const struct digest_ids *tests, const struct digest_ids *definitions,
    struct err *e)
{
	struct plan_hash p = { .h = h,
		.document = document,
		.tests = tests,
		.definitions = definitions };
	struct digest_ctx *records = h->ctx;
	int rc = -1;

	h->ctx = h->plan;
	if (hash_plan_row(&p, e) == 0 && hash_names(&p, e) == 0 &&
	    hash_above(&p, e) == 0 && hash_baselines(&p, e) == 0)
		rc = digest_rows(h, QUERY_INDEX_WANT_ROWS, document, "it", e);
	h->ctx = records;
	free(p.facts.items);
	free(p.list.items);
	return rc;
}
