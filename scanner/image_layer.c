/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/image_layer.h"
#include "scanner/pkgdb.h"

#define WHITEOUT ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define WHITEOUT_OTHER ".wh..wh." /* aufs' own; not for us */
#define READ_CHUNK ((size_t)64 * 1024)

/* The bytes as they are stored, on their way to be unpacked. */
struct packed {
	const struct stream_pull *pull;
	struct digest_ctx *digest;
	bool is_plain; /* the digest of the unpacked bytes is theirs, too */
	uint64_t n_bytes;
};

struct reader {
	struct layer *layer;
	const struct layer_filter *filter;
	struct tar tar;
	struct buf path;
};

void
layer_cleanup(struct layer *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		detail_drop(l->entries[i].detail);
	free(l->entries);
	arena_cleanup(&l->arena);
	*l = (struct layer){ 0 };
}

static int
packed_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct packed *p = ctx;

	if (p->pull->read(p->pull->ctx, ptr, size, n, e) != 0)
		return -1;
	if (!p->is_plain)
		digest_update(p->digest, ptr, *n);
	p->n_bytes += *n;
	return 0;
}

static int
data_read(struct reader *r, struct detail *d, size_t max, struct err *e)
{
	uint64_t *gathered = r->filter->gathered;
	size_t n;

	d->gathered = gathered;
	do {
		size_t room = max - d->data.len < READ_CHUNK
		    ? max - d->data.len + 1
		    : READ_CHUNK;

		buf_reserve(&d->data, room);
		if (tar_data(&r->tar, d->data.ptr + d->data.len, room, &n, e) !=
		    0)
			return -1;
		d->data.len += n;
		d->data.ptr[d->data.len] = '\0';
		*gathered += n;
	} while (n > 0 && d->data.len <= max && *gathered <= TREE_GATHERED_MAX);
	if (*gathered > TREE_GATHERED_MAX)
		return err_set(e, ERR_LIMIT,
		    "has more than %llu MiB of wanted files",
		    (unsigned long long)TREE_GATHERED_MAX >> 20);
	if (n == 0 && d->data.len != d->size_bytes)
		return err_set(
		    e, ERR_FORMAT, "has a file that is shorter than it says");
	d->has_data = d->data.len <= max;
	if (!d->has_data) {
		*gathered -= d->data.len;
		buf_cleanup(&d->data);
		detail_set_error(d, "larger than such a file may be");
	}
	return 0;
}

/* Keeps what is wanted of a file. */
static int
file_read_entry(struct reader *r, struct entry *entry, struct err *e)
{
	size_t max = r->filter->ordinals != NULL
	    ? PKGDB_SIZE_MAX
	    : wanted_size(r->filter->wanted, entry->path);

	if (max == 0)
		return 0;
	if (entry->detail == NULL)
		tar_detail(&r->tar, entry);
	if (entry->type != NODE_REGULAR)
		return 0;
	return data_read(r, entry->detail, max, e);
}

/* What a whiteout's name hides; empty: nothing of ours. */
static int
hidden_name(struct span name, struct span *hidden, struct err *e)
{
	*hidden = SPAN_LIT("");
	if (span_has_prefix(name, WHITEOUT_OTHER))
		return 0;
	*hidden = span_from(name, strlen(WHITEOUT));
	if (hidden->len > 0 && !span_is(*hidden, ".") &&
	    !span_is(*hidden, ".."))
		return 0;
	return err_set(e, ERR_FORMAT, "has a whiteout of no file");
}

/* Turns the entry into the whiteout that it is. 1: so it is; 0: it is none. */
static int
whiteout_read(struct reader *r, struct entry *entry, struct err *e)
{
	size_t slash = span_rfind(entry->path, '/');
	size_t at = slash == entry->path.len ? 0 : slash + 1;
	struct span name = span_from(entry->path, at);
	struct span hidden;

	if (!span_has_prefix(name, WHITEOUT))
		return 0;
	if (span_is(name, WHITEOUT_OPAQUE)) {
		entry->kind = ENTRY_OPAQUE;
		entry->path.len = at;
		return 1;
	}
	if (hidden_name(name, &hidden, e) != 0)
		return -1;
	buf_reset(&r->path);
	if (hidden.len > 0)
		buf_add_span(&r->path, span_first(entry->path, at));
	buf_add_span(&r->path, hidden);
	entry->kind = ENTRY_WHITEOUT;
	entry->path = arena_span(&r->layer->arena, buf_span(&r->path));
	return 1;
}

static bool
is_looked_at(const struct layer_filter *f, uint32_t ordinal)
{
	size_t low = 0;
	size_t high = f->n_ordinals;

	if (f->ordinals == NULL)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->ordinals[middle] < ordinal)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->n_ordinals && f->ordinals[low] == ordinal;
}

static int
entry_keep(struct reader *r, struct entry *entry, struct err *e)
{
	int rc = whiteout_read(r, entry, e);

	if (rc != 0 || entry->kind == ENTRY_HARD_LINK)
		return rc == -1 ? -1 : 0;
	return file_read_entry(r, entry, e);
}

static void
record(struct layer *l, const struct entry *entry)
{
	l->entries = xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
	l->entries[l->n++] = *entry;
}

static int
entry_read(struct reader *r, struct err *e)
{
	struct entry entry;
	int rc;

	if (!is_looked_at(r->filter, r->tar.n_read - 1))
		return 0;
	rc = tar_entry(&r->tar, &r->layer->arena, &entry, e);
	if (rc == 1)
		rc = entry_keep(r, &entry, e) == 0 ? 1 : -1;
	if (rc == 1)
		record(r->layer, &entry);
	else
		detail_drop(entry.detail);
	return rc == -1 ? -1 : 0;
}

static int
entries_read(struct reader *r, struct err *e)
{
	int rc;

	while ((rc = tar_next(&r->tar, e)) == 1)
		if (entry_read(r, e) != 0)
			return -1;
	return rc;
}

void
layer_read(struct layer *l, const struct stream_pull *pull,
    const struct layer_filter *filter)
{
	const struct stream_options limits = { .out_max = LAYER_UNPACKED_MAX };
	struct packed packed = { .pull = pull, .digest = digest_new() };
	struct stream_pull through = { &packed, packed_read };
	struct digest_ctx *diff = digest_new();
	struct reader r = { .layer = l, .filter = filter };
	struct stream *stream = NULL;
	struct err e;

	if (stream_open_pull(&stream, &through, &limits, &l->failed) != 0)
		goto out;
	/* A packed one has a thread by now that looks at it. */
	if (!stream_is_packed(stream))
		packed.is_plain = true;
	tar_open_stream(&r.tar, stream, diff);
	entries_read(&r, &l->failed);
	if (tar_drain(&r.tar, &e) != 0 && l->failed.code == ERR_NONE)
		l->failed = e;
	tar_close(&r.tar);
	digest_final(diff, &l->diff_id);
	if (packed.is_plain)
		l->packed = l->diff_id;
	else
		digest_final(packed.digest, &l->packed);
	l->packed_bytes = packed.n_bytes;
out:
	stream_close(stream);
	digest_free(packed.digest);
	digest_free(diff);
	buf_cleanup(&r.path);
}
