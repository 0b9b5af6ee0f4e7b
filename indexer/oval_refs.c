/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/oval_refs.h"

const char *
oval_record_name(enum oval_record part)
{
	static const char *const names[N_OVAL_RECORDS] = {
		[OVAL_RECORD_DEFINITION] = "definition",
		[OVAL_RECORD_TEST] = "test",
		[OVAL_RECORD_OBJECT] = "object",
		[OVAL_RECORD_STATE] = "state",
		[OVAL_RECORD_VARIABLE] = "variable",
	};

	return names[part];
}

/* A record read anew has the id, one from the index the ordinal. */
static int
visit(const struct oval_walk *w, enum oval_record to, struct oval_ref *ref,
    struct err *e)
{
	if (ref->id.len == 0 && ref->ord == OVAL_ORD_NONE)
		return 0;
	return w->ref(w->ctx, to, ref, e);
}

int
oval_walk_nodes(
    const struct oval_walk *w, struct oval_node *nodes, size_t n, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (nodes[i].type == OVAL_NODE_CRITERION)
			rc = visit(w, OVAL_RECORD_TEST, &nodes[i].ref, e);
		else if (nodes[i].type == OVAL_NODE_EXTEND)
			rc = visit(w, OVAL_RECORD_DEFINITION, &nodes[i].ref, e);
	}
	return rc;
}

int
oval_walk_test(const struct oval_walk *w, struct oval_test *t, struct err *e)
{
	int rc = visit(w, OVAL_RECORD_OBJECT, &t->object, e);
	size_t i;

	for (i = 0; i < t->n_states && rc == 0; i++)
		rc = visit(w, OVAL_RECORD_STATE, &t->states[i], e);
	return rc;
}

static int
walk_entities(const struct oval_walk *w, struct oval_entity *entities, size_t n,
    struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		if (entities[i].has_var)
			rc =
			    visit(w, OVAL_RECORD_VARIABLE, &entities[i].var, e);
	return rc;
}

static int
walk_filters(const struct oval_walk *w, struct oval_filter *filters, size_t n,
    struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = visit(w, OVAL_RECORD_STATE, &filters[i].state, e);
	return rc;
}

/* The reader limits the depth: OVAL_SET_DEPTH_MAX. */
static int
walk_set(const struct oval_walk *w, struct oval_set *set, struct err *e)
{
	size_t i;
	int rc = walk_filters(w, set->filters, set->n_filters, e);

	for (i = 0; i < set->n_objects && rc == 0; i++)
		rc = visit(w, OVAL_RECORD_OBJECT, &set->objects[i], e);
	for (i = 0; i < set->n_sets && rc == 0; i++)
		rc = walk_set(w, set->sets[i], e);
	return rc;
}

int
oval_walk_object(
    const struct oval_walk *w, struct oval_object *o, struct err *e)
{
	if (walk_entities(w, o->entities, o->n_entities, e) != 0 ||
	    walk_filters(w, o->filters, o->n_filters, e) != 0)
		return -1;
	return o->set == NULL ? 0 : walk_set(w, o->set, e);
}

int
oval_walk_state(const struct oval_walk *w, struct oval_state *s, struct err *e)
{
	return walk_entities(w, s->entities, s->n_entities, e);
}

/* The reader limits the depth: OVAL_FUNCTION_DEPTH_MAX. */
static int
walk_component(
    const struct oval_walk *w, struct oval_component *c, struct err *e)
{
	size_t i;
	int rc = 0;

	if (c->type == OVAL_COMPONENT_OBJECT)
		rc = visit(w, OVAL_RECORD_OBJECT, &c->ref, e);
	else if (c->type == OVAL_COMPONENT_VARIABLE)
		rc = visit(w, OVAL_RECORD_VARIABLE, &c->ref, e);
	for (i = 0; i < c->n_operands && rc == 0; i++)
		rc = walk_component(w, &c->operands[i], e);
	return rc;
}

int
oval_walk_variable(
    const struct oval_walk *w, struct oval_variable *v, struct err *e)
{
	return v->component == NULL ? 0 : walk_component(w, v->component, e);
}
