/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A definition's criteria as a tree with the result of every node, for
 * findings, `explain` and OVAL results. Results are those after negation, as
 * OVAL reports them (FORMATS §8).
 */
#ifndef SCANNER_CRITERIA_H
#define SCANNER_CRITERIA_H

#include "eval/machine.h"

struct criteria {
	const struct oval_node *node;
	size_t index; /* of the node in the definition's postfix */
	enum result result;
	struct criteria *child; /* first operand */
	struct criteria *next;  /* sibling, in document order */
};

/*
 * The root in *out, NULL for a definition without criteria. Lives in a, and
 * as long as d.
 */
int criteria_build(struct criteria **out, struct arena *a,
    struct evaluation *ev, const struct oval_definition *d, struct err *e);

#endif
