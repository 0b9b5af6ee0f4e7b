/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reference of an OVAL record, in a fixed order: one walk for giving
 * ordinals when a record is indexed, and for naming them anew when a family is
 * digested.
 */
#ifndef INDEXER_OVAL_REFS_H
#define INDEXER_OVAL_REFS_H

#include "content/oval.h"

/* What a document holds; ordinals count each from 0. */
enum oval_record {
	OVAL_RECORD_DEFINITION = 0,
	OVAL_RECORD_TEST,
	OVAL_RECORD_OBJECT,
	OVAL_RECORD_STATE,
	OVAL_RECORD_VARIABLE,
	N_OVAL_RECORDS,
};

const char *oval_record_name(enum oval_record part); /* "object" */

/* Called for each reference that is there; -1 ends the walk. */
struct oval_walk {
	void *ctx;
	int (*ref)(void *ctx, enum oval_record to, struct oval_ref *ref,
	    struct err *e);
};

int oval_walk_nodes(const struct oval_walk *w, struct oval_node *nodes,
    size_t n, struct err *e);
int
oval_walk_test(const struct oval_walk *w, struct oval_test *t, struct err *e);
int oval_walk_object(
    const struct oval_walk *w, struct oval_object *o, struct err *e);
int
oval_walk_state(const struct oval_walk *w, struct oval_state *s, struct err *e);
int oval_walk_variable(
    const struct oval_walk *w, struct oval_variable *v, struct err *e);

#endif
