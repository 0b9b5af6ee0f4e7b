/* SPDX-License-Identifier: Apache-2.0 */
/* Criteria trees in postfix: one pass, a stack of results. */
#ifndef EVAL_CRITERIA_H
#define EVAL_CRITERIA_H

#include "base/arena.h"
#include "base/err.h"
#include "eval/value.h"

/*
 * The result of a definition's criteria; without any: not evaluated. leaf
 * answers for criterion and extend_definition, before negation.
 */
int criteria_result(const struct oval_node *nodes, size_t n, struct arena *a,
    int (*leaf)(void *ctx, const struct oval_node *node, enum result *out,
	struct err *e),
    void *ctx, enum result *out, struct err *e);

#endif
