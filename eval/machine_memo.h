/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fast evaluator asks the index for, again for every system: tests of
 * a package name, definitions above a test, criteria. A machine that judges
 * one system asks the index; one that stays open for many keeps the answers,
 * see machine_keep().
 */
#ifndef EVAL_MACHINE_MEMO_H
#define EVAL_MACHINE_MEMO_H

#include "base/map.h"
#include "eval/machine_impl.h"

#define MACHINE_MEMO_MAX ((size_t)48 * 1024 * 1024) /* bytes kept */

struct memo_nodes {
	struct oval_node *v; /* NULL: not asked yet, or none */
	size_t n;
};

struct machine_memo {
	struct arena arena;
	struct map names; /* "<kind digit><name>" → of lists */
	struct span *lists;
	size_t n_lists;
	size_t cap_lists;
	struct span *above;       /* by test; ptr NULL: not asked yet */
	struct memo_nodes *nodes; /* by definition */
	struct buf key;
};

void machine_memo_free(struct machine_memo *m); /* NULL is fine */

/*
 * Packed ordinals (eval/ords.h) of the tests that a name leads to. 1: *out
 * lives until the next call; 0: none; -1.
 */
int machine_package_tests(struct machine *m, enum package_kind kind,
    struct span name, struct span *out, struct err *e);
/* Likewise, of the definitions above a test. */
int machine_definitions_above(
    struct machine *m, uint32_t test, struct span *out, struct err *e);

#endif
