/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/value.h"

static const char *const result_names[N_RESULTS] = {
	[RESULT_NONE] = "none",
	[RESULT_TRUE] = "true",
	[RESULT_FALSE] = "false",
	[RESULT_UNKNOWN] = "unknown",
	[RESULT_ERROR] = "error",
	[RESULT_NOT_EVALUATED] = "not evaluated",
	[RESULT_NOT_APPLICABLE] = "not applicable",
};

static const char *const item_status_names[N_ITEM_STATUSES] = {
	[ITEM_EXISTS] = "exists",
	[ITEM_DOES_NOT_EXIST] = "does not exist",
	[ITEM_ERROR] = "error",
	[ITEM_NOT_COLLECTED] = "not collected",
};

static const char *const flag_names[N_FLAGS] = {
	[FLAG_ERROR] = "error",
	[FLAG_COMPLETE] = "complete",
	[FLAG_INCOMPLETE] = "incomplete",
	[FLAG_DOES_NOT_EXIST] = "does not exist",
	[FLAG_NOT_COLLECTED] = "not collected",
	[FLAG_NOT_APPLICABLE] = "not applicable",
};

const char *
result_name(enum result r)
{
	return result_names[r];
}

const char *
item_status_name(enum item_status s)
{
	return item_status_names[s];
}

const char *
flag_name(enum flag f)
{
	return flag_names[f];
}

enum result
result_negate(enum result r)
{
	if (r == RESULT_TRUE)
		return RESULT_FALSE;
	if (r == RESULT_FALSE)
		return RESULT_TRUE;
	return r;
}

void
result_count(struct result_counts *c, enum result r)
{
	c->n[r]++;
}

/*
 * What stands in the way of true and false, in every table's order; NONE if
 * nothing does. Not applicable counts only where there is nothing else.
 */
static enum result
undecided(const struct result_counts *c)
{
	static const enum result order[] = { RESULT_ERROR, RESULT_UNKNOWN,
		RESULT_NOT_EVALUATED };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (c->n[order[i]] > 0)
			return order[i];
	if (c->n[RESULT_TRUE] > 0 || c->n[RESULT_FALSE] > 0)
		return RESULT_NONE;
	return c->n[RESULT_NOT_APPLICABLE] > 0 ? RESULT_NOT_APPLICABLE
					       : RESULT_ERROR;
}

/* `early` where `decided`; else what stands in the way; else `late`. */
static enum result
decide(const struct result_counts *c, bool decided, bool early, bool late)
{
	enum result r;

	if (decided)
		return early ? RESULT_TRUE : RESULT_FALSE;
	r = undecided(c);
	if (r != RESULT_NONE)
		return r;
	return late ? RESULT_TRUE : RESULT_FALSE;
}

enum result
result_operator(const struct result_counts *c, enum oval_operator op)
{
	uint32_t n_true = c->n[RESULT_TRUE];

	switch (op) {
	case OVAL_AND:
		return decide(c, c->n[RESULT_FALSE] > 0, false, true);
	case OVAL_OR:
		return decide(c, n_true > 0, true, false);
	case OVAL_ONE:
		return decide(c, n_true > 1, false, n_true == 1);
	case OVAL_XOR:
		return decide(c, false, false, n_true % 2 == 1);
	}
	return RESULT_ERROR;
}

enum result
result_check(const struct result_counts *c, enum oval_check check)
{
	switch (check) {
	case OVAL_CHECK_ALL:
		return result_operator(c, OVAL_AND);
	case OVAL_CHECK_AT_LEAST_ONE:
		return result_operator(c, OVAL_OR);
	case OVAL_CHECK_ONLY_ONE:
		return result_operator(c, OVAL_ONE);
	case OVAL_CHECK_NONE_SATISFY:
	case OVAL_CHECK_NONE_EXIST:
		return result_negate(result_operator(c, OVAL_OR));
	}
	return RESULT_ERROR;
}

/* Errors hide what is not collected, and that hides what is not there. */
static enum result
existence_left(const struct status_counts *c, enum result otherwise)
{
	if (c->n[ITEM_ERROR] > 0)
		return RESULT_ERROR;
	if (c->n[ITEM_NOT_COLLECTED] > 0)
		return RESULT_UNKNOWN;
	return otherwise;
}

enum result
result_existence(const struct status_counts *c, enum oval_existence existence)
{
	uint32_t exists = c->n[ITEM_EXISTS];

	switch (existence) {
	case OVAL_EXISTENCE_AT_LEAST_ONE:
		return exists > 0 ? RESULT_TRUE
				  : existence_left(c, RESULT_FALSE);
	case OVAL_EXISTENCE_ALL:
		if (c->n[ITEM_DOES_NOT_EXIST] > 0)
			return RESULT_FALSE;
		return existence_left(
		    c, exists > 0 ? RESULT_TRUE : RESULT_FALSE);
	case OVAL_EXISTENCE_ANY:
		return exists > 0 || c->n[ITEM_ERROR] == 0 ? RESULT_TRUE
							   : RESULT_ERROR;
	case OVAL_EXISTENCE_NONE:
		return exists > 0 ? RESULT_FALSE
				  : existence_left(c, RESULT_TRUE);
	case OVAL_EXISTENCE_ONLY_ONE:
		if (exists > 1)
			return RESULT_FALSE;
		return existence_left(
		    c, exists == 1 ? RESULT_TRUE : RESULT_FALSE);
	}
	return RESULT_ERROR;
}

#define E FLAG_ERROR
#define C FLAG_COMPLETE
#define I FLAG_INCOMPLETE
#define D FLAG_DOES_NOT_EXIST
#define X FLAG_NOT_COLLECTED
#define A FLAG_NOT_APPLICABLE

/* By operator, second operand, first operand. */
static const enum flag set_flags[3][N_FLAGS][N_FLAGS] = {
	[OVAL_SET_UNION] = {
		{ E, E, E, E, E, E },
		{ E, C, I, C, I, C },
		{ E, I, I, I, I, I },
		{ E, C, I, D, I, D },
		{ E, I, I, I, X, X },
		{ E, C, I, D, X, A },
	},
	[OVAL_SET_INTERSECTION] = {
		{ E, E, E, D, E, E },
		{ E, C, I, D, X, C },
		{ E, I, I, D, X, I },
		{ D, D, D, D, D, D },
		{ E, X, X, D, X, X },
		{ E, C, I, D, X, A },
	},
	[OVAL_SET_COMPLEMENT] = {
		{ E, E, E, D, E, E },
		{ E, C, I, D, X, E },
		{ E, E, E, D, X, E },
		{ E, C, I, D, X, E },
		{ E, X, X, D, X, E },
		{ E, E, E, E, E, E },
	},
};

#undef E
#undef C
#undef I
#undef D
#undef X
#undef A

enum flag
flag_set(enum oval_set_operator op, enum flag first, enum flag second)
{
	return set_flags[op][second][first];
}
