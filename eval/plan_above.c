/* SPDX-License-Identifier: Apache-2.0 */
/* Which definitions a test's result can change. */
#include <stdlib.h>

#include "base/mem.h"
#include "content/oval_pack.h"
#include "eval/plan_impl.h"
#include "schema_index.h"

/* References as they stand in the criteria. */
struct references {
	struct pair_list tests;   /* test → definition */
	struct pair_list extends; /* extended → extending */
};

static int
read_references(struct machine *m, struct references *r, struct err *e)
{
	struct db_stmt *row = db_query(m->db, QUERY_INDEX_EVAL_NODES_ALL);
	struct arena a = { 0 };
	struct oval_node *nodes;
	uint32_t ord;
	size_t n, i;
	int rc;

	db_bind_int(row, "document", m->document);
	while ((rc = db_step(row, e)) == 1) {
		ord = (uint32_t)db_int(row, 0);
		rc = oval_unpack_nodes(db_blob(row, 1), &a, &nodes, &n, e);
		if (rc != 0)
			break;
		for (i = 0; i < n; i++) {
			if (nodes[i].type == OVAL_NODE_CRITERION)
				pair_add(&r->tests, nodes[i].ref.ord, ord);
			else if (nodes[i].type == OVAL_NODE_EXTEND)
				pair_add(&r->extends, nodes[i].ref.ord, ord);
		}
		arena_reset(&a);
	}
	db_reset(row);
	arena_cleanup(&a);
	return rc;
}

/* The walk upwards from one test after the other. */
struct climb {
	struct index_of extending;
	uint32_t *seen;  /* by definition: the last test that led there, + 1 */
	uint32_t *above; /* found for this test */
	size_t n;
};

static void
climb_to(struct climb *c, uint32_t test, uint32_t definition)
{
	if (c->seen[definition] == test + 1)
		return;
	c->seen[definition] = test + 1;
	c->above[c->n++] = definition;
}

static int
cmp_ord(const void *pa, const void *pb)
{
	const uint32_t *a = pa;
	const uint32_t *b = pb;

	return *a < *b ? -1 : *a > *b;
}

static void
climb_test(struct climb *c, const struct index_of *direct, uint32_t test)
{
	size_t i;
	uint32_t j;

	c->n = 0;
	for (j = direct->start[test]; j < direct->start[test + 1]; j++)
		climb_to(c, test, direct->to[j]);
	for (i = 0; i < c->n; i++)
		for (j = c->extending.start[c->above[i]];
		     j < c->extending.start[c->above[i] + 1]; j++)
			climb_to(c, test, c->extending.to[j]);
	qsort(c->above, c->n, sizeof(*c->above), cmp_ord);
}

static void
climb_all(struct climb *c, const struct index_of *direct, size_t n_tests,
    struct pair_list *above, bool *too_many)
{
	uint32_t test;
	size_t i;

	for (test = 0; test < n_tests && !*too_many; test++) {
		climb_test(c, direct, test);
		for (i = 0; i < c->n; i++)
			pair_add(above, test, c->above[i]);
		*too_many = above->n > PLAN_PAIRS_MAX;
	}
}

static bool
valid_references(const struct pair_list *l, size_t n)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->pairs[i].from >= n)
			return false;
	return true;
}

int
plan_above(
    struct machine *m, struct index_of *out, bool *too_many, struct err *e)
{
	size_t n_definitions = machine_n_definitions(m);
	size_t n_tests = machine_n_tests(m);
	struct references r = { 0 };
	struct pair_list above = { 0 };
	struct index_of direct = { 0 };
	struct climb c = { 0 };
	int rc = -1;

	*too_many = false;
	if (read_references(m, &r, e) != 0)
		goto out;
	if (!valid_references(&r.tests, n_tests) ||
	    !valid_references(&r.extends, n_definitions)) {
		err_set(e, ERR_FORMAT,
		    "the index is damaged: criteria refer to nothing");
		goto out;
	}
	index_of_make(&direct, &r.tests, n_tests);
	index_of_make(&c.extending, &r.extends, n_definitions);
	c.seen = xcalloc(n_definitions, sizeof(*c.seen));
	c.above = xcalloc(n_definitions, sizeof(*c.above));
	climb_all(&c, &direct, n_tests, &above, too_many);
	index_of_make(out, &above, n_tests);
	rc = 0;
out:
	free(c.seen);
	free(c.above);
	index_of_cleanup(&c.extending);
	index_of_cleanup(&direct);
	free(above.pairs);
	free(r.tests.pairs);
	free(r.extends.pairs);
	return rc;
}
