/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/gather.h"
#include "scanner/pkgdb_apk.h"
#include "scanner/pkgdb_dpkg.h"

#define DPKG_STATUS_PATH "var/lib/dpkg/status"
#define DPKG_UPDATES_PATH "var/lib/dpkg/updates"

static const char *const apk_paths[GATHER_APK_PLACES] = {
	"lib/apk/db/installed", "usr/lib/apk/db/installed"
};

void
packages_collected(struct gather *g, enum package_kind kind, enum collection c,
    const char *fmt, ...)
{
	struct system *s = &g->facts->system;
	char text[ERR_MSG_SIZE + 128];
	va_list ap;

	if (c <= s->collected[kind])
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->collected[kind] = c;
	if (c != COLLECTION_COMPLETE)
		s->collected_error[kind] = arena_span(&s->arena, span_of(text));
}

struct found
packages_find(struct gather *g, enum package_kind kind, const char *path)
{
	struct found f = { 0 };
	struct err e;
	int rc = image_find(&g->image, span_of(path), &f.node, &e);

	if (rc == -1)
		packages_collected(
		    g, kind, COLLECTION_ERROR, "/%s: %s", path, e.msg);
	f.is_there = rc == 1;
	if (f.is_there)
		image_need(&g->image, f.node);
	return f;
}

static void
status_d_add(struct gather *g, uint32_t node, size_t *cap)
{
	g->status_d =
	    xgrow(g->status_d, cap, g->n_status_d + 1, sizeof(*g->status_d));
	g->status_d[g->n_status_d++] = node;
	image_need(&g->image, node);
}

/* Keeps the stanzas of the folder, by name, so that any order is one order. */
static void
status_d_keep(struct gather *g, uint32_t dir)
{
	struct tree *t = &g->image.tree;
	size_t cap = 0;
	uint32_t at;

	for (at = t->nodes[dir].child; at != 0; at = t->nodes[at].sibling) {
		struct span name =
		    span_make(t->nodes[at].name, t->nodes[at].name_len);

		if (t->nodes[at].type == NODE_GONE ||
		    span_has_suffix(name, ".md5sums"))
			continue;
		if (g->n_status_d == GATHER_STATUS_D_MAX) {
			packages_collected(g, PACKAGE_DPKG,
			    COLLECTION_INCOMPLETE, "/%s: more than %u files",
			    WANTED_STATUS_D, GATHER_STATUS_D_MAX);
			break;
		}
		status_d_add(g, at, &cap);
	}
	if (g->n_status_d > 0)
		qsort_r(g->status_d, g->n_status_d, sizeof(*g->status_d),
		    tree_cmp_name, t);
}

static void
status_d_look_up(struct gather *g)
{
	size_t cap = 0;
	struct err e;
	uint32_t dir;
	int rc = image_find(&g->image, SPAN_LIT(WANTED_STATUS_D), &dir, &e);

	if (rc == 1 && g->image.tree.nodes[dir].type == NODE_DIRECTORY) {
		if (image_list(&g->image, dir, &e) != 0)
			rc = -1;
		status_d_keep(g, dir);
	} else if (rc == 1) {
		/* Whatever wrote it meant stanzas: one file of them. */
		status_d_add(g, dir, &cap);
	}
	if (rc == -1)
		packages_collected(g, PACKAGE_DPKG, COLLECTION_ERROR, "/%s: %s",
		    WANTED_STATUS_D, e.msg);
}

/*
 * dpkg's journal: numbered files, newer than status, that it takes up when it
 * starts again. They stay only when it was interrupted.
 */
static void
dpkg_updates_look_up(struct gather *g)
{
	const struct tree *t = &g->image.tree;
	uint64_t number;
	struct err e;
	uint32_t at;
	int rc = image_find(&g->image, SPAN_LIT(DPKG_UPDATES_PATH), &at, &e);

	if (rc == 1 && t->nodes[at].type == NODE_DIRECTORY &&
	    image_list(&g->image, at, &e) != 0)
		rc = -1;
	if (rc == -1)
		packages_collected(g, PACKAGE_DPKG, COLLECTION_INCOMPLETE,
		    "/%s: %s", DPKG_UPDATES_PATH, e.msg);
	for (at = rc == 1 ? t->nodes[at].child : 0; at != 0;
	     at = t->nodes[at].sibling)
		if (t->nodes[at].type != NODE_GONE &&
		    parse_uint(
			span_make(t->nodes[at].name, t->nodes[at].name_len),
			UINT64_MAX, &number))
			packages_collected(g, PACKAGE_DPKG,
			    COLLECTION_INCOMPLETE,
			    "/%s/%s: dpkg was interrupted, run `dpkg "
			    "--configure -a` in the image",
			    DPKG_UPDATES_PATH, t->nodes[at].name);
}

static void
apk_look_up(struct gather *g)
{
	size_t i;

	for (i = 0; i < GATHER_APK_PLACES; i++)
		g->apk[i] = packages_find(g, PACKAGE_APK, apk_paths[i]);
	/* One folder may be a link to the other. */
	if (g->apk[0].is_there && g->apk[1].is_there &&
	    g->apk[0].node == g->apk[1].node)
		g->apk[1].is_there = false;
}

void
packages_cleanup(struct gather *g)
{
	package_list_cleanup(&g->list);
	free(g->status_d);
	g->status_d = NULL;
	g->n_status_d = 0;
}

void
packages_look_up(struct gather *g)
{
	g->status = packages_find(g, PACKAGE_DPKG, DPKG_STATUS_PATH);
	status_d_look_up(g);
	dpkg_updates_look_up(g);
	rpm_look_up(g);
	apk_look_up(g);
}

struct detail *
packages_bytes(struct gather *g, uint32_t node, struct err *e)
{
	const struct node *n = &g->image.tree.nodes[node];
	const char *why = NULL;

	if (n->type != NODE_REGULAR)
		why = "is no regular file";
	else if (n->detail == NULL)
		why = "was not found again";
	else if (!n->detail->has_data)
		why = n->detail->error;
	else
		return n->detail;
	err_set(e, ERR_SYSTEM, "%s", why);
	return NULL;
}

static void
dpkg_file_read(struct gather *g, struct dpkg_reader *r, uint32_t node,
    enum dpkg_layout layout)
{
	enum collection c = COLLECTION_COMPLETE;
	struct buf path = { 0 };
	struct err e = { 0 };
	struct detail *d = packages_bytes(g, node, &e);

	tree_path(&g->image.tree, node, &path);
	if (d == NULL)
		c = layout == DPKG_STATUS ? COLLECTION_ERROR
					  : COLLECTION_INCOMPLETE;
	else {
		g->list.mapped = detail_mapped(d);
		if (dpkg_read(r, buf_span(&d->data), layout, &e) != 0)
			c = COLLECTION_INCOMPLETE;
		g->list.mapped = SPAN_NONE;
	}
	packages_collected(
	    g, PACKAGE_DPKG, c, "/%s: %s", buf_str(&path), e.msg);
	buf_cleanup(&path);
}

static void
dpkg_databases_read(struct gather *g)
{
	struct dpkg_reader r = { .list = &g->list };
	size_t i;

	if (g->status.is_there)
		dpkg_file_read(g, &r, g->status.node, DPKG_STATUS);
	for (i = 0; i < g->n_status_d; i++)
		dpkg_file_read(g, &r, g->status_d[i], DPKG_STATUS_D);
	dpkg_reader_cleanup(&r);
}

static void
apk_databases_read(struct gather *g)
{
	struct apk_reader r = { .list = &g->list };
	size_t i;

	for (i = 0; i < GATHER_APK_PLACES; i++) {
		enum collection c = COLLECTION_COMPLETE;
		struct err e = { 0 };
		struct detail *d;

		if (!g->apk[i].is_there)
			continue;
		d = packages_bytes(g, g->apk[i].node, &e);
		if (d == NULL)
			c = g->apk[0].is_there && i > 0 ? COLLECTION_INCOMPLETE
							: COLLECTION_ERROR;
		else {
			g->list.mapped = detail_mapped(d);
			if (apk_read(&r, buf_span(&d->data), &e) != 0)
				c = COLLECTION_INCOMPLETE;
			g->list.mapped = SPAN_NONE;
		}
		packages_collected(
		    g, PACKAGE_APK, c, "/%s: %s", apk_paths[i], e.msg);
	}
	apk_reader_cleanup(&r);
}

void
packages_read(struct gather *g)
{
	struct system *s = &g->facts->system;
	enum package_kind kind;

	dpkg_databases_read(g);
	rpm_databases_read(g);
	apk_databases_read(g);
	/* What a layer that cannot be read has changed, nobody knows. */
	for (kind = 0; g->is_partial && kind < N_PACKAGE_KINDS; kind++)
		packages_collected(g, kind,
		    s->collected[kind] == COLLECTION_NONE
			? COLLECTION_ERROR
			: COLLECTION_INCOMPLETE,
		    "a part of the image cannot be read");
	s->n_packages = g->list.n_packages;
	s->packages =
	    arena_array(&s->arena, s->n_packages, sizeof(*s->packages));
	if (s->n_packages > 0)
		memcpy(s->packages, g->list.packages,
		    s->n_packages * sizeof(*s->packages));
	s->n_package_files = g->list.n_files;
	s->package_files = arena_array(
	    &s->arena, s->n_package_files, sizeof(*s->package_files));
	if (s->n_package_files > 0)
		memcpy(s->package_files, g->list.files,
		    s->n_package_files * sizeof(*s->package_files));
}
