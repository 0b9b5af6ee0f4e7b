/* SPDX-License-Identifier: Apache-2.0 */
/* bzip2, one block after the other; several streams make one file. */
#include <stdlib.h>

#include <bzlib.h>

#include "base/mem.h"
#include "base/stream_impl.h"

struct bzip2 {
	bz_stream z;
	bool open; /* inside a stream */
};

/* "BZh", the level, then the mark of a block or of the stream's end. */
static bool
bzip2_fits(struct span head)
{
	struct span mark = span_from(head, 4);

	if (!span_has_prefix(head, "BZh") || head.len < 4 ||
	    head.ptr[3] < '1' || head.ptr[3] > '9')
		return false;
	return mark.len < 6 || span_has_prefix(mark, "1AY&SY") ||
	    span_has_prefix(mark, "\x17\x72\x45\x38\x50\x90");
}

static void
begin(struct bzip2 *b)
{
	if (BZ2_bzDecompressInit(&b->z, 0, 0) != BZ_OK)
		abort();
	b->open = true;
}

static void
end(struct bzip2 *b)
{
	if (b->open)
		BZ2_bzDecompressEnd(&b->z);
	b->z = (bz_stream){ 0 };
	b->open = false;
}

static void *
bzip2_open(void)
{
	struct bzip2 *b = xcalloc(1, sizeof(*b));

	begin(b);
	return b;
}

static void
bzip2_close(void *state)
{
	end(state);
	free(state);
}

static int
next_stream(struct bzip2 *b, struct stream_source *src, struct err *e)
{
	if (src->rest.ptr[0] != 'B')
		return err_set(e, ERR_FORMAT,
		    "something else follows the bzip2 data at byte %llu",
		    (unsigned long long)source_offset(src));
	begin(b);
	return 0;
}

static int
decompress_some(struct bzip2 *b, struct stream_source *src,
    struct stream_room *room, struct err *e)
{
	size_t left = room->size - room->used;
	int rc;

	b->z.next_in = (char *)(uintptr_t)src->rest.ptr;
	b->z.avail_in =
	    src->rest.len > UINT32_MAX ? UINT32_MAX : (unsigned)src->rest.len;
	b->z.next_out = room->ptr + room->used;
	b->z.avail_out = (unsigned)left;
	rc = BZ2_bzDecompress(&b->z);
	src->rest =
	    span_from(src->rest, (size_t)(b->z.next_in - src->rest.ptr));
	room->used += left - b->z.avail_out;
	if (rc == BZ_STREAM_END)
		end(b);
	else if (rc == BZ_MEM_ERROR)
		abort();
	else if (rc != BZ_OK)
		return stream_damaged(src, "bzip2", e);
	return 0;
}

static int
bzip2_read(void *state, struct stream_source *src, struct stream_room *room,
    struct err *e)
{
	struct bzip2 *b = state;
	size_t before;
	int rc = 0;

	while (rc == 0 && room->used < room->size) {
		if (source_fill(src, e) != 0)
			return -1;
		if (!b->open && src->rest.len == 0)
			return 0;
		before = room->used;
		if (!b->open)
			rc = next_stream(b, src, e);
		else
			rc = decompress_some(b, src, room, e);
		/* libbz2 may still hold output when the input has ended. */
		if (rc == 0 && b->open && src->rest.len == 0 &&
		    room->used == before && source_fill(src, e) == 0 &&
		    src->rest.len == 0)
			rc = stream_ends_early(src, e);
	}
	return rc;
}

const struct stream_codec STREAM_BZIP2 = {
	.name = "bzip2",
	.fits = bzip2_fits,
	.open = bzip2_open,
	.read = bzip2_read,
	.close = bzip2_close,
};
