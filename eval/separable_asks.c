/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a test looks at packages, by itself or through variables. */
#include "eval/separable_impl.h"

struct walk {
	struct machine *m;
	bool *asks;
	unsigned depth;
};

static int walk_object(struct walk *w, uint32_t ord, struct err *e);
static int walk_variable(struct walk *w, uint32_t ord, struct err *e);

/* False where it is deep enough: then it asks. */
static bool
enter(struct walk *w)
{
	if (w->depth == SEPARABLE_DEPTH_MAX)
		*w->asks = true;
	if (*w->asks)
		return false;
	w->depth++;
	return true;
}

static int
walk_component(struct walk *w, const struct oval_component *c, struct err *e)
{
	size_t i;
	int rc = 0;

	if (c->type == OVAL_COMPONENT_OBJECT)
		return walk_object(w, c->ref.ord, e);
	if (c->type == OVAL_COMPONENT_VARIABLE)
		return walk_variable(w, c->ref.ord, e);
	if (!enter(w))
		return 0;
	for (i = 0; i < c->n_operands && rc == 0; i++)
		rc = walk_component(w, &c->operands[i], e);
	w->depth--;
	return rc;
}

static int
walk_variable(struct walk *w, uint32_t ord, struct err *e)
{
	const struct oval_variable *v;
	int rc = 0;

	if (!enter(w))
		return 0;
	v = machine_variable(w->m, ord, e);
	if (v == NULL)
		rc = -1;
	else if (v->component != NULL)
		rc = walk_component(w, v->component, e);
	w->depth--;
	return rc;
}

static int
walk_entities(
    struct walk *w, const struct oval_entity *v, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].has_var && walk_variable(w, v[i].var.ord, e) != 0)
			return -1;
	return 0;
}

static int
walk_state(struct walk *w, uint32_t ord, struct err *e)
{
	const struct oval_state *s = machine_state(w->m, ord, e);

	return s == NULL ? -1 : walk_entities(w, s->entities, s->n_entities, e);
}

static int
walk_filters(
    struct walk *w, const struct oval_filter *v, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (walk_state(w, v[i].state.ord, e) != 0)
			return -1;
	return 0;
}

static int
walk_set(struct walk *w, const struct oval_set *s, struct err *e)
{
	size_t i;
	int rc = 0;

	if (!enter(w))
		return 0;
	for (i = 0; i < s->n_objects && rc == 0; i++)
		rc = walk_object(w, s->objects[i].ord, e);
	for (i = 0; i < s->n_sets && rc == 0; i++)
		rc = walk_set(w, s->sets[i], e);
	if (rc == 0)
		rc = walk_filters(w, s->filters, s->n_filters, e);
	w->depth--;
	return rc;
}

static bool
is_package_kind(enum oval_kind kind)
{
	return kind == OVAL_KIND_DPKGINFO || kind == OVAL_KIND_RPMINFO;
}

static int
walk_object(struct walk *w, uint32_t ord, struct err *e)
{
	const struct oval_object *o;
	int rc = 0;

	if (!enter(w))
		return 0;
	o = machine_object(w->m, ord, e);
	if (o == NULL) {
		rc = -1;
	} else {
		*w->asks = *w->asks || is_package_kind(o->kind);
		if (o->set != NULL)
			rc = walk_set(w, o->set, e);
		if (rc == 0)
			rc = walk_filters(w, o->filters, o->n_filters, e);
		if (rc == 0)
			rc = walk_entities(w, o->entities, o->n_entities, e);
	}
	w->depth--;
	return rc;
}

int
separable_states_ask(
    struct machine *m, const struct oval_test *t, bool *asks, struct err *e)
{
	struct walk w = { .m = m };
	size_t i;

	w.asks = asks;
	for (i = 0; i < t->n_states; i++)
		if (walk_state(&w, t->states[i].ord, e) != 0)
			return -1;
	return 0;
}

int
separable_test_asks(
    struct machine *m, const struct oval_test *t, bool *asks, struct err *e)
{
	struct walk w = { m, asks, 0 };

	*asks = *asks || is_package_kind(t->kind);
	if (t->object.ord != OVAL_ORD_NONE &&
	    walk_object(&w, t->object.ord, e) != 0)
		return -1;
	return separable_states_ask(m, t, asks, e);
}
