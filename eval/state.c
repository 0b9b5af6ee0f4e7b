/* SPDX-License-Identifier: Apache-2.0 */
/* Items against states: 5.11.2 §5.3.5, FORMATS §7.3 and §7.4. */
#include "eval/evaluation_impl.h"

int
entity_values(struct evaluation *ev, const struct oval_entity *entity,
    struct entity_values *out, struct err *e)
{
	const struct values *values;

	*out = (struct entity_values){ &entity->value, 1, FLAG_COMPLETE,
		SPAN_NONE };
	if (!entity->has_var)
		return 0;
	if (variable_values(ev, entity->var.ord, &values, e) != 0)
		return -1;
	*out = (struct entity_values){ values->v, values->n, values->flag,
		values->message };
	return 0;
}

enum result
entity_compare(struct evaluation *ev, enum oval_kind kind,
    const struct oval_entity *entity, struct span collected, struct span stated,
    struct err *why)
{
	enum oval_datatype type = entity->datatype;

	/* Notices of 2020 state dpkg versions as rpm's (FORMATS §1.9). */
	if (kind == OVAL_KIND_DPKGINFO && type == OVAL_EVR_STRING)
		type = OVAL_DEBIAN_EVR_STRING;
	return value_compare(
	    ev->regex, type, entity->operation, collected, stated, why);
}

/* Who wants to hear of each comparison, `explain`; fn NULL: nobody. */
struct judge {
	struct evaluation *ev;
	const struct item *item;
	int (*fn)(void *ctx, const struct comparison *c, struct err *e);
	void *ctx;
};

/*
 * One entity of the item against all values: what they give is joined by
 * var_check first (oval-definitions-schema, EntityStateSimpleBaseType).
 */
static int
judge_found(const struct judge *j, const struct oval_entity *entity,
    const struct item_entity *found, const struct entity_values *stated,
    enum result *out, struct err *e)
{
	struct comparison c = { entity, found->value, SPAN_NONE, RESULT_ERROR };
	struct result_counts counts = { { 0 } };
	struct err why;
	size_t i;

	for (i = 0; i < stated->n; i++) {
		c.stated = stated->v[i];
		if (found->status == ITEM_EXISTS)
			c.result = entity_compare(j->ev, j->item->kind, entity,
			    found->value, c.stated, &why);
		else if (found->status == ITEM_NOT_COLLECTED)
			c.result = RESULT_UNKNOWN;
		result_count(&counts, c.result);
		if (j->fn != NULL && j->fn(j->ctx, &c, e) != 0)
			return -1;
	}
	/* The values that are not known could say anything. */
	if (stated->flag == FLAG_INCOMPLETE)
		result_count(&counts, RESULT_UNKNOWN);
	*out = result_check(
	    &counts, entity->has_var ? entity->var_check : OVAL_CHECK_ALL);
	return 0;
}

/* All entities of that name, joined by entity_check. */
static int
judge_entities(const struct judge *j, const struct oval_entity *entity,
    const struct entity_values *stated, enum result *out, struct err *e)
{
	struct result_counts counts = { { 0 } };
	const struct item *item = j->item;
	size_t i;

	for (i = 0; i < item->n_entities; i++) {
		if (!span_eq(item->entities[i].name, entity->name) ||
		    item->entities[i].status == ITEM_DOES_NOT_EXIST)
			continue;
		if (judge_found(
			j, entity, &item->entities[i], stated, out, e) != 0)
			return -1;
		result_count(&counts, *out);
	}
	*out = result_check(&counts, entity->entity_check);
	return 0;
}

/* The item's entities of that name; one that it lacks is not collected. */
static struct status_counts
count_statuses(const struct item *item, struct span name)
{
	struct status_counts counts = { { 0 } };
	bool has = false;
	size_t i;

	for (i = 0; i < item->n_entities; i++)
		if (span_eq(item->entities[i].name, name)) {
			counts.n[item->entities[i].status]++;
			has = true;
		}
	if (!has)
		counts.n[ITEM_NOT_COLLECTED]++;
	return counts;
}

static enum result
without_values(enum flag flag)
{
	return flag == FLAG_NOT_COLLECTED || flag == FLAG_NOT_APPLICABLE
	    ? RESULT_UNKNOWN
	    : RESULT_ERROR;
}

static int
judge_state_entity(const struct judge *j, const struct oval_entity *entity,
    enum result *out, struct err *e)
{
	struct status_counts statuses = count_statuses(j->item, entity->name);
	struct entity_values values;

	*out = result_existence(&statuses, entity->existence);
	if (*out != RESULT_TRUE || statuses.n[ITEM_EXISTS] == 0)
		return 0;
	*out = RESULT_NOT_EVALUATED;
	if (entity->nil)
		return 0;
	if (entity_values(j->ev, entity, &values, e) != 0)
		return -1;
	if (values.flag != FLAG_COMPLETE && values.flag != FLAG_INCOMPLETE) {
		*out = without_values(values.flag);
		return 0;
	}
	return judge_entities(j, entity, &values, out, e);
}

static int
judge_state(
    const struct judge *j, uint32_t ord, enum result *out, struct err *e)
{
	const struct oval_state *s = machine_state(j->ev->m, ord, e);
	struct result_counts counts = { { 0 } };
	size_t i;

	if (s == NULL)
		return -1;
	for (i = 0; i < s->n_entities; i++) {
		if (judge_state_entity(j, &s->entities[i], out, e) != 0)
			return -1;
		result_count(&counts, *out);
	}
	*out =
	    s->n_entities == 0 ? RESULT_TRUE : result_operator(&counts, s->op);
	return 0;
}

int
state_evaluate(struct evaluation *ev, uint32_t state, const struct item *item,
    enum result *out, struct err *e)
{
	struct judge j = { ev, item, NULL, NULL };

	return judge_state(&j, state, out, e);
}

static int
judge_item(const struct judge *j, const struct oval_test *t, enum result *out,
    struct err *e)
{
	struct result_counts counts = { { 0 } };
	size_t i;

	*out = RESULT_NOT_EVALUATED;
	if (t->n_states == 0)
		return 0;
	if (j->item->status != ITEM_EXISTS) {
		*out = j->item->status == ITEM_ERROR ? RESULT_ERROR
						     : RESULT_UNKNOWN;
		return 0;
	}
	for (i = 0; i < t->n_states; i++) {
		if (judge_state(j, t->states[i].ord, out, e) != 0)
			return -1;
		result_count(&counts, *out);
	}
	*out = result_operator(&counts, t->state_operator);
	return 0;
}

int
item_evaluate(struct evaluation *ev, const struct oval_test *t,
    const struct item *item, enum result *out, struct err *e)
{
	struct judge j = { ev, item, NULL, NULL };

	return judge_item(&j, t, out, e);
}

enum result
evaluation_item(struct evaluation *ev, uint32_t test, const struct item *item,
    struct err *e)
{
	const struct oval_test *t = machine_test(ev->m, test, e);
	enum result r;

	if (t == NULL || item_evaluate(ev, t, item, &r, e) != 0)
		return RESULT_NONE;
	return r;
}

int
evaluation_compare(struct evaluation *ev, uint32_t test,
    const struct item *item,
    int (*fn)(void *ctx, const struct comparison *c, struct err *e), void *ctx,
    struct err *e)
{
	const struct oval_test *t = machine_test(ev->m, test, e);
	struct judge j = { ev, item, fn, ctx };
	enum result r;

	return t == NULL ? -1 : judge_item(&j, t, &r, e);
}
