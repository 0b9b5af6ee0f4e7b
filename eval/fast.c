/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast evaluator (ARCHITECTURE §5): facts choose the baseline; the always
 * list and the tests that the system's packages reach are evaluated; where a
 * result differs from the baseline, the definitions above are evaluated again.
 */
#include <string.h>

#include "eval/baseline.h"
#include "eval/machine_memo.h"
#include "eval/ords.h"
#include "eval/plan_impl.h"
#include "schema_index.h"

struct fast {
	struct evaluation *ev;
	struct arena arena;
	uint32_t facts[PLAN_FACTS_MAX];
	uint8_t vector[PLAN_FACTS_MAX];
	size_t n_facts;
	struct span always;
	bool used[N_PACKAGE_KINDS]; /* kinds that tests are keyed by */
	uint8_t *tests;             /* the baseline's results */
	bool *reached;              /* tests to evaluate */
	bool *dirty;                /* definitions to evaluate again */
};

static int
damaged(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "the index is damaged: %s", what);
}

/* --- is there a plan, and does it hold? --- */

static int
read_facts(struct fast *f, struct span packed, struct err *e)
{
	struct ords o = ords_of(packed, machine_n_tests(f->ev->m));
	uint32_t ord;

	while (ords_next(&o, &ord)) {
		if (f->n_facts == PLAN_FACTS_MAX)
			return damaged(e, "too many facts");
		f->facts[f->n_facts++] = ord;
	}
	return ords_done(&o) ? 0 : damaged(e, "a list of facts");
}

/*
 * 1: there is one; 0: there is none. The row stays open, so that all queries
 * are one transaction, which is quicker.
 */
static int
read_plan(struct fast *f, struct db_stmt *s, struct err *e)
{
	int rc;

	db_bind_int(s, "document", f->ev->m->document);
	rc = db_step(s, e);
	if (rc == 1) {
		f->always = db_blob(s, 1);
		if (read_facts(f, db_blob(s, 0), e) != 0)
			rc = -1;
	}
	return rc;
}

/* 1: every database that tests are keyed by was read whole; 0: not so. */
static int
check_databases(struct fast *f, struct err *e)
{
	struct db_stmt *s;
	int kind, rc;
	int holds = 1;

	for (kind = 0; kind < N_PACKAGE_KINDS; kind++) {
		s = db_query(f->ev->m->db, QUERY_INDEX_EVAL_PACKAGE_KIND);
		db_bind_int(s, "document", f->ev->m->document);
		db_bind_int(s, "kind", kind);
		rc = db_step(s, e);
		db_reset(s);
		if (rc < 0)
			return -1;
		f->used[kind] = rc == 1;
		if (rc == 1 && f->ev->s->collected[kind] != COLLECTION_COMPLETE)
			holds = 0;
	}
	return holds;
}

/* --- the baseline --- */

static void
take_baseline(struct fast *f, const void *definitions, const void *tests)
{
	struct evaluation *ev = f->ev;
	size_t n = machine_n_tests(ev->m);

	if (machine_n_definitions(ev->m) > 0)
		memcpy(
		    ev->definitions, definitions, machine_n_definitions(ev->m));
	if (n > 0)
		memcpy(f->tests, tests, n);
}

static bool
valid_results(struct span results, size_t n)
{
	size_t i;

	for (i = 0; i < results.len; i++)
		if ((unsigned char)results.ptr[i] >= N_RESULTS)
			return false;
	return results.len == n;
}

/* 1: it is stored; 0: it is not. */
static int
read_baseline(struct fast *f, struct err *e)
{
	struct machine *m = f->ev->m;
	struct db_stmt *s = db_query(m->db, QUERY_INDEX_EVAL_BASELINE);
	int rc;

	db_bind_int(s, "document", m->document);
	db_bind_blob(s, "vector",
	    f->n_facts > 0 ? span_make(f->vector, f->n_facts) : SPAN_LIT(""));
	rc = db_step(s, e);
	if (rc == 1) {
		if (!valid_results(db_blob(s, 0), machine_n_definitions(m)) ||
		    !valid_results(db_blob(s, 1), machine_n_tests(m))) {
			damaged(e, "a baseline");
			rc = -1;
			goto out;
		}
		take_baseline(f, db_blob(s, 0).ptr, db_blob(s, 1).ptr);
	}
out:
	db_reset(s);
	return rc;
}

static int
make_baseline(struct fast *f, struct err *e)
{
	struct facts_given facts = { f->facts, f->vector, f->n_facts };
	struct baseline b;

	if (baseline_make(&b, f->ev->m, &facts, NULL, e) != 0)
		return -1;
	take_baseline(f, b.ev->definitions, b.ev->tests);
	baseline_cleanup(&b);
	return 0;
}

static int
choose_baseline(struct fast *f, struct err *e)
{
	size_t i;
	int rc;

	for (i = 0; i < f->n_facts; i++) {
		if (evaluate_test(f->ev, f->facts[i], e) != 0)
			return -1;
		f->vector[i] = f->ev->tests[f->facts[i]];
	}
	rc = read_baseline(f, e);
	return rc == 0 ? make_baseline(f, e) : rc < 0 ? -1 : 0;
}

/* --- what differs --- */

static int
spread(struct fast *f, uint32_t test, struct err *e)
{
	struct machine *m = f->ev->m;
	struct span above;
	struct ords o;
	uint32_t definition;
	int rc = machine_definitions_above(m, test, &above, e);

	if (rc != 1)
		return rc;
	o = ords_of(above, machine_n_definitions(m));
	while (ords_next(&o, &definition))
		f->dirty[definition] = true;
	return ords_done(&o) ? 0 : damaged(e, "a list of definitions");
}

static int
reach(struct fast *f, struct span packed, struct err *e)
{
	struct ords o = ords_of(packed, machine_n_tests(f->ev->m));
	uint32_t test;

	while (ords_next(&o, &test))
		f->reached[test] = true;
	return ords_done(&o) ? 0 : damaged(e, "a list of tests");
}

static int
reach_name(struct fast *f, const struct package *p, struct err *e)
{
	struct span tests;
	int rc = machine_package_tests(f->ev->m, p->kind, p->name, &tests, e);

	return rc == 1 ? reach(f, tests, e) : rc;
}

static int
reach_names(struct fast *f, struct err *e)
{
	const struct system *s = f->ev->s;
	const struct package *last = NULL;
	const struct package *p;
	size_t i;

	for (i = 0; i < s->n_packages; i++) {
		p = &s->packages[i];
		if (!f->used[p->kind] ||
		    (last != NULL && last->kind == p->kind &&
			span_eq(last->name, p->name)))
			continue;
		last = p;
		if (reach_name(f, p, e) != 0)
			return -1;
	}
	return 0;
}

/*
 * In the order of ordinals, which is the document's: what stands together in
 * the index is read together. The rest is as the baseline has it.
 */
static int
evaluate_reached(struct fast *f, struct err *e)
{
	struct evaluation *ev = f->ev;
	uint32_t i;

	for (i = 0; i < machine_n_tests(ev->m); i++) {
		if (f->reached[i] && evaluate_test(ev, i, e) != 0)
			return -1;
		if (ev->tests[i] == RESULT_NONE)
			ev->tests[i] = f->tests[i];
		else if (ev->tests[i] != f->tests[i] && spread(f, i, e) != 0)
			return -1;
	}
	return 0;
}

/* All are forgotten before the first is evaluated: they extend each other. */
static int
evaluate_dirty(struct fast *f, struct err *e)
{
	struct evaluation *ev = f->ev;
	size_t n = machine_n_definitions(ev->m);
	uint32_t i;

	for (i = 0; i < n; i++)
		if (f->dirty[i])
			ev->definitions[i] = RESULT_NONE;
	for (i = 0; i < n; i++)
		if (f->dirty[i] && evaluate_definition(ev, i, e) != 0)
			return -1;
	ev->stats.baseline_used = true;
	return 0;
}

int
evaluation_run_fast(struct evaluation *ev, struct err *e)
{
	struct db_stmt *plan = db_query(ev->m->db, QUERY_INDEX_EVAL_PLAN);
	struct fast f = { .ev = ev };
	int rc;

	rc = read_plan(&f, plan, e);
	if (rc == 1)
		rc = check_databases(&f, e);
	if (rc != 1)
		goto out;
	rc = -1;
	f.tests = arena_alloc(&f.arena, machine_n_tests(ev->m));
	f.reached = arena_alloc(&f.arena, machine_n_tests(ev->m));
	f.dirty = arena_alloc(&f.arena, machine_n_definitions(ev->m));
	if (choose_baseline(&f, e) != 0 || reach(&f, f.always, e) != 0 ||
	    reach_names(&f, e) != 0 || evaluate_reached(&f, e) != 0 ||
	    evaluate_dirty(&f, e) != 0)
		goto out;
	rc = 1;
out:
	db_reset(plan);
	arena_cleanup(&f.arena);
	return rc;
}
