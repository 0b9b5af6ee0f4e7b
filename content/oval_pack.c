/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small numbers come first in each byte's bits, so that the usual record has
 * one byte where it has defaults only. Each unpack function checks what the
 * evaluator relies on: ranges, arities, nesting, a postfix that adds up.
 */
#include "base/pack.h"
#include "content/oval_pack.h"
#include "content/oval_read.h"

/* A cursor and the arena that takes what does not fit in the record. */
struct reader {
	struct unpack u;
	struct arena *arena;
};

/* Twin: bits_take(). Puts `width` bits of v above those that are there. */
static void
bits_put(uint64_t *bits, unsigned *used, unsigned v, unsigned width)
{
	*bits |= (uint64_t)v << *used;
	*used += width;
}

/* Takes the lowest bits; a value above max fails the reader. */
static unsigned
bits_take(struct reader *r, uint64_t *bits, unsigned width, size_t max)
{
	unsigned v = (unsigned)(*bits & ((1u << width) - 1));

	*bits >>= width;
	if (v <= max)
		return v;
	r->u.failed = true;
	return 0;
}

static void
pack_ref(struct buf *b, const struct oval_ref *ref)
{
	pack_uint(b, ref->ord == OVAL_ORD_NONE ? 0 : (uint64_t)ref->ord + 1);
}

static struct oval_ref
unpack_ref(struct reader *r)
{
	uint32_t v = unpack_max(&r->u, UINT32_MAX);

	return (struct oval_ref){ SPAN_NONE, v == 0 ? OVAL_ORD_NONE : v - 1 };
}

static int
finish(const struct reader *r, const char *what, struct err *e)
{
	if (unpack_done(&r->u))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "the index is damaged: a packed %s", what);
}

/* --- criteria --- */

void
oval_pack_nodes(struct buf *b, const struct oval_node *nodes, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++) {
		const struct oval_node *node = &nodes[i];
		uint64_t bits = 0;
		unsigned used = 0;

		bits_put(&bits, &used, node->type, 2);
		bits_put(&bits, &used, node->op, 2);
		bits_put(&bits, &used, node->negate, 1);
		bits_put(&bits, &used, node->applicability_check, 1);
		bits_put(&bits, &used, node->status, 4);
		pack_uint(b, bits);
		if (node->type == OVAL_NODE_CRITERIA)
			pack_uint(b, node->n_operands);
		else
			pack_ref(b, &node->ref);
	}
}

/* *depth counts the subtrees that no criteria has taken yet. */
static void
unpack_node(struct reader *r, struct oval_node *node, uint32_t *depth)
{
	uint64_t bits = unpack_uint(&r->u);

	node->type = bits_take(r, &bits, 2, OVAL_NODE_EXTEND);
	node->op = bits_take(r, &bits, 2, OVAL_XOR);
	node->negate = bits_take(r, &bits, 1, 1) != 0;
	node->applicability_check = bits_take(r, &bits, 1, 1) != 0;
	node->status = bits_take(r, &bits, 4, OVAL_STATUS_UNKNOWN);
	node->ref.ord = OVAL_ORD_NONE;
	if (bits != 0)
		r->u.failed = true;
	if (node->type == OVAL_NODE_CRITERIA) {
		node->n_operands = unpack_max(&r->u, *depth);
		if (node->n_operands == 0)
			r->u.failed = true;
		*depth -= node->n_operands;
	} else {
		node->ref = unpack_ref(r);
	}
	(*depth)++;
}

int
oval_unpack_nodes(struct span packed, struct arena *a, struct oval_node **nodes,
    size_t *n, struct err *e)
{
	struct reader r = { unpack_of(packed), a };
	uint32_t depth = 0;
	size_t i;

	*n = unpack_count(&r.u);
	*nodes = arena_array(a, *n, sizeof(**nodes));
	for (i = 0; i < *n && !r.u.failed; i++)
		unpack_node(&r, &(*nodes)[i], &depth);
	if (*n > 0 && depth != 1)
		r.u.failed = true;
	return finish(&r, "criteria tree", e);
}

/* --- tests --- */

void
oval_pack_test(struct buf *b, const struct oval_test *t)
{
	uint64_t bits = 0;
	unsigned used = 0;
	size_t i;

	bits_put(&bits, &used, t->kind, 4);
	bits_put(&bits, &used, t->check, 3);
	bits_put(&bits, &used, t->existence, 3);
	bits_put(&bits, &used, t->state_operator, 2);
	bits_put(&bits, &used, t->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, t->version);
	if (t->kind == OVAL_KIND_OTHER)
		pack_span(b, t->type);
	pack_span(b, t->comment);
	pack_ref(b, &t->object);
	pack_uint(b, t->n_states);
	for (i = 0; i < t->n_states; i++)
		pack_ref(b, &t->states[i]);
}

/* The element's name: packed only where the kind does not tell it. */
static struct span
unpack_type(struct reader *r, enum oval_kind kind, enum oval_part part)
{
	if (kind == OVAL_KIND_OTHER)
		return unpack_span(&r->u);
	return span_of(oval_kind_element(kind, part));
}

int
oval_unpack_test(
    struct span packed, struct arena *a, struct oval_test *t, struct err *e)
{
	struct reader r = { unpack_of(packed), a };
	uint64_t bits = unpack_uint(&r.u);
	size_t i;

	*t = (struct oval_test){ 0 };
	t->kind = bits_take(&r, &bits, 4, OVAL_N_KINDS - 1);
	t->check = bits_take(&r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	t->existence = bits_take(&r, &bits, 3, OVAL_EXISTENCE_ONLY_ONE);
	t->state_operator = bits_take(&r, &bits, 2, OVAL_XOR);
	t->deprecated = bits_take(&r, &bits, 1, 1) != 0;
	t->version = unpack_uint(&r.u);
	t->type = unpack_type(&r, t->kind, OVAL_PART_TEST);
	t->comment = unpack_span(&r.u);
	t->object = unpack_ref(&r);
	t->n_states = unpack_count(&r.u);
	t->states = arena_array(a, t->n_states, sizeof(*t->states));
	for (i = 0; i < t->n_states; i++)
		t->states[i] = unpack_ref(&r);
	return finish(&r, "test", e);
}

/* --- objects and states --- */

static void
pack_entities(struct buf *b, const struct oval_entity *entities, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++) {
		const struct oval_entity *entity = &entities[i];
		uint64_t bits = 0;
		unsigned used = 0;

		bits_put(&bits, &used, entity->datatype, 4);
		bits_put(&bits, &used, entity->has_var, 1);
		bits_put(&bits, &used, entity->nil, 1);
		bits_put(&bits, &used, entity->mask, 1);
		bits_put(&bits, &used, entity->operation, 4);
		bits_put(&bits, &used, entity->entity_check, 3);
		bits_put(&bits, &used, entity->existence, 3);
		bits_put(&bits, &used, entity->var_check, 3);
		pack_uint(b, bits);
		pack_span(b, entity->name);
		pack_span(b, entity->value);
		if (entity->has_var)
			pack_ref(b, &entity->var);
	}
}

static void
unpack_entity(struct reader *r, struct oval_entity *entity)
{
	uint64_t bits = unpack_uint(&r->u);

	entity->datatype = bits_take(r, &bits, 4, OVAL_RECORD);
	entity->has_var = bits_take(r, &bits, 1, 1) != 0;
	entity->nil = bits_take(r, &bits, 1, 1) != 0;
	entity->mask = bits_take(r, &bits, 1, 1) != 0;
	entity->operation = bits_take(r, &bits, 4, OVAL_SUPERSET_OF);
	entity->entity_check = bits_take(r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	entity->existence = bits_take(r, &bits, 3, OVAL_EXISTENCE_ONLY_ONE);
	entity->var_check = bits_take(r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	entity->name = unpack_span(&r->u);
	entity->value = unpack_span(&r->u);
	entity->var.ord = OVAL_ORD_NONE;
	if (entity->has_var)
		entity->var = unpack_ref(r);
}

static struct oval_entity *
unpack_entities(struct reader *r, size_t *n)
{
	struct oval_entity *entities;
	size_t i;

	*n = unpack_count(&r->u);
	entities = arena_array(r->arena, *n, sizeof(*entities));
	for (i = 0; i < *n && !r->u.failed; i++)
		unpack_entity(r, &entities[i]);
	return entities;
}

static void
pack_filters(struct buf *b, const struct oval_filter *filters, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++) {
		pack_uint(b, filters[i].include);
		pack_ref(b, &filters[i].state);
	}
}

static struct oval_filter *
unpack_filters(struct reader *r, size_t *n)
{
	struct oval_filter *filters;
	size_t i;

	*n = unpack_count(&r->u);
	filters = arena_array(r->arena, *n, sizeof(*filters));
	for (i = 0; i < *n && !r->u.failed; i++) {
		filters[i].include = unpack_max(&r->u, 1) != 0;
		filters[i].state = unpack_ref(r);
	}
	return filters;
}

static void
pack_set(struct buf *b, const struct oval_set *set)
{
	size_t i;

	pack_uint(b, set->op);
	pack_uint(b, set->n_objects);
	for (i = 0; i < set->n_objects; i++)
		pack_ref(b, &set->objects[i]);
	pack_filters(b, set->filters, set->n_filters);
	pack_uint(b, set->n_sets);
	for (i = 0; i < set->n_sets; i++)
		pack_set(b, set->sets[i]);
}

static struct oval_set *
unpack_set(struct reader *r, unsigned depth)
{
	struct oval_set *set = arena_alloc(r->arena, sizeof(*set));
	size_t i;

	if (depth == OVAL_SET_DEPTH_MAX) {
		r->u.failed = true;
		return set;
	}
	set->op = unpack_max(&r->u, OVAL_SET_COMPLEMENT);
	set->n_objects = unpack_max(&r->u, 2);
	for (i = 0; i < set->n_objects; i++)
		set->objects[i] = unpack_ref(r);
	set->filters = unpack_filters(r, &set->n_filters);
	set->n_sets = unpack_max(&r->u, 2);
	if ((set->n_objects == 0) == (set->n_sets == 0))
		r->u.failed = true;
	for (i = 0; i < set->n_sets && !r->u.failed; i++)
		set->sets[i] = unpack_set(r, depth + 1);
	return set;
}

/* What objects and states begin with. */
struct head {
	enum oval_kind kind;
	bool deprecated;
	unsigned extra; /* has a set; operator */
	uint64_t version;
	struct span type;
};

static void
pack_head(struct buf *b, const struct head *h)
{
	uint64_t bits = 0;
	unsigned used = 0;

	bits_put(&bits, &used, h->kind, 4);
	bits_put(&bits, &used, h->extra, 2);
	bits_put(&bits, &used, h->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, h->version);
	if (h->kind == OVAL_KIND_OTHER)
		pack_span(b, h->type);
}

static struct head
unpack_head(struct reader *r, enum oval_part part, unsigned extra_max)
{
	uint64_t bits = unpack_uint(&r->u);
	struct head h;

	h.kind = bits_take(r, &bits, 4, OVAL_N_KINDS - 1);
	h.extra = bits_take(r, &bits, 2, extra_max);
	h.deprecated = bits_take(r, &bits, 1, 1) != 0;
	h.version = unpack_uint(&r->u);
	h.type = unpack_type(r, h.kind, part);
	return h;
}

void
oval_pack_object(struct buf *b, const struct oval_object *o)
{
	struct head h = { o->kind, o->deprecated, o->set != NULL, o->version,
		o->type };
	size_t i;

	pack_head(b, &h);
	pack_entities(b, o->entities, o->n_entities);
	pack_uint(b, o->n_behaviors);
	for (i = 0; i < o->n_behaviors; i++) {
		pack_span(b, o->behaviors[i].name);
		pack_span(b, o->behaviors[i].value);
	}
	pack_filters(b, o->filters, o->n_filters);
	if (o->set != NULL)
		pack_set(b, o->set);
}

int
oval_unpack_object(
    struct span packed, struct arena *a, struct oval_object *o, struct err *e)
{
	struct reader r = { unpack_of(packed), a };
	struct head h = unpack_head(&r, OVAL_PART_OBJECT, 1);
	size_t i;

	*o = (struct oval_object){ .kind = h.kind,
		.deprecated = h.deprecated,
		.version = h.version,
		.type = h.type };
	o->entities = unpack_entities(&r, &o->n_entities);
	o->n_behaviors = unpack_count(&r.u);
	o->behaviors = arena_array(a, o->n_behaviors, sizeof(*o->behaviors));
	for (i = 0; i < o->n_behaviors; i++) {
		o->behaviors[i].name = unpack_span(&r.u);
		o->behaviors[i].value = unpack_span(&r.u);
	}
	o->filters = unpack_filters(&r, &o->n_filters);
	if (h.extra != 0)
		o->set = unpack_set(&r, 0);
	return finish(&r, "object", e);
}

void
oval_pack_state(struct buf *b, const struct oval_state *s)
{
	struct head h = { s->kind, s->deprecated, s->op, s->version, s->type };

	pack_head(b, &h);
	pack_entities(b, s->entities, s->n_entities);
}

int
oval_unpack_state(
    struct span packed, struct arena *a, struct oval_state *s, struct err *e)
{
	struct reader r = { unpack_of(packed), a };
	struct head h = unpack_head(&r, OVAL_PART_STATE, OVAL_XOR);

	*s = (struct oval_state){ .kind = h.kind,
		.deprecated = h.deprecated,
		.op = h.extra,
		.version = h.version,
		.type = h.type };
	s->entities = unpack_entities(&r, &s->n_entities);
	return finish(&r, "state", e);
}

/* --- variables --- */

static void
pack_component(struct buf *b, const struct oval_component *c)
{
	size_t i;

	pack_uint(b, c->type);
	switch (c->type) {
	case OVAL_COMPONENT_LITERAL:
		pack_uint(b, c->datatype);
		pack_span(b, c->literal);
		return;
	case OVAL_COMPONENT_OBJECT:
		pack_ref(b, &c->ref);
		pack_span(b, c->item_field);
		pack_span(b, c->record_field);
		return;
	case OVAL_COMPONENT_VARIABLE:
		pack_ref(b, &c->ref);
		return;
	default:
		pack_span(b, c->argument);
		pack_span(b, c->argument2);
		pack_uint(b, c->n_operands);
		for (i = 0; i < c->n_operands; i++)
			pack_component(b, &c->operands[i]);
	}
}

static void
unpack_component(struct reader *r, struct oval_component *c, unsigned depth);

static void
unpack_function(struct reader *r, struct oval_component *c, unsigned depth)
{
	size_t i;

	c->argument = unpack_span(&r->u);
	c->argument2 = unpack_span(&r->u);
	c->n_operands = unpack_count(&r->u);
	if (!oval_component_fits(c->type, c->n_operands))
		r->u.failed = true;
	c->operands =
	    arena_array(r->arena, c->n_operands, sizeof(*c->operands));
	for (i = 0; i < c->n_operands && !r->u.failed; i++)
		unpack_component(r, &c->operands[i], depth + 1);
}

static void
unpack_component(struct reader *r, struct oval_component *c, unsigned depth)
{
	c->ref.ord = OVAL_ORD_NONE;
	c->type = unpack_max(&r->u, OVAL_FUNCTION_GLOB_TO_REGEX);
	if (depth == OVAL_FUNCTION_DEPTH_MAX)
		r->u.failed = true;
	else if (c->type == OVAL_COMPONENT_LITERAL) {
		c->datatype = unpack_max(&r->u, OVAL_RECORD);
		c->literal = unpack_span(&r->u);
	} else if (c->type == OVAL_COMPONENT_OBJECT) {
		c->ref = unpack_ref(r);
		c->item_field = unpack_span(&r->u);
		c->record_field = unpack_span(&r->u);
	} else if (c->type == OVAL_COMPONENT_VARIABLE) {
		c->ref = unpack_ref(r);
	} else {
		unpack_function(r, c, depth);
	}
}

static void
pack_restrictions(struct buf *b, const struct oval_variable *v)
{
	size_t i;
	size_t k;

	pack_uint(b, v->n_restrictions);
	for (i = 0; i < v->n_restrictions; i++) {
		const struct oval_possible_restriction *p = &v->restrictions[i];

		pack_uint(b, p->op);
		pack_uint(b, p->n_restrictions);
		for (k = 0; k < p->n_restrictions; k++) {
			pack_uint(b, p->restrictions[k].operation);
			pack_span(b, p->restrictions[k].value);
		}
	}
}

static void
unpack_restriction(struct reader *r, struct oval_possible_restriction *p)
{
	size_t i;

	p->op = unpack_max(&r->u, OVAL_XOR);
	p->n_restrictions = unpack_count(&r->u);
	p->restrictions =
	    arena_array(r->arena, p->n_restrictions, sizeof(*p->restrictions));
	for (i = 0; i < p->n_restrictions && !r->u.failed; i++) {
		p->restrictions[i].operation =
		    unpack_max(&r->u, OVAL_SUPERSET_OF);
		p->restrictions[i].value = unpack_span(&r->u);
	}
}

void
oval_pack_variable(struct buf *b, const struct oval_variable *v)
{
	uint64_t bits = 0;
	unsigned used = 0;
	size_t i;

	bits_put(&bits, &used, v->type, 2);
	bits_put(&bits, &used, v->datatype, 4);
	bits_put(&bits, &used, v->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, v->version);
	pack_uint(b, v->n_values);
	for (i = 0; i < v->n_values; i++)
		pack_span(b, v->values[i]);
	if (v->type == OVAL_VARIABLE_LOCAL)
		pack_component(b, v->component);
	if (v->type == OVAL_VARIABLE_EXTERNAL)
		pack_restrictions(b, v);
}

int
oval_unpack_variable(
    struct span packed, struct arena *a, struct oval_variable *v, struct err *e)
{
	struct reader r = { unpack_of(packed), a };
	uint64_t bits = unpack_uint(&r.u);
	size_t i;

	*v = (struct oval_variable){ 0 };
	v->type = bits_take(&r, &bits, 2, OVAL_VARIABLE_EXTERNAL);
	v->datatype = bits_take(&r, &bits, 4, OVAL_RECORD);
	v->deprecated = bits_take(&r, &bits, 1, 1) != 0;
	v->version = unpack_uint(&r.u);
	v->n_values = unpack_count(&r.u);
	v->values = arena_array(a, v->n_values, sizeof(*v->values));
	for (i = 0; i < v->n_values; i++)
		v->values[i] = unpack_span(&r.u);
	if (v->type == OVAL_VARIABLE_LOCAL) {
		v->component = arena_alloc(a, sizeof(*v->component));
		unpack_component(&r, v->component, 0);
	}
	if (v->type == OVAL_VARIABLE_EXTERNAL) {
		v->n_restrictions = unpack_count(&r.u);
		v->restrictions =
		    arena_array(a, v->n_restrictions, sizeof(*v->restrictions));
		for (i = 0; i < v->n_restrictions && !r.u.failed; i++)
			unpack_restriction(&r, &v->restrictions[i]);
	}
	return finish(&r, "variable", e);
}
