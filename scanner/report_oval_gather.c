/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/report_oval.h"

static int mark_object(struct oval_report *r, uint32_t ord, struct err *e);
static int mark_variable(struct oval_report *r, uint32_t ord, struct err *e);

/* True the first time; no ordinal counts as seen. */
static bool
first_time(bool *seen, uint32_t ord)
{
	if (ord == OVAL_ORD_NONE || seen[ord])
		return false;
	seen[ord] = true;
	return true;
}

bool
oval_report_is_masked(
    const struct oval_report *r, enum oval_kind kind, struct span name)
{
	size_t i;

	if (r->n_masks == OVAL_MASKS_MAX)
		return true;
	for (i = 0; i < r->n_masks; i++)
		if (r->masks[i].kind == kind && span_eq(r->masks[i].name, name))
			return true;
	return false;
}

static void
mask(struct oval_report *r, enum oval_kind kind, struct span name)
{
	if (oval_report_is_masked(r, kind, name))
		return;
	r->masks =
	    xgrow(r->masks, &r->masks_cap, r->n_masks + 1, sizeof(*r->masks));
	r->masks[r->n_masks++] = (struct oval_mask){ kind, name };
}

static int
mark_entities(struct oval_report *r, enum oval_kind kind,
    const struct oval_entity *entities, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (entities[i].mask)
			mask(r, kind, entities[i].name);
		if (entities[i].has_var &&
		    mark_variable(r, entities[i].var.ord, e) != 0)
			return -1;
	}
	return 0;
}

static int
mark_state(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_state *st;

	if (!first_time(r->states, ord))
		return 0;
	st = machine_state(r->machine, ord, e);
	if (st == NULL)
		return -1;
	return mark_entities(r, st->kind, st->entities, st->n_entities, e);
}

static int
mark_filters(struct oval_report *r, const struct oval_filter *filters, size_t n,
    struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (mark_state(r, filters[i].state.ord, e) != 0)
			return -1;
	return 0;
}

static int
mark_set(struct oval_report *r, const struct oval_set *set, struct err *e)
{
	size_t i;

	for (i = 0; i < set->n_objects; i++)
		if (mark_object(r, set->objects[i].ord, e) != 0)
			return -1;
	for (i = 0; i < set->n_sets; i++)
		if (mark_set(r, set->sets[i], e) != 0)
			return -1;
	return mark_filters(r, set->filters, set->n_filters, e);
}

static int
mark_object(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_object *o;

	if (!first_time(r->objects.used, ord))
		return 0;
	o = machine_object(r->machine, ord, e);
	if (o == NULL || (o->set != NULL && mark_set(r, o->set, e) != 0) ||
	    mark_entities(r, o->kind, o->entities, o->n_entities, e) != 0)
		return -1;
	return mark_filters(r, o->filters, o->n_filters, e);
}

static int
mark_component(
    struct oval_report *r, const struct oval_component *c, struct err *e)
{
	size_t i;

	if (c->type == OVAL_COMPONENT_OBJECT &&
	    mark_object(r, c->ref.ord, e) != 0)
		return -1;
	if (c->type == OVAL_COMPONENT_VARIABLE &&
	    mark_variable(r, c->ref.ord, e) != 0)
		return -1;
	for (i = 0; i < c->n_operands; i++)
		if (mark_component(r, &c->operands[i], e) != 0)
			return -1;
	return 0;
}

static int
mark_variable(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_variable *v;

	if (!first_time(r->variables, ord))
		return 0;
	v = machine_variable(r->machine, ord, e);
	if (v == NULL)
		return -1;
	return v->component == NULL ? 0 : mark_component(r, v->component, e);
}

static int
mark_test(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_test *t;
	size_t i;

	if (!first_time(r->tests.used, ord))
		return 0;
	t = machine_test(r->machine, ord, e);
	if (t == NULL || mark_object(r, t->object.ord, e) != 0)
		return -1;
	for (i = 0; i < t->n_states; i++)
		if (mark_state(r, t->states[i].ord, e) != 0)
			return -1;
	return 0;
}

static int
add_definition(
    void *ctx, uint32_t ord, struct span id, enum result result, struct err *e)
{
	struct oval_report *r = ctx;
	const struct oval_definition *d =
	    machine_definition(r->machine, ord, e);
	size_t i;

	(void)id;
	(void)result;
	if (d == NULL)
		return -1;
	r->definitions.ords[r->definitions.n++] = ord;
	for (i = 0; i < d->n_nodes; i++)
		if (d->nodes[i].type == OVAL_NODE_CRITERION &&
		    mark_test(r, d->nodes[i].ref.ord, e) != 0)
			return -1;
	return 0;
}

struct sort_row {
	struct span id;
	uint32_t ord;
};

static int
compare(const void *a, const void *b)
{
	return span_cmp(
	    ((const struct sort_row *)a)->id, ((const struct sort_row *)b)->id);
}

static struct span
test_id(struct machine *m, uint32_t ord, struct err *e)
{
	const struct oval_test *t = machine_test(m, ord, e);

	return t == NULL ? SPAN_NONE : t->id;
}

static struct span
object_id(struct machine *m, uint32_t ord, struct err *e)
{
	const struct oval_object *o = machine_object(m, ord, e);

	return o == NULL ? SPAN_NONE : o->id;
}

/* Lists what was marked in byte order of the ids. */
static int
list(struct oval_report *r, struct oval_list *l, size_t n,
    struct span (*id)(struct machine *, uint32_t, struct err *), struct err *e)
{
	struct sort_row *rows = arena_array(&r->arena, n, sizeof(*rows));
	uint32_t ord;
	size_t i;

	for (ord = 0; ord < n; ord++) {
		if (!l->used[ord])
			continue;
		rows[l->n] = (struct sort_row){ id(r->machine, ord, e), ord };
		if (rows[l->n].id.ptr == NULL)
			return -1;
		l->n++;
	}
	if (l->n > 0)
		qsort(rows, l->n, sizeof(*rows), compare);
	l->ords = arena_array(&r->arena, l->n, sizeof(*l->ords));
	for (i = 0; i < l->n; i++)
		l->ords[i] = rows[i].ord;
	return 0;
}

static void
number_item(struct oval_report *r, const struct item *item)
{
	size_t old = r->numbers_cap;

	r->numbers = xgrow(r->numbers, &r->numbers_cap, (size_t)item->id + 1,
	    sizeof(*r->numbers));
	if (r->numbers_cap > old)
		memset(r->numbers + old, 0,
		    (r->numbers_cap - old) * sizeof(*r->numbers));
	if (r->numbers[item->id] != 0)
		return;
	r->items =
	    xgrow(r->items, &r->items_cap, r->n_items + 1, sizeof(*r->items));
	r->items[r->n_items++] = item;
	r->numbers[item->id] = (uint32_t)r->n_items;
}

static int
number_items(struct oval_report *r, struct err *e)
{
	size_t i, k;

	for (i = 0; i < r->objects.n; i++) {
		const struct collected *c =
		    evaluation_object(r->evaluation, r->objects.ords[i], e);

		if (c == NULL)
			return -1;
		for (k = 0; k < c->n_items; k++)
			number_item(r, c->items[k]);
	}
	return 0;
}

int
oval_report_gather(struct oval_report *r, struct err *e)
{
	struct machine *m = r->machine;
	struct arena *a = &r->arena;

	r->definitions.ords = arena_array(
	    a, machine_n_definitions(m), sizeof(*r->definitions.ords));
	r->tests.used = arena_array(a, machine_n_tests(m), sizeof(bool));
	r->objects.used = arena_array(a, machine_n_objects(m), sizeof(bool));
	r->states = arena_array(a, machine_n_states(m), sizeof(bool));
	r->variables = arena_array(a, machine_n_variables(m), sizeof(bool));
	if (evaluation_each(r->evaluation, add_definition, r, e) != 0 ||
	    list(r, &r->tests, machine_n_tests(m), test_id, e) != 0 ||
	    list(r, &r->objects, machine_n_objects(m), object_id, e) != 0)
		return -1;
	return number_items(r, e);
}

void
oval_report_cleanup(struct oval_report *r)
{
	free(r->numbers);
	free(r->items);
	free(r->masks);
	arena_cleanup(&r->arena);
}

uint32_t
oval_report_item(const struct oval_report *r, const struct item *item)
{
	return r->numbers[item->id];
}
