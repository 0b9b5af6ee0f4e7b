/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/criteria.h"

/* The operands that stand on top of the stack, taken off it. */
static enum result
join(const struct oval_node *node, const uint8_t *stack, size_t *top)
{
	struct result_counts counts = { { 0 } };
	uint32_t i;

	for (i = 0; i < node->n_operands; i++)
		result_count(&counts, (enum result)stack[--*top]);
	return result_operator(&counts, node->op);
}

int
criteria_result(const struct oval_node *nodes, size_t n,
    const struct criteria_leaves *leaves, enum result *out, struct err *e)
{
	uint8_t *stack = arena_alloc(leaves->arena, n);
	size_t top = 0;
	enum result r;
	size_t i;

	*out = RESULT_NOT_EVALUATED;
	for (i = 0; i < n; i++) {
		if (nodes[i].type == OVAL_NODE_CRITERIA)
			r = join(&nodes[i], stack, &top);
		else if (leaves->result(leaves->ctx, &nodes[i], &r, e) != 0)
			return -1;
		if (nodes[i].negate)
			r = result_negate(r);
		stack[top++] = (uint8_t)r;
		*out = r;
	}
	return 0;
}
