/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <zstd.h>

#include "base/mem.h"
#include "base/pack.h"
#include "indexer/cpe_spool.h"

#define PARTS 128
#define BLOCK ((size_t)32 * 1024) /* bytes that are packed at once */

/* Products whose names hash alike. */
struct part {
	struct buf open;   /* not packed yet */
	struct buf packed; /* frames, one behind the other */
	size_t unpacked;   /* bytes that the frames hold */
};

struct cpe_spool {
	ZSTD_CCtx *compress;
	struct part parts[PARTS];
	size_t packed; /* bytes, all */
	struct buf text;
	struct cpe_entry *entries;
	size_t cap;
};

struct cpe_spool *
cpe_spool_new(void)
{
	struct cpe_spool *s = xcalloc(1, sizeof(*s));

	s->compress = ZSTD_createCCtx();
	if (s->compress == NULL)
		abort();
	return s;
}

void
cpe_spool_free(struct cpe_spool *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < PARTS; i++) {
		buf_cleanup(&s->parts[i].open);
		buf_cleanup(&s->parts[i].packed);
	}
	ZSTD_freeCCtx(s->compress);
	buf_cleanup(&s->text);
	free(s->entries);
	free(s);
}

/* FNV-1a: which part a product is in changes nothing but speed. */
static struct part *
part_of(struct cpe_spool *s, struct span product)
{
	uint32_t h = UINT32_C(2166136261);
	size_t i;

	for (i = 0; i < product.len; i++)
		h = (h ^ (unsigned char)product.ptr[i]) * UINT32_C(16777619);
	return &s->parts[(h ^ h >> 16) % PARTS];
}

static int
pack_open(struct cpe_spool *s, struct part *p, struct err *e)
{
	size_t bound = ZSTD_compressBound(p->open.len), n;

	buf_reserve(&p->packed, bound);
	n = ZSTD_compressCCtx(s->compress, p->packed.ptr + p->packed.len, bound,
	    p->open.ptr, p->open.len, 1);
	if (ZSTD_isError(n))
		abort();
	p->packed.len += n;
	p->unpacked += p->open.len;
	s->packed += n;
	buf_reset(&p->open);
	if (s->packed <= CPE_SPOOL_MAX && p->unpacked <= CPE_PART_MAX)
		return 0;
	return err_set(
	    e, ERR_LIMIT, "the names of the dictionary do not fit into memory");
}

int
cpe_spool_add(struct cpe_spool *s, const struct cpe_name *name, struct err *e)
{
	struct span fields[CPE_FIELDS], product, rest;
	struct part *p;

	if (!cpe_split(name->name, fields))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a CPE name",
		    SPAN_ARG(span_first(name->name, 128)));
	rest = span_from(
	    name->name, (size_t)(fields[CPE_VERSION].ptr - name->name.ptr));
	product = span_make(fields[CPE_PART].ptr,
	    (size_t)(rest.ptr - 1 - fields[CPE_PART].ptr));
	p = part_of(s, product);
	pack_span(&p->open, product);
	pack_span(&p->open, rest);
	pack_span(&p->open, name->title);
	pack_uint(&p->open, name->deprecated);
	pack_span(&p->open, name->deprecated_by);
	return p->open.len < BLOCK ? 0 : pack_open(s, p, e);
}

static void
unpack_part(struct cpe_spool *s, const struct part *p)
{
	struct span rest = buf_span(&p->packed);
	size_t size, n;

	buf_reset(&s->text);
	buf_reserve(&s->text, p->unpacked);
	while (rest.len > 0) {
		size = ZSTD_findFrameCompressedSize(rest.ptr, rest.len);
		n = ZSTD_decompress(s->text.ptr + s->text.len,
		    p->unpacked - s->text.len, rest.ptr, size);
		if (ZSTD_isError(n))
			abort();
		s->text.len += n;
		rest = span_from(rest, size);
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct cpe_entry *x = a, *y = b;
	int order = span_cmp(x->product, y->product);

	if (order == 0)
		order = span_cmp(x->rest, y->rest);
	if (order == 0)
		order = (int)x->deprecated - (int)y->deprecated;
	if (order == 0)
		order = span_cmp(x->title, y->title);
	return order != 0 ? order
			  : span_cmp(x->deprecated_by, y->deprecated_by);
}

/* Sorted, each name once. */
static size_t
load_part(struct cpe_spool *s, const struct part *p)
{
	struct unpack u;
	size_t n = 0, kept = 0, i;

	unpack_part(s, p);
	for (u = unpack_of(buf_span(&s->text)); u.rest.len > 0; n++) {
		s->entries =
		    xgrow(s->entries, &s->cap, n + 1, sizeof(*s->entries));
		s->entries[n].product = unpack_span(&u);
		s->entries[n].rest = unpack_span(&u);
		s->entries[n].title = unpack_span(&u);
		s->entries[n].deprecated = unpack_uint(&u) != 0;
		s->entries[n].deprecated_by = unpack_span(&u);
		if (u.failed)
			abort();
	}
	if (n > 0)
		qsort(s->entries, n, sizeof(*s->entries), by_name);
	for (i = 0; i < n; i++)
		if (kept == 0 ||
		    !span_eq(
			s->entries[kept - 1].product, s->entries[i].product) ||
		    !span_eq(s->entries[kept - 1].rest, s->entries[i].rest))
			s->entries[kept++] = s->entries[i];
	return kept;
}

int
cpe_spool_each(struct cpe_spool *s,
    int (*product)(
	void *ctx, const struct cpe_entry *names, size_t n, struct err *e),
    void *ctx, struct err *e)
{
	size_t i, k, n, end;

	for (i = 0; i < PARTS; i++) {
		struct part *p = &s->parts[i];

		if (p->open.len > 0 && pack_open(s, p, e) != 0)
			return -1;
		n = load_part(s, p);
		buf_cleanup(&p->packed);
		buf_cleanup(&p->open);
		for (k = 0; k < n; k = end) {
			for (end = k + 1; end < n; end++)
				if (!span_eq(s->entries[end].product,
					s->entries[k].product))
					break;
			if (product(ctx, &s->entries[k], end - k, e) != 0)
				return -1;
		}
	}
	return 0;
}
