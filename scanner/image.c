/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "scanner/image_manifest.h"
#include "scanner/image_rootfs.h"
#include "scanner/pkgdb.h"

void
image_problem(struct image *img, const char *fmt, ...)
{
	char text[ERR_MSG_SIZE + 256];
	va_list ap;

	if (img->problems == NULL)
		img->problems = arena_array(
		    &img->arena, IMAGE_PROBLEMS_MAX, sizeof(*img->problems));
	if (img->n_problems == IMAGE_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	img->problems[img->n_problems++] =
	    arena_span(&img->arena, span_of(text));
}

static struct rootfs
rootfs_of(struct image *img)
{
	return (struct rootfs){ &img->tree, img->rootfd, &img->gathered,
		&img->spool };
}

static int
probe(void *ctx, uint32_t dir, struct span name, struct err *e)
{
	struct rootfs r = rootfs_of(ctx);

	return rootfs_probe(&r, dir, name, e);
}

static int
open_root(struct image *img, const struct target *t, struct err *e)
{
	if (file_open_dir(AT_FDCWD, t->path, false, &img->rootfd, e) != 0)
		return -1;
	img->tree.probe = probe;
	img->tree.probe_ctx = img;
	return 0;
}

static int
open_layers(struct image *img, const struct target *t, struct err *e)
{
	int rc = -1;

	if (t->transport == TRANSPORT_OCI || t->transport == TRANSPORT_DIR)
		rc = source_open_folder(&img->source, t->path, e);
	else if (t->transport == TRANSPORT_DOCKER && t->registry == NULL)
		rc = err_set(e, ERR_SYSTEM, "%s: nobody fetches it", t->path);
	else if (t->transport == TRANSPORT_DOCKER) {
		source_open_registry(&img->source, t->registry);
		rc = 0;
	} else
		rc = source_open_archive(&img->source, t, &img->filter, e);
	if (rc != 0)
		return -1;
	/* What kind a packed archive is shows only when it has been read. */
	if (source_is_root(img->source)) {
		manifest_of_tarball(img, t);
		return 0;
	}
	if (t->transport == TRANSPORT_DOCKER_ARCHIVE &&
	    !source_has(img->source, SPAN_LIT("manifest.json")) &&
	    source_has(img->source, SPAN_LIT("index.json")))
		img->transport = TRANSPORT_OCI_ARCHIVE;
	if (img->transport == TRANSPORT_DOCKER_ARCHIVE)
		rc = manifest_read_docker(img, t, e);
	else if (t->transport == TRANSPORT_DOCKER)
		rc = manifest_read_registry(img, t, e);
	else if (t->transport == TRANSPORT_DIR)
		rc = manifest_read_dir(img, t, e);
	else
		rc = manifest_read_oci(img, t, e);
	return rc == 0 ? 0 : err_context(e, "%s", t->path);
}

int
image_open(
    struct image *img, const struct target *t, struct wanted *w, struct err *e)
{
	int rc;

	*img = (struct image){ .transport = t->transport,
		.rootfd = -1,
		.wanted = w,
		.cache = t->layers };
	img->filter =
	    (struct layer_filter){ &w->watch, &img->spool, &img->gathered };
	tree_init(&img->tree);
	rc = spool_open(&img->spool, e);
	if (rc == 0)
		rc = t->transport == TRANSPORT_ROOTFS ? open_root(img, t, e)
						      : open_layers(img, t, e);
	if (rc == 0 && t->transport != TRANSPORT_ROOTFS && img->n_layers == 0)
		image_problem(img, "the image has no layers");
	img->n_manifest_problems = img->n_problems;
	if (rc == 0)
		image_layers_read(img);
	if (rc == 0 && img->transport == TRANSPORT_TARBALL)
		manifest_tarball_check(img, t);
	if (rc != 0)
		image_close(img);
	return rc;
}

void
image_close(struct image *img)
{
	size_t i;

	tree_cleanup(&img->tree);
	for (i = 0; img->read != NULL && i < img->n_layers; i++)
		layer_drop(img->read[i]);
	source_close(img->source);
	if (img->rootfd != -1)
		close(img->rootfd);
	spool_close(&img->spool);
	free(img->needed);
	arena_cleanup(&img->arena);
	*img = (struct image){ .rootfd = -1, .spool = { .fd = -1 } };
}

int
image_find(struct image *img, struct span path, uint32_t *node, struct err *e)
{
	return tree_walk(&img->tree, path, TREE_FOLLOW, node, e);
}

int
image_ask(struct image *img, struct span path, size_t max, struct err *e)
{
	struct watch *w = &img->wanted->watch;
	size_t has;
	int rc;

	if (img->source == NULL ||
	    (watch_find(w, path, &has) == WATCH_HERE && has >= max))
		return 0;
	if (img->is_settled)
		return err_set(e, ERR_LIMIT, "is asked for too late");
	rc = watch_add(w, path, max, e);
	if (rc == 1)
		image_layers_read(img);
	return rc == -1 ? -1 : 0;
}

int
image_list(struct image *img, uint32_t dir, struct err *e)
{
	struct rootfs r = rootfs_of(img);

	return img->source != NULL ? 0 : rootfs_list(&r, dir, e);
}

int
image_list_all(struct image *img, uint32_t dir, struct err *e)
{
	struct rootfs r = rootfs_of(img);

	return img->source != NULL ? 0 : rootfs_list_all(&r, dir, e);
}

void
image_need(struct image *img, uint32_t node)
{
	img->needed = xgrow(img->needed, &img->cap_needed, img->n_needed + 1,
	    sizeof(*img->needed));
	img->needed[img->n_needed++] = node;
}

/* Nothing more is to be got for it. */
static bool
is_there(const struct node *n)
{
	const struct detail *d = n->detail;

	if (n->type != NODE_REGULAR)
		return d != NULL || n->type == NODE_DIRECTORY;
	return d != NULL &&
	    (d->has_data || d->spool != NULL || d->error != NULL);
}

/* Asks for what is needed and was not asked for before. 1: there is such. */
static int
ask_for_needed(struct image *img, struct err *e)
{
	struct buf path = { 0 };
	size_t i;
	int more = 0;
	int rc = 0;

	for (i = 0; rc != -1 && i < img->n_needed; i++) {
		if (is_there(&img->tree.nodes[img->needed[i]]))
			continue;
		buf_reset(&path);
		tree_path(&img->tree, img->needed[i], &path);
		rc = watch_add(
		    &img->wanted->watch, buf_span(&path), WANTED_FILE_MAX, e);
		more |= rc == 1;
	}
	buf_cleanup(&path);
	return rc == -1 ? -1 : more;
}

static int
fetch_layers(struct image *img, struct err *e)
{
	int rc = ask_for_needed(img, e);

	if (rc == 1)
		image_layers_read(img);
	image_load(img);
	return rc == -1 ? -1 : 0;
}

/* How many bytes more may be held, or mapped if it is a file for that. */
static size_t
room_left(const struct image *img, const struct detail *d, uint64_t mapped)
{
	bool is_mapped = d->size_bytes >= DETAIL_MAPPED_MIN;
	uint64_t max = is_mapped ? IMAGE_MAPPED_MAX : IMAGE_LOADED_MAX;
	uint64_t used = is_mapped ? mapped : img->gathered;

	return used < max ? (size_t)(max - used) : 0;
}

/* *mapped: bytes so far. */
static int
load_one(
    const struct image *img, struct detail *d, uint64_t *mapped, struct err *e)
{
	if (d->spool == NULL)
		return 0;
	if (!d->has_data && d->size_bytes > room_left(img, d, *mapped))
		return err_set(e, ERR_LIMIT,
		    "too large: all that is asked for has more than %llu MiB",
		    (unsigned long long)(d->size_bytes < DETAIL_MAPPED_MIN
			    ? IMAGE_LOADED_MAX
			    : IMAGE_MAPPED_MAX) >>
			20);
	if (d->size_bytes >= DETAIL_MAPPED_MIN)
		*mapped += d->size_bytes;
	return detail_load(d, e);
}

bool
image_load(struct image *img)
{
	bool is_all = true;
	uint64_t mapped = 0;
	struct err why;
	size_t i;

	for (i = 0; i < img->n_needed; i++) {
		const struct node *n = &img->tree.nodes[img->needed[i]];

		if (n->detail != NULL &&
		    load_one(img, n->detail, &mapped, &why) != 0)
			detail_set_error(n->detail, why.msg);
		is_all = is_all && is_there(n);
	}
	img->n_needed = 0;
	return is_all;
}

void
image_unload(struct image *img)
{
	size_t i, k;

	for (i = 0; img->read != NULL && i < img->n_layers; i++)
		for (k = 0; img->read[i] != NULL && k < img->read[i]->n; k++)
			detail_unload(img->read[i]->entries[k].detail);
}

/* Where a link has led elsewhere, that of the largest. */
static size_t
file_max(const struct image *img, uint32_t node)
{
	struct buf path = { 0 };
	size_t max;

	tree_path(&img->tree, node, &path);
	watch_find(&img->wanted->watch, buf_span(&path), &max);
	buf_cleanup(&path);
	return max > 0 ? max : PKGDB_SIZE_MAX;
}

static void
fetch_rootfs(struct image *img)
{
	struct rootfs r = rootfs_of(img);
	uint64_t mapped = 0;
	size_t i;

	for (i = 0; i < img->n_needed; i++) {
		uint32_t node = img->needed[i];
		struct detail *d = img->tree.nodes[node].detail;

		if (is_there(&img->tree.nodes[node]))
			continue;
		if (d->size_bytes > file_max(img, node))
			detail_set_error(d, "larger than such a file may be");
		else
			rootfs_read(&r, node, room_left(img, d, mapped));
		if (d->size_bytes >= DETAIL_MAPPED_MIN)
			mapped += d->size_bytes;
	}
}

int
image_fetch(struct image *img, struct err *e)
{
	int rc = 0;

	if (img->source != NULL)
		rc = fetch_layers(img, e);
	else
		fetch_rootfs(img);
	img->n_needed = 0;
	return rc;
}

const struct detail *
image_detail(const struct image *img, uint32_t node)
{
	return img->tree.nodes[node].detail;
}
