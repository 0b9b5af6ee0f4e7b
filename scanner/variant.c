/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/evidence.h"
#include "scanner/kernel.h"
#include "scanner/variant.h"

static const char *const variants[] = { ".ksplice", "fips" };

static bool
contains(struct span text, const char *word)
{
	size_t len = span_of(word).len;
	size_t i;

	for (i = 0; i + len <= text.len; i++)
		if (span_is_nocase(span_first(span_from(text, i), len), word))
			return true;
	return false;
}

bool
variant_differs(struct span version, struct span installed)
{
	size_t i;

	for (i = 0; i < sizeof(variants) / sizeof(*variants); i++)
		if (contains(version, variants[i]) &&
		    !contains(installed, variants[i]))
			return true;
	return false;
}

/* The version that the test's states ask for; empty: none. */
static int
version_of(struct machine *m, const struct oval_test *t, struct span *version,
    struct err *e)
{
	size_t i, k;

	*version = SPAN_NONE;
	for (i = 0; i < t->n_states; i++) {
		const struct oval_state *st =
		    machine_state(m, t->states[i].ord, e);

		if (st == NULL)
			return -1;
		for (k = 0; k < st->n_entities; k++)
			if (span_is(st->entities[k].name, "evr"))
				*version = st->entities[k].value;
	}
	return 0;
}

/* A leaf about a variant that no installed package is a build of is false. */
static int
judge_leaf(struct result_node *n, const struct scan_document *d, struct err *e)
{
	const struct oval_test *t =
	    machine_test(d->machine, n->node->ref.ord, e);
	const struct collected *found;
	struct span version;
	size_t i;

	if (t == NULL || version_of(d->machine, t, &version, e) != 0)
		return -1;
	if (n->result != RESULT_TRUE)
		return 0; /* what is unknown stays unknown */
	if (!variant_differs(version, SPAN_NONE) ||
	    t->object.ord == OVAL_ORD_NONE)
		return 0;
	found = evaluation_object(d->evaluation, t->object.ord, e);
	if (found == NULL)
		return -1;
	for (i = 0; i < found->n_items; i++)
		if (found->items[i]->package != NULL &&
		    !variant_differs(
			version, found->items[i]->package->full_version))
			return 0;
	n->result = RESULT_FALSE;
	return 0;
}

static int
judge_tree(struct result_node *n, const struct scan_document *d, struct err *e)
{
	struct result_counts counts = { { 0 } };
	struct result_node *child;

	if (n->node->type == OVAL_NODE_CRITERION)
		return n->node->negate ? 0 : judge_leaf(n, d, e);
	if (n->node->type != OVAL_NODE_CRITERIA)
		return 0;
	for (child = n->child; child != NULL; child = child->next) {
		if (judge_tree(child, d, e) != 0)
			return -1;
		result_count(&counts, child->result);
	}
	n->result = result_operator(&counts, n->node->op);
	if (n->node->negate)
		n->result = result_negate(n->result);
	return 0;
}

static int
judge(struct scan_document *d, uint32_t ord, struct arena *tree, struct err *e)
{
	const struct oval_definition *def =
	    machine_definition(d->machine, ord, e);
	struct result_node *root;

	if (def == NULL)
		return -1;
	if (!evidence_class(def->class))
		return 0;
	if (result_tree_build(&root, tree, d->evaluation, def, e) != 0)
		return -1;
	if (root == NULL)
		return 0;
	if (evaluation_definition(d->evaluation, ord) != RESULT_TRUE &&
	    kernel_leave_out_of(root, d->machine, e) != 0)
		return -1;
	if (judge_tree(root, d, e) != 0)
		return -1;
	if (root->result == RESULT_FALSE)
		root->result = RESULT_NOT_APPLICABLE;
	if (root->result != RESULT_TRUE)
		d->without_kernel[ord] = (uint8_t)root->result;
	return 0;
}

int
variant_leave_out(struct scan_document *d, struct err *e)
{
	struct arena tree = { 0 };
	size_t n = machine_n_definitions(d->machine);
	uint32_t ord;
	int rc = 0;

	if (d->without_kernel == NULL ||
	    !span_is(d->document->distribution, "ol"))
		return 0;
	for (ord = 0; ord < n && rc == 0; ord++) {
		if (scan_result(d, ord) != RESULT_TRUE)
			continue;
		arena_reset(&tree);
		rc = judge(d, ord, &tree, e);
	}
	arena_cleanup(&tree);
	return rc;
}
