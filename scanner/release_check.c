/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/value.h"
#include "scanner/release_check.h"

/* Definitions that are looked at first, from all over the document. */
#define SAMPLE 64u

/* Results of a definition's nodes; release: one below checks it. */
struct step {
	enum result result;
	bool is_release;
};

struct checker {
	const struct scan_document *document;
	struct arena scratch;
	bool any_check; /* a definition checks the release */
	bool any_true;  /* and one of these checks is not false */
};

/* A package that says which release this is: "redhat-release". */
static int
is_release_package(
    struct machine *m, const struct oval_test *t, bool *yes, struct err *e)
{
	const struct oval_object *o;
	size_t i;

	*yes = false;
	if (t->object.ord == OVAL_ORD_NONE)
		return 0;
	o = machine_object(m, t->object.ord, e);
	if (o == NULL)
		return -1;
	for (i = 0; i < o->n_entities; i++)
		if (span_is(o->entities[i].name, "name") &&
		    span_has_suffix(o->entities[i].value, "-release"))
			*yes = true;
	return 0;
}

static int
is_release_leaf(
    struct machine *m, const struct oval_node *n, bool *yes, struct err *e)
{
	const struct oval_definition *d;
	const struct oval_test *t;

	*yes = false;
	if (n->type == OVAL_NODE_CRITERIA || n->negate)
		return 0;
	if (n->type == OVAL_NODE_EXTEND) {
		d = machine_definition(m, n->ref.ord, e);
		if (d == NULL)
			return -1;
		*yes = d->class == OVAL_CLASS_INVENTORY;
		return 0;
	}
	t = machine_test(m, n->ref.ord, e);
	if (t == NULL)
		return -1;
	if (t->kind == OVAL_KIND_RPMINFO || t->kind == OVAL_KIND_DPKGINFO)
		return is_release_package(m, t, yes, e);
	*yes = t->kind == OVAL_KIND_RPMVERIFYFILE;
	return 0;
}

static int
check_leaf(struct checker *c, const struct oval_node *n, struct step *out,
    struct err *e)
{
	const struct scan_document *d = c->document;

	*out = (struct step){ .result = RESULT_TRUE };
	if (is_release_leaf(d->machine, n, &out->is_release, e) != 0)
		return -1;
	if (out->is_release)
		out->result = n->type == OVAL_NODE_EXTEND
		    ? evaluation_definition(d->evaluation, n->ref.ord)
		    : evaluation_test(d->evaluation, n->ref.ord);
	return 0;
}

/* What checks nothing of the release might be true, negated or not. */
static struct step
check_criteria(const struct oval_node *n, const struct step *operands)
{
	struct result_counts counts = { { 0 } };
	struct step out = { .result = RESULT_TRUE };
	uint32_t i;

	for (i = 0; i < n->n_operands; i++) {
		out.is_release = out.is_release || operands[i].is_release;
		result_count(&counts, operands[i].result);
	}
	if (!out.is_release)
		return out;
	out.result = result_operator(&counts, n->op);
	if (n->negate)
		out.result = result_negate(out.result);
	return out;
}

/* The definition as if all that it asks besides the release were true. */
static int
check_definition(
    struct checker *c, const struct oval_definition *def, struct err *e)
{
	struct step *steps =
	    arena_array(&c->scratch, def->n_nodes, sizeof(*steps));
	size_t depth = 0;
	size_t i;

	for (i = 0; i < def->n_nodes; i++) {
		const struct oval_node *n = &def->nodes[i];

		if (n->type != OVAL_NODE_CRITERIA) {
			if (check_leaf(c, n, &steps[depth++], e) != 0)
				return -1;
			continue;
		}
		if (n->n_operands == 0 || n->n_operands > depth)
			return err_set(e, ERR_FORMAT,
			    "the index is damaged: criteria of definition "
			    "%.*s",
			    SPAN_ARG(def->id));
		depth -= n->n_operands;
		steps[depth] = check_criteria(n, steps + depth);
		depth++;
	}
	if (depth == 1 && steps[0].is_release) {
		c->any_check = true;
		c->any_true |= steps[0].result != RESULT_FALSE;
	}
	return 0;
}

/* Every so many definitions, until the release of one is the image's. */
static int
check_every(struct checker *c, size_t step, struct err *e)
{
	const struct scan_document *d = c->document;
	size_t n = machine_n_definitions(d->machine);
	size_t ord;

	for (ord = 0; ord < n && !c->any_true; ord += step) {
		const struct oval_definition *def;

		if (evaluation_definition(d->evaluation, (uint32_t)ord) ==
		    RESULT_NONE)
			continue;
		def = machine_definition(d->machine, (uint32_t)ord, e);
		if (def == NULL)
			return -1;
		arena_reset(&c->scratch);
		if ((def->class == OVAL_CLASS_VULNERABILITY ||
			def->class == OVAL_CLASS_PATCH) &&
		    check_definition(c, def, e) != 0)
			return -1;
	}
	return 0;
}

int
release_check(const struct scan_document *d, bool *fails, struct err *e)
{
	struct checker c = { .document = d };
	size_t step = machine_n_definitions(d->machine) / SAMPLE + 1;
	int rc = check_every(&c, step, e);

	/* Without one in the sample: all of them. */
	if (rc == 0 && !c.any_true && step > 1)
		rc = check_every(&c, 1, e);
	arena_cleanup(&c.scratch);
	*fails = c.any_check && !c.any_true;
	return rc;
}
