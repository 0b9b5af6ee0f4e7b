/* SPDX-License-Identifier: Apache-2.0 */
/* Every object that evaluating the tests can come to, and its files. */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/plan_impl.h"

struct visit {
	struct machine *m;
	struct want_list *wants;
	bool *seen[N_RECORDS]; /* objects, states, variables */
};

static int visit_object(struct visit *v, uint32_t ord, struct err *e);
static int visit_variable(struct visit *v, uint32_t ord, struct err *e);

/* False if it was there before, or is not there at all. */
static bool
arrive(struct visit *v, enum record kind, uint32_t ord)
{
	if (ord >= v->m->n[kind] || v->seen[kind][ord])
		return false;
	v->seen[kind][ord] = true;
	return true;
}

static int
visit_entities(struct visit *v, const struct oval_entity *entities, size_t n,
    struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (entities[i].has_var &&
		    visit_variable(v, entities[i].var.ord, e) != 0)
			return -1;
	return 0;
}

static int
visit_state(struct visit *v, uint32_t ord, struct err *e)
{
	const struct oval_state *s;

	if (!arrive(v, RECORD_STATE, ord))
		return 0;
	s = machine_state(v->m, ord, e);
	return s == NULL ? -1
			 : visit_entities(v, s->entities, s->n_entities, e);
}

static int
visit_filters(
    struct visit *v, const struct oval_filter *filters, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (visit_state(v, filters[i].state.ord, e) != 0)
			return -1;
	return 0;
}

static int
visit_set(struct visit *v, const struct oval_set *set, struct err *e)
{
	size_t i;

	for (i = 0; i < set->n_objects; i++)
		if (visit_object(v, set->objects[i].ord, e) != 0)
			return -1;
	for (i = 0; i < set->n_sets; i++)
		if (visit_set(v, set->sets[i], e) != 0)
			return -1;
	return visit_filters(v, set->filters, set->n_filters, e);
}

static int
visit_object(struct visit *v, uint32_t ord, struct err *e)
{
	const struct oval_object *o;

	if (!arrive(v, RECORD_OBJECT, ord))
		return 0;
	o = machine_object(v->m, ord, e);
	if (o == NULL || want_object(v->m, o, v->wants, e) < 0 ||
	    visit_entities(v, o->entities, o->n_entities, e) != 0 ||
	    visit_filters(v, o->filters, o->n_filters, e) != 0)
		return -1;
	return o->set == NULL ? 0 : visit_set(v, o->set, e);
}

static int
visit_component(struct visit *v, const struct oval_component *c, struct err *e)
{
	size_t i;

	if (c->type == OVAL_COMPONENT_OBJECT)
		return visit_object(v, c->ref.ord, e);
	if (c->type == OVAL_COMPONENT_VARIABLE)
		return visit_variable(v, c->ref.ord, e);
	for (i = 0; i < c->n_operands; i++)
		if (visit_component(v, &c->operands[i], e) != 0)
			return -1;
	return 0;
}

static int
visit_variable(struct visit *v, uint32_t ord, struct err *e)
{
	const struct oval_variable *variable;

	if (!arrive(v, RECORD_VARIABLE, ord))
		return 0;
	variable = machine_variable(v->m, ord, e);
	if (variable == NULL)
		return -1;
	return variable->component == NULL
	    ? 0
	    : visit_component(v, variable->component, e);
}

static int
visit_test(struct visit *v, uint32_t ord, struct err *e)
{
	const struct oval_test *t = machine_test(v->m, ord, e);
	size_t i;

	if (t == NULL || visit_object(v, t->object.ord, e) != 0)
		return -1;
	for (i = 0; i < t->n_states; i++)
		if (visit_state(v, t->states[i].ord, e) != 0)
			return -1;
	return 0;
}

int
plan_wants(struct machine *m, const uint32_t *tests, size_t n,
    struct want_list *wants, struct err *e)
{
	struct visit v = { m, wants, { NULL } };
	enum record kind;
	size_t i;
	int rc = 0;

	for (kind = RECORD_OBJECT; kind < N_RECORDS; kind++)
		v.seen[kind] = xcalloc(m->n[kind], sizeof(bool));
	for (i = 0; i < n && rc == 0; i++)
		rc = visit_test(&v, tests[i], e);
	for (kind = RECORD_OBJECT; kind < N_RECORDS; kind++)
		free(v.seen[kind]);
	want_list_finish(wants);
	return rc;
}
