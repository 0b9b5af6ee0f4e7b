/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of an image an object looks at. The plan writes it to the index
 * (table want), the scanner gathers it, the collectors rely on it: an object
 * that wants what cannot be said is not collected.
 */
#ifndef EVAL_WANT_H
#define EVAL_WANT_H

#include "eval/machine.h"

/* Table want, column kind. */
enum want_kind {
	WANT_PATH = 0,
	WANT_PATTERN,
	WANT_OWNER, /* of a path */
	WANT_OWNER_PATTERN,
};

struct want want_of(enum want_kind kind, struct span path);
enum want_kind want_kind_of(const struct want *w);

/* Adds one; sort with want_list_finish() when all are there. */
void want_list_add(struct want_list *l, enum want_kind kind, struct span path);
/* Sorts, and drops what stands there twice. */
void want_list_finish(struct want_list *l);

/* By kind, then path: the order of a finished list. */
int want_cmp(const struct want *a, const struct want *b);
/* True if a stored inventory was asked for it, see struct system. */
bool want_was_asked(const struct system *s, const struct want *w);

/*
 * Adds what the object wants. 1: done; 0: it cannot be said beforehand, and
 * why has the reason; -1: the index is damaged.
 */
int want_object(struct machine *m, const struct oval_object *o,
    struct want_list *l, struct err *e);

#endif
