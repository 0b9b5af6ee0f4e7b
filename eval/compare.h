/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One comparison of OVAL: a collected value, an operation, a stated value,
 * both cast to a datatype first (5.11.2 §5.3.3; FORMATS §7.5).
 */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include "eval/regex.h"
#include "eval/value.h"

/*
 * TRUE, FALSE, or ERROR with *why set: a value that cannot be cast, or an
 * operation that the datatype does not have.
 */
enum result value_compare(struct regex_cache *rx, enum oval_datatype type,
    enum oval_operation op, struct span collected, struct span stated,
    struct err *why);
/* -1 and *why if the text is no value of that type. */
int value_check(enum oval_datatype type, struct span text, struct err *why);
/* Digits, '.', sign and exponent, or XML Schema's INF, -INF and NaN. */
bool value_float(struct span text, double *out);
/*
 * A value as content means it: without the white space that stands around it
 * in the document. Strings lose only what holds a line break.
 */
struct span value_text(enum oval_datatype type, struct span text);

#endif
