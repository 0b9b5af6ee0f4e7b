/* SPDX-License-Identifier: Apache-2.0 */
/* Criteria trees in postfix: one pass, a stack of results. */
#ifndef EVAL_CRITERIA_H
#define EVAL_CRITERIA_H

#include "base/arena.h"
#include "base/err.h"
#include "eval/value.h"

/* Answers for criterion and extend_definition, before negation. */
struct criteria_leaves {
	int (*result)(void *ctx, const struct oval_node *node, enum result *out,
	    struct err *e);
	void *ctx;
	struct arena *arena; /* for the stack */
};

/* The result of a definition's criteria; without any: not evaluated. */
int criteria_result(const struct oval_node *nodes, size_t n,
    const struct criteria_leaves *leaves, enum result *out, struct err *e);

#endif
