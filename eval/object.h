/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about objects as they are written, before any system. */
#ifndef EVAL_OBJECT_H
#define EVAL_OBJECT_H

#include "base/buf.h"
#include "content/oval.h"
#include "eval/compare.h"

enum recursion {
	RECURSION_NONE = 0,
	RECURSION_DOWN,
	RECURSION_UP,
};

/* NULL if the object has no such entity. */
const struct oval_entity *
object_entity(const struct oval_object *o, const char *name);
/* The behavior's value; empty if it is not set. */
struct span object_behavior(const struct oval_object *o, const char *name);
/* A behavior that is "true" or "1"; `otherwise` where it is not set. */
bool object_behavior_is(
    const struct oval_object *o, const char *name, bool otherwise);
/* recurse_direction, which works on a path that is literal only. */
enum recursion object_recursion(const struct oval_object *o);

/* A folder's path without the slash at its end: "" for "/". */
struct span path_bare(struct span dir);
void path_join(struct buf *b, struct span dir, struct span name);
/* The folder ("/" at the top) and the last part of a path. */
struct span path_dir(struct span path);
struct span path_name(struct span path);

#endif
