/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions that are unknown only because an image has no running kernel:
 * whatever the kernel were, they would have a result.
 */
#include "base/mem.h"
#include "eval/criteria.h"
#include "eval/evaluation_impl.h"

/* Whether a variable is computed from uname. */
enum kernel {
	KERNEL_NOT_ASKED = 0,
	KERNEL_NO,
	KERNEL_YES,
};

static int
object_is_kernel(struct evaluation *ev, uint32_t ord, bool *is, struct err *e);
static int variable_is_kernel(
    struct evaluation *ev, uint32_t ord, bool *is, struct err *e);

static int
component_is_kernel(struct evaluation *ev, const struct oval_component *c,
    bool *is, struct err *e)
{
	size_t i;
	int rc = 0;

	if (c->type == OVAL_COMPONENT_OBJECT)
		return object_is_kernel(ev, c->ref.ord, is, e);
	if (c->type == OVAL_COMPONENT_VARIABLE)
		return variable_is_kernel(ev, c->ref.ord, is, e);
	for (i = 0; i < c->n_operands && rc == 0 && !*is; i++)
		rc = component_is_kernel(ev, &c->operands[i], is, e);
	return rc;
}

static int
variable_is_kernel(struct evaluation *ev, uint32_t ord, bool *is, struct err *e)
{
	const struct oval_variable *v = machine_variable(ev->m, ord, e);
	bool found = false;

	if (v == NULL)
		return -1;
	if (ev->kernel == NULL)
		ev->kernel = xcalloc(machine_n_variables(ev->m), 1);
	if (ev->kernel[ord] == KERNEL_NOT_ASKED) {
		if (v->component != NULL &&
		    component_is_kernel(ev, v->component, &found, e) != 0)
			return -1;
		ev->kernel[ord] = found ? KERNEL_YES : KERNEL_NO;
	}
	*is = *is || ev->kernel[ord] == KERNEL_YES;
	return 0;
}

/* uname, or a variable that is computed from it. */
static int
object_is_kernel(struct evaluation *ev, uint32_t ord, bool *is, struct err *e)
{
	const struct oval_object *o = machine_object(ev->m, ord, e);

	if (o == NULL)
		return -1;
	if (o->kind == OVAL_KIND_UNAME)
		*is = true;
	if (o->kind != OVAL_KIND_VARIABLE || o->n_entities == 0 ||
	    !o->entities[0].has_var)
		return 0;
	return variable_is_kernel(ev, o->entities[0].var.ord, is, e);
}

/*
 * Definitions as they would be if every test of the kernel had one result.
 * They are kept: definitions extend one another in more ways than can be
 * walked.
 */
struct supposition {
	struct evaluation *ev;
	enum result kernel;
	uint8_t *definitions; /* of ev, by ordinal */
};

static int suppose(struct supposition *s, uint32_t ord, struct err *e);

static int
supposed_leaf(
    void *ctx, const struct oval_node *node, enum result *out, struct err *e)
{
	struct supposition *s = ctx;
	const struct oval_test *t;
	bool is = false;

	if (node->type == OVAL_NODE_EXTEND) {
		if (suppose(s, node->ref.ord, e) != 0)
			return -1;
		*out = s->definitions[node->ref.ord];
		return 0;
	}
	t = machine_test(s->ev->m, node->ref.ord, e);
	if (t == NULL)
		return -1;
	if (t->object.ord != OVAL_ORD_NONE &&
	    object_is_kernel(s->ev, t->object.ord, &is, e) != 0)
		return -1;
	*out = is ? s->kernel : evaluation_test(s->ev, node->ref.ord);
	return 0;
}

static int
suppose(struct supposition *s, uint32_t ord, struct err *e)
{
	struct evaluation *ev = s->ev;
	struct criteria_leaves leaves = { supposed_leaf, s, &ev->nodes };
	struct oval_node *nodes;
	enum result r;
	size_t n;
	int rc = -1;

	if (ord < machine_n_definitions(ev->m) &&
	    s->definitions[ord] != RESULT_NONE)
		return 0;
	if (evaluation_enter(ev, e) != 0)
		return -1;
	if (machine_nodes(ev->m, ord, &ev->nodes, &nodes, &n, e) == 0 &&
	    criteria_result(nodes, n, &leaves, &r, e) == 0) {
		s->definitions[ord] = (uint8_t)r;
		rc = 0;
	}
	evaluation_leave(ev);
	if (ev->depth == 0)
		arena_reset(&ev->nodes);
	return rc;
}

static bool
is_decided(enum result r)
{
	return r == RESULT_TRUE || r == RESULT_FALSE ||
	    r == RESULT_NOT_APPLICABLE;
}

bool
evaluation_is_kernel(struct evaluation *ev, uint32_t definition)
{
	static const enum result kernels[] = { RESULT_TRUE, RESULT_FALSE };
	struct supposition s = { .ev = ev };
	bool decided = true;
	struct err e;
	size_t i;

	if (evaluation_definition(ev, definition) != RESULT_UNKNOWN)
		return false;
	for (i = 0; i < sizeof(kernels) / sizeof(*kernels) && decided; i++) {
		if (ev->supposed[i] == NULL)
			ev->supposed[i] =
			    xcalloc(machine_n_definitions(ev->m), 1);
		s.kernel = kernels[i];
		s.definitions = ev->supposed[i];
		decided = suppose(&s, definition, &e) == 0 &&
		    is_decided(s.definitions[definition]);
	}
	return decided;
}
