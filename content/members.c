/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "content/members.h"

#define BLOCK_SIZE 512u              /* of a tar */
#define ZIP_END_SIZE 22u             /* its last record, no comment */
#define ZIP_TAIL_MAX (65535u + 128u) /* that, with a comment, and zip64 */
#define ZIP_MANY 0xffffu             /* the number stands in zip64's */
#define OCTAL_AT 148u                /* of the checksum in a header */
#define OCTAL_LEN 8u

enum kind {
	KIND_OTHER = 0,
	KIND_TAR,
	KIND_ZIP,
};

struct reader {
	struct stream *in;
	const struct member_sink *sink;
	enum kind kind;
	struct archive *archive;
	struct archive_entry *entry;
	struct buf head; /* what was read to tell the kind */
	bool head_lent;
	bool at_end;       /* of the stream */
	struct err failed; /* of the stream */
	struct buf tail;   /* ZIP_TAIL_MAX bytes or more: the last there were */
	uint64_t n_bytes;  /* that the stream gave */
	uint64_t zeros_at; /* from here on it gave nothing but zeros */
	struct buf name;
	struct buf data;
	uint64_t n_unpacked;
	uint32_t n_entries;
};

static void
note_bytes(struct reader *r, struct span bytes)
{
	size_t last = bytes.len;

	while (last > 0 && bytes.ptr[last - 1] == '\0')
		last--;
	if (last > 0)
		r->zeros_at = r->n_bytes + last;
	r->n_bytes += bytes.len;
	if (r->kind != KIND_ZIP)
		return;
	if (r->tail.len > 16 * (size_t)ZIP_TAIL_MAX) {
		size_t drop = r->tail.len - ZIP_TAIL_MAX;

		memmove(r->tail.ptr, r->tail.ptr + drop, ZIP_TAIL_MAX);
		r->tail.len = ZIP_TAIL_MAX;
	}
	buf_add_span(&r->tail, bytes);
}

/* 1: some; 0: the end; -1: r->failed says why. */
static int
next_bytes(struct reader *r, struct span *bytes)
{
	int rc = 1;

	if (r->at_end)
		return r->failed.code == ERR_NONE ? 0 : -1;
	if (!r->head_lent && r->head.len > 0)
		*bytes = buf_span(&r->head);
	else
		rc = stream_next(r->in, bytes, &r->failed);
	r->head_lent = true;
	r->at_end = rc != 1;
	if (rc == 1)
		note_bytes(r, *bytes);
	return rc;
}

/* The callback of libarchive. */
static la_ssize_t
on_read(struct archive *archive, void *ctx, const void **ptr)
{
	struct span bytes = SPAN_NONE;
	int rc = next_bytes(ctx, &bytes);

	if (rc == -1) {
		archive_set_error(archive, EIO, "input");
		return -1;
	}
	*ptr = bytes.ptr;
	return (la_ssize_t)bytes.len;
}

/* As tar counts: the checksum's own bytes as blanks. */
static bool
checksum_holds(const char *header)
{
	unsigned sum = 0;
	unsigned stated = 0;
	size_t i;

	for (i = 0; i < BLOCK_SIZE; i++)
		sum += i - OCTAL_AT < OCTAL_LEN ? ' ' : (uint8_t)header[i];
	for (i = OCTAL_AT; i < OCTAL_AT + OCTAL_LEN; i++)
		if (header[i] >= '0' && header[i] <= '7')
			stated = stated * 8 + (unsigned)(header[i] - '0');
	return sum == stated;
}

static enum kind
kind_of(struct span head)
{
	if (span_has_prefix(head, "PK\003\004") ||
	    span_has_prefix(head, "PK\005\006"))
		return KIND_ZIP;
	if (span_has_prefix(span_from(head, 257), "ustar"))
		return KIND_TAR;
	if (head.len < BLOCK_SIZE)
		return KIND_OTHER;
	/* An archive of nothing begins with its end: a block of zeros. */
	if (head.ptr[0] == '\0' &&
	    memcmp(head.ptr, head.ptr + 1, BLOCK_SIZE - 1) == 0)
		return KIND_TAR;
	return checksum_holds(head.ptr) ? KIND_TAR : KIND_OTHER;
}

static int
read_head(struct reader *r, struct err *e)
{
	struct span bytes;
	int rc = 1;

	while (rc == 1 && r->head.len < BLOCK_SIZE) {
		rc = stream_next(r->in, &bytes, e);
		if (rc == 1)
			buf_add_span(&r->head, bytes);
	}
	r->kind = kind_of(buf_span(&r->head));
	return rc == -1 ? -1 : 0;
}

static int
too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "is larger than %zu MiB",
	    MEMBER_SIZE_MAX / (1024 * 1024));
}

/* What is no archive: all of it. */
static int
read_other(struct reader *r, struct err *e)
{
	struct span bytes;
	int rc;

	while ((rc = next_bytes(r, &bytes)) == 1) {
		if (bytes.len > MEMBER_SIZE_MAX - r->data.len)
			return too_large(e);
		buf_add_span(&r->data, bytes);
	}
	if (rc == -1) {
		*e = r->failed;
		return -1;
	}
	return r->sink->member(
	    r->sink->ctx, SPAN_NONE, buf_span(&r->data), 0, e);
}

/* What went wrong where libarchive says that something did. */
static int
damaged(const struct reader *r, struct err *e)
{
	if (r->failed.code != ERR_NONE) {
		*e = r->failed;
		return -1;
	}
	return err_set(e, ERR_FORMAT, "ends early or is damaged");
}

static const char *
kind_name(const struct reader *r)
{
	return r->kind == KIND_ZIP ? "zip" : "tar";
}

/* libarchive warns of names that the C locale cannot spell, too. */
static bool
only_name_is_odd(const struct reader *r, int rc)
{
	struct span name = span_of(archive_entry_pathname(r->entry));
	size_t i;

	for (i = 0; rc == ARCHIVE_WARN && i < name.len; i++)
		if ((uint8_t)name.ptr[i] > '~')
			return true;
	return false;
}

/* 1: there is an entry; 0: no more; -1: damaged. */
static int
next_entry(struct reader *r, struct err *e)
{
	int rc = archive_read_next_header(r->archive, &r->entry);

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && !only_name_is_odd(r, rc)) {
		(void)damaged(r, e);
		if (r->n_entries == 0)
			return err_context(e, "the %s", kind_name(r));
		return err_context(e, "the %s behind %.*s", kind_name(r),
		    SPAN_ARG(buf_span(&r->name)));
	}
	if (r->n_entries == MEMBERS_MAX)
		return err_set(
		    e, ERR_LIMIT, "has more than %u members", MEMBERS_MAX);
	r->n_entries++;
	return 1;
}

static int
read_name(struct reader *r, struct err *e)
{
	struct span name = span_of(archive_entry_pathname(r->entry));

	buf_reset(&r->name);
	buf_add_span(&r->name, span_first(name, MEMBER_NAME_MAX));
	if (name.len == 0)
		return err_set(e, ERR_FORMAT, "member %u of the %s has no name",
		    r->n_entries, kind_name(r));
	if (name.len > MEMBER_NAME_MAX)
		return err_set(e, ERR_LIMIT,
		    "the name of member %u is longer than %u bytes",
		    r->n_entries, MEMBER_NAME_MAX);
	return 0;
}

static bool
is_file(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG &&
	    (archive_entry_hardlink(entry) == NULL ||
		archive_entry_size(entry) > 0);
}

static int
add_block(struct reader *r, struct span block, la_int64_t at, struct err *e)
{
	if (at < 0 || (uint64_t)at != r->data.len)
		return err_set(e, ERR_FORMAT, "is stored with holes");
	if (block.len > MEMBER_SIZE_MAX - r->data.len)
		return too_large(e);
	r->n_unpacked += block.len;
	if (r->kind == KIND_ZIP && r->n_unpacked > MEMBERS_UNPACKED_MAX)
		return err_set(e, ERR_LIMIT,
		    "the archive unpacks to more than %ju MiB",
		    (uintmax_t)(MEMBERS_UNPACKED_MAX / (1024 * 1024)));
	buf_add_span(&r->data, block);
	return 0;
}

static int
read_data(struct reader *r, struct err *e)
{
	const void *ptr = NULL;
	la_int64_t at = 0;
	size_t len = 0;
	int rc;

	buf_reset(&r->data);
	if (archive_entry_size(r->entry) > (la_int64_t)MEMBER_SIZE_MAX)
		return too_large(e);
	for (;;) {
		rc = archive_read_data_block(r->archive, &ptr, &len, &at);
		if (rc != ARCHIVE_OK)
			break;
		if (len > 0 && add_block(r, span_make(ptr, len), at, e) != 0)
			return -1;
	}
	if (rc != ARCHIVE_EOF)
		return damaged(r, e);
	if (archive_entry_size_is_set(r->entry) &&
	    (uint64_t)archive_entry_size(r->entry) != r->data.len)
		return err_set(e, ERR_FORMAT, "is stored with holes");
	return 0;
}

static int
read_member(struct reader *r, struct err *e)
{
	uint64_t offset = (uint64_t)archive_filter_bytes(r->archive, 0);
	int rc;

	if (read_name(r, e) != 0)
		return -1;
	if (!is_file(r->entry))
		return 0;
	rc = read_data(r, e);
	if (rc == 0)
		rc = r->sink->member(r->sink->ctx, buf_span(&r->name),
		    buf_span(&r->data), offset, e);
	if (rc != 0)
		err_context(e, "%.*s", SPAN_ARG(buf_span(&r->name)));
	return rc;
}

static uint64_t
little(const char *ptr, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (uint8_t)ptr[n];
	return v;
}

/*
 * How many members the record at the end of a zip counts: APPNOTE 4.3.16,
 * and 4.3.14 where they are many. False: there is no such record.
 */
static bool
zip_count(struct span tail, uint64_t *count)
{
	size_t i = tail.len < ZIP_END_SIZE ? 0 : tail.len - ZIP_END_SIZE + 1;
	const char *p;

	while (i-- > 0) {
		p = tail.ptr + i;
		if (!span_has_prefix(span_from(tail, i), "PK\005\006") ||
		    i + ZIP_END_SIZE + little(p + 20, 2) != tail.len)
			continue;
		*count = little(p + 10, 2);
		if (*count == ZIP_MANY && i >= 76 &&
		    memcmp(p - 76, "PK\006\006", 4) == 0)
			*count = little(p - 76 + 32, 8);
		return true;
	}
	return false;
}

/*
 * libarchive goes through a zip from its front and looks for the next member
 * where one is broken: its own directory tells whether all were seen.
 */
static int
check_zip_end(const struct reader *r, struct err *e)
{
	uint64_t count;

	if (!zip_count(buf_span(&r->tail), &count))
		return err_set(e, ERR_FORMAT, "the zip ends early");
	if (count != r->n_entries)
		return err_set(e, ERR_FORMAT,
		    "the zip is damaged: %u members where its directory "
		    "lists %ju",
		    r->n_entries, (uintmax_t)count);
	return 0;
}

/* Blocks of zeros end a tar; libarchive takes its bytes' end for it, too. */
static int
check_tar_end(const struct reader *r, struct err *e)
{
	if (r->zeros_at > (uint64_t)archive_filter_bytes(r->archive, 0))
		return err_set(e, ERR_FORMAT,
		    "the tar is damaged: there is more behind its end");
	if (r->n_bytes - r->zeros_at < BLOCK_SIZE)
		return err_set(e, ERR_FORMAT, "the tar ends early");
	return 0;
}

/* Reads on, so that the stream proves whole. */
static int
check_end(struct reader *r, struct err *e)
{
	struct span bytes;
	int rc;

	do
		rc = next_bytes(r, &bytes);
	while (rc == 1);
	if (rc == -1) {
		*e = r->failed;
		return -1;
	}
	return r->kind == KIND_ZIP ? check_zip_end(r, e) : check_tar_end(r, e);
}

static int
read_archive(struct reader *r, struct err *e)
{
	int rc;

	r->archive = archive_read_new();
	if (r->archive == NULL)
		abort();
	if (r->kind == KIND_ZIP)
		archive_read_support_format_zip_streamable(r->archive);
	else
		archive_read_support_format_tar(r->archive);
	archive_read_open(r->archive, r, NULL, on_read, NULL);
	while ((rc = next_entry(r, e)) == 1)
		if (read_member(r, e) != 0)
			return -1;
	return rc == 0 ? check_end(r, e) : -1;
}

int
members_read(struct stream *in, const struct member_sink *sink, struct err *e)
{
	struct reader r = { .in = in, .sink = sink };
	int rc = read_head(&r, e);

	if (rc == 0)
		rc = r.kind == KIND_OTHER ? read_other(&r, e)
					  : read_archive(&r, e);
	archive_read_free(r.archive);
	buf_cleanup(&r.head);
	buf_cleanup(&r.tail);
	buf_cleanup(&r.name);
	buf_cleanup(&r.data);
	return rc;
}
