/* SPDX-License-Identifier: Apache-2.0 */
/* Zstandard (RFC 8878): frames and skippable frames, one after the other. */
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"
#include "base/stream_impl.h"

#define WINDOW_LOG_MAX 26 /* 64 MiB: what a frame may make us hold */

struct zstd {
	ZSTD_DCtx *ctx;
	bool inside; /* a frame is not complete */
};

static bool
zstd_fits(struct span head)
{
	if (span_has_prefix(head, "\x28\xb5\x2f\xfd"))
		return true;
	return head.len >= 4 && (head.ptr[0] & 0xf0) == 0x50 &&
	    span_has_prefix(span_from(head, 1), "\x2a\x4d\x18");
}

static void *
zstd_open(void)
{
	struct zstd *z = xcalloc(1, sizeof(*z));

	z->ctx = ZSTD_createDCtx();
	if (z->ctx == NULL)
		abort();
	ZSTD_DCtx_setParameter(z->ctx, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	z->inside = true;
	return z;
}

static void
zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDCtx(z->ctx);
	free(z);
}

static int
fail(const struct stream_source *src, size_t rc, struct err *e)
{
	switch (ZSTD_getErrorCode(rc)) {
	case ZSTD_error_memory_allocation:
		abort();
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_set(e, ERR_LIMIT,
		    "zstd data with a window of more than %d MiB: refused",
		    1 << (WINDOW_LOG_MAX - 20));
	default:
		return stream_damaged(src, "zstd", e);
	}
}

static int
zstd_read(void *state, struct stream_source *src, struct stream_room *room,
    struct err *e)
{
	struct zstd *z = state;
	ZSTD_outBuffer out = { room->ptr, room->size, room->used };

	while (out.pos < out.size) {
		ZSTD_inBuffer in;
		size_t before = out.pos;
		size_t rc;

		if (source_fill(src, e) != 0)
			return -1;
		if (src->rest.len == 0 && !z->inside)
			break;
		in = (ZSTD_inBuffer){ src->rest.ptr, src->rest.len, 0 };
		rc = ZSTD_decompressStream(z->ctx, &out, &in);
		if (ZSTD_isError(rc))
			return fail(src, rc, e);
		if (src->rest.len == 0 && rc != 0 && out.pos == before)
			return stream_ends_early(src, e);
		src->rest = span_from(src->rest, in.pos);
		z->inside = rc != 0;
	}
	room->used = out.pos;
	return 0;
}

const struct stream_codec STREAM_ZSTD = {
	.name = "zstd",
	.fits = zstd_fits,
	.open = zstd_open,
	.read = zstd_read,
	.close = zstd_close,
};
