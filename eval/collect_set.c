/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of objects: 5.11.2 §5.3.4.2, FORMATS §7.6. */
#include <stdlib.h>

#include "eval/evaluation_impl.h"

static bool
has_item(const struct gather *g, const struct item *item)
{
	size_t lo = 0;
	size_t hi = g->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->items[mid]->id == item->id)
			return true;
		if (g->items[mid]->id < item->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static void
add_all(struct gather *to, const struct gather *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		gather_add(to, from->items[i]);
}

/* Adds what of *from is, or is not, in *in. */
static void
add_where(struct gather *to, const struct gather *from, const struct gather *in,
    bool is_in)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		if (has_item(in, from->items[i]) == is_in)
			gather_add(to, from->items[i]);
}

/* Both operands are sorted. */
static void
combine(struct gather *out, enum oval_set_operator op,
    const struct gather *first, const struct gather *second)
{
	switch (op) {
	case OVAL_SET_UNION:
		add_all(out, first);
		add_all(out, second);
		break;
	case OVAL_SET_INTERSECTION:
		add_where(out, first, second, true);
		break;
	case OVAL_SET_COMPLEMENT:
		add_where(out, first, second, false);
		break;
	}
	gather_sort(out);
}

static int
object_operand(
    struct gather *g, const struct oval_set *set, size_t i, struct err *e)
{
	const struct collected *c =
	    collect_object(g->ev, set->objects[i].ord, e);
	size_t j;

	if (c == NULL)
		return -1;
	g->flag = c->flag;
	g->message = c->message;
	for (j = 0; j < c->n_items; j++)
		gather_add(g, c->items[j]);
	if (collect_filter(g, set->filters, set->n_filters, e) != 0)
		return -1;
	if (g->flag == FLAG_COMPLETE && g->n == 0)
		g->flag = FLAG_DOES_NOT_EXIST;
	return 0;
}

/* g starts empty. */
static int
set_items(struct gather *g, const struct oval_set *set, struct err *e)
{
	size_t n = set->n_objects > 0 ? set->n_objects : set->n_sets;
	struct gather operands[2] = { { g->ev, g->object,
	    .flag = FLAG_COMPLETE } };
	enum flag flag;
	size_t i;
	int rc = 0;

	operands[1] = operands[0];
	for (i = 0; i < n && i < 2 && rc == 0; i++) {
		if (set->n_objects > 0)
			rc = object_operand(&operands[i], set, i, e);
		else
			rc = set_items(&operands[i], set->sets[i], e);
	}
	if (rc != 0)
		goto out;
	flag = operands[0].flag;
	if (n > 1)
		flag = flag_set(set->op, flag, operands[1].flag);
	combine(
	    g, n > 1 ? set->op : OVAL_SET_UNION, &operands[0], &operands[1]);
	gather_flag(g, flag, "%.*s",
	    SPAN_ARG(operands[operands[0].flag == flag ? 0 : 1].message));
out:
	free(operands[0].items);
	free(operands[1].items);
	return rc;
}

int
collect_set(struct gather *g, struct err *e)
{
	return set_items(g, g->object->set, e);
}
