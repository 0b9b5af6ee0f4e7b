/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the layers of an image, a few at a time, and again while links lead
 * on (image_links.c). What is known of a layer is not read.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/image.h"
#include "scanner/layer_facts.h"

/* How many layers may be read ahead of the first that is not done. */
#define AHEAD (2 * IMAGE_THREADS)

/* Threads take layers in order; what they found is counted in order, too. */
struct pool {
	struct image *img;
	struct err *failed; /* for each layer */
	struct digest wanted;
	bool *is_known;       /* from the cache */
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
		struct layer *l = img->read[i];

		if (l == NULL &&
		    source_layer(img->source, want->name, &img->filter, &l,
			&p->failed[i]) == 0)
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

/* The caller's thread works, too. */
static void
read_unknown(struct pool *p)
{
	pthread_t threads[IMAGE_THREADS - 1];
	size_t n = 0;

	while (n < IMAGE_THREADS - 1 && n + 1 < p->img->n_layers &&
	    pthread_create(&threads[n], NULL, work, p) == 0)
		n++;
	work(p);
	while (n > 0)
		pthread_join(threads[--n], NULL);
}

/*
 * Only what a configuration names that was proved itself: its diff id is the
 * digest of the layer's bytes, and those were read once.
 */
static bool
may_be_known(const struct image *img, size_t i)
{
	return img->cache != NULL && img->is_proved &&
	    img->layers[i].has_diff_id;
}

/* What cannot be got from the cache is read; that is no error. */
static void
get_known(struct pool *p)
{
	struct image *img = p->img;
	struct buf bytes = { 0 };
	size_t recorded = 0;
	struct err e;
	size_t i;

	for (i = 0; i < img->n_layers; i++) {
		const struct digest *id = &img->layers[i].diff_id;

		buf_reset(&bytes);
		p->is_known[i] = may_be_known(img, i) &&
		    img->cache->get(
			img->cache->ctx, id, &p->wanted, &bytes, &e) == 1 &&
		    layer_facts_decode(&img->read[i], buf_span(&bytes), id,
			&img->filter, &e) == 0;
		recorded += p->is_known[i] ? img->read[i]->recorded : 0;
		if (recorded <= IMAGE_RECORDED_MAX)
			continue;
		/* From here on as without a cache, which says so. */
		layer_drop(img->read[i]);
		img->read[i] = NULL;
		p->is_known[i] = false;
		break;
	}
	buf_cleanup(&bytes);
}

static void
put_unknown(struct pool *p)
{
	struct image *img = p->img;
	struct buf bytes = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < img->n_layers; i++) {
		buf_reset(&bytes);
		if (!p->is_known[i] && may_be_known(img, i) &&
		    img->read[i] != NULL && p->failed[i].code == ERR_NONE &&
		    layer_facts_encode(img->read[i], &bytes, &e) == 0)
			img->cache->put(img->cache->ctx,
			    &img->layers[i].diff_id, &p->wanted,
			    buf_span(&bytes), &e);
	}
	buf_cleanup(&bytes);
}

static void
read_all(struct image *img, struct err *failed)
{
	struct pool p = { .img = img, .failed = failed };

	p.is_done = xcalloc(img->n_layers, sizeof(*p.is_done));
	p.is_known = xcalloc(img->n_layers, sizeof(*p.is_known));
	watch_digest(&img->wanted->watch, &p.wanted);
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.moved, NULL);
	get_known(&p);
	read_unknown(&p);
	put_unknown(&p);
	pthread_cond_destroy(&p.moved);
	pthread_mutex_destroy(&p.lock);
	free(p.is_done);
	free(p.is_known);
}

/* Problems of layers stand behind those of the manifest, before others. */
static void
layer_problems_drop(struct image *img)
{
	size_t at = img->n_manifest_problems;
	size_t n = img->n_layer_problems;

	if (n > 0)
		memmove(img->problems + at, img->problems + at + n,
		    (img->n_problems - at - n) * sizeof(*img->problems));
	img->n_problems -= n;
	img->n_layer_problems = 0;
}

static void
layer_problem(struct image *img, size_t i, const struct err *e)
{
	size_t at = img->n_manifest_problems + img->n_layer_problems;
	size_t last = img->n_problems;
	struct span text;

	image_problem(img, "layer %zu of %zu (%.*s): %s", i + 1, img->n_layers,
	    SPAN_ARG(img->layers[i].text), e->msg);
	if (img->n_problems == last)
		return;
	text = img->problems[last];
	memmove(img->problems + at + 1, img->problems + at,
	    (last - at) * sizeof(*img->problems));
	img->problems[at] = text;
	img->n_layer_problems++;
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
	layer_problems_drop(img);
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
			int more = image_ask_hard_links(img, img->read[i], e);

			rc = more == -1 ? -1 : rc | more;
		}
	if (rc != 1)
		apply_all(img, failed);
	if (rc == 0)
		rc = image_ask_symlinks(img, e);
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
	if (source_is_behind(img->source))
		image_problem(img,
		    "links lead to files that were not kept, and a pipe is "
		    "read only once: save the image to a file and scan that");
}
