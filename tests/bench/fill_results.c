/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill_results STATE N: N images more in a state's results.sqlite, each as its
 * first one is with some packages left out and some versions changed; the
 * same ones each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/inventory.h"
#include "scanner/results.h"

#define BATCH 500u

static uint64_t seed = 1;

static uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

/* Its last digit is another. */
static void
change(struct span *v, struct arena *a)
{
	char *copy = arena_str(a, *v);

	if (v->len == 0 || !span_is_digit(copy[v->len - 1]))
		return;
	copy[v->len - 1] = (char)('0' + draw(10));
	v->ptr = copy;
}

static void
vary(struct facts *f, const struct package *all, size_t n, struct arena *a)
{
	size_t i;

	f->system.n_packages = 0;
	f->package_layers = NULL;
	for (i = 0; i < n; i++) {
		struct package *p = &f->system.packages[f->system.n_packages];

		if (draw(12) == 0)
			continue;
		f->system.n_packages++;
		*p = all[i];
		if (draw(8) != 0)
			continue;
		change(&p->full_version, a);
		p->evr = p->full_version;
		if (p->epoch.len == 0) {
			struct buf b = { 0 };

			buf_printf(&b, "0:%.*s", SPAN_ARG(p->full_version));
			p->evr = arena_span(a, buf_span(&b));
			buf_cleanup(&b);
		}
	}
}

static int
put(struct results *r, struct facts *f, size_t i, struct err *e)
{
	struct results_inventory inventory = {
		.n_packages = f->system.n_packages, .os = f->os_name
	};
	struct results_image image = { 0 };
	struct buf bytes = { 0 };
	struct buf origin = { 0 };
	char target[64];
	int rc;

	inventory_encode(f, &bytes);
	inventory_origin_encode(f, &origin);
	inventory.bytes = buf_span(&bytes);
	digest_of(inventory.bytes, &inventory.digest);
	snprintf(target, sizeof(target), "docker://registry/app:%zu", i);
	image.target = span_of(target);
	image.inventory = inventory.digest;
	image.origin = buf_span(&origin);
	rc = results_inventory_put(r, &inventory, e);
	if (rc == 0)
		rc = results_image_put(r, &image, e);
	buf_cleanup(&bytes);
	buf_cleanup(&origin);
	return rc;
}

static int
fill(struct results *r, struct facts *f, size_t n, struct err *e)
{
	size_t n_packages = f->system.n_packages;
	struct package *all = xcalloc(n_packages, sizeof(*all));
	struct arena a = { 0 };
	size_t i;
	int rc = 0;

	memcpy(all, f->system.packages, n_packages * sizeof(*all));
	for (i = 0; i < n && rc == 0; i++) {
		if (i % BATCH == 0)
			rc = results_begin(r, e);
		vary(f, all, n_packages, &a);
		if (rc == 0)
			rc = put(r, f, i, e);
		if (rc == 0 && (i % BATCH == BATCH - 1 || i == n - 1))
			rc = results_commit(r, e);
		arena_reset(&a);
	}
	arena_cleanup(&a);
	free(all);
	return rc;
}

/* The first image that is there. */
static int
read_first(struct results *r, struct facts *f, struct buf *bytes,
    struct arena *a, struct err *e)
{
	struct results_image *images;
	size_t n;

	if (results_images(r, a, &images, &n, e) != 0)
		return -1;
	if (n == 0)
		return err_set(e, ERR_MISSING, "no image to go by");
	if (results_inventory_get(r, &images[0].inventory, bytes, e) != 1)
		return -1;
	return inventory_decode(f, buf_span(bytes), e);
}

int
main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct buf bytes = { 0 };
	struct results *r = NULL;
	struct facts facts = { 0 };
	struct state state;
	struct err e = { 0 };
	uint64_t n;
	int rc = 1;

	if (argc != 3 || !parse_uint(span_of(argv[2]), UINT32_MAX, &n))
		return 1;
	if (state_open(&state, argv[1], STATE_READ, 0, &e) == 0 &&
	    results_open(&r, &state, true, &e) == 0 &&
	    read_first(r, &facts, &bytes, &a, &e) == 0 &&
	    fill(r, &facts, n, &e) == 0)
		rc = 0;
	if (rc != 0)
		fprintf(stderr, "fill_results: %s\n", e.msg);
	facts_cleanup(&facts);
	results_close(r);
	buf_cleanup(&bytes);
	arena_cleanup(&a);
	return rc;
}
