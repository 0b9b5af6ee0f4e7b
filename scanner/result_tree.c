/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/result_tree.h"

/* Takes the operands, which are the last on the stack, under c. */
static bool
adopt(struct result_node *c, struct result_node **stack, size_t *depth)
{
	struct result_counts counts = { 0 };
	size_t n = c->node->n_operands;
	size_t i;

	if (n == 0 || n > *depth)
		return false;
	*depth -= n;
	c->child = stack[*depth];
	for (i = 0; i < n; i++) {
		struct result_node *child = stack[*depth + i];

		child->next = i + 1 < n ? stack[*depth + i + 1] : NULL;
		result_count(&counts, child->result);
	}
	c->result = result_operator(&counts, c->node->op);
	return true;
}

int
result_tree_build(struct result_node **out, struct arena *a,
    struct evaluation *ev, const struct oval_definition *d, struct err *e)
{
	struct result_node **stack = arena_array(a, d->n_nodes, sizeof(*stack));
	struct result_node *all = arena_array(a, d->n_nodes, sizeof(*all));
	size_t depth = 0;
	size_t i;

	*out = NULL;
	for (i = 0; i < d->n_nodes; i++) {
		struct result_node *c = &all[i];

		c->node = &d->nodes[i];
		c->index = i;
		if (c->node->type == OVAL_NODE_CRITERION)
			c->result = evaluation_test(ev, c->node->ref.ord);
		else if (c->node->type == OVAL_NODE_EXTEND)
			c->result = evaluation_definition(ev, c->node->ref.ord);
		else if (!adopt(c, stack, &depth))
			break;
		if (c->node->negate)
			c->result = result_negate(c->result);
		stack[depth++] = c;
	}
	if (i < d->n_nodes || depth > 1)
		return err_set(e, ERR_FORMAT,
		    "the index is damaged: criteria of definition %.*s",
		    SPAN_ARG(d->id));
	if (depth == 1)
		*out = stack[0];
	return 0;
}
