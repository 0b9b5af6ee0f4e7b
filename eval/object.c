/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/object.h"

const struct oval_entity *
object_entity(const struct oval_object *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n_entities; i++)
		if (span_is(o->entities[i].name, name))
			return &o->entities[i];
	return NULL;
}

struct span
object_behavior(const struct oval_object *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n_behaviors; i++)
		if (span_is(o->behaviors[i].name, name))
			return span_trim(o->behaviors[i].value);
	return SPAN_NONE;
}

bool
object_behavior_is(
    const struct oval_object *o, const char *name, bool otherwise)
{
	struct span value = object_behavior(o, name);

	if (value.len == 0)
		return otherwise;
	return span_is(value, "true") || span_is(value, "1");
}

enum recursion
object_recursion(const struct oval_object *o)
{
	const struct oval_entity *path = object_entity(o, "path");
	struct span direction = object_behavior(o, "recurse_direction");

	if (path == NULL || path->operation != OVAL_EQUALS ||
	    span_is(object_behavior(o, "max_depth"), "0"))
		return RECURSION_NONE;
	if (span_is(direction, "down"))
		return RECURSION_DOWN;
	return span_is(direction, "up") ? RECURSION_UP : RECURSION_NONE;
}

struct span
path_bare(struct span dir)
{
	while (dir.len > 0 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	return dir;
}

void
path_join(struct buf *b, struct span dir, struct span name)
{
	buf_add_span(b, path_bare(dir));
	buf_add_char(b, '/');
	buf_add_span(b, name);
}

struct span
path_dir(struct span path)
{
	size_t slash = span_rfind(path, '/');

	return slash == 0 ? span_first(path, 1) : span_first(path, slash);
}

struct span
path_name(struct span path)
{
	return span_from(path, span_rfind(path, '/') + 1);
}
