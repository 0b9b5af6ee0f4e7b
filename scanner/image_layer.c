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
/* Files larger than this, and any when so much is in memory, are spooled. */
#define SMALL_MAX ((size_t)64 * 1024)
#define SMALLS_MAX ((uint64_t)8 * 1024 * 1024)
/* What a node of the tree takes, about. */
#define NODE_COST 300u

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
	struct buf piece;
	uint64_t kept; /* bytes of files */
};

struct layer *
layer_new(void)
{
	struct layer *l = xcalloc(1, sizeof(*l));

	l->n_users = 1;
	return l;
}

struct layer *
layer_use(struct layer *l)
{
	l->n_users++;
	return l;
}

void
layer_drop(struct layer *l)
{
	size_t i;

	if (l == NULL || --l->n_users > 0)
		return;
	for (i = 0; i < l->n; i++)
		detail_drop(l->entries[i].detail);
	free(l->entries);
	arena_cleanup(&l->arena);
	free(l);
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

/* Reads data to the end, or to one byte more than max. */
static int
data_read(struct reader *r, struct buf *out, size_t max, struct err *e)
{
	size_t n;

	do {
		size_t room = max - out->len < READ_CHUNK ? max - out->len + 1
							  : READ_CHUNK;

		buf_reserve(out, room);
		if (tar_data(&r->tar, out->ptr + out->len, room, &n, e) != 0)
			return -1;
		out->len += n;
		out->ptr[out->len] = '\0';
		r->kept += n;
	} while (n > 0 && out->len <= max && r->kept <= TREE_GATHERED_MAX);
	if (r->kept > TREE_GATHERED_MAX)
		return err_set(e, ERR_LIMIT,
		    "has more than %llu MiB of wanted files",
		    (unsigned long long)TREE_GATHERED_MAX >> 20);
	return 0;
}

static int
piece_keep(struct reader *r, struct detail *d, struct err *e)
{
	if (r->piece.len == 0)
		return 0;
	return detail_add_piece(d, r->filter->spool, buf_span(&r->piece), e);
}

/* A large file, piece by piece. */
static int
large_read(struct reader *r, struct detail *d, struct err *e)
{
	uint64_t got = 0;

	d->spool = r->filter->spool;
	d->gathered = r->filter->gathered;
	do {
		buf_reset(&r->piece);
		if (data_read(r, &r->piece, SPOOL_PIECE_MAX - 1, e) != 0 ||
		    piece_keep(r, d, e) != 0)
			return -1;
		got += r->piece.len;
	} while (r->piece.len > 0);
	return got == d->size_bytes ? 0
				    : err_set(e, ERR_FORMAT,
					  "has a file that is shorter than it "
					  "says");
}

static int
small_read(struct reader *r, struct detail *d, struct err *e)
{
	_Atomic uint64_t *gathered = r->filter->gathered;
	int rc = data_read(r, &d->data, (size_t)d->size_bytes, e);

	d->gathered = gathered;
	*gathered += d->data.len;
	if (rc == 0 && d->data.len != d->size_bytes)
		rc = err_set(
		    e, ERR_FORMAT, "has a file that is shorter than it says");
	d->has_data = rc == 0;
	return rc;
}

/* Keeps what is wanted of a file. */
static int
file_keep(struct reader *r, struct entry *entry, size_t max, struct err *e)
{
	struct detail *d = entry->detail;

	if (entry->type != NODE_REGULAR || max == 0)
		return 0;
	if (d->size_bytes > max) {
		detail_set_error(d, "larger than such a file may be");
		return 0;
	}
	if (d->size_bytes > SMALL_MAX || *r->filter->gathered > SMALLS_MAX)
		return large_read(r, d, e);
	return small_read(r, d, e);
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
		entry->path.len = at == 0 ? 0 : slash;
		return 1;
	}
	if (hidden_name(name, &hidden, e) != 0)
		return -1;
	buf_reset(&r->path);
	if (hidden.len > 0)
		buf_add_span(&r->path, span_first(entry->path, at));
	buf_add_span(&r->path, hidden);
	entry->kind = ENTRY_WHITEOUT;
	entry->path = buf_span(&r->path);
	return 1;
}

size_t
layer_entry_cost(const struct entry *entry)
{
	return entry->path.len + 2 * entry->link.len + NODE_COST +
	    (entry->detail == NULL ? 0 : sizeof(*entry->detail));
}

static int
record(struct layer *l, struct entry *entry, struct err *e)
{
	l->recorded += layer_entry_cost(entry);
	if (l->recorded > LAYER_RECORDED_MAX)
		return err_set(e, ERR_LIMIT,
		    "has more entries that are asked for than %zu MiB hold",
		    LAYER_RECORDED_MAX >> 20);
	entry->path = arena_span(&l->arena, entry->path);
	entry->link = arena_span(&l->arena, entry->link);
	l->entries = xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
	l->entries[l->n++] = *entry;
	return 0;
}

/* What matters is recorded. */
static int
entry_keep(struct reader *r, struct entry *entry, struct err *e)
{
	enum watch_kind kind;
	size_t max;

	if (whiteout_read(r, entry, e) == -1)
		return -1;
	if (entry->kind == ENTRY_WHITEOUT && entry->path.len == 0)
		return 0;
	kind = watch_find(r->filter->watch, entry->path, &max);
	if (kind == WATCH_NONE)
		return 0;
	if (entry->kind == ENTRY_FILE &&
	    (kind == WATCH_HERE || entry->type == NODE_SYMLINK))
		tar_detail(&r->tar, entry);
	if (record(r->layer, entry, e) != 0) {
		detail_drop(entry->detail);
		return -1;
	}
	return entry->kind == ENTRY_FILE ? file_keep(r, entry, max, e) : 0;
}

static int
entry_read(struct reader *r, struct err *e)
{
	struct entry entry;
	int rc = tar_entry(&r->tar, &entry, e);

	return rc == 1 ? entry_keep(r, &entry, e) : rc;
}

static int
entries_read(struct reader *r, struct err *e)
{
	int rc;

	while ((rc = tar_next_member(&r->tar, e)) == 1)
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
	l->has_trailer = tar_has_trailer(&r.tar);
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
	buf_cleanup(&r.piece);
}
