/* SPDX-License-Identifier: Apache-2.0 */
/* .xz: several streams, padding between them. */
#include <stdlib.h>

#include <lzma.h>

#include "base/mem.h"
#include "base/stream_impl.h"

#define MEMORY_MAX ((uint64_t)80 * 1024 * 1024) /* `xz -9` needs 65 MiB */

struct xz {
	lzma_stream z;
	bool ended;
};

static bool
xz_fits(struct span head)
{
	return head.len >= 6 &&
	    span_eq(span_first(head, 6),
		SPAN_LIT("\xfd"
			 "7zXZ\0"));
}

static void *
xz_open(void)
{
	struct xz *x = xcalloc(1, sizeof(*x));

	x->z = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&x->z, MEMORY_MAX, LZMA_CONCATENATED) !=
	    LZMA_OK)
		abort();
	return x;
}

static void
xz_close(void *state)
{
	struct xz *x = state;

	lzma_end(&x->z);
	free(x);
}

static int
fail(const struct stream_source *src, lzma_ret rc, struct err *e)
{
	switch (rc) {
	case LZMA_MEM_ERROR:
		abort();
	case LZMA_MEMLIMIT_ERROR:
		return err_set(e, ERR_LIMIT,
		    "xz data that needs more than %llu MiB: refused",
		    (unsigned long long)(MEMORY_MAX >> 20));
	case LZMA_BUF_ERROR:
		return stream_ends_early(src, e);
	default:
		return stream_damaged(src, "xz", e);
	}
}

static int
xz_read(void *state, struct stream_source *src, struct stream_room *room,
    struct err *e)
{
	struct xz *x = state;

	x->z.next_out = (uint8_t *)room->ptr + room->used;
	x->z.avail_out = room->size - room->used;
	while (x->z.avail_out > 0 && !x->ended) {
		lzma_ret rc;

		if (source_fill(src, e) != 0)
			return -1;
		x->z.next_in = (const uint8_t *)src->rest.ptr;
		x->z.avail_in = src->rest.len;
		rc = lzma_code(
		    &x->z, src->rest.len == 0 ? LZMA_FINISH : LZMA_RUN);
		src->rest = span_from(src->rest, src->rest.len - x->z.avail_in);
		x->ended = rc == LZMA_STREAM_END;
		if (rc != LZMA_OK && rc != LZMA_STREAM_END)
			return fail(src, rc, e);
	}
	room->used = room->size - x->z.avail_out;
	return 0;
}

const struct stream_codec STREAM_XZ = {
	.name = "xz",
	.fits = xz_fits,
	.open = xz_open,
	.read = xz_read,
	.close = xz_close,
};
