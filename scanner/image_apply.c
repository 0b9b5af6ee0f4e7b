/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a layer onto those below it (FORMATS §12.3). */
#include "scanner/image_layer.h"

struct apply {
	struct tree *tree;
	uint16_t layer;
};

/*
 * Whiteouts do not go through symbolic links: that could take a file away
 * that is still there.
 */
static int
whiteout_apply(struct tree *t, const struct entry *entry, struct err *e)
{
	uint32_t node;
	int rc;

	if (entry->kind == ENTRY_WHITEOUT && entry->path.len == 0)
		return 0;
	rc = tree_walk(t, entry->path, TREE_STRAIGHT, &node, e);
	if (rc != 1)
		return rc;
	if (entry->kind == ENTRY_OPAQUE)
		tree_clear_children(t, node);
	else
		tree_clear(t, node);
	return 0;
}

/* The node of a path; its folders are made, through links where they are. */
static int
node_make(struct apply *a, struct span path, uint32_t *node, struct err *e)
{
	size_t slash = span_rfind(path, '/');
	struct span dir =
	    slash == path.len ? SPAN_LIT("") : span_first(path, slash);
	struct span name =
	    slash == path.len ? path : span_from(path, slash + 1);
	uint32_t parent;

	if (tree_walk(a->tree, dir, TREE_FOLLOW | TREE_MAKE, &parent, e) != 1)
		return -1;
	return tree_make(a->tree, parent, name, node, e);
}

static int
file_apply(struct apply *a, const struct entry *entry, struct err *e)
{
	struct node *n;
	uint32_t at;

	if (node_make(a, entry->path, &at, e) != 0)
		return -1;
	n = &a->tree->nodes[at];
	/* Folder over folder: what is in them comes together. */
	if (n->type != NODE_DIRECTORY || entry->type != NODE_DIRECTORY)
		tree_clear(a->tree, at);
	detail_drop(n->detail);
	n->detail = detail_use(entry->detail);
	n->type = entry->type;
	n->layer = a->layer;
	n->ordinal = entry->ordinal;
	return 0;
}

static int
hard_link_apply(struct apply *a, const struct entry *entry, struct err *e)
{
	struct node from;
	struct node *n;
	uint32_t at, other;
	int rc = tree_walk(a->tree, entry->link, 0, &other, e);

	if (rc == -1)
		return -1;
	from = a->tree->nodes[other];
	if (rc == 0 || from.type == NODE_DIRECTORY)
		return err_set(e, ERR_FORMAT,
		    "has a hard link to %.*s, which is no file",
		    SPAN_ARG(entry->link));
	if (node_make(a, entry->path, &at, e) != 0)
		return -1;
	if (at == other)
		return 0;
	detail_use(from.detail);
	tree_clear(a->tree, at);
	n = &a->tree->nodes[at];
	n->type = from.type;
	n->layer = from.layer;
	n->ordinal = from.ordinal;
	n->detail = from.detail;
	return 0;
}

int
entry_apply(
    struct tree *t, const struct entry *entry, uint16_t index, struct err *e)
{
	struct apply a = { t, index };
	int rc;

	switch ((enum entry_kind)entry->kind) {
	case ENTRY_FILE:
		rc = file_apply(&a, entry, e);
		break;
	case ENTRY_HARD_LINK:
		rc = hard_link_apply(&a, entry, e);
		break;
	default:
		return 0;
	}
	if (rc != 0)
		err_context(e, "%.*s", SPAN_ARG(entry->path));
	return rc;
}

int
layer_apply(
    struct tree *t, const struct layer *l, uint16_t index, struct err *e)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct entry *entry = &l->entries[i];

		if ((entry->kind == ENTRY_WHITEOUT ||
			entry->kind == ENTRY_OPAQUE) &&
		    whiteout_apply(t, entry, e) != 0)
			return -1;
	}
	for (i = 0; i < l->n; i++)
		if (entry_apply(t, &l->entries[i], index, e) != 0)
			return -1;
	return 0;
}
