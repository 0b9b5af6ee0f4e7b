/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/patch_impl.h"
#include "bundle/refusal.h"

#define CHUNK_SIZE ((unsigned)64 * 1024)
#define BZIP2_LEVEL 9
#define BZIP2_WORK_FACTOR 0   /* the default, as bzip2(1) has it */
#define GZIP_WINDOW (15 + 16) /* the largest; the gzip form */
#define GZIP_MEMORY 8
#define GZIP_OS_FAT 0 /* RFC 1952 §2.3.1: what Java writes */
#define GZIP_OS_UNKNOWN 255
#define XZ_PRESET 6

static int
sink_add(struct recipe_sink *to, struct span bytes, struct err *e)
{
	to->size_bytes += bytes.len;
	if (to->size_bytes > to->size_max)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "it gives more than the %llu bytes of the file",
		    (unsigned long long)to->size_max);
	digest_update(to->digest, bytes.ptr, bytes.len);
	return to->fd == -1 ? 0 : file_write_all(to->fd, bytes, e);
}

static int
pack_plain(struct span in, struct recipe_sink *to, struct err *e)
{
	return sink_add(to, in, e);
}

/* Lengths fit unsigned: PATCH_UNPACKED_MAX. */
static int
pack_bzip2(struct span in, struct recipe_sink *to, struct err *e)
{
	bz_stream z = { .next_in = (char *)(uintptr_t)in.ptr,
		.avail_in = (unsigned)in.len };
	char *chunk = xmalloc(CHUNK_SIZE);
	int rc = 0;
	int step;

	if (BZ2_bzCompressInit(&z, BZIP2_LEVEL, 0, BZIP2_WORK_FACTOR) != BZ_OK)
		abort();
	do {
		z.next_out = chunk;
		z.avail_out = CHUNK_SIZE;
		step = BZ2_bzCompress(&z, BZ_FINISH);
		if (step != BZ_FINISH_OK && step != BZ_STREAM_END)
			abort();
		rc =
		    sink_add(to, span_make(chunk, CHUNK_SIZE - z.avail_out), e);
	} while (rc == 0 && step != BZ_STREAM_END);
	BZ2_bzCompressEnd(&z);
	free(chunk);
	return rc;
}

static int
pack_gzip(
    struct span in, int level, int os, struct recipe_sink *to, struct err *e)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.ptr,
		.avail_in = (uInt)in.len };
	gz_header head = { .os = os };
	char *chunk = xmalloc(CHUNK_SIZE);
	int rc = 0;
	int step;

	if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
		Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflateSetHeader(&z, &head) != Z_OK)
		abort();
	do {
		z.next_out = (Bytef *)chunk;
		z.avail_out = CHUNK_SIZE;
		step = deflate(&z, Z_FINISH);
		if (step != Z_OK && step != Z_STREAM_END)
			abort();
		rc =
		    sink_add(to, span_make(chunk, CHUNK_SIZE - z.avail_out), e);
	} while (rc == 0 && step != Z_STREAM_END);
	deflateEnd(&z);
	free(chunk);
	return rc;
}

static int
pack_gzip_nvd(struct span in, struct recipe_sink *to, struct err *e)
{
	return pack_gzip(in, 6, GZIP_OS_FAT, to, e);
}

static int
pack_gzip_9(struct span in, struct recipe_sink *to, struct err *e)
{
	return pack_gzip(in, 9, GZIP_OS_UNKNOWN, to, e);
}

static int
pack_xz(struct span in, struct recipe_sink *to, struct err *e)
{
	lzma_stream z = LZMA_STREAM_INIT;
	uint8_t *chunk = xmalloc(CHUNK_SIZE);
	int rc = 0;
	lzma_ret step;

	z.next_in = (const uint8_t *)in.ptr;
	z.avail_in = in.len;
	if (lzma_easy_encoder(&z, XZ_PRESET, LZMA_CHECK_CRC64) != LZMA_OK)
		abort();
	do {
		z.next_out = chunk;
		z.avail_out = CHUNK_SIZE;
		step = lzma_code(&z, LZMA_FINISH);
		if (step != LZMA_OK && step != LZMA_STREAM_END)
			abort();
		rc =
		    sink_add(to, span_make(chunk, CHUNK_SIZE - z.avail_out), e);
	} while (rc == 0 && step != LZMA_STREAM_END);
	lzma_end(&z);
	free(chunk);
	return rc;
}

static const struct recipe {
	const char *name;
	struct span head; /* of a packed file */
	int (*pack)(struct span in, struct recipe_sink *to, struct err *e);
} recipes[N_PATCH_RECIPES] = {
	[PATCH_PLAIN] = { "none", { NULL, 0 }, pack_plain },
	[PATCH_BZIP2_9] = { "bzip2 -9", { "BZh9", 4 }, pack_bzip2 },
	[PATCH_GZIP_NVD] = { "gzip 6 8", { "\x1f\x8b\x08\0\0\0\0\0\0\0", 10 },
	    pack_gzip_nvd },
	[PATCH_GZIP_9] = { "gzip 9 8", { "\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10 },
	    pack_gzip_9 },
	[PATCH_XZ_6] = { "xz -6",
	    { "\xfd"
	      "7zXZ\0\0\x04",
		8 },
	    pack_xz },
};

enum patch_recipe
recipe_of(struct span head)
{
	int i;

	for (i = PATCH_PLAIN + 1; i < N_PATCH_RECIPES; i++)
		if (span_eq(
			span_first(head, recipes[i].head.len), recipes[i].head))
			return (enum patch_recipe)i;
	return 0;
}

enum patch_recipe
recipe_find(struct span name)
{
	int i;

	for (i = PATCH_PLAIN; i < N_PATCH_RECIPES; i++)
		if (span_is(name, recipes[i].name))
			return (enum patch_recipe)i;
	return 0;
}

const char *
recipe_name(enum patch_recipe r)
{
	return recipes[r].name;
}

int
recipe_pack(enum patch_recipe r, struct span unpacked, struct recipe_sink *to,
    struct err *e)
{
	return recipes[r].pack(unpacked, to, e);
}
