/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/id_list.h"
#include "eval/ords.h"
#include "eval/plan_rows.h"
#include "schema_index.h"

static struct db_stmt *
query(struct plan *p, unsigned name)
{
	struct db_stmt *s = db_query(p->db, name);

	db_bind_int(s, "document", p->document);
	return s;
}

/* Binds a key of ours, "<kind digit><name>". */
static void
bind_key(struct db_stmt *s, struct span key, const char *name)
{
	db_bind_int(s, "kind", *key.ptr - '0');
	db_bind_text(s, name, span_from(key, 1));
}

/*
 * Deletes the rows whose key is not in `keep`: `list` gives the keys, `drop`
 * takes one, its text as `name`.
 */
static int
drop_others(struct plan *p, const struct map *keep, unsigned list,
    unsigned drop, const char *name, struct err *e)
{
	struct db_stmt *s = query(p, list);
	struct arena a = { 0 };
	struct span *stale = NULL;
	size_t cap = 0;
	size_t n = 0;
	size_t i;
	uint32_t at;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		if (map_get(keep, db_text(s, 0), &at))
			continue;
		stale = xgrow(stale, &cap, n + 1, sizeof(*stale));
		stale[n++] = arena_span(&a, db_text(s, 0));
	}
	db_reset(s);
	for (i = 0; i < n && rc == 0; i++) {
		s = query(p, drop);
		bind_key(s, stale[i], name);
		rc = db_run(s, e);
	}
	free(stale);
	arena_cleanup(&a);
	return rc;
}

int
plan_put_wants(struct plan *p, struct err *e)
{
	struct buf key = { 0 };
	struct map keep = { 0 };
	struct db_stmt *s;
	const struct want *w;
	size_t i;
	int rc = 0;

	for (i = 0; i < p->wants.n && rc == 0; i++) {
		w = &p->wants.wants[i];
		buf_reset(&key);
		buf_add_char(&key, (char)('0' + (int)want_kind_of(w)));
		buf_add_span(&key, w->path);
		map_add(&keep, buf_span(&key), 0, NULL);
		s = query(p, QUERY_INDEX_EVAL_WANT_PUT);
		bind_key(s, buf_span(&key), "path");
		rc = db_run(s, e);
	}
	if (rc == 0)
		rc = drop_others(p, &keep, QUERY_INDEX_EVAL_WANT_KEYS,
		    QUERY_INDEX_EVAL_WANT_DELETE, "path", e);
	buf_cleanup(&key);
	map_cleanup(&keep);
	return rc;
}

/* --- tests by name --- */

static int
cmp_key(const void *pa, const void *pb)
{
	const struct span *a = pa;
	const struct span *b = pb;

	return span_cmp(*a, *b);
}

static int
put_name(struct plan *p, const struct index_of *tests, struct span key,
    struct buf *list, struct err *e)
{
	struct db_stmt *s;
	uint32_t at = 0;

	map_get(&p->names.map, key, &at);
	buf_reset(list);
	ords_pack(list, tests->to + tests->start[at],
	    tests->start[at + 1] - tests->start[at]);
	s = query(p, QUERY_INDEX_EVAL_PACKAGE_TEST_PUT);
	bind_key(s, key, "name");
	db_bind_blob(s, "tests", buf_span(list));
	return db_run(s, e);
}

static int
put_names(struct plan *p, struct err *e)
{
	struct index_of tests;
	struct buf list = { 0 };
	size_t i;
	int rc = 0;

	/* Before the names are sorted: the map's numbers are the old order. */
	index_of_make(&tests, &p->names.tests, p->names.n);
	if (p->names.n > 0)
		qsort(
		    p->names.keys, p->names.n, sizeof(*p->names.keys), cmp_key);
	for (i = 0; i < p->names.n && rc == 0; i++)
		rc = put_name(p, &tests, p->names.keys[i], &list, e);
	if (rc == 0)
		rc = drop_others(p, &p->names.map,
		    QUERY_INDEX_EVAL_PACKAGE_TEST_KEYS,
		    QUERY_INDEX_EVAL_PACKAGE_TEST_DELETE, "name", e);
	buf_cleanup(&list);
	index_of_cleanup(&tests);
	return rc;
}

/* --- definitions above tests --- */

/* Facts are settled before anything spreads. */
static bool
has_above(const struct plan *p, uint32_t test)
{
	return !p->is_fact[test] &&
	    p->above.start[test + 1] > p->above.start[test];
}

static int
drop_above(struct plan *p, struct err *e)
{
	struct db_stmt *s = query(p, QUERY_INDEX_EVAL_TEST_DEFINITION_KEYS);
	struct pair_list stale = { 0 };
	size_t n_tests = machine_n_tests(p->m);
	uint32_t test;
	size_t i;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		test = (uint32_t)db_int(s, 0);
		if (test >= n_tests || !has_above(p, test))
			pair_add(&stale, test, 0);
	}
	db_reset(s);
	for (i = 0; i < stale.n && rc == 0; i++) {
		s = db_query(p->db, QUERY_INDEX_EVAL_TEST_DEFINITION_DELETE);
		db_bind_int(s, "key", machine_key(p->m, stale.pairs[i].from));
		rc = db_run(s, e);
	}
	free(stale.pairs);
	return rc;
}

static int
put_above(struct plan *p, struct err *e)
{
	struct buf list = { 0 };
	struct db_stmt *s;
	uint32_t test;
	size_t i;
	int rc = 0;

	for (i = 0; i < p->n_tests && rc == 0; i++) {
		test = p->tests[i];
		if (!has_above(p, test))
			continue;
		buf_reset(&list);
		ords_pack(&list, p->above.to + p->above.start[test],
		    p->above.start[test + 1] - p->above.start[test]);
		s = db_query(p->db, QUERY_INDEX_EVAL_TEST_DEFINITION_PUT);
		db_bind_int(s, "key", machine_key(p->m, test));
		db_bind_blob(s, "definitions", buf_span(&list));
		rc = db_run(s, e);
	}
	buf_cleanup(&list);
	return rc == 0 ? drop_above(p, e) : -1;
}

/* --- the plan itself --- */

/* An empty blob rather than SQL NULL. */
static struct span
blob(const struct buf *b)
{
	return b->len > 0 ? buf_span(b) : SPAN_LIT("");
}

static int
put_plan(struct plan *p, struct span facts, struct span always, struct err *e)
{
	struct db_stmt *s = query(p, QUERY_INDEX_EVAL_DEFINITION_BY_ID);
	struct id_writer ids = { 0 };
	int rc;

	while ((rc = db_step(s, e)) == 1)
		id_writer_add(&ids, db_text(s, 1), (uint32_t)db_int(s, 0));
	db_reset(s);
	if (rc == 0) {
		s = query(p, QUERY_INDEX_EVAL_PLAN_PUT);
		db_bind_blob(s, "facts", facts);
		db_bind_blob(s, "always", always);
		db_bind_blob(s, "ids", blob(&ids.list));
		rc = db_run(s, e);
	}
	id_writer_cleanup(&ids);
	return rc;
}

int
plan_put_lists(struct plan *p, struct err *e)
{
	struct buf facts = { 0 };
	struct buf always = { 0 };
	size_t n = 0;
	size_t i;
	int rc;

	for (i = 0; i < p->n_others; i++)
		if (!p->names.keyed[p->others[i]])
			p->others[n++] = p->others[i];
	ords_pack(&facts, p->facts, p->n_facts);
	ords_pack(&always, p->others, n);
	rc = put_plan(p, blob(&facts), blob(&always), e);
	buf_cleanup(&facts);
	buf_cleanup(&always);
	if (rc != 0 || put_names(p, e) != 0)
		return -1;
	return put_above(p, e);
}

int
plan_put_none(struct plan *p, struct err *e)
{
	static const unsigned deletes[] = {
		QUERY_INDEX_PACKAGE_TEST_DELETE_ALL,
		QUERY_INDEX_TEST_DEFINITION_DELETE_ALL,
		QUERY_INDEX_BASELINE_DELETE_ALL,
	};
	struct db_stmt *s;
	size_t i;
	int rc = put_plan(p, SPAN_NONE, SPAN_LIT(""), e);

	for (i = 0; i < sizeof(deletes) / sizeof(*deletes) && rc == 0; i++) {
		s = db_query(p->db, deletes[i]);
		db_bind_int(s, "low", machine_key(p->m, 0));
		db_bind_int(s, "high", machine_key(p->m, UINT32_MAX));
		rc = db_run(s, e);
	}
	return rc;
}

static struct span
vector_span(const struct plan *p, const uint8_t *vector)
{
	return p->n_facts > 0 ? span_make(vector, p->n_facts) : SPAN_LIT("");
}

int
plan_put_baseline(struct plan *p, const uint8_t *vector,
    const struct evaluation *ev, struct err *e)
{
	struct db_stmt *s = query(p, QUERY_INDEX_EVAL_BASELINE_PUT);

	db_bind_blob(s, "vector", vector_span(p, vector));
	db_bind_blob(s, "definitions",
	    span_make(ev->definitions, machine_n_definitions(p->m)));
	db_bind_blob(s, "tests", span_make(ev->tests, machine_n_tests(p->m)));
	return db_run(s, e);
}

int
plan_keep_baselines(
    struct plan *p, const uint8_t *first, const uint8_t *second, struct err *e)
{
	struct db_stmt *s = query(p, QUERY_INDEX_EVAL_BASELINE_KEEP);

	db_bind_blob(s, "first", vector_span(p, first));
	db_bind_blob(s, "second", vector_span(p, second));
	return db_run(s, e);
}
