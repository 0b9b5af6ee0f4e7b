/* SPDX-License-Identifier: Apache-2.0 */
/* A plan and its rows: what is the same is not written again. */
#ifndef EVAL_PLAN_ROWS_H
#define EVAL_PLAN_ROWS_H

#include "eval/plan_impl.h"

struct plan {
	struct db *db;
	int64_t document;
	struct machine *m;
	uint32_t *tests; /* all ordinals in use */
	size_t n_tests;
	uint32_t *others; /* those that are no facts */
	size_t n_others;
	uint32_t facts[PLAN_FACTS_MAX];
	size_t n_facts;
	bool *is_fact;         /* by test */
	struct index_of above; /* test → definitions */
	struct plan_names names;
	struct want_list wants;
};

int plan_put_wants(struct plan *p, struct err *e);
/* Tables plan, package_test, test_definition. */
int plan_put_lists(struct plan *p, struct err *e);
/* No plan: all is evaluated. */
int plan_put_none(struct plan *p, struct err *e);
/* vector: results of the facts. */
int plan_put_baseline(struct plan *p, const uint8_t *vector,
    const struct evaluation *ev, struct err *e);
int plan_keep_baselines(
    struct plan *p, const uint8_t *first, const uint8_t *second, struct err *e);

#endif
