/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/plan.h"
#include "eval/plan_rows.h"

/* --- facts --- */

static uint32_t
n_above(const struct plan *p, uint32_t test)
{
	return p->above.start[test + 1] - p->above.start[test];
}

/* Those with most definitions above first. */
static int
cmp_above(const void *pa, const void *pb)
{
	const struct pair *a = pa;
	const struct pair *b = pb;

	if (a->to != b->to)
		return a->to > b->to ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

static void
choose_facts(struct plan *p, size_t n_definitions)
{
	struct pair_list wide = { 0 };
	size_t i;

	for (i = 0; i < p->n_tests; i++) {
		uint32_t n = n_above(p, p->tests[i]);
		size_t share = p->names.keyed[p->tests[i]]
		    ? PLAN_FACT_SHARE_KEYED
		    : PLAN_FACT_SHARE;

		if (n >= PLAN_FACT_MIN && n > n_definitions / share)
			pair_add(&wide, p->tests[i], n);
	}
	if (wide.n > 0)
		qsort(wide.pairs, wide.n, sizeof(*wide.pairs), cmp_above);
	p->is_fact = xcalloc(machine_n_tests(p->m), sizeof(*p->is_fact));
	for (i = 0; i < wide.n && i < PLAN_FACTS_MAX; i++)
		p->is_fact[wide.pairs[i].from] = true;
	for (i = 0; i < p->n_tests; i++) {
		if (p->is_fact[p->tests[i]])
			p->facts[p->n_facts++] = p->tests[i];
		else
			p->others[p->n_others++] = p->tests[i];
	}
	free(wide.pairs);
}

/*
 * What the release itself gives: its checks hold, and what must not be there
 * is not there.
 */
static int
release_vector(struct plan *p, uint8_t *vector, struct err *e)
{
	const struct oval_test *t;
	size_t i;

	for (i = 0; i < p->n_facts; i++) {
		t = machine_test(p->m, p->facts[i], e);
		if (t == NULL)
			return -1;
		vector[i] = t->check == OVAL_CHECK_NONE_SATISFY ||
			t->check == OVAL_CHECK_NONE_EXIST ||
			t->existence == OVAL_EXISTENCE_NONE
		    ? RESULT_FALSE
		    : RESULT_TRUE;
	}
	return 0;
}

/* --- baselines --- */

static int
write_baselines(struct plan *p, struct err *e)
{
	struct facts_given facts = { p->facts, NULL, p->n_facts };
	struct baseline empty = { 0 };
	struct baseline release = { 0 };
	uint8_t own[PLAN_FACTS_MAX];
	uint8_t vector[PLAN_FACTS_MAX];
	size_t i;
	int rc = -1;

	if (baseline_make(&empty, p->m, &facts, NULL, e) != 0 ||
	    release_vector(p, vector, e) != 0)
		goto out;
	for (i = 0; i < p->n_facts; i++)
		own[i] = empty.ev->tests[p->facts[i]];
	if (plan_put_baseline(p, own, empty.ev, e) != 0)
		goto out;
	if (memcmp(own, vector, p->n_facts) != 0) {
		facts.results = vector;
		if (baseline_make(&release, p->m, &facts, &empty, e) != 0 ||
		    plan_put_baseline(p, vector, release.ev, e) != 0)
			goto out;
	}
	rc = plan_keep_baselines(p, own, vector, e);
out:
	baseline_cleanup(&release);
	baseline_cleanup(&empty);
	return rc;
}

/* --- the whole --- */

static void
plan_cleanup(struct plan *p)
{
	plan_names_cleanup(&p->names);
	want_list_cleanup(&p->wants);
	index_of_cleanup(&p->above);
	free(p->is_fact);
	free(p->others);
	free(p->tests);
	machine_close(p->m);
}

static int
plan_make(struct plan *p, bool *too_many, struct err *e)
{
	uint32_t *definitions = NULL;
	size_t n_definitions;
	int rc = -1;

	if (machine_ords(p->m, RECORD_TEST, &p->tests, &p->n_tests, e) != 0 ||
	    machine_ords(p->m, RECORD_DEFINITION, &definitions, &n_definitions,
		e) != 0 ||
	    plan_above(p->m, &p->above, too_many, e) != 0 ||
	    plan_wants(p->m, p->tests, p->n_tests, &p->wants, e) != 0)
		goto out;
	if (plan_names_find(&p->names, p->m, p->tests, p->n_tests, e) != 0)
		goto out;
	p->others = xcalloc(p->n_tests, sizeof(*p->others));
	choose_facts(p, n_definitions);
	rc = 0;
out:
	free(definitions);
	return rc;
}

int
plan_write(struct db *db, int64_t document, struct err *e)
{
	struct plan p = { .db = db, .document = document };
	bool too_many = false;
	int rc = -1;

	if (machine_open(&p.m, db, document, e) != 0 ||
	    plan_make(&p, &too_many, e) != 0 || plan_put_wants(&p, e) != 0)
		goto out;
	if (too_many)
		rc = plan_put_none(&p, e);
	else if (plan_put_lists(&p, e) == 0)
		rc = write_baselines(&p, e);
out:
	plan_cleanup(&p);
	return rc;
}
