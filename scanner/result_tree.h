/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A definition's criteria as a tree with the result of every node, for
 * findings, `explain` and OVAL results. Results are those after negation, as
 * OVAL reports them (FORMATS §8).
 */
#ifndef SCANNER_RESULT_TREE_H
#define SCANNER_RESULT_TREE_H

#include "eval/machine.h"

struct result_node {
	const struct oval_node *node;
	size_t index; /* of the node in the definition's postfix */
	enum result result;
	struct result_node *child; /* first operand */
	struct result_node *next;  /* sibling, in document order */
};

/*
 * The root in *out, NULL for a definition without criteria. Lives in a, and
 * as long as d.
 */
int result_tree_build(struct result_node **out, struct arena *a,
    struct evaluation *ev, const struct oval_definition *d, struct err *e);

#endif
