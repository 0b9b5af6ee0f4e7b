/* SPDX-License-Identifier: Apache-2.0 */
/* Packing for tests, each by its format's own library. */
#ifndef TESTS_UNIT_PACKERS_H
#define TESTS_UNIT_PACKERS_H

#include <stdlib.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"

typedef void packer(struct buf *to, struct span from);

/* One member. */
static inline void
pack_gzip(struct buf *to, struct span from)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		abort();
	buf_reserve(to, deflateBound(&z, from.len));
	z.next_in = (Bytef *)(uintptr_t)from.ptr;
	z.avail_in = (uInt)from.len;
	z.next_out = (Bytef *)to->ptr + to->len;
	z.avail_out = (uInt)(to->cap - to->len);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	to->len += z.total_out;
	deflateEnd(&z);
}

static inline void
pack_bzip2_level(struct buf *to, struct span from, int level)
{
	unsigned size = (unsigned)(from.len + from.len / 64 + 1024);

	buf_reserve(to, size);
	if (BZ2_bzBuffToBuffCompress(to->ptr + to->len, &size,
		(char *)(uintptr_t)from.ptr, (unsigned)from.len, level, 0,
		0) != BZ_OK)
		abort();
	to->len += size;
}

/* One stream of blocks as small as there are. */
static inline void
pack_bzip2(struct buf *to, struct span from)
{
	pack_bzip2_level(to, from, 1);
}

/* One frame with a checksum, for a window of 2^log bytes; 0: as needed. */
static inline void
pack_zstd_window(struct buf *to, struct span from, int log)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer in = { from.ptr, from.len, 0 };
	ZSTD_outBuffer out;

	buf_reserve(to, ZSTD_compressBound(from.len));
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (log != 0)
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, log);
	out = (ZSTD_outBuffer){ to->ptr + to->len, to->cap - to->len, 0 };
	/* In two steps, so that the frame cannot tell its size. */
	if (ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_continue)) ||
	    ZSTD_compressStream2(c, &out, &in, ZSTD_e_end) != 0)
		abort();
	to->len += out.pos;
	ZSTD_freeCCtx(c);
}

static inline void
pack_zstd(struct buf *to, struct span from)
{
	pack_zstd_window(to, from, 0);
}

/* One stream. */
static inline void
pack_xz(struct buf *to, struct span from)
{
	size_t used;

	buf_reserve(to, lzma_stream_buffer_bound(from.len));
	used = to->len;
	if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL,
		(const uint8_t *)from.ptr, from.len, (uint8_t *)to->ptr, &used,
		to->cap) != LZMA_OK)
		abort();
	to->len = used;
}

#endif
