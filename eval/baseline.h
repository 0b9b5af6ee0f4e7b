/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results on a system whose package databases are read whole and hold nothing
 * that content names, with the facts' results given.
 */
#ifndef EVAL_BASELINE_H
#define EVAL_BASELINE_H

#include "eval/evaluation_impl.h"
#include "eval/want.h"

struct baseline {
	struct system system;
	struct evaluation *ev; /* its definitions and tests are the results */
};

/* Tests that many definitions stand on, and their results. */
struct facts_given {
	const uint32_t *tests;
	const uint8_t *results; /* NULL: as on the empty system */
	size_t n;
};

/* `like`, a baseline of the same document or NULL, spares the tests. */
int baseline_make(struct baseline *b, struct machine *m,
    const struct facts_given *facts, const struct baseline *like,
    struct err *e);
void baseline_cleanup(struct baseline *b);

#endif
