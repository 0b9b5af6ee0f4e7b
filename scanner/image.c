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
	return (struct rootfs){ &img->tree, img->rootfd, &img->gathered };
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
	else
		rc =
		    source_open_archive(&img->source, t->path, &img->filter, e);
	if (rc != 0)
		return -1;
	/* What kind a packed archive is shows only when it has been read. */
	if (t->transport == TRANSPORT_DOCKER_ARCHIVE &&
	    !source_has(img->source, SPAN_LIT("manifest.json")) &&
	    source_has(img->source, SPAN_LIT("index.json")))
		img->transport = TRANSPORT_OCI_ARCHIVE;
	if (img->transport == TRANSPORT_DOCKER_ARCHIVE)
		rc = manifest_read_docker(img, t, e);
	else if (t->transport == TRANSPORT_DIR)
		rc = manifest_read_dir(img, t, e);
	else
		rc = manifest_read_oci(img, t, e);
	return rc == 0 ? 0 : err_context(e, "%s", t->path);
}

/* Is the layer what the manifest says? */
static int
layer_check(
    const struct image_layer *want, const struct layer *l, struct err *e)
{
	if (l->failed.code != ERR_NONE) {
		*e = l->failed;
		return -1;
	}
	if (want->has_size && want->size_bytes != l->packed_bytes)
		return err_set(e, ERR_UNTRUSTED,
		    "has %llu bytes, the manifest says %llu",
		    (unsigned long long)l->packed_bytes,
		    (unsigned long long)want->size_bytes);
	if (want->has_digest && !digest_eq(&want->digest, &l->packed))
		return err_set(e, ERR_UNTRUSTED,
		    "its bytes do not have the digest that the manifest says");
	if (want->has_diff_id && !digest_eq(&want->diff_id, &l->diff_id))
		return err_set(e, ERR_UNTRUSTED,
		    "its unpacked bytes do not have the digest that the "
		    "configuration says");
	return 0;
}

static void
layer_take(struct image *img, size_t i)
{
	const struct image_layer *want = &img->layers[i];
	const struct layer *l;
	struct err e = { 0 };
	struct err why;
	int rc = source_layer(img->source, want->name, &img->filter, &l, &e);

	if (rc == 0) {
		rc = layer_check(want, l, &e);
		/* What there is of it still counts as a finding. */
		if (layer_apply(&img->tree, l, (uint16_t)i, &why) != 0 &&
		    rc == 0) {
			e = why;
			rc = -1;
		}
	}
	if (rc != 0)
		image_problem(img, "layer %zu of %zu (%.*s): %s", i + 1,
		    img->n_layers, SPAN_ARG(want->text), e.msg);
}

int
image_open(
    struct image *img, const struct target *t, struct wanted *w, struct err *e)
{
	size_t i;
	int rc;

	*img = (struct image){ .transport = t->transport, .rootfd = -1 };
	img->filter =
	    (struct layer_filter){ .wanted = w, .gathered = &img->gathered };
	tree_init(&img->tree);
	rc = t->transport == TRANSPORT_ROOTFS ? open_root(img, t, e)
					      : open_layers(img, t, e);
	for (i = 0; rc == 0 && i < img->n_layers; i++)
		layer_take(img, i);
	if (rc == 0 && t->transport != TRANSPORT_ROOTFS && img->n_layers == 0)
		image_problem(img, "the image has no layers");
	if (rc != 0)
		image_close(img);
	return rc;
}

void
image_close(struct image *img)
{
	tree_cleanup(&img->tree);
	source_close(img->source);
	if (img->rootfd != -1)
		close(img->rootfd);
	free(img->needed);
	arena_cleanup(&img->arena);
	*img = (struct image){ .rootfd = -1 };
}

int
image_find(struct image *img, struct span path, uint32_t *node, struct err *e)
{
	return tree_walk(&img->tree, path, TREE_FOLLOW, node, e);
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
	if (n->type != NODE_REGULAR)
		return n->detail != NULL || n->type == NODE_DIRECTORY;
	return n->detail != NULL &&
	    (n->detail->has_data || n->detail->error != NULL);
}

struct place {
	uint16_t layer;
	uint32_t ordinal;
	uint32_t node;
};

static int
cmp_place(const void *pa, const void *pb)
{
	const struct place *a = pa;
	const struct place *b = pb;

	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

/* Gives what a second look at a layer found to the nodes that need it. */
static void
hand_out(struct image *img, const struct layer *l, const struct place *places,
    size_t n)
{
	size_t i = 0;
	size_t k;

	for (k = 0; k < n; k++) {
		struct node *node = &img->tree.nodes[places[k].node];

		while (i < l->n && l->entries[i].ordinal < places[k].ordinal)
			i++;
		if (i == l->n)
			return;
		if (l->entries[i].ordinal != places[k].ordinal)
			continue;
		detail_drop(node->detail);
		node->detail = detail_use(l->entries[i].detail);
	}
}

/* Reads a layer again, for the first n places, which are all in it. */
static int
second_look(
    struct image *img, const struct place *places, size_t n, struct err *e)
{
	uint32_t *ordinals = xcalloc(n, sizeof(*ordinals));
	struct layer_filter filter = img->filter;
	const struct image_layer *want = &img->layers[places[0].layer];
	const struct layer *l;
	size_t i;
	int rc;

	for (i = 0; i < n; i++)
		ordinals[i] = places[i].ordinal;
	filter.ordinals = ordinals;
	filter.n_ordinals = n;
	rc = source_layer(img->source, want->name, &filter, &l, e);
	if (rc == 0)
		rc = layer_check(want, l, e);
	if (rc == 0)
		hand_out(img, l, places, n);
	free(ordinals);
	return rc;
}

static int
fetch_layers(struct image *img, struct err *e)
{
	struct place *places = xcalloc(img->n_needed, sizeof(*places));
	size_t n = 0;
	size_t i, end;
	int rc = 0;

	for (i = 0; i < img->n_needed; i++) {
		const struct node *node = &img->tree.nodes[img->needed[i]];

		if (!is_there(node))
			places[n++] = (struct place){ node->layer,
				node->ordinal, img->needed[i] };
	}
	if (n > 0)
		qsort(places, n, sizeof(*places), cmp_place);
	for (i = 0; rc == 0 && i < n; i = end) {
		for (end = i; end < n && places[end].layer == places[i].layer;)
			end++;
		rc = second_look(img, places + i, end - i, e);
	}
	free(places);
	return rc;
}

static void
fetch_rootfs(struct image *img)
{
	struct rootfs r = rootfs_of(img);
	size_t i;

	for (i = 0; i < img->n_needed; i++)
		if (!is_there(&img->tree.nodes[img->needed[i]]))
			rootfs_read(&r, img->needed[i], PKGDB_SIZE_MAX);
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
