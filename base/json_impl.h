/* SPDX-License-Identifier: Apache-2.0 */
/* The tree that json.c builds, value by value, in document order. */
#ifndef BASE_JSON_IMPL_H
#define BASE_JSON_IMPL_H

#include "base/json.h"

struct json_tree {
	struct arena *arena;
	struct json_node *root;
	struct json_node *open[JSON_DEPTH_MAX]; /* arrays and objects */
	struct json_node *
	    *next[JSON_DEPTH_MAX]; /* where each one's child goes */
	size_t depth;
	size_t n_nodes;
	struct span key; /* of the value to come, in the arena */
};

/* Forgets the tree; the arena is the caller's to reset. */
void json_tree_reset(struct json_tree *t);
int json_tree_key(struct json_tree *t, struct span key, struct err *e);
/* Opens the value if it is an array or object. */
int json_tree_add(
    struct json_tree *t, enum json_type type, struct span text, struct err *e);
void json_tree_close(struct json_tree *t);

#endif
