/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zstd.h>

#include "base/mem.h"
#include "scanner/image_spool.h"

#define LEVEL 1

int
spool_open(struct spool *s, struct err *e)
{
	*s = (struct spool){ .fd = memfd_create("gathered", MFD_CLOEXEC) };
	return s->fd != -1 ? 0 : err_system(e, "no room for gathered files");
}

void
spool_close(struct spool *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

static int
write_all(int fd, struct span bytes, uint64_t offset, struct err *e)
{
	while (bytes.len > 0) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_system(e, "no room for gathered files");
		bytes = span_from(bytes, (size_t)n);
		offset += (uint64_t)n;
	}
	return 0;
}

int
spool_write_packed(struct spool *s, struct span packed, uint32_t size,
    struct extent *out, struct err *e)
{
	uint64_t offset = atomic_fetch_add(&s->used, packed.len);

	if (offset > SPOOL_SIZE_MAX || packed.len > SPOOL_SIZE_MAX - offset)
		return err_set(e, ERR_LIMIT,
		    "more than %llu MiB of packed files are asked for",
		    (unsigned long long)SPOOL_SIZE_MAX >> 20);
	*out = (struct extent){ offset, (uint32_t)packed.len, size };
	return write_all(s->fd, packed, offset, e);
}

int
spool_write(
    struct spool *s, struct span bytes, struct extent *out, struct err *e)
{
	size_t room = ZSTD_compressBound(bytes.len);
	char *packed = xmalloc(room);
	size_t n = ZSTD_compress(packed, room, bytes.ptr, bytes.len, LEVEL);
	int rc;

	if (ZSTD_isError(n))
		abort();
	rc = spool_write_packed(
	    s, span_make(packed, n), (uint32_t)bytes.len, out, e);
	free(packed);
	return rc;
}

int
spool_read_packed(const struct spool *s, const struct extent *x,
    struct buf *out, struct err *e)
{
	size_t got = 0;

	buf_reserve(out, x->packed);
	while (got < x->packed) {
		ssize_t n = pread(s->fd, out->ptr + out->len, x->packed - got,
		    (off_t)(x->offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_system(e, "gathered files are gone");
		got += (size_t)n;
		out->len += (size_t)n;
	}
	out->ptr[out->len] = '\0';
	return 0;
}

int
spool_read(const struct spool *s, const struct extent *x, struct buf *out,
    struct err *e)
{
	struct buf packed = { 0 };
	int rc = spool_read_packed(s, x, &packed, e);

	if (rc == 0) {
		size_t n;

		buf_reserve(out, x->size);
		n = ZSTD_decompress(
		    out->ptr + out->len, x->size, packed.ptr, packed.len);
		if (ZSTD_isError(n) || n != x->size) {
			rc = err_set(e, ERR_FORMAT, "is damaged");
		} else {
			out->len += n;
			out->ptr[out->len] = '\0';
		}
	}
	buf_cleanup(&packed);
	return rc;
}
