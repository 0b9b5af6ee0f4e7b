/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a plan in the making. */
#ifndef EVAL_PLAN_IMPL_H
#define EVAL_PLAN_IMPL_H

#include "base/map.h"
#include "eval/baseline.h"
#include "eval/machine_impl.h"
#include "eval/want.h"

/*
 * A fact is a test below more than 1/PLAN_FACT_SHARE of the definitions, and
 * below at least PLAN_FACT_MIN of them; at most PLAN_FACTS_MAX, the widest. One
 * that a name leads to must be wider: it is true here and false there, and a
 * baseline that is not stored costs more than the definitions above it.
 */
#define PLAN_FACT_SHARE 16u
#define PLAN_FACT_SHARE_KEYED 2u
#define PLAN_FACT_MIN 32u
#define PLAN_FACTS_MAX 32u
/* Pairs of a test and what leads to it or from it; beyond, there is no plan
 * and everything is evaluated. */
#define PLAN_PAIRS_MAX 16000000u

struct pair {
	uint32_t from;
	uint32_t to;
};

struct pair_list {
	struct pair *pairs;
	size_t n;
	size_t cap;
};

void pair_add(struct pair_list *l, uint32_t from, uint32_t to);

/* Pairs by from: to[start[i]] … to[start[i + 1] - 1], in their order. */
struct index_of {
	uint32_t *start;
	uint32_t *to;
};

void index_of_make(struct index_of *x, const struct pair_list *l, size_t n);
void index_of_cleanup(struct index_of *x);

/* Definitions above each test, through extends, in order. */
int plan_above(
    struct machine *m, struct index_of *out, bool *too_many, struct err *e);

/* Names that lead to tests: key "<kind digit><name>" → index. */
struct plan_names {
	struct map map;
	struct span *keys; /* borrowed from the machine's records */
	size_t n;
	size_t cap;
	struct arena arena;
	struct pair_list tests; /* name → test */
	bool *keyed;            /* by test */
};

/* The names that a test asks for literally, borrowed from its records. */
struct plan_named {
	enum package_kind kind;
	const struct span *names;
	size_t n;
};

/* 1: its items are packages of these names only; 0: not so; -1. */
int plan_named(struct machine *m, const struct oval_test *t,
    struct plan_named *out, struct err *e);
int plan_names_find(struct plan_names *p, struct machine *m,
    const uint32_t *tests, size_t n, struct err *e);
void plan_names_cleanup(struct plan_names *p);

/* What the objects below the tests look at. */
int plan_wants(struct machine *m, const uint32_t *tests, size_t n,
    struct want_list *wants, struct err *e);

#endif
