/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "server/coding_impl.h"

/* Fast ones: a page is made for one client, who waits for it. */
#define GZIP_LEVEL 4
#define ZSTD_LEVEL 3
#define ZSTD_WINDOW 18        /* bits: less memory for each of many clients */
#define GZIP_WINDOW (15 + 16) /* 16: with gzip's head */
#define ROOM ((size_t)32 * 1024)

struct coder {
	enum coding coding;
	z_stream gzip;
	ZSTD_CCtx *zstd;
};

struct coder *
coder_new(enum coding c)
{
	struct coder *own = xcalloc(1, sizeof(*own));

	own->coding = c;
	if (c == CODING_ZSTD) {
		own->zstd = ZSTD_createCCtx();
		if (own->zstd == NULL)
			abort();
		ZSTD_CCtx_setParameter(
		    own->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
		ZSTD_CCtx_setParameter(
		    own->zstd, ZSTD_c_windowLog, ZSTD_WINDOW);
	} else if (deflateInit2(&own->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW,
		       8, Z_DEFAULT_STRATEGY) != Z_OK) {
		abort();
	}
	return own;
}

void
coder_free(struct coder *c)
{
	if (c == NULL)
		return;
	if (c->coding == CODING_ZSTD)
		ZSTD_freeCCtx(c->zstd);
	else
		deflateEnd(&c->gzip);
	free(c);
}

static void
add_gzip(struct coder *c, struct span in, bool is_end, struct buf *out)
{
	z_stream *z = &c->gzip;
	size_t part;
	int mode;

	do {
		part = in.len < UINT32_MAX ? in.len : UINT32_MAX;
		mode = is_end && part == in.len ? Z_FINISH : Z_NO_FLUSH;
		z->next_in = (Bytef *)(uintptr_t)in.ptr;
		z->avail_in = (uInt)part;
		do {
			buf_reserve(out, ROOM);
			z->next_out = (Bytef *)out->ptr + out->len;
			z->avail_out = (uInt)ROOM;
			if (deflate(z, mode) == Z_STREAM_ERROR)
				abort();
			out->len += ROOM - z->avail_out;
		} while (z->avail_out == 0);
		in = span_from(in, part);
	} while (in.len > 0);
}

static void
add_zstd(struct coder *c, struct span in, bool is_end, struct buf *out)
{
	ZSTD_inBuffer from = { in.ptr, in.len, 0 };
	ZSTD_EndDirective mode = is_end ? ZSTD_e_end : ZSTD_e_continue;
	size_t left;

	do {
		ZSTD_outBuffer to = { NULL, ROOM, 0 };

		buf_reserve(out, ROOM);
		to.dst = out->ptr + out->len;
		left = ZSTD_compressStream2(c->zstd, &to, &from, mode);
		if (ZSTD_isError(left))
			abort();
		out->len += to.pos;
	} while (is_end ? left != 0 : from.pos < from.size);
}

void
coder_add(struct coder *c, struct span in, bool is_end, struct buf *out)
{
	if (c->coding == CODING_ZSTD)
		add_zstd(c, in, is_end, out);
	else
		add_gzip(c, in, is_end, out);
}
