/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "scanner/image_tar.h"
#include "scanner/wanted.h"

#define BLOCK_SIZE 512u /* of a tar */
#define CHUNK_SIZE ((size_t)64 * 1024)

/* How many zeros the bytes so far end with; a block of them is enough. */
static void
count_zeros(struct tar *t, struct span bytes)
{
	size_t n = 0;

	while (n < bytes.len && n < BLOCK_SIZE &&
	    bytes.ptr[bytes.len - 1 - n] == '\0')
		n++;
	t->n_zeros = n < bytes.len ? n : t->n_zeros + n;
	if (t->n_zeros > BLOCK_SIZE)
		t->n_zeros = BLOCK_SIZE;
}

static int
stream_read(struct tar *t, struct span *bytes)
{
	int rc = stream_next(t->stream, bytes, &t->failed);

	if (rc == 1 && t->digest != NULL)
		digest_update(t->digest, bytes->ptr, bytes->len);
	if (rc == 1)
		count_zeros(t, *bytes);
	return rc;
}

static int
fd_read(struct tar *t, struct span *bytes)
{
	ssize_t n;

	do
		n = pread(t->fd, t->chunk, CHUNK_SIZE, (off_t)t->offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_system(&t->failed, "cannot read");
	t->offset += (uint64_t)n;
	if (t->offset > t->size_bytes)
		t->size_bytes = t->offset;
	*bytes = span_make(t->chunk, (size_t)n);
	return n > 0;
}

/* The callbacks of libarchive. */
static la_ssize_t
on_read(struct archive *archive, void *ctx, const void **ptr)
{
	struct tar *t = ctx;
	struct span bytes = SPAN_NONE;
	int rc = 0;

	if (!t->at_end)
		rc = t->stream != NULL ? stream_read(t, &bytes)
				       : fd_read(t, &bytes);
	t->at_end = rc != 1;
	if (rc == -1) {
		archive_set_error(archive, EIO, "input");
		return -1;
	}
	*ptr = bytes.ptr;
	return (la_ssize_t)bytes.len;
}

static la_int64_t
on_skip(struct archive *archive, void *ctx, la_int64_t n)
{
	struct tar *t = ctx;

	(void)archive;
	if ((uint64_t)n > t->size_bytes - t->offset)
		n = (la_int64_t)(t->size_bytes - t->offset);
	t->offset += (uint64_t)n;
	return n;
}

static void
open_archive(struct tar *t, archive_skip_callback *skip)
{
	t->archive = archive_read_new();
	if (t->archive == NULL)
		abort();
	archive_read_support_format_tar(t->archive);
	/* A layer of no bytes at all has no entries. */
	archive_read_support_format_empty(t->archive);
	archive_read_open2(t->archive, t, NULL, on_read, skip, NULL);
}

void
tar_open_stream(struct tar *t, struct stream *s, struct digest_ctx *digest)
{
	*t = (struct tar){ .stream = s, .digest = digest, .fd = -1 };
	open_archive(t, NULL);
}

void
tar_open_fd(struct tar *t, int fd)
{
	struct stat st;

	*t = (struct tar){ .fd = fd };
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		t->size_bytes = (uint64_t)st.st_size;
	t->chunk = xmalloc(CHUNK_SIZE);
	open_archive(t, on_skip);
}

void
tar_close(struct tar *t)
{
	archive_read_free(t->archive);
	buf_cleanup(&t->path);
	buf_cleanup(&t->link);
	free(t->chunk);
	*t = (struct tar){ .fd = -1 };
}

/* What went wrong where libarchive says that something did. */
static int
damaged(const struct tar *t, struct err *e)
{
	if (t->failed.code != ERR_NONE) {
		*e = t->failed;
		return -1;
	}
	if (t->n_read == 0)
		return err_set(e, ERR_FORMAT, "is not a tar%s",
		    t->at_end ? ", or less than its first entry" : "");
	if (t->at_end)
		return err_set(e, ERR_FORMAT,
		    "ends early, behind entry %u of its tar", t->n_read);
	return err_set(
	    e, ERR_FORMAT, "is damaged behind entry %u of its tar", t->n_read);
}

/*
 * Some writers leave away what follows the last file's data: padding and two
 * blocks of zeros. All that counts is there then; digests prove it.
 */
static bool
ends_with_data(const struct tar *t)
{
	uint64_t padded = (t->data_end + BLOCK_SIZE - 1) / BLOCK_SIZE;

	return t->stream != NULL && t->at_end && t->failed.code == ERR_NONE &&
	    t->n_read > 0 && stream_offset(t->stream) >= t->data_end &&
	    stream_offset(t->stream) < padded * BLOCK_SIZE;
}

int
tar_next_member(struct tar *t, struct err *e)
{
	int rc = archive_read_next_header(t->archive, &t->entry);

	if (rc == ARCHIVE_EOF || (rc < ARCHIVE_WARN && ends_with_data(t)))
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return damaged(t, e);
	if (t->n_read == TAR_ENTRIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "has more than %u entries", TAR_ENTRIES_MAX);
	t->n_read++;
	t->data_end = tar_data_offset(t) + tar_data_size(t);
	t->block = SPAN_NONE;
	t->block_at = 0;
	t->data_at = 0;
	return 1;
}

bool
tar_has_trailer(const struct tar *t)
{
	return t->n_zeros == BLOCK_SIZE;
}

static enum node_type
type_of(struct archive_entry *entry)
{
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return NODE_REGULAR;
	case AE_IFDIR:
		return NODE_DIRECTORY;
	case AE_IFLNK:
		return NODE_SYMLINK;
	case AE_IFCHR:
		return NODE_CHARACTER;
	case AE_IFBLK:
		return NODE_BLOCK;
	case AE_IFIFO:
		return NODE_FIFO;
	case AE_IFSOCK:
		return NODE_SOCKET;
	default:
		return NODE_GONE;
	}
}

/* As path_clean(), from text that may be missing. */
static int
clean(const char *text, struct buf *out)
{
	if (text == NULL || strlen(text) > TREE_PATH_MAX)
		return -1;
	return path_clean(span_of(text), out);
}

void
tar_detail(struct tar *t, struct entry *out)
{
	struct detail *d = detail_new();

	d->uid = (uint32_t)archive_entry_uid(t->entry);
	d->gid = (uint32_t)archive_entry_gid(t->entry);
	d->mode = archive_entry_perm(t->entry);
	d->mtime = archive_entry_mtime(t->entry);
	d->size_bytes = tar_data_size(t);
	if (out->type == NODE_SYMLINK)
		d->link = span_of(xstrdup(out->link.ptr));
	out->detail = d;
}

static int
link_read(struct tar *t, struct entry *out, struct err *e)
{
	const char *link = archive_entry_symlink(t->entry);

	if (link == NULL || strlen(link) > TREE_PATH_MAX)
		return err_set(
		    e, ERR_FORMAT, "has a symbolic link that leads nowhere");
	out->link = span_of(link);
	return 1;
}

int
tar_entry(struct tar *t, struct entry *out, struct err *e)
{
	const char *hard_link = archive_entry_hardlink(t->entry);
	int rc = clean(archive_entry_pathname(t->entry), &t->path);

	*out = (struct entry){ .ordinal = t->n_read - 1 };
	if (rc == 0)
		return 0;
	if (rc == -1)
		return err_set(e, ERR_FORMAT,
		    "has an entry whose path is too long or leads out of it");
	out->path = buf_span(&t->path);
	if (hard_link != NULL) {
		if (clean(hard_link, &t->link) != 1)
			return err_set(e, ERR_FORMAT,
			    "has a hard link that leads out of it");
		out->link = buf_span(&t->link);
		out->kind = ENTRY_HARD_LINK;
		return 1;
	}
	out->type = (uint8_t)type_of(t->entry);
	if (out->type == NODE_GONE)
		return err_set(
		    e, ERR_FORMAT, "has an entry of a type that no file has");
	return out->type == NODE_SYMLINK ? link_read(t, out, e) : 1;
}

/* Gets the next block; behind the last one a hole may be left to the end. */
static int
block_next(struct tar *t, struct err *e)
{
	const void *ptr = NULL;
	la_int64_t at = 0;
	size_t len = 0;
	int rc = archive_read_data_block(t->archive, &ptr, &len, &at);

	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		t->block = span_make(ptr, len);
		t->block_at = (uint64_t)at;
		if (t->block_at >= t->data_at && len > 0)
			return 0;
		return err_set(e, ERR_FORMAT, "has a file of wrong order");
	}
	if (rc != ARCHIVE_EOF &&
	    !(t->data_at == tar_data_size(t) && ends_with_data(t)))
		return damaged(t, e);
	t->block = SPAN_NONE;
	t->block_at = tar_data_size(t);
	return 0;
}

int
tar_data(struct tar *t, char *ptr, size_t size, size_t *n, struct err *e)
{
	uint64_t hole;

	*n = 0;
	while (t->block.len == 0 && t->block_at <= t->data_at) {
		if (t->data_at >= tar_data_size(t) && t->data_at > 0)
			return 0;
		if (block_next(t, e) != 0)
			return -1;
		if (t->block.len == 0 && t->block_at == t->data_at)
			return 0;
	}
	hole = t->block_at - t->data_at;
	if (hole > 0) {
		*n = hole < size ? (size_t)hole : size;
		memset(ptr, 0, *n);
	} else {
		*n = t->block.len < size ? t->block.len : size;
		memcpy(ptr, t->block.ptr, *n);
		t->block = span_from(t->block, *n);
		t->block_at += *n;
	}
	t->data_at += *n;
	return 0;
}

uint64_t
tar_data_offset(struct tar *t)
{
	return (uint64_t)archive_filter_bytes(t->archive, 0);
}

uint64_t
tar_data_size(struct tar *t)
{
	la_int64_t size = archive_entry_size(t->entry);

	return size < 0 ? 0 : (uint64_t)size;
}

int
tar_drain(struct tar *t, struct err *e)
{
	struct span bytes;
	int rc = t->failed.code == ERR_NONE ? 1 : -1;

	while (rc == 1 && !t->at_end)
		rc = stream_read(t, &bytes);
	if (rc == -1)
		*e = t->failed;
	return rc == -1 ? -1 : 0;
}
