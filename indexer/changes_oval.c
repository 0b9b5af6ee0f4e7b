/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "content/oval_pack.h"
#include "indexer/changes_oval.h"
#include "indexer/oval_refs.h"
#include "indexer/rows.h"
#include "schema_index.h"

#define DEPTH_MAX 1024 /* references behind each other; cycles were refused */

/* A record's sum, once it is known. */
struct sum {
	bool known;
	struct digest digest;
};

struct oval_sums {
	struct db *db;
	int64_t document;
	struct sum *sums[N_OVAL_RECORDS]; /* by ordinal */
	size_t n[N_OVAL_RECORDS];
	unsigned depth;
	struct arena arena; /* of the definition in hand */
};

/* The record in hand: what it says itself, then the sums that it leads to. */
struct summing {
	struct oval_sums *s;
	struct oval_walk walk;
	struct buf own;
	struct buf below;
};

static int sum_of(struct oval_sums *s, enum oval_record type, uint64_t ord,
    struct digest *out, struct err *e);

static int
add_below(void *ctx, enum oval_record to, struct oval_ref *ref, struct err *e)
{
	struct summing *m = ctx;
	struct digest below;

	if (sum_of(m->s, to, ref->ord, &below, e) != 0)
		return -1;
	buf_add(&m->below, below.bytes, DIGEST_SIZE);
	ref->ord = 0;
	return 0;
}

static int
sum_nodes(struct summing *m, struct span packed, struct err *e)
{
	struct oval_node *nodes;
	size_t n;

	if (oval_unpack_nodes(packed, &m->s->arena, &nodes, &n, e) != 0 ||
	    oval_walk_nodes(&m->walk, nodes, n, e) != 0)
		return -1;
	oval_pack_nodes(&m->own, nodes, n);
	return 0;
}

static int
sum_test(struct summing *m, struct span packed, struct err *e)
{
	struct oval_test t = { 0 };

	if (oval_unpack_test(packed, &m->s->arena, &t, e) != 0 ||
	    oval_walk_test(&m->walk, &t, e) != 0)
		return -1;
	oval_pack_test(&m->own, &t);
	return 0;
}

static int
sum_object(struct summing *m, struct span packed, struct err *e)
{
	struct oval_object o = { 0 };

	if (oval_unpack_object(packed, &m->s->arena, &o, e) != 0 ||
	    oval_walk_object(&m->walk, &o, e) != 0)
		return -1;
	oval_pack_object(&m->own, &o);
	return 0;
}

static int
sum_state(struct summing *m, struct span packed, struct err *e)
{
	struct oval_state s = { 0 };

	if (oval_unpack_state(packed, &m->s->arena, &s, e) != 0 ||
	    oval_walk_state(&m->walk, &s, e) != 0)
		return -1;
	oval_pack_state(&m->own, &s);
	return 0;
}

static int
sum_variable(struct summing *m, struct span packed, struct err *e)
{
	struct oval_variable v = { 0 };

	if (oval_unpack_variable(packed, &m->s->arena, &v, e) != 0 ||
	    oval_walk_variable(&m->walk, &v, e) != 0)
		return -1;
	oval_pack_variable(&m->own, &v);
	return 0;
}

static const struct {
	unsigned max;
	unsigned get; /* the packed record */
	int (*sum)(struct summing *m, struct span packed, struct err *e);
} types[N_OVAL_RECORDS] = {
	[OVAL_RECORD_DEFINITION] = { QUERY_INDEX_EVAL_DEFINITION_MAX,
	    QUERY_INDEX_EVAL_NODES, sum_nodes },
	[OVAL_RECORD_TEST] = { QUERY_INDEX_EVAL_TEST_MAX, QUERY_INDEX_TEST_GET,
	    sum_test },
	[OVAL_RECORD_OBJECT] = { QUERY_INDEX_EVAL_OBJECT_MAX,
	    QUERY_INDEX_OBJECT_GET, sum_object },
	[OVAL_RECORD_STATE] = { QUERY_INDEX_EVAL_STATE_MAX,
	    QUERY_INDEX_STATE_GET, sum_state },
	[OVAL_RECORD_VARIABLE] = { QUERY_INDEX_EVAL_VARIABLE_MAX,
	    QUERY_INDEX_VARIABLE_GET, sum_variable },
};

/* Copied: the query is asked again for what the record refers to. */
static int
read_packed(struct oval_sums *s, enum oval_record type, uint64_t ord,
    struct span *packed, struct err *e)
{
	struct db_stmt *q = db_query(s->db, types[type].get);
	int rc;

	db_bind_int(q, ":key", row_key(s->document, (uint32_t)ord));
	rc = db_step(q, e);
	if (rc == 1)
		*packed = arena_span(&s->arena, db_blob(q, 0));
	db_reset(q);
	return rc;
}

/* Nothing is there for what a document refers to and lacks. */
static int
work_out(struct oval_sums *s, enum oval_record type, uint64_t ord,
    struct digest *out, struct err *e)
{
	struct summing m = { .s = s };
	struct span packed = SPAN_NONE;
	int rc = read_packed(s, type, ord, &packed, e);

	*out = (struct digest){ { 0 } };
	if (rc != 1)
		return rc;
	m.walk = (struct oval_walk){ &m, add_below };
	rc = types[type].sum(&m, packed, e);
	if (rc == 0) {
		buf_add_span(&m.own, buf_span(&m.below));
		digest_of(buf_span(&m.own), out);
	}
	buf_cleanup(&m.own);
	buf_cleanup(&m.below);
	return rc;
}

static int
sum_of(struct oval_sums *s, enum oval_record type, uint64_t ord,
    struct digest *out, struct err *e)
{
	struct sum *sum;
	int rc;

	*out = (struct digest){ { 0 } };
	if (ord >= s->n[type])
		return 0;
	sum = &s->sums[type][ord];
	if (!sum->known) {
		if (s->depth == DEPTH_MAX)
			return err_set(e, ERR_FORMAT, "the index is damaged");
		s->depth++;
		rc = work_out(s, type, ord, &sum->digest, e);
		s->depth--;
		if (rc != 0)
			return -1;
		sum->known = true;
	}
	*out = sum->digest;
	return 0;
}

static int
count(struct oval_sums *s, enum oval_record type, struct err *e)
{
	struct db_stmt *q = db_query(s->db, types[type].max);
	int rc;

	db_bind_int(q, ":low", row_key(s->document, 0));
	db_bind_int(q, ":high", row_key(s->document, UINT32_MAX));
	rc = db_step(q, e);
	if (rc == 1 && !db_is_null(q, 0))
		s->n[type] = (size_t)(db_int(q, 0) & UINT32_MAX) + 1;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

int
oval_sums_open(
    struct oval_sums **out, struct db *db, int64_t document, struct err *e)
{
	struct oval_sums *s = xcalloc(1, sizeof(*s));
	int type, rc = 0;

	s->db = db;
	s->document = document;
	for (type = 0; type < N_OVAL_RECORDS && rc == 0; type++) {
		rc = count(s, (enum oval_record)type, e);
		s->sums[type] = xcalloc(s->n[type] + 1, sizeof(struct sum));
	}
	if (rc != 0) {
		oval_sums_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
oval_sums_free(struct oval_sums *s)
{
	int type;

	if (s == NULL)
		return;
	for (type = 0; type < N_OVAL_RECORDS; type++)
		free(s->sums[type]);
	arena_cleanup(&s->arena);
	free(s);
}

int
oval_sums_definition(
    struct oval_sums *s, uint32_t ord, struct digest *out, struct err *e)
{
	int rc = sum_of(s, OVAL_RECORD_DEFINITION, ord, out, e);

	arena_reset(&s->arena);
	return rc;
}
