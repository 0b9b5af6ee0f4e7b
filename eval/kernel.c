/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions that are unknown only because an image has no running kernel:
 * whatever the kernel were, they would have a result.
 */

#include "eval/criteria.h"
#include "eval/evaluation_impl.h"

static int
object_is_kernel(struct evaluation *ev, uint32_t ord, bool *is, struct err *e);

static int
component_is_kernel(struct evaluation *ev, const struct oval_component *c,
    bool *is, struct err *e)
{
	const struct oval_variable *v;
	size_t i;
	int rc = 0;

	if (c->type == OVAL_COMPONENT_OBJECT)
		return object_is_kernel(ev, c->ref.ord, is, e);
	if (c->type == OVAL_COMPONENT_VARIABLE) {
		v = machine_variable(ev->m, c->ref.ord, e);
		if (v == NULL)
			return -1;
		return v->component == NULL
		    ? 0
		    : component_is_kernel(ev, v->component, is, e);
	}
	for (i = 0; i < c->n_operands && rc == 0 && !*is; i++)
		rc = component_is_kernel(ev, &c->operands[i], is, e);
	return rc;
}

/* uname, or a variable that is computed from it. */
static int
object_is_kernel(struct evaluation *ev, uint32_t ord, bool *is, struct err *e)
{
	const struct oval_object *o = machine_object(ev->m, ord, e);
	const struct oval_variable *v;

	if (o == NULL)
		return -1;
	if (o->kind == OVAL_KIND_UNAME)
		*is = true;
	if (o->kind != OVAL_KIND_VARIABLE || o->n_entities == 0 ||
	    !o->entities[0].has_var)
		return 0;
	v = machine_variable(ev->m, o->entities[0].var.ord, e);
	if (v == NULL)
		return -1;
	return v->component == NULL
	    ? 0
	    : component_is_kernel(ev, v->component, is, e);
}

/* A definition as it would be if every test of the kernel had one result. */
struct supposition {
	struct evaluation *ev;
	struct arena arena;
	enum result kernel;
};

static int
suppose(struct supposition *s, uint32_t ord, enum result *out, struct err *e);

static int
supposed_leaf(
    void *ctx, const struct oval_node *node, enum result *out, struct err *e)
{
	struct supposition *s = ctx;
	const struct oval_test *t;
	bool is = false;

	if (node->type == OVAL_NODE_EXTEND)
		return suppose(s, node->ref.ord, out, e);
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
suppose(struct supposition *s, uint32_t ord, enum result *out, struct err *e)
{
	struct oval_node *nodes;
	size_t n;
	int rc = -1;

	if (evaluation_enter(s->ev, e) != 0)
		return -1;
	if (machine_nodes(s->ev->m, ord, &s->arena, &nodes, &n, e) == 0)
		rc = criteria_result(
		    nodes, n, &s->arena, supposed_leaf, s, out, e);
	evaluation_leave(s->ev);
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
	enum result r;
	struct err e;
	size_t i;

	if (evaluation_definition(ev, definition) != RESULT_UNKNOWN)
		return false;
	for (i = 0; i < sizeof(kernels) / sizeof(*kernels) && decided; i++) {
		s.kernel = kernels[i];
		decided = suppose(&s, definition, &r, &e) == 0 && is_decided(r);
	}
	arena_cleanup(&s.arena);
	return decided;
}
