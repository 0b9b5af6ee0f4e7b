/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "base/mem.h"
#include "base/pack.h"
#include "scanner/layer_facts.h"

#define HEAD "scapcache layer 1\n"
#define LEVEL 1

static void
extents_pack(struct buf *b, const struct detail *d)
{
	size_t i;

	pack_uint(b, d->n_extents);
	for (i = 0; i < d->n_extents; i++) {
		pack_uint(b, d->extents[i].packed);
		pack_uint(b, d->extents[i].size);
	}
}

static void
detail_pack(struct buf *b, const struct detail *d)
{
	pack_uint(b, d->uid);
	pack_uint(b, d->gid);
	pack_uint(b, d->mode);
	pack_uint(b, d->size_bytes);
	pack_int(b, d->mtime);
	pack_span(b, d->link);
	pack_span(b, span_of(d->error == NULL ? "" : d->error));
	pack_uint(b, d->has_data && d->spool == NULL);
	if (d->has_data && d->spool == NULL)
		pack_span(b, buf_span(&d->data));
	pack_uint(b, d->spool != NULL);
	if (d->spool != NULL)
		extents_pack(b, d);
}

static void
entry_pack(struct buf *b, const struct entry *x)
{
	pack_uint(b, x->kind);
	pack_uint(b, x->type);
	pack_span(b, x->path);
	pack_span(b, x->link);
	pack_uint(b, x->detail != NULL);
	if (x->detail != NULL)
		detail_pack(b, x->detail);
}

static int
too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "its facts are too large to be kept");
}

/* Packs the entries and puts their frame, with its sizes, into out. */
static int
frame_encode(const struct layer *l, struct buf *out, struct err *e)
{
	struct buf b = { 0 };
	struct buf packed = { 0 };
	size_t i;
	int rc = -1;

	pack_span(&b, span_make(l->diff_id.bytes, sizeof(l->diff_id.bytes)));
	pack_uint(&b, l->n);
	for (i = 0; i < l->n && b.len <= LAYER_FACTS_ENTRIES_MAX; i++)
		entry_pack(&b, &l->entries[i]);
	if (b.len > LAYER_FACTS_ENTRIES_MAX) {
		too_large(e);
		goto out;
	}
	buf_reserve(&packed, ZSTD_compressBound(b.len));
	packed.len = ZSTD_compress(
	    packed.ptr, ZSTD_compressBound(b.len), b.ptr, b.len, LEVEL);
	if (ZSTD_isError(packed.len))
		abort();
	pack_uint(out, packed.len);
	pack_uint(out, b.len);
	buf_add_span(out, buf_span(&packed));
	rc = 0;
out:
	buf_cleanup(&b);
	buf_cleanup(&packed);
	return rc;
}

static int
pieces_encode(const struct detail *d, struct buf *out, struct err *e)
{
	size_t i;

	for (i = 0; d != NULL && i < d->n_extents; i++) {
		if (out->len > LAYER_FACTS_MAX)
			return too_large(e);
		if (spool_read_packed(d->spool, &d->extents[i], out, e) != 0)
			return -1;
	}
	return 0;
}

void
layer_facts_seal(struct span body, struct buf *out)
{
	struct digest d;

	digest_of(body, &d);
	buf_add_str(out, HEAD);
	buf_add(out, d.bytes, sizeof(d.bytes));
	buf_add_span(out, body);
}

int
layer_facts_encode(const struct layer *l, struct buf *out, struct err *e)
{
	struct buf body = { 0 };
	int rc = frame_encode(l, &body, e);
	size_t i;

	for (i = 0; rc == 0 && i < l->n; i++)
		rc = pieces_encode(l->entries[i].detail, &body, e);
	if (rc == 0 && body.len > LAYER_FACTS_MAX)
		rc = too_large(e);
	if (rc == 0)
		layer_facts_seal(buf_span(&body), out);
	buf_cleanup(&body);
	return rc;
}

/* Reading. */
struct facts_reader {
	struct layer *layer;
	const struct layer_filter *filter;
	struct unpack u;    /* of the entries */
	struct span pieces; /* of large files, those that are left */
};

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "what is kept of the layer is damaged");
}

static int
piece_decode(struct facts_reader *r, struct extent *x, struct err *e)
{
	size_t packed = unpack_max(&r->u, UINT32_MAX);
	uint32_t size = unpack_max(&r->u, SPOOL_PIECE_MAX);

	if (r->u.failed || packed > r->pieces.len)
		return damaged(e);
	if (spool_write_packed(r->filter->spool, span_first(r->pieces, packed),
		size, x, e) != 0)
		return -1;
	r->pieces = span_from(r->pieces, packed);
	return 0;
}

static int
pieces_decode(struct facts_reader *r, struct detail *d, struct err *e)
{
	size_t n = unpack_count(&r->u);
	uint64_t size = 0;

	d->spool = r->filter->spool;
	d->gathered = r->filter->gathered;
	d->extents = xcalloc(n, sizeof(*d->extents));
	for (; d->n_extents < n; d->n_extents++) {
		if (piece_decode(r, &d->extents[d->n_extents], e) != 0)
			return -1;
		size += d->extents[d->n_extents].size;
	}
	return size == d->size_bytes ? 0 : damaged(e);
}

static int
detail_decode(struct facts_reader *r, struct detail *d, struct err *e)
{
	struct span text;

	d->uid = unpack_max(&r->u, UINT32_MAX);
	d->gid = unpack_max(&r->u, UINT32_MAX);
	d->mode = unpack_max(&r->u, 07777);
	d->size_bytes = unpack_uint(&r->u);
	d->mtime = unpack_int(&r->u);
	text = unpack_span(&r->u);
	if (text.len > 0) {
		char *link = xcalloc(text.len + 1, 1);

		memcpy(link, text.ptr, text.len);
		d->link = span_make(link, text.len);
	}
	text = unpack_span(&r->u);
	if (text.len > 0) {
		d->error = xcalloc(text.len + 1, 1);
		memcpy(d->error, text.ptr, text.len);
	}
	d->has_data = unpack_max(&r->u, 1) == 1;
	if (d->has_data) {
		buf_add_span(&d->data, unpack_span(&r->u));
		d->gathered = r->filter->gathered;
		*d->gathered += d->data.len;
		if (d->data.len != d->size_bytes)
			return damaged(e);
	}
	if (unpack_max(&r->u, 1) == 1)
		return pieces_decode(r, d, e);
	return 0;
}

static bool
makes_sense(const struct entry *x)
{
	if (x->kind == ENTRY_HARD_LINK && x->link.len == 0)
		return false;
	if (x->kind != ENTRY_FILE)
		return x->detail == NULL;
	if (x->path.len == 0 || x->type == NODE_GONE)
		return false;
	return x->type != NODE_SYMLINK ||
	    (x->detail != NULL && x->detail->link.len > 0);
}

static int
entry_decode(struct facts_reader *r, struct entry *x, struct err *e)
{
	struct layer *l = r->layer;

	x->kind = (uint8_t)unpack_max(&r->u, ENTRY_OPAQUE);
	x->type = (uint8_t)unpack_max(&r->u, NODE_SOCKET);
	x->path = arena_span(&l->arena, unpack_span(&r->u));
	x->link = arena_span(&l->arena, unpack_span(&r->u));
	if (unpack_max(&r->u, 1) == 1) {
		x->detail = detail_new();
		if (detail_decode(r, x->detail, e) != 0)
			return -1;
	}
	l->recorded += layer_entry_cost(x);
	if (r->u.failed || !makes_sense(x) || x->path.len > TREE_PATH_MAX ||
	    l->recorded > LAYER_RECORDED_MAX)
		return damaged(e);
	return 0;
}

static int
entries_decode(
    struct facts_reader *r, const struct digest *diff_id, struct err *e)
{
	struct layer *l = r->layer;
	struct span id = unpack_span(&r->u);
	size_t n = unpack_count(&r->u);

	if (r->u.failed || id.len != sizeof(diff_id->bytes) ||
	    memcmp(id.ptr, diff_id->bytes, id.len) != 0)
		return damaged(e);
	l->diff_id = *diff_id;
	while (l->n < n) {
		l->entries =
		    xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
		l->entries[l->n] = (struct entry){ .ordinal = (uint32_t)l->n };
		l->n++;
		if (entry_decode(r, &l->entries[l->n - 1], e) != 0)
			return -1;
	}
	return unpack_done(&r->u) && r->pieces.len == 0 ? 0 : damaged(e);
}

bool
layer_facts_sealed(struct span bytes)
{
	struct span rest = span_from(bytes, strlen(HEAD) + DIGEST_SIZE);
	struct digest d;

	digest_of(rest, &d);
	return span_has_prefix(bytes, HEAD) && rest.len > 0 &&
	    memcmp(bytes.ptr + strlen(HEAD), d.bytes, sizeof(d.bytes)) == 0;
}

/* Proves the bytes; *entries and *pieces are what they hold. */
static int
frame_decode(
    struct span bytes, struct buf *entries, struct span *pieces, struct err *e)
{
	struct span rest = span_from(bytes, strlen(HEAD) + DIGEST_SIZE);
	struct unpack u = unpack_of(rest);
	size_t packed, size, n;

	if (!layer_facts_sealed(bytes))
		return damaged(e);
	packed = unpack_max(&u, LAYER_FACTS_MAX);
	size = unpack_max(&u, LAYER_FACTS_ENTRIES_MAX);
	if (u.failed || packed > u.rest.len)
		return damaged(e);
	buf_reserve(entries, size);
	n = ZSTD_decompress(entries->ptr, size, u.rest.ptr, packed);
	if (ZSTD_isError(n) || n != size)
		return damaged(e);
	entries->len = n;
	*pieces = span_from(u.rest, packed);
	return 0;
}

int
layer_facts_decode(struct layer **out, struct span bytes,
    const struct digest *diff_id, const struct layer_filter *filter,
    struct err *e)
{
	struct facts_reader r = { .layer = layer_new(), .filter = filter };
	struct buf entries = { 0 };
	int rc = frame_decode(bytes, &entries, &r.pieces, e);

	r.u = unpack_of(buf_span(&entries));
	if (rc == 0)
		rc = entries_decode(&r, diff_id, e);
	if (rc == 0) {
		*out = r.layer;
		r.layer = NULL;
	}
	layer_drop(r.layer);
	buf_cleanup(&entries);
	return rc;
}
