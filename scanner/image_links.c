/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A symbolic link on the way to what is asked for, or a hard link, may point
 * at what nobody has asked for yet.
 */
#include "scanner/image.h"

int
image_ask_hard_links(struct image *img, const struct layer *l, struct err *e)
{
	struct watch *w = &img->wanted->watch;
	size_t i, max;
	int more = 0;
	int rc = 0;

	for (i = 0; rc != -1 && i < l->n; i++) {
		const struct entry *entry = &l->entries[i];

		if (entry->kind != ENTRY_HARD_LINK ||
		    watch_find(w, entry->path, &max) != WATCH_HERE)
			continue;
		rc = watch_add(w, entry->link, max, e);
		more |= rc == 1;
	}
	return rc == -1 ? -1 : more;
}

/* Where a link is being followed to. */
struct resolve {
	struct image *img;
	struct buf path; /* so far */
	bool is_sure;    /* no name in path is a link that we do not know */
	int more;
};

/* "..": what path names may be a link, which only the tree can tell. */
static int
resolve_up(struct resolve *r, struct err *e)
{
	struct tree *t = &r->img->tree;
	uint32_t node;
	int rc = 0;

	if (!r->is_sure) {
		rc =
		    watch_add(&r->img->wanted->watch, buf_span(&r->path), 0, e);
		r->more |= rc == 1;
		if (tree_walk(t, buf_span(&r->path), TREE_FOLLOW, &node, e) ==
		    1) {
			buf_reset(&r->path);
			tree_path(t, node, &r->path);
		}
	}
	r->path.len = span_rfind(buf_span(&r->path), '/') == r->path.len
	    ? 0
	    : span_rfind(buf_span(&r->path), '/');
	r->is_sure = true;
	return rc == -1 ? -1 : 0;
}

static int
resolve_link(struct resolve *r, uint32_t link, struct err *e)
{
	const struct tree *t = &r->img->tree;
	struct span rest = t->nodes[link].detail->link;
	struct span name;
	int rc = 0;

	buf_reset(&r->path);
	if (!span_has_prefix(rest, "/"))
		tree_path(t, t->nodes[link].parent, &r->path);
	r->is_sure = true;
	while (rc == 0 && rest.len > 0 && span_next(&rest, '/', &name)) {
		if (name.len == 0 || span_is(name, "."))
			continue;
		if (span_is(name, "..")) {
			rc = resolve_up(r, e);
			continue;
		}
		if (r->path.len > 0)
			buf_add_char(&r->path, '/');
		buf_add_span(&r->path, name);
		r->is_sure = false;
	}
	return rc;
}

int
image_ask_symlinks(struct image *img, struct err *e)
{
	struct resolve r = { .img = img };
	struct buf from = { 0 };
	uint32_t i;
	int rc = 0;

	for (i = 1; rc != -1 && i < img->tree.n; i++) {
		if (img->tree.nodes[i].type != NODE_SYMLINK)
			continue;
		buf_reset(&from);
		tree_path(&img->tree, i, &from);
		rc = resolve_link(&r, i, e);
		if (rc == 0)
			rc = watch_graft(&img->wanted->watch, buf_span(&from),
			    buf_span(&r.path), e);
		r.more |= rc == 1;
	}
	buf_cleanup(&from);
	buf_cleanup(&r.path);
	return rc == -1 ? -1 : r.more;
}
