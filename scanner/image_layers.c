/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the layers of an image, a few at a time, and again while what was
 * found leads on: a symbolic link on the way to what is asked for, or a hard
 * link, may point at what nobody asked for yet.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/image.h"

/* How many layers may be read ahead of the first that is not done. */
#define AHEAD (2 * IMAGE_THREADS)

/* Threads take layers in order; what they found is counted in order, too. */
struct pool {
	struct image *img;
	struct err *failed;   /* for each layer */
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t moved;
	bool *is_done;
	size_t next;    /* layer to read */
	size_t counted; /* layers that are done and counted */
	size_t recorded;
};

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

/* Counts layers in their order, so that it is always the same one that is
 * too much. */
static void
count(struct pool *p)
{
	struct image *img = p->img;

	for (; p->counted < img->n_layers && p->is_done[p->counted];
	     p->counted++) {
		struct layer *l = img->read[p->counted];

		if (l == NULL)
			continue;
		p->recorded += l->recorded;
		if (p->recorded <= IMAGE_RECORDED_MAX)
			continue;
		p->recorded -= l->recorded;
		layer_drop(l);
		img->read[p->counted] = NULL;
		err_set(&p->failed[p->counted], ERR_LIMIT,
		    "the image has more entries that are asked for than %zu "
		    "MiB hold",
		    IMAGE_RECORDED_MAX >> 20);
	}
}

/* The next layer to read; n_layers: none is left. */
static size_t
take(struct pool *p)
{
	size_t i;

	pthread_mutex_lock(&p->lock);
	while (p->next < p->img->n_layers && p->next >= p->counted + AHEAD)
		pthread_cond_wait(&p->moved, &p->lock);
	i = p->next;
	p->next += i < p->img->n_layers;
	pthread_mutex_unlock(&p->lock);
	return i;
}

static void *
work(void *ctx)
{
	struct pool *p = ctx;
	struct image *img = p->img;
	size_t i;

	while ((i = take(p)) < img->n_layers) {
		const struct image_layer *want = &img->layers[i];
		struct layer *l = NULL;
		int rc = source_layer(
		    img->source, want->name, &img->filter, &l, &p->failed[i]);

		if (rc == 0)
			layer_check(want, l, &p->failed[i]);
		pthread_mutex_lock(&p->lock);
		img->read[i] = l;
		p->is_done[i] = true;
		count(p);
		pthread_cond_broadcast(&p->moved);
		pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

/* One round; the caller's thread works, too. */
static void
read_all(struct image *img, struct err *failed)
{
	struct pool p = { .img = img, .failed = failed };
	pthread_t threads[IMAGE_THREADS - 1];
	size_t n = 0;

	p.is_done = xcalloc(img->n_layers, sizeof(*p.is_done));
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.moved, NULL);
	while (n < IMAGE_THREADS - 1 && n + 1 < img->n_layers &&
	    pthread_create(&threads[n], NULL, work, &p) == 0)
		n++;
	work(&p);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	pthread_cond_destroy(&p.moved);
	pthread_mutex_destroy(&p.lock);
	free(p.is_done);
}

static void
drop_all(struct image *img)
{
	size_t i;

	tree_clear_children(&img->tree, TREE_ROOT);
	if (img->read == NULL)
		img->read = arena_array(
		    &img->arena, img->n_layers, sizeof(struct layer *));
	for (i = 0; i < img->n_layers; i++) {
		layer_drop(img->read[i]);
		img->read[i] = NULL;
	}
	img->n_problems = img->n_manifest_problems;
}

static void
layer_problem(struct image *img, size_t i, const struct err *e)
{
	image_problem(img, "layer %zu of %zu (%.*s): %s", i + 1, img->n_layers,
	    SPAN_ARG(img->layers[i].text), e->msg);
}

void
image_layers_apply(struct image *img, size_t n)
{
	struct err e;
	size_t i;

	tree_clear_children(&img->tree, TREE_ROOT);
	for (i = 0; i < n; i++)
		if (img->read[i] != NULL)
			layer_apply(&img->tree, img->read[i], (uint16_t)i, &e);
}

/*
 * The tree of all layers. What there is of one that is damaged still counts as
 * a finding.
 */
static void
apply_all(struct image *img, struct err *failed)
{
	struct err e;
	size_t i;

	for (i = 0; i < img->n_layers; i++) {
		if (img->read[i] != NULL &&
		    layer_apply(&img->tree, img->read[i], (uint16_t)i, &e) !=
			0 &&
		    failed[i].code == ERR_NONE)
			failed[i] = e;
		if (failed[i].code != ERR_NONE)
			layer_problem(img, i, &failed[i]);
	}
}

/* The other names of files that are asked for. Returns as watch_add(). */
static int
ask_hard_links(struct image *img, const struct layer *l, struct err *e)
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

/* What is asked for behind symbolic links. Returns as watch_add(). */
static int
ask_symlinks(struct image *img, struct err *e)
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

/* 1: more is to be read; 0: that was all; -1. */
static int
read_round(struct image *img, struct err *e)
{
	struct err *failed = xcalloc(img->n_layers, sizeof(*failed));
	int rc = 0;
	size_t i;

	drop_all(img);
	if (img->rounds++ > 0)
		source_again(img->source);
	read_all(img, failed);
	for (i = 0; rc != -1 && i < img->n_layers; i++)
		if (img->read[i] != NULL) {
			int more = ask_hard_links(img, img->read[i], e);

			rc = more == -1 ? -1 : rc | more;
		}
	if (rc != 1)
		apply_all(img, failed);
	if (rc == 0)
		rc = ask_symlinks(img, e);
	free(failed);
	return rc;
}

void
image_layers_read(struct image *img)
{
	struct err e;
	int rc = 1;

	if (img->source == NULL)
		return;
	while (rc == 1 && img->rounds < IMAGE_ROUNDS_MAX)
		rc = read_round(img, &e);
	if (rc == 1) {
		image_layers_apply(img, img->n_layers);
		image_problem(img,
		    "links lead on and on, after its layers were read %u "
		    "times",
		    IMAGE_ROUNDS_MAX);
	}
	if (rc == -1)
		image_problem(img, "links lead to too much: %s", e.msg);
}
