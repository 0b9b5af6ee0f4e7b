/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/image_tree.h"

struct detail *
detail_new(void)
{
	struct detail *d = xcalloc(1, sizeof(*d));

	d->n_users = 1;
	return d;
}

struct detail *
detail_use(struct detail *d)
{
	if (d != NULL)
		d->n_users++;
	return d;
}

static void
data_drop(struct detail *d)
{
	if (d->mapped == NULL) {
		if (d->gathered != NULL)
			*d->gathered -= d->data.len;
		buf_cleanup(&d->data);
		return;
	}
	mapped_close(d->mapped);
	free(d->mapped);
	d->mapped = NULL;
	d->data = (struct buf){ 0 };
}

void
detail_drop(struct detail *d)
{
	if (d == NULL || --d->n_users > 0)
		return;
	data_drop(d);
	free((char *)(uintptr_t)d->link.ptr);
	free(d->error);
	free(d->extents);
	free(d);
}

void
detail_set_error(struct detail *d, const char *text)
{
	free(d->error);
	d->error = xstrdup(text);
}

int
detail_add_piece(
    struct detail *d, struct spool *spool, struct span piece, struct err *e)
{
	struct extent x;

	if (spool_write(spool, piece, &x, e) != 0)
		return -1;
	d->extents =
	    xrealloc(d->extents, xmul(d->n_extents + 1, sizeof(*d->extents)));
	d->extents[d->n_extents++] = x;
	return 0;
}

/* In memory. */
static int
data_read(struct detail *d, struct err *e)
{
	size_t i;

	buf_reserve(&d->data, (size_t)d->size_bytes + 1);
	for (i = 0; i < d->n_extents; i++)
		if (spool_read(d->spool, &d->extents[i], &d->data, e) != 0) {
			buf_cleanup(&d->data);
			return -1;
		}
	if (d->gathered != NULL)
		*d->gathered += d->data.len;
	return 0;
}

static void
data_is_mapped(struct detail *d)
{
	d->data.ptr = d->mapped->ptr;
	d->data.cap = d->mapped->room;
}

static int
data_map(struct detail *d, struct err *e)
{
	struct buf piece = { 0 };
	size_t i;
	int rc;

	d->mapped = xcalloc(1, sizeof(*d->mapped));
	rc = mapped_open(d->mapped, (size_t)d->size_bytes + 1, e);
	for (i = 0; rc == 0 && i < d->n_extents; i++) {
		buf_reset(&piece);
		rc = spool_read(d->spool, &d->extents[i], &piece, e);
		if (rc == 0)
			rc = mapped_add(d->mapped, buf_span(&piece), e);
	}
	buf_cleanup(&piece);
	if (rc != 0) {
		data_drop(d);
		return -1;
	}
	data_is_mapped(d);
	d->data.len = d->mapped->len;
	return 0;
}

int
detail_load(struct detail *d, struct err *e)
{
	if (d->has_data || d->spool == NULL)
		return 0;
	if ((d->size_bytes < DETAIL_MAPPED_MIN ? data_read(d, e)
					       : data_map(d, e)) != 0)
		return -1;
	d->has_data = true;
	return 0;
}

int
detail_reserve(struct detail *d, size_t size, struct err *e)
{
	if (d->mapped == NULL || size < d->data.cap)
		return 0;
	if (mapped_grow(d->mapped, size + 1, e) != 0)
		return -1;
	data_is_mapped(d);
	return 0;
}

struct span
detail_mapped(const struct detail *d)
{
	return d->mapped == NULL ? SPAN_NONE
				 : span_make(d->mapped->ptr, d->mapped->room);
}

void
detail_unload(struct detail *d)
{
	if (d == NULL || !d->has_data || d->spool == NULL)
		return;
	data_drop(d);
	d->has_data = false;
}

void
tree_init(struct tree *t)
{
	*t = (struct tree){ 0 };
	t->nodes = xgrow(NULL, &t->cap, 1, sizeof(*t->nodes));
	t->nodes[TREE_ROOT] = (struct node){ .type = NODE_DIRECTORY };
	t->n = 1;
}

void
tree_cleanup(struct tree *t)
{
	uint32_t i;

	for (i = 0; i < t->n; i++)
		detail_drop(t->nodes[i].detail);
	free(t->nodes);
	map_cleanup(&t->by_name);
	arena_cleanup(&t->names);
	buf_cleanup(&t->key);
	*t = (struct tree){ 0 };
}

/* Lives until the next key. */
static struct span
key_of(struct tree *t, uint32_t dir, struct span name)
{
	buf_reset(&t->key);
	buf_add(&t->key, &dir, sizeof(dir));
	buf_add_span(&t->key, name);
	return buf_span(&t->key);
}

/* 1: found; 0: no such child; -1: TREE_NODES_MAX, or the probe failed. */
static int
tree_child(struct tree *t, uint32_t dir, struct span name, uint32_t *node,
    struct err *e)
{
	if (t->probe != NULL &&
	    !map_get(&t->by_name, key_of(t, dir, name), node) &&
	    t->probe(t->probe_ctx, dir, name, e) != 0)
		return -1;
	return map_get(&t->by_name, key_of(t, dir, name), node) &&
	    t->nodes[*node].type != NODE_GONE;
}

int
tree_make(struct tree *t, uint32_t dir, struct span name, uint32_t *node,
    struct err *e)
{
	struct node *n;

	if (t->n == TREE_NODES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u files", TREE_NODES_MAX);
	if (!map_add(&t->by_name, key_of(t, dir, name), t->n, node))
		return 0;
	t->nodes = xgrow(t->nodes, &t->cap, t->n + 1, sizeof(*t->nodes));
	n = &t->nodes[t->n++];
	*n = (struct node){ .parent = dir, .name_len = (uint32_t)name.len };
	n->name = arena_str(&t->names, name);
	n->depth = (uint16_t)(t->nodes[dir].depth + 1);
	n->sibling = t->nodes[dir].child;
	t->nodes[dir].child = *node;
	return 0;
}

static void
clear_one(struct tree *t, uint32_t node)
{
	struct node *n = &t->nodes[node];

	detail_drop(n->detail);
	n->detail = NULL;
	n->type = NODE_GONE;
}

/*
 * Nodes that are gone stay where they hang, for their name may come back.
 * Goes down to each first child, and up again through parents.
 */
void
tree_clear_children(struct tree *t, uint32_t dir)
{
	uint32_t at = t->nodes[dir].child;

	while (at != 0) {
		clear_one(t, at);
		if (t->nodes[at].child != 0) {
			at = t->nodes[at].child;
			continue;
		}
		while (at != dir && t->nodes[at].sibling == 0)
			at = t->nodes[at].parent;
		at = at == dir ? 0 : t->nodes[at].sibling;
	}
}

void
tree_clear(struct tree *t, uint32_t node)
{
	tree_clear_children(t, node);
	clear_one(t, node);
}

/* Where a walk stands. */
struct walk {
	struct tree *tree;
	unsigned flags;
	unsigned hops;
	uint32_t at;
	struct buf rest; /* of the path, from `used` on */
	size_t used;
};

/* Puts what a symbolic link says before the rest of the path. */
static int
follow(struct walk *w, uint32_t link, struct err *e)
{
	struct span target = w->tree->nodes[link].detail->link;
	struct buf path = { 0 };

	if (++w->hops > TREE_HOPS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u symbolic links", TREE_HOPS_MAX);
	buf_add_span(&path, target);
	buf_add_char(&path, '/');
	buf_add_span(&path, span_from(buf_span(&w->rest), w->used));
	buf_cleanup(&w->rest);
	w->rest = path;
	w->used = 0;
	if (path.len > TREE_PATH_MAX)
		return err_set(e, ERR_LIMIT, "a path of more than %zu bytes",
		    TREE_PATH_MAX);
	w->at = span_has_prefix(target, "/") ? TREE_ROOT
					     : w->tree->nodes[link].parent;
	return 0;
}

static int
unreadable(const struct node *n, struct err *e)
{
	const char *why = n->detail == NULL ? NULL : n->detail->error;

	return err_set(
	    e, ERR_SYSTEM, "%s", why == NULL ? "cannot be looked at" : why);
}

/* With TREE_MAKE a file that stands where a folder must be gives way. */
static bool
is_folder(struct walk *w)
{
	struct node *n = &w->tree->nodes[w->at];

	if (n->type != NODE_DIRECTORY && (w->flags & TREE_MAKE) != 0) {
		tree_clear(w->tree, w->at);
		n->type = NODE_DIRECTORY;
	}
	return n->type == NODE_DIRECTORY;
}

/* Goes to the child of that name. Returns as tree_walk(). */
static int
enter(struct walk *w, struct span name, bool last, struct err *e)
{
	struct tree *t = w->tree;
	uint32_t child;
	int rc;

	if (!is_folder(w))
		return 0;
	rc = tree_child(t, w->at, name, &child, e);
	if (rc == 0 && (w->flags & TREE_MAKE) != 0) {
		rc = tree_make(t, w->at, name, &child, e);
		if (rc == 0)
			t->nodes[child].type = NODE_DIRECTORY;
		rc = rc == 0 ? 1 : -1;
	}
	if (rc != 1)
		return rc;
	if (t->nodes[child].type == NODE_UNREADABLE)
		return unreadable(&t->nodes[child], e);
	if (t->nodes[child].type == NODE_SYMLINK &&
	    (!last || (w->flags & TREE_FOLLOW) != 0)) {
		if ((w->flags & TREE_STRAIGHT) != 0)
			return 0;
		return follow(w, child, e) == 0 ? 1 : -1;
	}
	w->at = child;
	return 1;
}

/* What is left of the path names nothing more. */
static bool
nothing_left(const struct walk *w)
{
	struct span rest = span_from(buf_span(&w->rest), w->used);

	while (rest.len > 0 && rest.ptr[0] == '/')
		rest = span_from(rest, 1);
	return rest.len == 0;
}

static struct span
next_name(struct walk *w)
{
	struct span rest = span_from(buf_span(&w->rest), w->used);
	struct span name = span_first(rest, span_find(rest, '/'));

	w->used += name.len + (name.len < rest.len);
	return name;
}

int
tree_walk(struct tree *t, struct span path, unsigned flags, uint32_t *node,
    struct err *e)
{
	struct walk w = { .tree = t, .flags = flags };
	int rc = 1;

	buf_add_span(&w.rest, path);
	while (rc == 1 && w.used < w.rest.len) {
		struct span name = next_name(&w);

		if (name.len == 0 || span_is(name, "."))
			continue;
		if (span_is(name, ".."))
			w.at = t->nodes[w.at].parent;
		else
			rc = enter(&w, name, nothing_left(&w), e);
	}
	if (rc == 1 && (flags & TREE_MAKE) != 0)
		is_folder(&w);
	*node = w.at;
	buf_cleanup(&w.rest);
	return rc;
}

void
tree_path(const struct tree *t, uint32_t node, struct buf *b)
{
	uint32_t chain[TREE_DEPTH_MAX];
	size_t n = 0;

	for (; node != TREE_ROOT && n < TREE_DEPTH_MAX;
	     node = t->nodes[node].parent)
		chain[n++] = node;
	while (n > 0) {
		const struct node *at = &t->nodes[chain[--n]];

		buf_add(b, at->name, at->name_len);
		if (n > 0)
			buf_add_char(b, '/');
	}
}

int
tree_cmp_name(const void *pa, const void *pb, void *ctx)
{
	const struct tree *t = ctx;
	const struct node *a = &t->nodes[*(const uint32_t *)pa];
	const struct node *b = &t->nodes[*(const uint32_t *)pb];

	return span_cmp(
	    span_make(a->name, a->name_len), span_make(b->name, b->name_len));
}
