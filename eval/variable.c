/* SPDX-License-Identifier: Apache-2.0 */
/* Values of variables: 5.11.2 §5.3.7, FORMATS §7.7. */
#include <string.h>

#include "base/mem.h"
#include "eval/evaluation_impl.h"

void
values_add(struct evaluation *ev, struct values *v, struct span value)
{
	struct span *grown;

	if (v->n == EVALUATION_VALUES_MAX) {
		values_flag(ev, v, FLAG_ERROR, "more than %u values",
		    EVALUATION_VALUES_MAX);
		return;
	}
	v->n_bytes += value.len;
	if (v->n_bytes > EVALUATION_BYTES_MAX) {
		values_flag(ev, v, FLAG_ERROR, "more than %u bytes of values",
		    EVALUATION_BYTES_MAX);
		return;
	}
	if (v->n == v->cap) {
		v->cap = v->cap == 0 ? 4 : xmul(v->cap, 2);
		grown = arena_array(&ev->arena, v->cap, sizeof(*grown));
		if (v->n > 0)
			memcpy(grown, v->v, v->n * sizeof(*grown));
		v->v = grown;
	}
	v->v[v->n++] = value;
}

/* Each value as the datatype has it; what is none puts the whole in error. */
static void
check_values(struct evaluation *ev, struct values *v, enum oval_datatype type)
{
	struct err why;
	size_t i;

	for (i = 0; i < v->n; i++) {
		v->v[i] = value_text(type, v->v[i]);
		if (value_check(type, v->v[i], &why) != 0)
			values_flag(ev, v, FLAG_ERROR, "%s", why.msg);
	}
}

static void
constant_values(struct evaluation *ev, const struct oval_variable *variable,
    struct values *v)
{
	v->n = v->cap = variable->n_values;
	v->v = arena_array(&ev->arena, v->n, sizeof(*v->v));
	if (v->n > 0)
		memcpy(v->v, variable->values, v->n * sizeof(*v->v));
}

/* Whether one of the variable's ranges has the value. */
static bool
is_in_range(struct evaluation *ev, const struct oval_variable *variable,
    struct span value)
{
	const struct oval_possible_restriction *p;
	struct result_counts counts;
	struct err why;
	size_t i, j;

	for (i = 0; i < variable->n_restrictions; i++) {
		p = &variable->restrictions[i];
		counts = (struct result_counts){ { 0 } };
		for (j = 0; j < p->n_restrictions; j++)
			result_count(&counts,
			    value_compare(ev->regex, variable->datatype,
				p->restrictions[j].operation, value,
				p->restrictions[j].value, &why));
		if (result_operator(&counts, p->op) == RESULT_TRUE)
			return true;
	}
	return false;
}

static bool
is_possible(struct evaluation *ev, const struct oval_variable *variable,
    struct span value)
{
	size_t i;

	if (variable->n_values == 0 && variable->n_restrictions == 0)
		return true;
	value = value_text(variable->datatype, value);
	for (i = 0; i < variable->n_values; i++)
		if (span_eq(value,
			value_text(variable->datatype, variable->values[i])))
			return true;
	return is_in_range(ev, variable, value);
}

static void
external_values(struct evaluation *ev, const struct oval_variable *variable,
    struct values *v)
{
	const struct oval_given *given =
	    oval_given_find(ev->m->given, variable->id);
	size_t i;

	if (given == NULL) {
		values_flag(ev, v, FLAG_NOT_COLLECTED,
		    "nobody gave the external variable a value");
		return;
	}
	for (i = 0; i < given->n_values; i++) {
		values_add(ev, v, given->values[i]);
		if (!is_possible(ev, variable, given->values[i]))
			values_flag(ev, v, FLAG_ERROR,
			    "the variable may not be \"%.*s\"",
			    SPAN_ARG(span_first(given->values[i], 80)));
	}
	if (given->datatype != variable->datatype)
		values_flag(ev, v, FLAG_ERROR, "the variable is %s, not %s",
		    oval_datatype_name(variable->datatype),
		    oval_datatype_name(given->datatype));
}

/*
 * Reported to whoever uses the variable. On an image, what is not applicable
 * is not collected (ARCHITECTURE §5).
 */
static void
finish_values(struct evaluation *ev, const struct oval_variable *variable,
    struct values *v)
{
	if (v->flag == FLAG_NOT_APPLICABLE)
		v->flag = FLAG_NOT_COLLECTED;
	if (v->flag == FLAG_COMPLETE || v->flag == FLAG_INCOMPLETE)
		check_values(ev, v, variable->datatype);
	if (v->flag == FLAG_COMPLETE && v->n == 0)
		values_flag(
		    ev, v, FLAG_DOES_NOT_EXIST, "the variable has no values");
	if (v->flag != FLAG_COMPLETE && v->flag != FLAG_INCOMPLETE)
		v->n = 0;
}

int
variable_values(struct evaluation *ev, uint32_t ord, const struct values **out,
    struct err *e)
{
	const struct oval_variable *variable = machine_variable(ev->m, ord, e);
	struct values *v;
	int rc = 0;

	if (variable == NULL)
		return -1;
	*out = ev->variables[ord];
	if (*out != NULL)
		return 0;
	if (evaluation_enter(ev, e) != 0)
		return -1;
	v = arena_alloc(&ev->arena, sizeof(*v));
	v->flag = FLAG_COMPLETE;
	switch (variable->type) {
	case OVAL_VARIABLE_CONSTANT:
		constant_values(ev, variable, v);
		break;
	case OVAL_VARIABLE_LOCAL:
		if (variable->component != NULL)
			rc = component_values(ev, variable->component, v, e);
		break;
	case OVAL_VARIABLE_EXTERNAL:
		external_values(ev, variable, v);
		break;
	}
	if (rc == 0) {
		finish_values(ev, variable, v);
		*out = ev->variables[ord] = v;
	}
	evaluation_leave(ev);
	return rc;
}

enum flag
evaluation_variable(struct evaluation *ev, uint32_t variable,
    const struct span **values, size_t *n)
{
	const struct values *v;
	struct err e;

	*n = 0;
	*values = NULL;
	if (variable_values(ev, variable, &v, &e) != 0)
		return FLAG_ERROR;
	*values = v->v;
	*n = v->n;
	return v->flag;
}

/* --- components --- */

/* The values of one field of one item. */
static void
item_values(struct evaluation *ev, const struct item *item, struct span field,
    struct values *out)
{
	const struct item_entity *entity;
	bool has = false;
	size_t i;

	for (i = 0; i < item->n_entities; i++) {
		entity = &item->entities[i];
		if (!span_eq(entity->name, field))
			continue;
		has = true;
		if (entity->status == ITEM_EXISTS)
			values_add(ev, out, entity->value);
		else if (entity->status == ITEM_ERROR)
			values_flag(ev, out, FLAG_ERROR, "%.*s is in error",
			    SPAN_ARG(field));
		else if (entity->status == ITEM_NOT_COLLECTED)
			values_flag(ev, out, FLAG_NOT_COLLECTED,
			    "%.*s is not collected", SPAN_ARG(field));
	}
	if (!has)
		values_flag(ev, out, FLAG_ERROR, "%s items have no %.*s",
		    oval_kind_name(item->kind), SPAN_ARG(field));
}

static int
object_values(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e)
{
	const struct collected *found;
	size_t i;

	found = collect_object(ev, c->ref.ord, e);
	if (found == NULL)
		return -1;
	if (c->record_field.len > 0) {
		values_flag(ev, out, FLAG_ERROR, "no items have records here");
		return 0;
	}
	if (found->flag == FLAG_DOES_NOT_EXIST)
		values_flag(ev, out, FLAG_ERROR,
		    "the object of a variable has no items");
	else if (found->flag != FLAG_COMPLETE)
		values_flag(
		    ev, out, found->flag, "%.*s", SPAN_ARG(found->message));
	for (i = 0; i < found->n_items; i++)
		item_values(ev, found->items[i], c->item_field, out);
	return 0;
}

static int
variable_component(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e)
{
	const struct values *v;
	size_t i;

	if (variable_values(ev, c->ref.ord, &v, e) != 0)
		return -1;
	if (v->flag != FLAG_COMPLETE)
		values_flag(ev, out, v->flag, "%.*s", SPAN_ARG(v->message));
	for (i = 0; i < v->n; i++)
		values_add(ev, out, v->v[i]);
	return 0;
}

int
component_values(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e)
{
	struct err why;

	switch (c->type) {
	case OVAL_COMPONENT_LITERAL:
		if (value_check(c->datatype, c->literal, &why) != 0)
			values_flag(ev, out, FLAG_ERROR, "%s", why.msg);
		values_add(ev, out, value_text(c->datatype, c->literal));
		return 0;
	case OVAL_COMPONENT_OBJECT:
		return object_values(ev, c, out, e);
	case OVAL_COMPONENT_VARIABLE:
		return variable_component(ev, c, out, e);
	default:
		return function_values(ev, c, out, e);
	}
}
