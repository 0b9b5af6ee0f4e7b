/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "base/file.h"
#include "base/mapped.h"
#include "base/stream.h"
#include "bundle/patch_impl.h"
#include "bundle/refusal.h"

#define FIRST_ROOM ((size_t)1024 * 1024)
#define THREADS 2 /* more take address space, which is limited */

/* Both forms together; what is larger would take minutes at LEVEL_SMALL. */
#define SMALL_MAX ((size_t)16 * 1024 * 1024)
#define LEVEL_SMALL 19
#define LEVEL 12
#define LONG_MATCH_MIN 1024 /* shorter ones hide better matches */
#define WINDOW_LOG_MIN 10
#define WINDOW_LOG_MAX 30 /* two times PATCH_UNPACKED_MAX */

/* --- unpacked forms --- */

static int
add_all(struct mapped *m, struct stream *in, struct err *e)
{
	struct span bytes;
	int more;

	while ((more = stream_next(in, &bytes, e)) == 1) {
		size_t room = m->room;

		while (room - m->len < bytes.len)
			room *= 2;
		if (mapped_grow(m, room, e) != 0 ||
		    mapped_add(m, bytes, e) != 0)
			return -1;
	}
	return more;
}

/* ERR_LIMIT, ERR_FORMAT: it cannot be unpacked. */
static int
unpack(int fd, struct mapped *m, bool *is_packed, struct err *e)
{
	const struct stream_options o = { .out_max = PATCH_UNPACKED_MAX,
		.threads = THREADS };
	struct stream *in = NULL;
	int rc = -1;

	if (stream_open_fd(&in, fd, &o, e) == 0 &&
	    mapped_open(m, FIRST_ROOM, e) == 0)
		rc = add_all(m, in, e);
	if (rc == 0)
		*is_packed = stream_is_packed(in);
	stream_close(in);
	return rc;
}

static struct span
bytes_of(const struct mapped *m)
{
	return span_make(m->ptr, m->len);
}

/* --- the frame --- */

static int
window_log(size_t size)
{
	int log = WINDOW_LOG_MIN;

	while (log < WINDOW_LOG_MAX && ((size_t)1 << log) < size)
		log++;
	return log;
}

/*
 * Adds a frame of at most size_max bytes. False: it would be larger. All is
 * in memory, so that zstd needs no window of its own.
 */
static bool
add_frame(
    struct buf *out, struct span base, struct span target, size_t size_max)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t both = base.len + target.len;
	size_t n;

	if (c == NULL)
		abort();
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel,
	    both <= SMALL_MAX ? LEVEL_SMALL : LEVEL);
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log(both));
	ZSTD_CCtx_setParameter(c, ZSTD_c_enableLongDistanceMatching, 1);
	ZSTD_CCtx_setParameter(c, ZSTD_c_ldmMinMatch, LONG_MATCH_MIN);
	ZSTD_CCtx_refPrefix(c, base.ptr, base.len);
	buf_reserve(out, size_max);
	n = ZSTD_compress2(
	    c, out->ptr + out->len, size_max, target.ptr, target.len);
	ZSTD_freeCCtx(c);
	if (ZSTD_isError(n)) {
		if (ZSTD_getErrorCode(n) != ZSTD_error_dstSize_tooSmall)
			abort();
		return false;
	}
	out->len += n;
	return true;
}

/* In one go, which allocates no window, whatever the frame asks for. */
static int
read_frame(
    char *to, size_t size, struct span base, struct span frame, struct err *e)
{
	ZSTD_DCtx *c;
	size_t n;

	if (ZSTD_getFrameContentSize(frame.ptr, frame.len) != size ||
	    ZSTD_findFrameCompressedSize(frame.ptr, frame.len) != frame.len)
		return refuse(e, REFUSAL_SHAPE,
		    "behind its first line is no frame of %zu bytes", size);
	c = ZSTD_createDCtx();
	if (c == NULL)
		abort();
	ZSTD_DCtx_refPrefix(c, base.ptr, base.len);
	n = ZSTD_decompressDCtx(c, to, size, frame.ptr, frame.len);
	ZSTD_freeDCtx(c);
	if (n != size)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "it does not unpack against its base");
	return 0;
}

/*
 * Packs what a frame gave to out, or nowhere (-1), and compares it with the
 * file that it must be.
 */
static int
pack_target(
    const struct patch_head *h, const char *unpacked, int out, struct err *e)
{
	struct recipe_sink sink = { .fd = out,
		.size_max = h->target_size_bytes };
	struct digest got;
	int rc;

	sink.digest = digest_new();
	rc = recipe_pack(h->recipe,
	    span_make(unpacked, (size_t)h->unpacked_bytes), &sink, e);
	digest_final(sink.digest, &got);
	digest_free(sink.digest);
	if (rc == 0 &&
	    (sink.size_bytes != h->target_size_bytes ||
		!digest_eq(&got, &h->target)))
		rc = refuse(e, REFUSAL_UNTRUSTED,
		    "it gives other bytes than it should");
	return rc;
}

/* --- making --- */

struct making {
	struct patch_head head;
	struct mapped base; /* unpacked */
	struct mapped target;
	struct buf bytes; /* of the patch */
};

static int
file_size(int fd, uint64_t *size, struct err *e)
{
	/* The sandbox of a role without folders has no fstat(). */
	off_t end = lseek(fd, 0, SEEK_END);

	if (end == -1)
		return err_system(e, "cannot read");
	*size = (uint64_t)end;
	return 0;
}

/* 1: both forms are at hand; 0: one cannot be; -1. */
static int
unpack_both(struct making *m, int base, int target, struct err *e)
{
	char head[RECIPE_HEAD_SIZE];
	bool is_packed = false;
	ssize_t n;

	if (unpack(base, &m->base, &is_packed, e) != 0 ||
	    unpack(target, &m->target, &is_packed, e) != 0)
		return e->code == ERR_LIMIT || e->code == ERR_FORMAT ? 0 : -1;
	n = pread(target, head, sizeof(head), 0);
	if (n < 0)
		return err_system(e, "cannot read");
	m->head.unpacked_bytes = m->target.len;
	m->head.recipe =
	    is_packed ? recipe_of(span_make(head, (size_t)n)) : PATCH_PLAIN;
	return m->head.recipe != 0;
}

static int
describe_both(struct making *m, int base, int target, struct err *e)
{
	struct patch_head *h = &m->head;

	if (file_size(base, &h->base_size_bytes, e) != 0 ||
	    file_size(target, &h->target_size_bytes, e) != 0)
		return -1;
	if (h->base_size_bytes > PATCH_UNPACKED_MAX ||
	    h->target_size_bytes > PATCH_UNPACKED_MAX)
		return 0;
	if (digest_of_fd(base, &h->base, &h->base_size_bytes, e) != 0 ||
	    digest_of_fd(target, &h->target, &h->target_size_bytes, e) != 0)
		return -1;
	return unpack_both(m, base, target, e);
}

/*
 * Applied where the target's unpacked form stands, which the frame must give
 * again: a third form would be too much memory.
 */
static int
prove(struct making *m, struct span frame, struct err *e)
{
	if (read_frame(m->target.ptr, m->target.len, bytes_of(&m->base), frame,
		e) != 0)
		return -1;
	if (pack_target(&m->head, m->target.ptr, -1, e) != 0)
		return refusal_of(e) == REFUSAL_UNTRUSTED ? 0 : -1;
	return 1;
}

static int
make(struct making *m, int base, int target, struct err *e)
{
	int rc = describe_both(m, base, target, e);
	size_t head_len;

	if (rc != 1)
		return rc;
	head_add(&m->bytes, &m->head);
	head_len = m->bytes.len;
	if (m->head.target_size_bytes <= head_len ||
	    !add_frame(&m->bytes, bytes_of(&m->base), bytes_of(&m->target),
		(size_t)m->head.target_size_bytes - head_len - 1))
		return 0;
	return prove(m, span_from(buf_span(&m->bytes), head_len), e);
}

int
patch_make(int base, int target, int out, uint64_t *size_bytes, struct err *e)
{
	struct making m = { .base.fd = -1, .target.fd = -1 };
	int rc = make(&m, base, target, e);

	if (rc == 1 && file_write_all(out, buf_span(&m.bytes), e) != 0)
		rc = -1;
	if (rc == 1)
		*size_bytes = m.bytes.len;
	mapped_close(&m.base);
	mapped_close(&m.target);
	buf_cleanup(&m.bytes);
	return rc;
}

/* --- applying --- */

static int
check_base(int base, const struct patch_head *h, struct err *e)
{
	struct digest got;
	uint64_t size;

	if (digest_of_fd(base, &got, &size, e) != 0)
		return -1;
	if (size != h->base_size_bytes || !digest_eq(&got, &h->base))
		return refuse(e, REFUSAL_UNTRUSTED,
		    "the patch is against another file than that");
	return 0;
}

/* A patch is smaller than what it makes: so is what is read of it. */
static int
read_patch(int patch, struct patch_head *h, struct buf *out, size_t *len,
    struct err *e)
{
	uint64_t size = 0;

	if (head_read(patch, h, len, e) != 0 || file_size(patch, &size, e) != 0)
		return -1;
	if (size >= h->target_size_bytes)
		return refuse(e, REFUSAL_SHAPE,
		    "a patch of %" PRIu64 " bytes for a file of %" PRIu64, size,
		    h->target_size_bytes);
	return file_read_fd(patch, (size_t)size, out, e);
}

/* The base is the right one: if it is no good, the patch is not. */
static int
unpack_base(int base, struct mapped *m, struct err *e)
{
	bool is_packed;

	if (unpack(base, m, &is_packed, e) == 0)
		return 0;
	if (e->code == ERR_LIMIT || e->code == ERR_FORMAT)
		return refuse(e, REFUSAL_SHAPE,
		    "it is against a file that cannot be unpacked");
	return -1;
}

int
patch_apply(
    int base, int patch, int out, struct patch_head *head, struct err *e)
{
	struct mapped old = { .fd = -1 };
	struct mapped new = { .fd = -1 };
	struct buf bytes = { 0 };
	size_t len = 0;
	int rc = -1;

	*head = (struct patch_head){ 0 };
	if (read_patch(patch, head, &bytes, &len, e) != 0 ||
	    check_base(base, head, e) != 0 || unpack_base(base, &old, e) != 0 ||
	    mapped_open(&new, (size_t)head->unpacked_bytes, e) != 0)
		goto out;
	if (read_frame(new.ptr, (size_t)head->unpacked_bytes, bytes_of(&old),
		span_from(buf_span(&bytes), len), e) != 0)
		goto out;
	rc = pack_target(head, new.ptr, out, e);
out:
	mapped_close(&old);
	mapped_close(&new);
	buf_cleanup(&bytes);
	return rc;
}
