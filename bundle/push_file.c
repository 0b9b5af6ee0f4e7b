/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/push.h"

static int
read_twice(const char *path, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "%s: is no file: a bundle that is pushed is read twice", path);
}

static int
open_part(struct push_file *f, const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (f->n_parts == PUSH_PARTS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u parts: put them together first",
		    PUSH_PARTS_MAX);
	if (strcmp(path, "-") == 0)
		return read_twice("standard input", e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) != 0) {
		err_system(e, "%s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	f->parts[f->n_parts++] = (struct push_part){ fd, (uint64_t)st.st_size };
	f->size_bytes += (uint64_t)st.st_size;
	if (S_ISREG(st.st_mode))
		return 0;
	return read_twice(path, e);
}

int
push_file_open(struct push_file *f, const char *const *parts, struct err *e)
{
	int rc = 0;

	for (; rc == 0 && *parts != NULL; parts++)
		rc = open_part(f, *parts, e);
	return rc;
}

void
push_file_close(struct push_file *f)
{
	while (f->n_parts > 0)
		close(f->parts[--f->n_parts].fd);
}

int
push_file_pieces(const struct push_file *f, uint64_t offset,
    uint64_t size_bytes, struct http_piece *out, size_t *n, struct err *e)
{
	size_t i;

	*n = 0;
	for (i = 0; size_bytes > 0 && i < f->n_parts; i++) {
		const struct push_part *p = &f->parts[i];
		uint64_t some;

		if (offset >= p->size_bytes) {
			offset -= p->size_bytes;
			continue;
		}
		some = p->size_bytes - offset;
		some = some < size_bytes ? some : size_bytes;
		if (*n == HTTP_PIECES_MAX)
			return err_set(e, ERR_LIMIT,
			    "a file of the bundle lies in more than %u parts: "
			    "put them together first",
			    HTTP_PIECES_MAX);
		out[(*n)++] = (struct http_piece){ p->fd, offset, some };
		size_bytes -= some;
		offset = 0;
	}
	if (size_bytes == 0)
		return 0;
	return err_set(e, ERR_SYSTEM, "the bundle has no such bytes");
}

int
push_file_read(const struct push_file *f, uint64_t offset, char *ptr,
    size_t size, size_t *n, struct err *e)
{
	ssize_t got = 0;
	size_t i;

	for (i = 0; i < f->n_parts; i++) {
		if (offset < f->parts[i].size_bytes)
			break;
		offset -= f->parts[i].size_bytes;
	}
	*n = 0;
	if (i == f->n_parts)
		return 0;
	do
		got = pread(f->parts[i].fd, ptr, size, (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(e, "part %zu of the bundle", i + 1);
	*n = (size_t)got;
	return 0;
}
