/* SPDX-License-Identifier: Apache-2.0 */
/* The sections <objects> and <states>: entities, sets, filters. */
#include "content/oval_read.h"

static const struct oval_field object_fields[] = {
	{ "id", OVAL_FIELD_ID, true, offsetof(struct oval_object, id), NULL },
	{ "version", OVAL_FIELD_UINT, false,
	    offsetof(struct oval_object, version), NULL },
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_object, comment), NULL },
	{ "deprecated", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_object, deprecated), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field state_fields[] = {
	{ "id", OVAL_FIELD_ID, true, offsetof(struct oval_state, id), NULL },
	{ "version", OVAL_FIELD_UINT, false,
	    offsetof(struct oval_state, version), NULL },
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_state, comment), NULL },
	{ "operator", OVAL_FIELD_WORD, false, offsetof(struct oval_state, op),
	    &oval_words_operator },
	{ "deprecated", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_state, deprecated), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field entity_fields[] = {
	{ "datatype", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_entity, datatype), &oval_words_datatype },
	{ "operation", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_entity, operation), &oval_words_operation },
	{ "var_ref", OVAL_FIELD_ID, false, offsetof(struct oval_entity, var.id),
	    NULL },
	{ "var_check", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_entity, var_check), &oval_words_check },
	{ "entity_check", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_entity, entity_check), &oval_words_check },
	{ "check_existence", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_entity, existence), &oval_words_existence },
	{ "mask", OVAL_FIELD_BOOL, false, offsetof(struct oval_entity, mask),
	    NULL },
	{ NULL, 0, false, 0, NULL },
};

static const char *const set_names[] = {
	[OVAL_SET_UNION] = "UNION",
	[OVAL_SET_INTERSECTION] = "INTERSECTION",
	[OVAL_SET_COMPLEMENT] = "COMPLEMENT",
};
static const struct oval_words set_words = { set_names, 3 };

static const struct oval_field set_fields[] = {
	{ "set_operator", OVAL_FIELD_WORD, false, offsetof(struct oval_set, op),
	    &set_words },
	{ NULL, 0, false, 0, NULL },
};

static const char *const filter_names[] = { "exclude", "include" };
static const struct oval_words filter_words = { filter_names, 2 };

static int
entity_add(struct oval_reader *r, const struct xml_element *el,
    struct oval_entity **list, size_t *n, struct err *e)
{
	struct oval_entity *entity;
	size_t i;

	if (oval_limit(*n, OVAL_ENTITIES_MAX, "entities in one record", e) != 0)
		return -1;
	*list = oval_list_grow(r->arena, *list, *n, sizeof(**list));
	entity = &(*list)[(*n)++];
	entity->name = oval_copy(r, el->name);
	entity->var.ord = OVAL_ORD_NONE;
	r->text = &entity->value;
	if (oval_fields_read(r, el, entity_fields, entity, e) != 0)
		return -1;
	entity->has_var = entity->var.id.len > 0;
	for (i = 0; i < el->n_attrs; i++)
		if (span_is(el->attrs[i].ns, OVAL_NS_XSI) &&
		    span_is(el->attrs[i].name, "nil"))
			entity->nil = span_is(el->attrs[i].value, "true") ||
			    span_is(el->attrs[i].value, "1");
	return 0;
}

OVAL_START(oval_object_start)
{
	struct oval_reader *r = ctx;
	struct oval_object *o = &r->object;

	if (oval_item_begin(r, e) != 0)
		return -1;
	r->n_sets = 0;
	*o = (struct oval_object){ .line = el->line };
	o->kind = oval_kind_of(el->ns, el->name, OVAL_PART_OBJECT);
	o->type = oval_copy(r, el->name);
	return oval_fields_read(r, el, object_fields, o, e);
}

OVAL_END(oval_object_end)
{
	struct oval_reader *r = ctx;

	(void)text;
	if (r->sink->object == NULL)
		return 0;
	return r->sink->object(r->sink->ctx, &r->object, e);
}

OVAL_START(oval_behaviors_start)
{
	struct oval_reader *r = ctx;
	struct oval_object *o = &r->object;
	size_t i;

	if (o->n_behaviors > 0)
		return err_set(e, ERR_FORMAT, "object %.*s has behaviors twice",
		    SPAN_ARG(o->id));
	o->behaviors =
	    arena_array(r->arena, el->n_attrs, sizeof(*o->behaviors));
	for (i = 0; i < el->n_attrs; i++) {
		if (el->attrs[i].ns.len > 0)
			continue;
		o->behaviors[o->n_behaviors++] = (struct oval_behavior){
			oval_copy(r, el->attrs[i].name),
			oval_copy(r, el->attrs[i].value),
		};
	}
	return 0;
}

OVAL_START(oval_object_entity_start)
{
	struct oval_reader *r = ctx;

	return entity_add(r, el, &r->object.entities, &r->object.n_entities, e);
}

/*
 * A variable_object names its variable as text: the reference goes to `var`
 * as everywhere else, so that whoever resolves references needs no exception.
 */
OVAL_END(oval_object_entity_end)
{
	struct oval_reader *r = ctx;
	struct oval_object *o = &r->object;
	struct oval_entity *entity = &o->entities[o->n_entities - 1];

	entity->value = oval_copy(r, text);
	if (o->kind != OVAL_KIND_VARIABLE || !span_is(entity->name, "var_ref"))
		return 0;
	entity->var.id = span_trim(entity->value);
	entity->has_var = true;
	if (entity->var.id.len == 0)
		return err_set(e, ERR_FORMAT, "object %.*s: var_ref is empty",
		    SPAN_ARG(o->id));
	return 0;
}

OVAL_START(oval_filter_start)
{
	struct oval_reader *r = ctx;
	struct oval_set *set = r->n_sets > 0 ? r->sets[r->n_sets - 1] : NULL;
	struct oval_filter **list =
	    set == NULL ? &r->object.filters : &set->filters;
	size_t *n = set == NULL ? &r->object.n_filters : &set->n_filters;
	struct oval_filter *filter;
	struct span action;
	unsigned word = 0;

	if (oval_limit(*n, OVAL_FILTERS_MAX, "filters in one object", e) != 0)
		return -1;
	*list = oval_list_grow(r->arena, *list, *n, sizeof(**list));
	filter = &(*list)[(*n)++];
	filter->state.ord = OVAL_ORD_NONE;
	r->text = &filter->state.id;
	if (xml_attr(el, "action", &action) &&
	    !oval_word_parse(&filter_words, action, &word))
		return err_set(e, ERR_FORMAT, "unknown action \"%.*s\"",
		    SPAN_ARG(span_first(action, 64)));
	filter->include = word == 1;
	return 0;
}

OVAL_START(oval_set_start)
{
	struct oval_reader *r = ctx;
	struct oval_set *set = arena_alloc(r->arena, sizeof(*set));
	struct oval_set *parent;

	if (r->n_sets == OVAL_SET_DEPTH_MAX)
		return err_set(e, ERR_LIMIT,
		    "object %.*s: sets nested deeper than %d",
		    SPAN_ARG(r->object.id), OVAL_SET_DEPTH_MAX);
	if (r->n_sets == 0) {
		if (r->object.set != NULL)
			return err_set(e, ERR_FORMAT,
			    "object %.*s has two sets", SPAN_ARG(r->object.id));
		r->object.set = set;
	} else {
		parent = r->sets[r->n_sets - 1];
		if (parent->n_sets == 2)
			return err_set(e, ERR_FORMAT,
			    "object %.*s: a set of more than two sets",
			    SPAN_ARG(r->object.id));
		parent->sets[parent->n_sets++] = set;
	}
	r->sets[r->n_sets++] = set;
	return oval_fields_read(r, el, set_fields, set, e);
}

OVAL_END(oval_set_end)
{
	struct oval_reader *r = ctx;
	const struct oval_set *set = r->sets[--r->n_sets];

	(void)text;
	if ((set->n_objects == 0) == (set->n_sets == 0))
		return err_set(e, ERR_FORMAT,
		    "object %.*s: a set needs objects or sets, not both",
		    SPAN_ARG(r->object.id));
	return 0;
}

OVAL_START(oval_set_object_start)
{
	struct oval_reader *r = ctx;
	struct oval_set *set = r->sets[r->n_sets - 1];

	(void)el;
	if (set->n_objects == 2)
		return err_set(e, ERR_FORMAT,
		    "object %.*s: a set of more than two objects",
		    SPAN_ARG(r->object.id));
	set->objects[set->n_objects].ord = OVAL_ORD_NONE;
	r->text = &set->objects[set->n_objects++].id;
	return 0;
}

OVAL_START(oval_state_start)
{
	struct oval_reader *r = ctx;
	struct oval_state *s = &r->state;

	if (oval_item_begin(r, e) != 0)
		return -1;
	*s = (struct oval_state){ .line = el->line };
	s->kind = oval_kind_of(el->ns, el->name, OVAL_PART_STATE);
	s->type = oval_copy(r, el->name);
	return oval_fields_read(r, el, state_fields, s, e);
}

OVAL_START(oval_state_entity_start)
{
	struct oval_reader *r = ctx;

	return entity_add(r, el, &r->state.entities, &r->state.n_entities, e);
}

OVAL_END(oval_state_end)
{
	struct oval_reader *r = ctx;

	(void)text;
	if (r->sink->state == NULL)
		return 0;
	return r->sink->state(r->sink->ctx, &r->state, e);
}
