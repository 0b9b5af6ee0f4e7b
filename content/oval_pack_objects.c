/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and states: entities, filters, sets. */
#include "content/oval_pack_impl.h"

static void
pack_entities(struct buf *b, const struct oval_entity *entities, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++) {
		const struct oval_entity *entity = &entities[i];
		uint64_t bits = 0;
		unsigned used = 0;

		oval_bits_put(&bits, &used, entity->datatype, 4);
		oval_bits_put(&bits, &used, entity->has_var, 1);
		oval_bits_put(&bits, &used, entity->nil, 1);
		oval_bits_put(&bits, &used, entity->mask, 1);
		oval_bits_put(&bits, &used, entity->operation, 4);
		oval_bits_put(&bits, &used, entity->entity_check, 3);
		oval_bits_put(&bits, &used, entity->existence, 3);
		oval_bits_put(&bits, &used, entity->var_check, 3);
		pack_uint(b, bits);
		pack_span(b, entity->name);
		pack_span(b, entity->value);
		if (entity->has_var)
			oval_pack_ref(b, &entity->var);
	}
}

static void
unpack_entity(struct oval_unpacker *r, struct oval_entity *entity)
{
	uint64_t bits = unpack_uint(&r->u);

	entity->datatype = oval_bits_take(r, &bits, 4, OVAL_RECORD);
	entity->has_var = oval_bits_take(r, &bits, 1, 1) != 0;
	entity->nil = oval_bits_take(r, &bits, 1, 1) != 0;
	entity->mask = oval_bits_take(r, &bits, 1, 1) != 0;
	entity->operation = oval_bits_take(r, &bits, 4, OVAL_SUPERSET_OF);
	entity->entity_check =
	    oval_bits_take(r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	entity->existence =
	    oval_bits_take(r, &bits, 3, OVAL_EXISTENCE_ONLY_ONE);
	entity->var_check = oval_bits_take(r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	entity->name = unpack_span(&r->u);
	entity->value = unpack_span(&r->u);
	entity->var.ord = OVAL_ORD_NONE;
	if (entity->has_var)
		entity->var = oval_unpack_ref(r);
}

static struct oval_entity *
unpack_entities(struct oval_unpacker *r, size_t *n)
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
		oval_pack_ref(b, &filters[i].state);
	}
}

static struct oval_filter *
unpack_filters(struct oval_unpacker *r, size_t *n)
{
	struct oval_filter *filters;
	size_t i;

	*n = unpack_count(&r->u);
	filters = arena_array(r->arena, *n, sizeof(*filters));
	for (i = 0; i < *n && !r->u.failed; i++) {
		filters[i].include = unpack_max(&r->u, 1) != 0;
		filters[i].state = oval_unpack_ref(r);
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
		oval_pack_ref(b, &set->objects[i]);
	pack_filters(b, set->filters, set->n_filters);
	pack_uint(b, set->n_sets);
	for (i = 0; i < set->n_sets; i++)
		pack_set(b, set->sets[i]);
}

static struct oval_set *
unpack_set(struct oval_unpacker *r, unsigned depth)
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
		set->objects[i] = oval_unpack_ref(r);
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

	oval_bits_put(&bits, &used, h->kind, 4);
	oval_bits_put(&bits, &used, h->extra, 2);
	oval_bits_put(&bits, &used, h->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, h->version);
	if (h->kind == OVAL_KIND_OTHER)
		pack_span(b, h->type);
}

static struct head
unpack_head(struct oval_unpacker *r, enum oval_part part, unsigned extra_max)
{
	uint64_t bits = unpack_uint(&r->u);
	struct head h;

	h.kind = oval_bits_take(r, &bits, 4, OVAL_N_KINDS - 1);
	h.extra = oval_bits_take(r, &bits, 2, extra_max);
	h.deprecated = oval_bits_take(r, &bits, 1, 1) != 0;
	h.version = unpack_uint(&r->u);
	h.type = oval_unpack_type(r, h.kind, part);
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
	struct oval_unpacker r = { unpack_of(packed), a };
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
	return oval_unpack_finish(&r, "object", e);
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
	struct oval_unpacker r = { unpack_of(packed), a };
	struct head h = unpack_head(&r, OVAL_PART_STATE, OVAL_XOR);

	*s = (struct oval_state){ .kind = h.kind,
		.deprecated = h.deprecated,
		.op = h.extra,
		.version = h.version,
		.type = h.type };
	s->entities = unpack_entities(&r, &s->n_entities);
	return oval_unpack_finish(&r, "state", e);
}
