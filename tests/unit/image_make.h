/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images for tests, out of recipes. A recipe has one line a tar entry, and a
 * line "--" between layers:
 *
 *	d PATH            folder
 *	f PATH CONTENT    file; \n in CONTENT is a line break
 *	l PATH TARGET     symbolic link
 *	h PATH TARGET     hard link
 *	p PATH            pipe
 */
#ifndef TESTS_UNIT_IMAGE_MAKE_H
#define TESTS_UNIT_IMAGE_MAKE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/digest.h"
#include "base/file.h"

static inline la_ssize_t
make_write(struct archive *a, void *ctx, const void *ptr, size_t len)
{
	(void)a;
	buf_add(ctx, ptr, len);
	return (la_ssize_t)len;
}

static inline struct archive *
make_tar_open(struct buf *out)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open(a, out, NULL, make_write, NULL) != ARCHIVE_OK)
		abort();
	return a;
}

static inline void
make_tar_close(struct archive *a)
{
	if (archive_write_close(a) != ARCHIVE_OK)
		abort();
	archive_write_free(a);
}

static inline void
make_unescape(struct span text, struct buf *out)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len &&
		    text.ptr[i + 1] == 'n') {
			buf_add_char(out, '\n');
			i++;
		} else {
			buf_add_char(out, text.ptr[i]);
		}
	}
}

static inline void
make_file(struct archive *a, const char *path, struct span data)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, path);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)data.len);
	if (archive_write_header(a, e) < ARCHIVE_WARN ||
	    archive_write_data(a, data.ptr, data.len) != (la_ssize_t)data.len)
		abort();
	archive_entry_free(e);
}

static inline void
make_other(struct archive *a, char kind, const char *path, const char *target)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, path);
	archive_entry_set_perm(e, 0755);
	archive_entry_set_size(e, 0);
	archive_entry_set_filetype(e,
	    kind == 'd'       ? AE_IFDIR
		: kind == 'l' ? AE_IFLNK
		: kind == 'p' ? AE_IFIFO
			      : AE_IFREG);
	if (kind == 'l')
		archive_entry_set_symlink(e, target);
	if (kind == 'h')
		archive_entry_set_hardlink(e, target);
	if (archive_write_header(a, e) < ARCHIVE_WARN)
		abort();
	archive_entry_free(e);
}

static inline void
make_line(struct archive *a, struct span line)
{
	struct span rest = span_from(line, 2);
	size_t blank = span_find(rest, ' ');
	struct buf path = { 0 };
	struct buf text = { 0 };

	buf_add_span(&path, span_first(rest, blank));
	make_unescape(span_from(rest, blank + 1), &text);
	if (line.ptr[0] == 'f')
		make_file(a, buf_str(&path), buf_span(&text));
	else
		make_other(a, line.ptr[0], buf_str(&path), buf_str(&text));
	buf_cleanup(&path);
	buf_cleanup(&text);
}

/* Cuts one layer off *recipe and makes its tar; false at the end. */
static inline bool
make_layer(struct span *recipe, struct buf *tar)
{
	struct archive *a;
	struct span line;

	if (recipe->ptr == NULL)
		return false;
	a = make_tar_open(tar);
	while (span_next(recipe, '\n', &line) && !span_is(line, "--"))
		if (line.len > 2)
			make_line(a, line);
	make_tar_close(a);
	return true;
}

static inline void
make_gzip(struct span in, struct buf *out)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		abort();
	buf_reserve(out, in.len + 1024);
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	z.next_out = (Bytef *)out->ptr;
	z.avail_out = (uInt)(in.len + 1024);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	out->len = z.total_out;
	deflateEnd(&z);
}

static inline void
make_zstd(struct span in, struct buf *out)
{
	size_t room = ZSTD_compressBound(in.len);

	buf_reserve(out, room);
	out->len = ZSTD_compress(out->ptr, room, in.ptr, in.len, 3);
	if (ZSTD_isError(out->len))
		abort();
}

static inline void
make_hex(struct span bytes, char hex[DIGEST_HEX_SIZE])
{
	struct digest d;

	digest_of(bytes, &d);
	digest_hex(&d, hex);
}

#endif
