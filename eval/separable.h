/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what a document says of packages of one name depends on other
 * packages. A name is separable if every definition that it leads to comes
 * to an OR over names, each with conditions that ask nothing of packages:
 * then an image's true definitions, and the packages behind them, are those of
 * its names one by one. Too few is fine, too many never.
 *
 * Packages of rpm whose names end in "-release", and those that own files that
 * content asks for, count as conditions: whoever leaves packages out keeps
 * them.
 */
#ifndef EVAL_SEPARABLE_H
#define EVAL_SEPARABLE_H

#include "eval/machine.h"

struct separable;

/* The machine must outlive it. -1 only for a damaged index. */
int separable_make(struct separable **out, struct machine *m, struct err *e);
void separable_free(struct separable *s); /* NULL is fine */

/* 1: yes; 0: no; -1. */
int separable_name(struct separable *s, enum package_kind kind,
    struct span name, struct err *e);
/* The same for all names: false where a test asks for packages otherwise. */
bool separable_any(const struct separable *s);
/* A condition, not a name: of the package that says which release it is. */
bool separable_is_release(enum package_kind kind, struct span name);

#endif
