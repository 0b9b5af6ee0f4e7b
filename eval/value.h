/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six result values of OVAL 5.11.2 §5.3.6 and the tables that combine
 * them. All tables here are counts first, then one decision.
 */
#ifndef EVAL_VALUE_H
#define EVAL_VALUE_H

#include "content/oval.h"

enum result {
	RESULT_NONE = 0, /* not computed yet; never leaves the evaluator */
	RESULT_TRUE,
	RESULT_FALSE,
	RESULT_UNKNOWN,
	RESULT_ERROR,
	RESULT_NOT_EVALUATED,
	RESULT_NOT_APPLICABLE,
	N_RESULTS,
};

const char *result_name(enum result r); /* "not evaluated" */
enum result result_negate(enum result r);

/* How often each result occurred. */
struct result_counts {
	uint32_t n[N_RESULTS];
};

void result_count(struct result_counts *c, enum result r);
/* §5.3.6.1; no operands at all: RESULT_ERROR. */
enum result
result_operator(const struct result_counts *c, enum oval_operator op);
/* §5.3.6.2 check; also entity_check and var_check. */
enum result result_check(const struct result_counts *c, enum oval_check check);

enum item_status {
	ITEM_EXISTS = 0,
	ITEM_DOES_NOT_EXIST,
	ITEM_ERROR,
	ITEM_NOT_COLLECTED,
	N_ITEM_STATUSES,
};

const char *item_status_name(enum item_status s);

struct status_counts {
	uint32_t n[N_ITEM_STATUSES];
};

/* §5.3.6.3 check_existence: TRUE, FALSE, ERROR or UNKNOWN. */
enum result
result_existence(const struct status_counts *c, enum oval_existence existence);

/* Flags of a collected object, §5.3.4.2. */
enum flag {
	FLAG_ERROR = 0,
	FLAG_COMPLETE,
	FLAG_INCOMPLETE,
	FLAG_DOES_NOT_EXIST,
	FLAG_NOT_COLLECTED,
	FLAG_NOT_APPLICABLE,
	N_FLAGS,
};

const char *flag_name(enum flag f); /* "does not exist" */
/* Set operators, §5.3.4.2.2: first and second operand's flags. */
enum flag
flag_set(enum oval_set_operator op, enum flag first, enum flag second);

#endif
