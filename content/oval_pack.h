/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL records as compact bytes, as they stand in the index: everything that
 * evaluation and OVAL results need, references as ordinals. pack and unpack
 * are twins; what unpack gives borrows from the bytes and lives in the arena.
 * Ids, and comments of criteria, are not packed: they have columns of their
 * own. unpack fails with ERR_FORMAT only on a damaged index.
 */
#ifndef CONTENT_OVAL_PACK_H
#define CONTENT_OVAL_PACK_H

#include "base/arena.h"
#include "base/buf.h"
#include "content/oval.h"

/* Criteria: nodes without comments. */
void oval_pack_nodes(struct buf *b, const struct oval_node *nodes, size_t n);
int oval_unpack_nodes(struct span packed, struct arena *a,
    struct oval_node **nodes, size_t *n, struct err *e);

void oval_pack_test(struct buf *b, const struct oval_test *t);
int oval_unpack_test(
    struct span packed, struct arena *a, struct oval_test *t, struct err *e);

void oval_pack_object(struct buf *b, const struct oval_object *o);
int oval_unpack_object(
    struct span packed, struct arena *a, struct oval_object *o, struct err *e);

void oval_pack_state(struct buf *b, const struct oval_state *s);
int oval_unpack_state(
    struct span packed, struct arena *a, struct oval_state *s, struct err *e);

void oval_pack_variable(struct buf *b, const struct oval_variable *v);
int oval_unpack_variable(struct span packed, struct arena *a,
    struct oval_variable *v, struct err *e);

#endif
