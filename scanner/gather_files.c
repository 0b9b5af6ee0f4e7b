/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/gather.h"

static void
path_add(struct gather *g, struct span path)
{
	g->paths =
	    xgrow(g->paths, &g->cap_paths, g->n_paths + 1, sizeof(*g->paths));
	g->paths[g->n_paths++] = path;
}

/* All of the folders below which a pattern may find something. */
static int
list_below_patterns(struct gather *g, struct err *e)
{
	const struct want_list *list = g->wanted.list;
	struct buf dir = { 0 };
	uint32_t node;
	size_t i;
	int rc = 0;

	for (i = 0; rc >= 0 && i < list->n; i++) {
		if (!list->wants[i].is_pattern || list->wants[i].is_owner)
			continue;
		buf_reset(&dir);
		wanted_prefix(list->wants[i].path, &dir);
		rc = tree_walk(
		    &g->image.tree, buf_span(&dir), TREE_STRAIGHT, &node, e);
		if (rc == 1)
			rc = image_list_all(&g->image, node, e);
	}
	buf_cleanup(&dir);
	return rc == -1 ? -1 : 0;
}

/* Adds every path in the image that a pattern fits. */
static int
match_patterns(struct gather *g, struct map *seen, struct err *e)
{
	struct tree *t = &g->image.tree;
	struct arena *a = &g->facts->system.arena;
	struct buf path = { 0 };
	uint32_t i;
	int rc = 0;

	for (i = 1; rc == 0 && i < t->n; i++) {
		if (t->nodes[i].type == NODE_GONE)
			continue;
		buf_reset(&path);
		buf_add_char(&path, '/');
		tree_path(t, i, &path);
		if (!wanted_by_pattern(
			&g->wanted, span_from(buf_span(&path), 1)) ||
		    !map_add(seen, buf_span(&path), 0, NULL))
			continue;
		path_add(g, arena_span(a, buf_span(&path)));
		if (g->n_paths > GATHER_FILES_MAX)
			rc = err_set(e, ERR_LIMIT,
			    "more than %u files are asked for",
			    GATHER_FILES_MAX);
	}
	buf_cleanup(&path);
	return rc;
}

static int
find_paths(struct gather *g, struct err *e)
{
	const struct want_list *list = g->wanted.list;
	struct map seen = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; WANTED_ALWAYS[i] != NULL; i++)
		if (map_add(&seen, span_of(WANTED_ALWAYS[i]), 0, NULL))
			path_add(g, span_of(WANTED_ALWAYS[i]));
	for (i = 0; i < list->n; i++) {
		const struct want *w = &list->wants[i];

		if (!w->is_pattern && !w->is_owner &&
		    !span_is(w->path, WANTED_MANIFEST) &&
		    map_add(&seen, w->path, 0, NULL))
			path_add(
			    g, arena_span(&g->facts->system.arena, w->path));
	}
	if (g->wanted.has_patterns &&
	    (list_below_patterns(g, e) != 0 ||
		match_patterns(g, &seen, e) != 0))
		rc = -1;
	map_cleanup(&seen);
	return rc;
}

int
files_look_up(struct gather *g, struct err *e)
{
	struct err why;
	uint32_t node;
	size_t i;
	int rc = find_paths(g, e);

	for (i = 0; i < g->n_paths; i++)
		if (image_find(&g->image, g->paths[i], &node, &why) == 1)
			image_need(&g->image, node);
	return rc;
}

static enum file_type
type_of(enum node_type type)
{
	switch (type) {
	case NODE_DIRECTORY:
		return FILE_TYPE_DIRECTORY;
	case NODE_SYMLINK:
		return FILE_TYPE_SYMLINK;
	case NODE_CHARACTER:
		return FILE_TYPE_CHARACTER;
	case NODE_BLOCK:
		return FILE_TYPE_BLOCK;
	case NODE_FIFO:
		return FILE_TYPE_FIFO;
	case NODE_SOCKET:
		return FILE_TYPE_SOCKET;
	default:
		return FILE_TYPE_REGULAR;
	}
}

static void
set_error(struct gather *g, struct file *f, const char *why)
{
	f->status = FILE_ERROR;
	f->text = arena_span(&g->facts->system.arena, span_of(why));
}

static void
fill(struct gather *g, struct file *f, uint32_t node)
{
	const struct detail *d = image_detail(&g->image, node);

	f->status = FILE_PRESENT;
	f->type = type_of(g->image.tree.nodes[node].type);
	f->mode = 0755; /* of a folder that no layer names */
	if (d != NULL) {
		f->uid = d->uid;
		f->gid = d->gid;
		f->mode = d->mode;
		f->mtime = d->mtime;
	}
	if (f->type != FILE_TYPE_REGULAR)
		return;
	if (d == NULL || !d->has_data) {
		set_error(g, f,
		    d == NULL || d->error == NULL ? "was not found again"
						  : d->error);
		return;
	}
	if (d->data.len > GATHER_TEXT_MAX - g->n_text) {
		set_error(g, f,
		    "too large: the files that content asks for are more than "
		    "is kept");
		return;
	}
	g->n_text += d->data.len;
	f->size_bytes = d->data.len;
	f->text = arena_span(&g->facts->system.arena, buf_span(&d->data));
	mapped_rest(detail_mapped(d));
}

/* What ".." leads to was asked of no layer: wanted_init() leaves it out. */
static int
find_wanted(struct gather *g, struct span path, uint32_t *node, struct err *e)
{
	if (path_clean(path, &g->wanted.path) == -1)
		return err_set(e, ERR_FORMAT, "a path with \"..\"");
	return image_find(&g->image, path, node, e);
}

static void
file_read_one(struct gather *g, struct file *f)
{
	struct err e;
	uint32_t node = 0;
	int rc = find_wanted(g, f->path, &node, &e);

	if (rc == 1)
		fill(g, f, node);
	else if (rc == -1)
		set_error(g, f, e.msg);
	else if (g->is_partial)
		set_error(g, f, "a part of the image cannot be read");
}

void
files_read(struct gather *g)
{
	struct system *s = &g->facts->system;
	size_t i;

	/* One more: the manifest. */
	s->files = arena_array(&s->arena, g->n_paths + 1, sizeof(*s->files));
	s->n_files = g->n_paths;
	for (i = 0; i < g->n_paths; i++) {
		s->files[i].path = g->paths[i];
		file_read_one(g, &s->files[i]);
	}
}

static bool
manifest_is_wanted(const struct gather *g)
{
	size_t i;

	for (i = 0; i < g->wanted.list->n; i++)
		if (!g->wanted.list->wants[i].is_pattern &&
		    span_is(g->wanted.list->wants[i].path, WANTED_MANIFEST))
			return true;
	return false;
}

/* Is the package there for several architectures? Then its name needs one. */
static bool
needs_arch(const struct gather *g, size_t i, struct map *names)
{
	uint32_t n = 0;

	map_get(names, g->list.packages[i].name, &n);
	return n > 1;
}

static struct span
manifest_text(struct gather *g)
{
	struct map names = { 0 };
	struct buf b = { 0 };
	struct span text;
	size_t i;

	for (i = 0; i < g->list.n_packages; i++) {
		struct span name = g->list.packages[i].name;
		uint32_t n = 0;

		map_get(&names, name, &n);
		map_set(&names, name, n + 1);
	}
	for (i = 0; i < g->list.n_packages; i++) {
		const struct package *p = &g->list.packages[i];

		if (p->kind != PACKAGE_DPKG)
			continue;
		buf_add_span(&b, p->name);
		if (needs_arch(g, i, &names))
			buf_printf(&b, ":%.*s", SPAN_ARG(p->arch));
		buf_printf(&b, "\t%.*s\n", SPAN_ARG(p->full_version));
	}
	text = arena_span(&g->facts->system.arena, buf_span(&b));
	buf_cleanup(&b);
	map_cleanup(&names);
	return text;
}

void
files_make_manifest(struct gather *g)
{
	struct system *s = &g->facts->system;
	struct file *f;

	if (!manifest_is_wanted(g))
		return;
	f = &s->files[s->n_files++];
	f->path = SPAN_LIT(WANTED_MANIFEST);
	s->is_oci_manifest = true;
	f->mode = 0644;
	switch (s->collected[PACKAGE_DPKG]) {
	case COLLECTION_NONE:
		break;
	case COLLECTION_COMPLETE:
		f->status = FILE_PRESENT;
		f->text = manifest_text(g);
		f->size_bytes = f->text.len;
		break;
	default:
		f->status = FILE_ERROR;
		f->text = s->collected_error[PACKAGE_DPKG];
	}
}
