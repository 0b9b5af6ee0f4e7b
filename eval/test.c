/* SPDX-License-Identifier: Apache-2.0 */
/* The test algorithm, 5.11.2 §5.3.3 and FORMATS §7.3: the flag comes first. */
#include "eval/evaluation_impl.h"

/* On a test all_exist means what at_least_one_exists does. */
static enum oval_existence
test_existence(const struct oval_test *t)
{
	return t->existence == OVAL_EXISTENCE_ALL ? OVAL_EXISTENCE_AT_LEAST_ONE
						  : t->existence;
}

static int
check_items(struct evaluation *ev, const struct oval_test *t,
    const struct collected *c, struct result_counts *counts, struct err *e)
{
	enum result r;
	size_t i;

	for (i = 0; i < c->n_items; i++) {
		if (c->items[i]->status == ITEM_DOES_NOT_EXIST)
			continue;
		if (item_evaluate(ev, t, c->items[i], &r, e) != 0)
			return -1;
		result_count(counts, r);
	}
	return 0;
}

static bool
is_empty(const struct result_counts *counts)
{
	enum result r;

	for (r = RESULT_TRUE; r < N_RESULTS; r++)
		if (counts->n[r] > 0)
			return false;
	return true;
}

/* Existence is true; a test without states asks for no more. */
static int
check_states(struct evaluation *ev, const struct oval_test *t,
    const struct collected *c, struct result_counts *counts, enum result *out,
    struct err *e)
{
	*out = RESULT_TRUE;
	if (t->n_states == 0)
		return 0;
	if (check_items(ev, t, c, counts, e) != 0)
		return -1;
	if (!is_empty(counts))
		*out = result_check(counts, t->check);
	return 0;
}

/* What items that were not found cannot change any more. */
static bool
is_decided(const struct oval_test *t, const struct result_counts *counts,
    enum result r)
{
	switch (t->check) {
	case OVAL_CHECK_AT_LEAST_ONE:
		return r == RESULT_TRUE;
	case OVAL_CHECK_ONLY_ONE:
		return counts->n[RESULT_TRUE] > 1;
	default:
		return r == RESULT_FALSE;
	}
}

static int
test_incomplete(struct evaluation *ev, const struct oval_test *t,
    const struct collected *c, const struct status_counts *statuses,
    enum result *out, struct err *e)
{
	struct result_counts counts = { { 0 } };
	uint32_t exists = statuses->n[ITEM_EXISTS];
	enum result r;

	*out = RESULT_UNKNOWN;
	if ((t->existence == OVAL_EXISTENCE_NONE && exists > 0) ||
	    (t->existence == OVAL_EXISTENCE_ONLY_ONE && exists > 1)) {
		*out = RESULT_FALSE;
		return 0;
	}
	if (result_existence(statuses, test_existence(t)) != RESULT_TRUE)
		return 0;
	if (check_states(ev, t, c, &counts, &r, e) != 0)
		return -1;
	/* That nothing or one thing exists is not sure yet. */
	if (r != RESULT_FALSE &&
	    (t->existence == OVAL_EXISTENCE_NONE ||
		t->existence == OVAL_EXISTENCE_ONLY_ONE))
		return 0;
	if (is_decided(t, &counts, r))
		*out = r;
	return 0;
}

static int
test_collected(struct evaluation *ev, const struct oval_test *t,
    const struct collected *c, enum result *out, struct err *e)
{
	struct status_counts statuses = { { 0 } };
	struct result_counts counts = { { 0 } };
	size_t i;

	for (i = 0; i < c->n_items; i++)
		statuses.n[c->items[i]->status]++;
	switch (c->flag) {
	case FLAG_ERROR:
		*out = RESULT_ERROR;
		return 0;
	case FLAG_NOT_COLLECTED:
		*out = RESULT_UNKNOWN;
		return 0;
	case FLAG_NOT_APPLICABLE:
		*out = RESULT_NOT_APPLICABLE;
		return 0;
	case FLAG_INCOMPLETE:
		return test_incomplete(ev, t, c, &statuses, out, e);
	default:
		break;
	}
	*out = result_existence(&statuses, test_existence(t));
	if (*out != RESULT_TRUE || c->n_items == 0)
		return 0;
	return check_states(ev, t, c, &counts, out, e);
}

static int
test_result(struct evaluation *ev, const struct oval_test *t, enum result *out,
    struct err *e)
{
	const struct collected *c;

	*out = RESULT_UNKNOWN;
	if (t->kind == OVAL_KIND_UNKNOWN || t->kind == OVAL_KIND_OTHER)
		return 0;
	*out = RESULT_ERROR;
	if (t->object.ord == OVAL_ORD_NONE)
		return 0;
	c = collect_object(ev, t->object.ord, e);
	return c == NULL ? -1 : test_collected(ev, t, c, out, e);
}

int
evaluate_test(struct evaluation *ev, uint32_t ord, struct err *e)
{
	const struct oval_test *t;
	enum result r;

	if (ord < machine_n_tests(ev->m) && ev->tests[ord] != RESULT_NONE)
		return 0;
	t = machine_test(ev->m, ord, e);
	if (t == NULL || test_result(ev, t, &r, e) != 0)
		return -1;
	ev->tests[ord] = (uint8_t)r;
	ev->stats.tests_evaluated++;
	return 0;
}
