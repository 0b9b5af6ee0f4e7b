/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952): several members make one file, zeros may follow them. */
#include <stdlib.h>

#include <zlib.h>

#include "base/mem.h"
#include "base/stream_impl.h"

struct gzip {
	z_stream z;
	enum { MEMBER, BETWEEN, PADDING } at;
};

static bool
gzip_fits(struct span head)
{
	return span_has_prefix(head, "\x1f\x8b");
}

static void *
gzip_open(void)
{
	struct gzip *g = xcalloc(1, sizeof(*g));

	/* 15: the largest window; 16: the gzip form. */
	if (inflateInit2(&g->z, 15 + 16) != Z_OK)
		abort();
	return g;
}

static void
gzip_close(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

/* After a member: another one, zeros, or the end. */
static int
next_member(struct gzip *g, struct stream_source *src, struct err *e)
{
	if (src->rest.ptr[0] == '\0') {
		g->at = PADDING;
		src->rest = span_from(src->rest, 1);
		return 0;
	}
	if (g->at == PADDING || src->rest.ptr[0] != '\x1f')
		return err_set(e, ERR_FORMAT,
		    "something else follows the gzip data at byte %llu",
		    (unsigned long long)source_offset(src));
	if (inflateReset(&g->z) != Z_OK)
		abort();
	g->at = MEMBER;
	return 0;
}

static int
inflate_some(struct gzip *g, struct stream_source *src,
    struct stream_room *room, struct err *e)
{
	size_t left = room->size - room->used;
	int rc;

	g->z.next_in = (Bytef *)(uintptr_t)src->rest.ptr;
	g->z.avail_in =
	    src->rest.len > UINT32_MAX ? UINT32_MAX : (uInt)src->rest.len;
	g->z.next_out = (Bytef *)room->ptr + room->used;
	g->z.avail_out = (uInt)left;
	rc = inflate(&g->z, Z_NO_FLUSH);
	src->rest = span_from(
	    src->rest, (size_t)((const char *)g->z.next_in - src->rest.ptr));
	room->used += left - g->z.avail_out;
	if (rc == Z_STREAM_END)
		g->at = BETWEEN;
	else if (rc == Z_MEM_ERROR)
		abort();
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		return stream_damaged(src, "gzip", e);
	return 0;
}

static int
gzip_read(void *state, struct stream_source *src, struct stream_room *room,
    struct err *e)
{
	struct gzip *g = state;
	int rc = 0;

	while (rc == 0 && room->used < room->size) {
		if (source_fill(src, e) != 0)
			return -1;
		if (g->at != MEMBER && src->rest.len == 0)
			return 0;
		if (g->at != MEMBER)
			rc = next_member(g, src, e);
		else if (src->rest.len == 0)
			rc = stream_ends_early(src, e);
		else
			rc = inflate_some(g, src, room, e);
	}
	return rc;
}

const struct stream_codec STREAM_GZIP = {
	.name = "gzip",
	.fits = gzip_fits,
	.open = gzip_open,
	.read = gzip_read,
	.close = gzip_close,
};
