/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "scanner/gather.h"
#include "scanner/inventory.h"
#include "scanner/os_release.h"
#include "scanner/sbom.h"

static const char *const os_release_paths[] = { "etc/os-release",
	"usr/lib/os-release" };

#define N_OS_RELEASE (sizeof(os_release_paths) / sizeof(*os_release_paths))

static void
os_release_look_up(struct gather *g)
{
	struct err e;
	uint32_t node;
	size_t i;

	for (i = 0; i < N_OS_RELEASE; i++)
		if (image_find(&g->image, span_of(os_release_paths[i]), &node,
			&e) == 1)
			image_need(&g->image, node);
}

/* 1: found; 0: not there; -1: there, and cannot be read. */
static int
os_release_find(
    struct gather *g, const char *path, struct span *text, struct err *e)
{
	const struct detail *d;
	uint32_t node;
	int rc = image_find(&g->image, span_of(path), &node, e);

	if (rc != 1)
		return rc;
	d = image_detail(&g->image, node);
	if (g->image.tree.nodes[node].type != NODE_REGULAR)
		return err_set(e, ERR_FORMAT, "is no regular file");
	if (d == NULL || !d->has_data)
		return err_set(e, ERR_SYSTEM, "%s",
		    d == NULL ? "was not found again" : d->error);
	*text = buf_span(&d->data);
	return 1;
}

static void
os_release_take(struct facts *f, struct span text)
{
	struct os_release o;

	os_release_read(&o, text, &f->system.arena);
	f->has_os_release = true;
	f->os_id = o.id;
	f->os_version_id = o.version_id;
	f->os_codename = o.codename;
	f->os_name = o.name;
	f->os_cpe = o.cpe;
}

/* The first that is there holds, as the readers of the file do it. */
static void
os_release_gather(struct gather *g)
{
	struct span text = SPAN_NONE;
	struct err e;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < N_OS_RELEASE; i++) {
		rc = os_release_find(g, os_release_paths[i], &text, &e);
		if (rc == 1)
			os_release_take(g->facts, text);
		if (rc == -1)
			image_problem(
			    &g->image, "/%s: %s", os_release_paths[i], e.msg);
	}
}

/* What the image itself says, copied out of it. */
static void
image_take(struct gather *g)
{
	struct facts *f = g->facts;
	struct arena *a = &f->system.arena;
	const struct image *img = &g->image;
	struct buf b = { 0 };
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	f->transport = img->transport;
	f->image_digest = arena_span(a, img->digest);
	f->architecture = arena_span(a, img->architecture);
	f->n_platforms = img->n_platforms;
	f->platforms = arena_array(a, f->n_platforms, sizeof(*f->platforms));
	for (i = 0; i < f->n_platforms; i++)
		f->platforms[i] = arena_span(a, img->platforms[i]);
	f->n_layers = img->n_layers;
	f->layers = arena_array(a, f->n_layers, sizeof(*f->layers));
	for (i = 0; i < f->n_layers; i++) {
		const struct image_layer *l = &img->layers[i];

		buf_reset(&b);
		if (l->has_diff_id)
			buf_printf(
			    &b, "sha256:%s", digest_hex(&l->diff_id, hex));
		f->layers[i].digest =
		    arena_span(a, l->has_diff_id ? buf_span(&b) : l->text);
		f->layers[i].created_by = arena_span(a, l->created_by);
		f->layers[i].created = arena_span(a, l->created);
	}
	buf_cleanup(&b);
	f->n_problems = img->n_problems;
	f->problems = arena_array(a, f->n_problems, sizeof(*f->problems));
	for (i = 0; i < f->n_problems; i++)
		f->problems[i] = arena_span(a, img->problems[i]);
}

static void
gather(struct gather *g)
{
	struct err e;

	g->is_partial = g->image.n_problems > 0;
	os_release_look_up(g);
	packages_look_up(g);
	redhat_look_up(g);
	if (files_look_up(g, &e) != 0)
		image_problem(
		    &g->image, "files that content asks for: %s", e.msg);
	if (image_fetch(&g->image, &e) != 0) {
		image_problem(&g->image, "read again: %s", e.msg);
		g->is_partial = true;
	}
	g->is_partial |= g->image.n_layer_problems > 0;
	os_release_gather(g);
	/* Files first: reading a package database changes its bytes. */
	files_read(g);
	packages_read(g);
	redhat_read(g);
	files_make_manifest(g);
	if (g->wanted.failed.code != ERR_NONE)
		image_problem(&g->image, "files that content asks for: %s",
		    g->wanted.failed.msg);
}

int
facts_gather(struct facts *f, const struct target *t,
    const struct want_list *wants, struct err *e)
{
	struct gather g = { .facts = f };
	int rc;

	*f = (struct facts){ 0 };
	if (t->transport == TRANSPORT_SBOM || t->transport == TRANSPORT_LIST)
		return sbom_gather(f, t, wants, e);
	g.list.arena = &f->system.arena;
	wanted_init(&g.wanted, wants);
	rc = image_open(&g.image, t, &g.wanted, e);
	if (rc == 0) {
		gather(&g);
		image_take(&g);
		system_finish(&f->system);
		layers_trace(&g);
		image_close(&g.image);
		inventory_asked(f, wants);
		inventory_digest(f, &f->inventory_digest);
	}
	packages_cleanup(&g);
	free(g.paths);
	wanted_cleanup(&g.wanted);
	return rc;
}

void
facts_cleanup(struct facts *f)
{
	system_cleanup(&f->system);
	*f = (struct facts){ 0 };
}
