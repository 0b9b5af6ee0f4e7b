/* SPDX-License-Identifier: Apache-2.0 */
/* Objects → items with a flag: 5.11.2 §5.3.4, FORMATS §7.6. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/evaluation_impl.h"
#include "eval/want.h"

void
gather_add(struct gather *g, const struct item *item)
{
	if (g->n == EVALUATION_ITEMS_MAX) {
		gather_flag(
		    g, FLAG_ERROR, "more than %u items", EVALUATION_ITEMS_MAX);
		return;
	}
	g->items = xgrow(g->items, &g->cap, g->n + 1, sizeof(*g->items));
	g->items[g->n++] = item;
}

/* Which of two things in the way is told. */
static const unsigned weights[N_FLAGS] = {
	[FLAG_COMPLETE] = 0,
	[FLAG_INCOMPLETE] = 1,
	[FLAG_DOES_NOT_EXIST] = 2,
	[FLAG_NOT_COLLECTED] = 3,
	[FLAG_NOT_APPLICABLE] = 4,
	[FLAG_ERROR] = 5,
};

/* The worse flag stays, with its message. */
static void __attribute__((format(printf, 5, 0)))
flag_raise(enum flag *now, struct span *message, struct arena *a,
    enum flag flag, const char *fmt, va_list ap)
{
	char text[ERR_MSG_SIZE];

	if (weights[flag] <= weights[*now])
		return;
	*now = flag;
	vsnprintf(text, sizeof(text), fmt, ap);
	*message = arena_span(a, span_of(text));
}

void
gather_flag(struct gather *g, enum flag flag, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	flag_raise(&g->flag, &g->message, &g->ev->arena, flag, fmt, ap);
	va_end(ap);
}

void
values_flag(struct evaluation *ev, struct values *v, enum flag flag,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	flag_raise(&v->flag, &v->message, &ev->arena, flag, fmt, ap);
	va_end(ap);
}

void
gather_variable(struct gather *g, const struct entity_values *values)
{
	enum flag flag =
	    values->flag == FLAG_ERROR ? FLAG_ERROR : FLAG_DOES_NOT_EXIST;

	if (values->flag == FLAG_INCOMPLETE)
		flag = FLAG_INCOMPLETE;
	gather_flag(g, flag, "%.*s", SPAN_ARG(values->message));
}

int
gather_entity_fits(struct gather *g, const struct oval_entity *entity,
    struct span value, struct err *e)
{
	struct result_counts counts = { { 0 } };
	struct entity_values values;
	struct err why;
	enum result r;
	size_t i;

	if (entity_values(g->ev, entity, &values, e) != 0)
		return -1;
	if (values.flag != FLAG_COMPLETE)
		gather_variable(g, &values);
	for (i = 0; i < values.n; i++) {
		r = entity_compare(
		    g->ev, g->object->kind, entity, value, values.v[i], &why);
		if (r == RESULT_ERROR)
			gather_flag(g, FLAG_ERROR, "%s", why.msg);
		result_count(&counts, r);
	}
	if (values.n == 0)
		return 0;
	r = result_check(
	    &counts, entity->has_var ? entity->var_check : OVAL_CHECK_ALL);
	return r == RESULT_TRUE;
}

int
gather_fits(struct gather *g, const struct item *item, struct err *e)
{
	const struct oval_entity *entity;
	struct span value;
	size_t i, j;
	int fits = 1;

	for (i = 0; i < g->object->n_entities && fits == 1; i++) {
		entity = &g->object->entities[i];
		for (j = 0; j < item->n_entities; j++)
			if (span_eq(item->entities[j].name, entity->name))
				break;
		if (j == item->n_entities) {
			gather_flag(g, FLAG_ERROR, "%s items have no %.*s",
			    oval_kind_name(item->kind), SPAN_ARG(entity->name));
			return 0;
		}
		value = item->entities[j].value;
		fits = gather_entity_fits(g, entity, value, e);
	}
	return fits;
}

static int
filter_item(struct gather *g, const struct oval_filter *f,
    const struct item *item, bool *keep, struct err *e)
{
	enum result r;

	if (state_evaluate(g->ev, f->state.ord, item, &r, e) != 0)
		return -1;
	*keep = r == (f->include ? RESULT_TRUE : RESULT_FALSE);
	if (r != RESULT_TRUE && r != RESULT_FALSE)
		gather_flag(g, FLAG_INCOMPLETE,
		    "a filter's result is %s for an item", result_name(r));
	return 0;
}

int
collect_filter(struct gather *g, const struct oval_filter *filters, size_t n,
    struct err *e)
{
	size_t kept, i, j;
	bool keep;

	for (i = 0; i < n; i++) {
		kept = 0;
		for (j = 0; j < g->n; j++) {
			if (filter_item(
				g, &filters[i], g->items[j], &keep, e) != 0)
				return -1;
			if (keep)
				g->items[kept++] = g->items[j];
		}
		g->n = kept;
	}
	return 0;
}

static int
collect_family(struct gather *g, struct err *e)
{
	struct item_builder *b = item_start(g->ev, OVAL_KIND_FAMILY);

	(void)e;
	item_add(b, "family", SPAN_LIT("unix"));
	gather_add(g, item_intern(b));
	return 0;
}

static int
collect_uname(struct gather *g, struct err *e)
{
	(void)e;
	gather_flag(g, FLAG_NOT_APPLICABLE, "an image has no running kernel");
	return 0;
}

static int
collect_unknown(struct gather *g, struct err *e)
{
	(void)e;
	gather_flag(
	    g, FLAG_NOT_COLLECTED, "objects of this type are not collected");
	return 0;
}

static int
collect_variable(struct gather *g, struct err *e)
{
	const struct oval_entity *entity =
	    g->object->n_entities > 0 ? &g->object->entities[0] : NULL;
	const struct oval_variable *v;
	const struct values *values;
	struct item_builder *b;
	size_t i;

	if (entity == NULL || !entity->has_var) {
		gather_flag(g, FLAG_ERROR, "the object names no variable");
		return 0;
	}
	v = machine_variable(g->ev->m, entity->var.ord, e);
	if (v == NULL ||
	    variable_values(g->ev, entity->var.ord, &values, e) != 0)
		return -1;
	if (values->flag != FLAG_COMPLETE)
		gather_flag(g, values->flag, "%.*s", SPAN_ARG(values->message));
	if (values->n == 0)
		return 0;
	b = item_start(g->ev, OVAL_KIND_VARIABLE);
	item_add(b, "var_ref", v->id);
	for (i = 0; i < values->n; i++)
		item_add_typed(b, "value", values->v[i], v->datatype);
	gather_add(g, item_intern(b));
	return 0;
}

static int (*const collectors[])(struct gather *g, struct err *e) = {
	[OVAL_KIND_OTHER] = collect_unknown,
	[OVAL_KIND_UNKNOWN] = collect_unknown,
	[OVAL_KIND_DPKGINFO] = collect_packages,
	[OVAL_KIND_RPMINFO] = collect_packages,
	[OVAL_KIND_RPMVERIFYFILE] = collect_verified_files,
	[OVAL_KIND_TEXTFILECONTENT54] = collect_text,
	[OVAL_KIND_FAMILY] = collect_family,
	[OVAL_KIND_VARIABLE] = collect_variable,
	[OVAL_KIND_UNAME] = collect_uname,
	[OVAL_KIND_FILE] = collect_files,
};

/* 1: all that it wants was asked for; 0: why says what was not. */
static int
was_asked(struct gather *g, struct err *e)
{
	struct want_list l = { 0 };
	size_t i;
	int rc = want_object(g->ev->m, g->object, &l, e);

	for (i = 0; i < l.n && rc == 1; i++)
		if (!want_was_asked(g->ev->s, &l.wants[i])) {
			err_set(e, ERR_MISSING,
			    "%.*s: the image was not searched for it",
			    SPAN_ARG(l.wants[i].path));
			rc = 0;
		}
	want_list_cleanup(&l);
	return rc;
}

/* An object of files that the image was not searched for has no items. */
static int
collect_kind(struct gather *g, struct err *e)
{
	int rc;

	if (g->object->set != NULL)
		return collect_set(g, e);
	rc = g->ev->s->has_asked ? was_asked(g, e)
				 : want_object(g->ev->m, g->object, NULL, e);
	if (rc == 0)
		gather_flag(g, FLAG_NOT_COLLECTED, "%s", e->msg);
	if (rc != 1)
		return rc;
	if (collectors[g->object->kind](g, e) != 0)
		return -1;
	return collect_filter(g, g->object->filters, g->object->n_filters, e);
}

static int
cmp_item(const void *pa, const void *pb)
{
	const struct item *const *a = pa;
	const struct item *const *b = pb;

	return (*a)->id < (*b)->id ? -1 : (*a)->id > (*b)->id;
}

void
gather_sort(struct gather *g)
{
	size_t n = 0;
	size_t i;

	if (g->n == 0)
		return;
	qsort(g->items, g->n, sizeof(*g->items), cmp_item);
	for (i = 0; i < g->n; i++)
		if (n == 0 || g->items[n - 1] != g->items[i])
			g->items[n++] = g->items[i];
	g->n = n;
}

/* What is complete and has no items does not exist. */
static struct collected *
gather_finish(struct gather *g)
{
	struct collected *c = arena_alloc(&g->ev->arena, sizeof(*c));
	const struct item **items;

	c->flag = g->flag;
	c->message = g->message;
	if (g->flag != FLAG_COMPLETE && g->flag != FLAG_INCOMPLETE)
		return c;
	if (c->flag == FLAG_COMPLETE && g->n == 0)
		c->flag = FLAG_DOES_NOT_EXIST;
	if (g->n == 0)
		return c;
	gather_sort(g);
	items = arena_array(&g->ev->arena, g->n, sizeof(*items));
	memcpy(items, g->items, g->n * sizeof(*items));
	c->items = items;
	c->n_items = g->n;
	return c;
}

const struct collected *
collect_object(struct evaluation *ev, uint32_t ord, struct err *e)
{
	const struct oval_object *o = machine_object(ev->m, ord, e);
	struct gather g = { ev, o, .flag = FLAG_COMPLETE };
	const struct collected *c = NULL;

	if (o == NULL)
		return NULL;
	if (ev->objects[ord] != NULL)
		return ev->objects[ord];
	if (evaluation_enter(ev, e) != 0)
		return NULL;
	if (collect_kind(&g, e) == 0)
		c = ev->objects[ord] = gather_finish(&g);
	free(g.items);
	evaluation_leave(ev);
	return c;
}

/* The values that each entity's variable has, for reports. */
static int
used_values(struct evaluation *ev, const struct oval_object *o,
    struct collected *c, struct err *e)
{
	struct variable_value *used = NULL;
	struct variable_value *kept;
	struct entity_values values;
	size_t cap = 0;
	size_t i, j;

	for (i = 0; i < o->n_entities; i++) {
		if (!o->entities[i].has_var)
			continue;
		if (entity_values(ev, &o->entities[i], &values, e) != 0) {
			free(used);
			return -1;
		}
		used = xgrow(used, &cap, c->n_values + values.n, sizeof(*used));
		for (j = 0; j < values.n; j++)
			used[c->n_values++] =
			    (struct variable_value){ o->entities[i].var.ord,
				    values.v[j] };
	}
	if (used != NULL) {
		kept = arena_array(&ev->arena, c->n_values, sizeof(*kept));
		memcpy(kept, used, c->n_values * sizeof(*kept));
		c->values = kept;
	}
	free(used);
	return 0;
}

const struct collected *
evaluation_object(struct evaluation *ev, uint32_t object, struct err *e)
{
	const struct oval_object *o;

	if (collect_object(ev, object, e) == NULL)
		return NULL;
	o = machine_object(ev->m, object, e);
	if (ev->objects[object]->values == NULL &&
	    used_values(ev, o, ev->objects[object], e) != 0)
		return NULL;
	return ev->objects[object];
}
