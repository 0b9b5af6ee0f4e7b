/* SPDX-License-Identifier: Apache-2.0 */
/* Packing as upstreams do, and nearly so, by the formats' own libraries. */
#ifndef TESTS_UNIT_RECIPE_PACKERS_H
#define TESTS_UNIT_RECIPE_PACKERS_H

#include "tests/unit/packers.h"

static inline void
pack_none(struct buf *to, struct span from)
{
	buf_add_span(to, from);
}

static inline void
pack_bzip2_9(struct buf *to, struct span from)
{
	pack_bzip2_level(to, from, 9);
}

static inline void
pack_bzip2_twice(struct buf *to, struct span from)
{
	pack_bzip2_9(to, span_first(from, 5000));
	pack_bzip2_9(to, span_from(from, 5000));
}

static inline void
pack_half(struct buf *to, struct span from)
{
	pack_bzip2_9(to, from);
	to->len /= 2;
}

static inline void
pack_zeros(struct buf *to, struct span from)
{
	size_t len = (size_t)80 * 1024 * 1024;
	char *zeros = calloc(len, 1);

	(void)from;
	if (zeros == NULL)
		abort();
	pack_bzip2_9(to, span_make(zeros, len));
	free(zeros);
}

static inline void
add_le32(struct buf *to, uint32_t value)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		buf_add_char(to, (char)(value >> i * 8 & 0xff));
}

/* The head of a gzip file is another one than packers.h makes. */
static inline void
pack_gzip_as(struct buf *to, struct span from, int level, int memory, int os)
{
	z_stream z = { 0 };

	if (deflateInit2(
		&z, level, Z_DEFLATED, -15, memory, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	buf_add(to, "\x1f\x8b\x08\0\0\0\0\0", 8);
	buf_add_char(to, level == 9 ? 2 : 0);
	buf_add_char(to, (char)os);
	buf_reserve(to, deflateBound(&z, from.len));
	z.next_in = (Bytef *)(uintptr_t)from.ptr;
	z.avail_in = (uInt)from.len;
	z.next_out = (Bytef *)to->ptr + to->len;
	z.avail_out = (uInt)(to->cap - to->len);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	to->len += z.total_out;
	deflateEnd(&z);
	add_le32(
	    to, (uint32_t)crc32(0, (const Bytef *)from.ptr, (uInt)from.len));
	add_le32(to, (uint32_t)from.len);
}

static inline void
pack_gzip_nvd(struct buf *to, struct span from)
{
	pack_gzip_as(to, from, 6, 8, 0);
}

static inline void
pack_gzip_9(struct buf *to, struct span from)
{
	pack_gzip_as(to, from, 9, 8, 255);
}

static inline void
pack_gzip_small(struct buf *to, struct span from)
{
	pack_gzip_as(to, from, 6, 1, 0);
}

/* As xz(1): the block's head does not know its size. */
static inline void
pack_xz_6(struct buf *to, struct span from)
{
	lzma_stream z = LZMA_STREAM_INIT;

	buf_reserve(to, lzma_stream_buffer_bound(from.len));
	if (lzma_easy_encoder(&z, 6, LZMA_CHECK_CRC64) != LZMA_OK)
		abort();
	z.next_in = (const uint8_t *)from.ptr;
	z.avail_in = from.len;
	z.next_out = (uint8_t *)to->ptr + to->len;
	z.avail_out = to->cap - to->len;
	if (lzma_code(&z, LZMA_FINISH) != LZMA_STREAM_END)
		abort();
	to->len += (size_t)z.total_out;
	lzma_end(&z);
}

static inline void
pack_xz_whole(struct buf *to, struct span from)
{
	size_t used;

	buf_reserve(to, lzma_stream_buffer_bound(from.len));
	used = to->len;
	if (lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
		(const uint8_t *)from.ptr, from.len, (uint8_t *)to->ptr, &used,
		to->cap) != LZMA_OK)
		abort();
	to->len = used;
}

#endif
