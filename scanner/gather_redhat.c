/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that only images of Red Hat's family have. One of them that is there
 * and cannot be read is a problem of the image: which fixes are meant for it
 * hangs on them.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/content_sets.h"
#include "scanner/gather.h"
#include "scanner/module_list.h"

static const struct source {
	const char *path;
	const char *suffix; /* of the files in that folder; NULL: a file */
	bool is_modules;
} sources[GATHER_REDHAT_SOURCES] = {
	{ WANTED_CONTENT_SETS, NULL, false },
	{ WANTED_MANIFESTS, ".json", false },
	{ WANTED_MODULES, ".module", true },
};

static void
add(struct gather *g, struct node_list *l, uint32_t node)
{
	l->nodes = xgrow(l->nodes, &l->cap, l->n + 1, sizeof(*l->nodes));
	l->nodes[l->n++] = node;
	image_need(&g->image, node);
}

static int
folder_look_up(struct gather *g, const struct source *s, uint32_t dir,
    struct node_list *l, struct err *e)
{
	struct tree *t = &g->image.tree;
	uint32_t at;

	if (t->nodes[dir].type != NODE_DIRECTORY)
		return err_set(e, ERR_FORMAT, "is no folder");
	if (image_list(&g->image, dir, e) != 0)
		return -1;
	for (at = t->nodes[dir].child; at != 0; at = t->nodes[at].sibling) {
		struct span name =
		    span_make(t->nodes[at].name, t->nodes[at].name_len);

		if (t->nodes[at].type == NODE_GONE ||
		    !span_has_suffix(name, s->suffix))
			continue;
		if (l->n == CONTENT_SETS_FILES_MAX)
			return err_set(e, ERR_LIMIT, "more than %u files",
			    CONTENT_SETS_FILES_MAX);
		add(g, l, at);
	}
	if (l->n > 0)
		qsort_r(l->nodes, l->n, sizeof(*l->nodes), tree_cmp_name, t);
	return 0;
}

void
redhat_look_up(struct gather *g)
{
	struct err e;
	uint32_t node;
	size_t i;

	for (i = 0; i < GATHER_REDHAT_SOURCES; i++) {
		const struct source *s = &sources[i];
		int rc = image_find(&g->image, span_of(s->path), &node, &e);

		if (rc == 1 && s->suffix == NULL)
			add(g, &g->redhat[i], node);
		else if (rc == 1)
			rc = folder_look_up(g, s, node, &g->redhat[i], &e);
		if (rc == -1)
			image_problem(&g->image, "/%s: %s", s->path, e.msg);
	}
}

struct reader {
	struct content_sets sets;
	struct module_list modules;
	struct arena *arena;
};

static void
file_read(struct gather *g, struct reader *r, uint32_t node, bool is_modules)
{
	struct buf path = { 0 };
	struct err e;
	struct detail *d = packages_bytes(g, node, &e);
	int rc = -1;

	if (d != NULL && is_modules)
		rc = module_list_read(
		    &r->modules, buf_span(&d->data), r->arena, &e);
	else if (d != NULL)
		rc = content_sets_read(
		    &r->sets, buf_span(&d->data), r->arena, &e);
	tree_path(&g->image.tree, node, &path);
	if (rc != 0)
		image_problem(&g->image, "/%s: %s", buf_str(&path), e.msg);
	buf_cleanup(&path);
}

void
redhat_read(struct gather *g)
{
	struct facts *f = g->facts;
	struct reader r = { .arena = &f->system.arena };
	size_t i, k;

	for (i = 0; i < GATHER_REDHAT_SOURCES; i++) {
		for (k = 0; k < g->redhat[i].n; k++)
			file_read(g, &r, g->redhat[i].nodes[k],
			    sources[i].is_modules);
		free(g->redhat[i].nodes);
		g->redhat[i] = (struct node_list){ 0 };
	}
	f->n_repositories = r.sets.n;
	f->repositories_hint = r.sets.hint;
	f->repositories =
	    arena_array(r.arena, r.sets.n, sizeof(*f->repositories));
	for (i = 0; i < r.sets.n; i++)
		f->repositories[i] = r.sets.repositories[i];
	f->n_modules = r.modules.n;
	f->modules = arena_array(r.arena, r.modules.n, sizeof(*f->modules));
	for (i = 0; i < r.modules.n; i++)
		f->modules[i] = r.modules.streams[i];
	content_sets_cleanup(&r.sets);
	module_list_cleanup(&r.modules);
}
