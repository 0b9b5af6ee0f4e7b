/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "scanner/watch.h"

/* Of folders that are watched whole: lists of files that nobody reads. */
#define NOT_KEPT ".md5sums"

void
watch_init(struct watch *w)
{
	*w = (struct watch){ 0 };
	w->nodes = xgrow(NULL, &w->cap, 1, sizeof(*w->nodes));
	w->nodes[0] = (struct watch_node){ .name = "" };
	w->n = 1;
}

void
watch_cleanup(struct watch *w)
{
	free(w->nodes);
	arena_cleanup(&w->names);
	map_cleanup(&w->by_name);
	*w = (struct watch){ 0 };
}

static struct span
name_of(const struct watch *w, uint32_t node)
{
	return span_make(w->nodes[node].name, w->nodes[node].name_len);
}

/* What stands in by_name for a child; empty: no name is that long. */
static struct span
key_of(
    char key[sizeof(uint32_t) + WATCH_NAME_MAX], uint32_t dir, struct span name)
{
	if (name.len > WATCH_NAME_MAX)
		return SPAN_NONE;
	memcpy(key, &dir, sizeof(dir));
	if (name.len > 0)
		memcpy(key + sizeof(dir), name.ptr, name.len);
	return span_make(key, sizeof(dir) + name.len);
}

/* The child of that name, 0 if there is none. */
static uint32_t
child_find(const struct watch *w, uint32_t dir, struct span name)
{
	char key[sizeof(uint32_t) + WATCH_NAME_MAX];
	uint32_t at = 0;

	if (w->nodes[dir].child == 0 ||
	    !map_get(&w->by_name, key_of(key, dir, name), &at))
		return 0;
	return at;
}

static int
child_make(struct watch *w, uint32_t dir, struct span name, uint32_t *out,
    struct err *e)
{
	char key[sizeof(uint32_t) + WATCH_NAME_MAX];

	*out = child_find(w, dir, name);
	if (*out != 0)
		return 0;
	if (w->n == WATCH_NAMES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u names are asked for",
		    WATCH_NAMES_MAX);
	if (name.len > WATCH_NAME_MAX)
		return err_set(e, ERR_LIMIT, "a name of more than %u bytes",
		    WATCH_NAME_MAX);
	*out = w->n++;
	w->nodes = xgrow(w->nodes, &w->cap, w->n, sizeof(*w->nodes));
	w->nodes[*out] =
	    (struct watch_node){ .name = arena_str(&w->names, name),
		    .name_len = (uint32_t)name.len,
		    .sibling = w->nodes[dir].child };
	w->nodes[dir].child = *out;
	map_add(&w->by_name, key_of(key, dir, name), *out, NULL);
	return 0;
}

static int
path_make(struct watch *w, struct span path, uint32_t *out, struct err *e)
{
	struct span name;
	uint32_t at = 0;
	unsigned depth = 0;

	while (path.len > 0 && span_next(&path, '/', &name)) {
		if (++depth > WATCH_DEPTH_MAX)
			return err_set(e, ERR_LIMIT,
			    "a path of more than %u folders", WATCH_DEPTH_MAX);
		if (child_make(w, at, name, &at, e) != 0)
			return -1;
	}
	*out = at;
	return 0;
}

static bool
raise(size_t *value, size_t to)
{
	bool is_more = to > *value;

	if (is_more)
		*value = to;
	return is_more;
}

/* Takes over what is asked for at one node. True if that is more. */
static bool
node_raise(struct watch_node *n, const struct watch_node *from)
{
	bool more =
	    (from->is_here && !n->is_here) || (from->is_below && !n->is_below);

	n->is_here |= from->is_here;
	n->is_below |= from->is_below;
	more |= raise(&n->max, from->max);
	return raise(&n->max_below, from->max_below) || more;
}

static int
path_raise(struct watch *w, struct span path, const struct watch_node *from,
    struct err *e)
{
	size_t max;
	uint32_t at;

	/* What is below a folder that is watched whole needs no names. */
	if (!from->is_below && watch_find(w, path, &max) == WATCH_HERE &&
	    max >= from->max)
		return 0;
	if (path_make(w, path, &at, e) != 0)
		return -1;
	return node_raise(&w->nodes[at], from);
}

int
watch_add(struct watch *w, struct span path, size_t max, struct err *e)
{
	const struct watch_node here = { .is_here = true, .max = max };

	return path_raise(w, path, &here, e);
}

int
watch_add_below(struct watch *w, struct span path, size_t max, struct err *e)
{
	const struct watch_node below = {
		.is_here = true, .is_below = true, .max_below = max
	};

	return path_raise(w, path, &below, e);
}

/* The node of a path; *below: the last one on the way that is whole. */
static bool
path_find(
    const struct watch *w, struct span path, uint32_t *at, uint32_t *below)
{
	struct span name;

	*at = 0;
	*below = w->nodes[0].is_below ? 0 : UINT32_MAX;
	while (path.len > 0 && span_next(&path, '/', &name)) {
		uint32_t child = child_find(w, *at, name);

		if (child == 0)
			return false;
		*at = child;
		/* What is asked of the folder itself is not asked below. */
		if (w->nodes[child].is_below && path.len > 0)
			*below = child;
	}
	return true;
}

enum watch_kind
watch_find(const struct watch *w, struct span path, size_t *max)
{
	uint32_t at, below;
	bool is_there = path_find(w, path, &at, &below);

	*max = 0;
	if (below != UINT32_MAX && path.len > 0 &&
	    !span_has_suffix(path, NOT_KEPT))
		*max = w->nodes[below].max_below;
	if (is_there && w->nodes[at].max > *max)
		*max = w->nodes[at].max;
	if (below != UINT32_MAX || (is_there && w->nodes[at].is_here))
		return WATCH_HERE;
	return is_there ? WATCH_WAY : WATCH_NONE;
}

/* One node that is to be asked for elsewhere. */
struct graft {
	uint32_t from;
	uint32_t to;
};

struct graft_list {
	struct graft *v;
	size_t n;
	size_t cap;
};

/*
 * A copy is listed before it is made, for what is made may lie below what is
 * copied.
 */
static int
graft_children(
    struct watch *w, struct graft g, struct graft_list *list, struct err *e)
{
	uint32_t at = w->nodes[g.from].child;
	uint32_t last = w->n;
	uint32_t to = 0;

	for (; at != 0; at = w->nodes[at].sibling) {
		if (at >= last)
			continue;
		if (child_make(w, g.to, name_of(w, at), &to, e) != 0)
			return -1;
		list->v =
		    xgrow(list->v, &list->cap, list->n + 1, sizeof(*list->v));
		list->v[list->n++] = (struct graft){ at, to };
	}
	return 0;
}

static int
graft_all(struct watch *w, struct graft g, struct err *e)
{
	struct graft_list list = { 0 };
	uint32_t before = w->n;
	bool more = false;
	size_t i = 0;
	int rc = 0;

	for (;; g = list.v[i++]) {
		struct watch_node asked = w->nodes[g.from];

		more |= node_raise(&w->nodes[g.to], &asked);
		if (g.from < before)
			rc = graft_children(w, g, &list, e);
		if (rc != 0 || i == list.n)
			break;
	}
	free(list.v);
	return rc != 0 ? -1 : more || w->n > before;
}

int
watch_graft(struct watch *w, struct span from, struct span to, struct err *e)
{
	uint32_t source, target, below;
	bool is_there = path_find(w, from, &source, &below);
	size_t max;
	int rc = 0;
	int copied;

	if (watch_find(w, from, &max) == WATCH_HERE)
		rc = watch_add(w, to, max, e);
	if (rc == -1 || !is_there)
		return rc;
	if (w->nodes[source].child == 0 && !w->nodes[source].is_below)
		return rc;
	if (path_make(w, to, &target, e) != 0)
		return -1;
	copied = graft_all(w, (struct graft){ source, target }, e);
	return copied == 0 ? rc : copied;
}

static int
cmp_from_last(const void *a, const void *b, void *ctx)
{
	const struct watch *const *pw = ctx;
	const struct watch *w = *pw;

	return span_cmp(
	    name_of(w, *(const uint32_t *)b), name_of(w, *(const uint32_t *)a));
}

/* Packs a node, and puts its children by name on the stack, the first on top.
 */
static size_t
node_pack(const struct watch *w, uint32_t at, uint32_t *top, struct buf *b)
{
	const struct watch_node *n = &w->nodes[at];
	uint32_t child = n->child;
	size_t count = 0;

	for (; child != 0; child = w->nodes[child].sibling)
		top[count++] = child;
	if (count > 1)
		qsort_r(top, count, sizeof(*top), cmp_from_last, &w);
	pack_span(b, name_of(w, at));
	pack_uint(b, n->is_here);
	pack_uint(b, n->is_below);
	pack_uint(b, n->max);
	pack_uint(b, n->max_below);
	pack_uint(b, count);
	return count;
}

void
watch_digest(const struct watch *w, struct digest *out)
{
	uint32_t *stack = xcalloc(w->n, sizeof(*stack));
	struct buf b = { 0 };
	size_t n = 1;

	stack[0] = 0;
	while (n > 0) {
		n--;
		n += node_pack(w, stack[n], stack + n, &b);
	}
	digest_of(buf_span(&b), out);
	buf_cleanup(&b);
	free(stack);
}
