/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"
#include "scanner/result_tree.h"
#include "scanner/explain.h"

#define RESULT_WIDTH 16u /* columns, with the margin before it */

struct tree {
	const struct explained *x;
	struct out *out;
	struct buf text;
	size_t depth;
};

static const char *const operators[] = {
	[OVAL_AND] = "all of",
	[OVAL_OR] = "any of",
	[OVAL_ONE] = "exactly one of",
	[OVAL_XOR] = "an odd number of",
};

static const char *const operations[] = {
	[OVAL_EQUALS] = "=",
	[OVAL_NOT_EQUAL] = "≠",
	[OVAL_NOCASE_EQUALS] = "= (case ignored)",
	[OVAL_NOCASE_NOT_EQUAL] = "≠ (case ignored)",
	[OVAL_GREATER_THAN] = ">",
	[OVAL_LESS_THAN] = "<",
	[OVAL_GREATER_THAN_OR_EQUAL] = "≥",
	[OVAL_LESS_THAN_OR_EQUAL] = "≤",
	[OVAL_BITWISE_AND] = "has bits",
	[OVAL_BITWISE_OR] = "is within bits",
	[OVAL_PATTERN_MATCH] = "matches",
	[OVAL_SUBSET_OF] = "is a subset of",
	[OVAL_SUPERSET_OF] = "is a superset of",
};

static void
write_safe(struct tree *t, struct span s)
{
	buf_reset(&t->text);
	printable_add(&t->text, s);
	out_span(t->out, buf_span(&t->text));
}

static void
pad(struct tree *t, size_t n)
{
	while (n-- > 0)
		out_char(t->out, ' ');
}

/* A line of the tree starts with its result, then its place. */
static void
start_line(struct tree *t, const char *result)
{
	pad(t, 2);
	out_str(t->out, result);
	pad(t, RESULT_WIDTH - span_of(result).len + t->depth * 2);
}

/* A line below a test. */
static void
start_detail(struct tree *t)
{
	pad(t, 2 + RESULT_WIDTH + t->depth * 2 + 2);
}

/* An epoch of 0 on both sides says nothing. */
static void
drop_epochs(struct span *a, struct span *b)
{
	if (span_has_prefix(*a, "0:") && span_has_prefix(*b, "0:")) {
		*a = span_from(*a, 2);
		*b = span_from(*b, 2);
	}
}

static int
write_comparison(void *ctx, const struct comparison *c, struct err *e)
{
	struct tree *t = ctx;
	struct span collected = span_trim(c->collected);
	struct span stated = span_trim(c->stated);

	(void)e;
	drop_epochs(&collected, &stated);
	out_char(t->out, ' ');
	if (!span_is(c->entity->name, "evr")) {
		write_safe(t, c->entity->name);
		out_char(t->out, ' ');
	}
	write_safe(t, collected);
	out_printf(t->out, " %s ", operations[c->entity->operation]);
	write_safe(t, stated);
	out_printf(t->out, " → %s", result_name(c->result));
	return 0;
}

/* What an item is called: the package, or its first entity. */
static void
write_item_name(struct tree *t, const struct item *item)
{
	if (item->package != NULL) {
		write_safe(t, item->package->name);
		if (item->package->arch.len > 0) {
			out_char(t->out, ':');
			write_safe(t, item->package->arch);
		}
	} else if (item->n_entities > 0) {
		write_safe(t, item->entities[0].value);
	}
}

static int
write_item(struct tree *t, const struct oval_test *test, uint32_t ord,
    const struct item *item, struct err *e)
{
	start_detail(t);
	write_item_name(t, item);
	if (test->n_states > 0) {
		if (evaluation_compare(t->x->document->evaluation, ord, item,
			write_comparison, t, e) != 0)
			return -1;
	} else if (item->package != NULL) {
		out_char(t->out, ' ');
		write_safe(t, item->package->full_version);
		out_str(t->out, " is installed");
	} else {
		out_str(t->out, " is there");
	}
	out_char(t->out, '\n');
	return 0;
}

static bool
is_package_kind(enum oval_kind kind)
{
	return kind == OVAL_KIND_DPKGINFO || kind == OVAL_KIND_RPMINFO;
}

static bool
has_item_named(const struct collected *c, struct span name)
{
	size_t i;

	for (i = 0; i < c->n_items; i++)
		if (c->items[i]->package != NULL &&
		    span_eq(c->items[i]->package->name, name))
			return true;
	return false;
}

static void
write_absent_name(
    struct tree *t, const struct collected *c, struct span name, bool *any)
{
	if (has_item_named(c, name))
		return;
	if (!*any)
		start_detail(t);
	out_str(t->out, *any ? ", " : "not installed: ");
	write_safe(t, name);
	*any = true;
}

/* The packages that the object names and the image does not have. */
static int
write_absent(struct tree *t, const struct oval_test *test,
    const struct collected *c, struct err *e)
{
	const struct oval_object *o =
	    machine_object(t->x->document->machine, test->object.ord, e);
	bool any = false;
	size_t i;

	if (o == NULL)
		return -1;
	for (i = 0; i < o->n_entities; i++)
		if (span_is(o->entities[i].name, "name") &&
		    !o->entities[i].has_var &&
		    o->entities[i].operation == OVAL_EQUALS)
			write_absent_name(t, c, o->entities[i].value, &any);
	for (i = 0; i < c->n_values; i++)
		write_absent_name(t, c, c->values[i].value, &any);
	if (any)
		out_char(t->out, '\n');
	return 0;
}

static void
write_flag(
    struct tree *t, const struct oval_test *test, const struct collected *c)
{
	start_detail(t);
	if (c->message.len > 0)
		write_safe(t, c->message);
	else
		out_printf(t->out, "%s: %s", oval_kind_name(test->kind),
		    flag_name(c->flag));
	out_char(t->out, '\n');
}

static int
write_test_details(struct tree *t, uint32_t ord, struct err *e)
{
	const struct scan_document *d = t->x->document;
	const struct oval_test *test = machine_test(d->machine, ord, e);
	const struct collected *c;
	size_t i;

	if (test == NULL)
		return -1;
	if (test->object.ord == OVAL_ORD_NONE)
		return 0;
	c = evaluation_object(d->evaluation, test->object.ord, e);
	if (c == NULL)
		return -1;
	for (i = 0; i < c->n_items; i++)
		if (write_item(t, test, ord, c->items[i], e) != 0)
			return -1;
	if (is_package_kind(test->kind) &&
	    (c->flag == FLAG_COMPLETE || c->flag == FLAG_DOES_NOT_EXIST))
		return write_absent(t, test, c, e);
	if (c->flag != FLAG_COMPLETE)
		write_flag(t, test, c);
	return 0;
}

static struct span
reference_id(struct tree *t, const struct oval_node *n, struct err *e)
{
	struct machine *m = t->x->document->machine;
	const struct oval_definition *d;
	const struct oval_test *test;

	if (n->type == OVAL_NODE_EXTEND) {
		d = machine_definition(m, n->ref.ord, e);
		return d == NULL ? SPAN_NONE : d->id;
	}
	test = machine_test(m, n->ref.ord, e);
	return test == NULL ? SPAN_NONE : test->id;
}

static int
write_leaf(struct tree *t, const struct result_node *c, struct err *e)
{
	const struct oval_definition *text = &t->x->text;
	struct span id = reference_id(t, c->node, e);

	if (id.ptr == NULL)
		return -1;
	/* Comments stand only in the text; its nodes are the same. */
	if (c->index < text->n_nodes && text->nodes[c->index].comment.len > 0) {
		write_safe(t, text->nodes[c->index].comment);
		out_str(t->out, "  ");
	}
	out_char(t->out, '[');
	write_safe(t, id);
	out_str(t->out, "]\n");
	if (c->node->type == OVAL_NODE_EXTEND)
		return 0;
	return write_test_details(t, c->node->ref.ord, e);
}

static int
write_node(struct tree *t, const struct result_node *c, struct err *e)
{
	const struct result_node *child;
	int rc = 0;

	start_line(t, result_name(c->result));
	if (c->node->negate)
		out_str(t->out, "not: ");
	if (c->node->type != OVAL_NODE_CRITERIA)
		return write_leaf(t, c, e);
	out_printf(t->out, "%s\n", operators[c->node->op]);
	t->depth++;
	for (child = c->child; rc == 0 && child != NULL; child = child->next)
		rc = write_node(t, child, e);
	t->depth--;
	return rc;
}

int
explain_tree(
    const struct explained *x, struct arena *a, struct out *out, struct err *e)
{
	struct tree t = { .x = x, .out = out };
	struct result_node *root;
	int rc;

	if (result_tree_build(
		&root, a, x->document->evaluation, x->definition, e) != 0)
		return -1;
	rc = root == NULL ? 0 : write_node(&t, root, e);
	buf_cleanup(&t.text);
	return rc;
}
