/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "scanner/image_archive.h"
#include "scanner/image_registry.h"

struct source {
	int fd;
	enum { FOLDER, PLAIN, PACKED, REGISTRY, ROOT } kind;
	bool is_pipe;       /* PACKED or ROOT, and read once */
	bool is_behind;     /* more was asked for since */
	struct layer *root; /* ROOT, of a pipe */
	struct buf head;    /* of the pipe: what was looked at, */
	size_t head_used;   /* and how much of that was given out again */
	struct registry *registry;
	/* Looking up in index writes; a registry does one thing at a time. */
	pthread_mutex_t lock;
	struct archive_index index;
	const struct layer_filter *filter; /* of layers in a PACKED one */
};

static struct source *
source_new(int fd)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->fd = fd;
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	if (s->kind == PLAIN || s->kind == PACKED)
		archive_index_cleanup(&s->index);
	layer_drop(s->root);
	buf_cleanup(&s->head);
	if (s->fd != -1)
		close(s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int
source_open_folder(struct source **out, const char *path, struct err *e)
{
	int fd;

	if (file_open_dir(AT_FDCWD, path, false, &fd, e) != 0)
		return -1;
	*out = source_new(fd);
	return 0;
}

void
source_open_registry(struct source **out, struct registry *registry)
{
	*out = source_new(-1);
	(*out)->kind = REGISTRY;
	(*out)->registry = registry;
}

/* O_NONBLOCK: a pipe that nobody writes must not hold us up. */
static int
open_file(int dirfd, const char *path, uint64_t *size, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_MISSING, "not there");
	if (fd == -1)
		return err_system(e, "cannot be opened");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_FORMAT, "is no regular file");
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

bool
source_is_packed(int fd)
{
	static const char *const heads[] = { "\x1f\x8b", "\x28\xb5\x2f\xfd",
		"BZh", "\xfd\x37zXZ" };
	char head[8];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	size_t i;

	for (i = 0; n > 0 && i < sizeof(heads) / sizeof(*heads); i++)
		if (span_has_prefix(span_make(head, (size_t)n), heads[i]))
			return true;
	return false;
}

static int
open_stdin(struct err *e)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd == -1)
		return err_system(e, "standard input");
	if (!isatty(fd))
		return fd;
	close(fd);
	return err_set(e, ERR_FORMAT,
	    "standard input is a terminal; for example: docker save IMAGE | "
	    "scapcache scan -");
}

/* A pipe's bytes come once: those that were looked at are given again. */
static int
pipe_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;
	size_t left = s->head.len - s->head_used;
	ssize_t got;

	if (left > 0) {
		*n = left < size ? left : size;
		memcpy(ptr, s->head.ptr + s->head_used, *n);
		s->head_used += *n;
		return 0;
	}
	do
		got = read(s->fd, ptr, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(e, "cannot read");
	*n = (size_t)got;
	return 0;
}

/* What cannot be read now cannot be read later, which will say so. */
static bool
begins_root(struct source *s)
{
	ssize_t got = 1;
	bool is_root;

	buf_reserve(&s->head, SOURCE_HEAD_MAX);
	while (got > 0 && s->head.len < SOURCE_HEAD_MAX) {
		char *end = s->head.ptr + s->head.len;
		size_t room = SOURCE_HEAD_MAX - s->head.len;

		got = s->is_pipe ? read(s->fd, end, room)
				 : pread(s->fd, end, room, (off_t)s->head.len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			s->head.len += (size_t)got;
	}
	is_root = source_begins_root(buf_span(&s->head));
	if (!s->is_pipe)
		buf_cleanup(&s->head);
	return is_root;
}

int
source_open_archive(struct source **out, const struct target *t,
    const struct layer_filter *filter, struct err *e)
{
	uint64_t size;
	int fd = strcmp(t->path, SOURCE_STDIN) == 0
	    ? open_stdin(e)
	    : open_file(AT_FDCWD, t->path, &size, e);
	struct source *s;
	struct stream_pull pipe;

	if (fd == -1)
		return err_context(e, "%s", t->path);
	s = source_new(fd);
	pipe = (struct stream_pull){ s, pipe_read };
	s->is_pipe = lseek(fd, 0, SEEK_CUR) == -1;
	s->kind = s->is_pipe || source_is_packed(fd) ? PACKED : PLAIN;
	s->filter = filter;
	if (t->transport == TRANSPORT_TARBALL ||
	    (t->is_guess && begins_root(s)))
		s->kind = ROOT;
	if (s->kind == PACKED)
		archive_index_packed(
		    &s->index, fd, s->is_pipe ? &pipe : NULL, filter);
	else if (s->kind == PLAIN)
		archive_index_plain(&s->index, fd);
	*out = s;
	return 0;
}

bool
source_is_root(const struct source *s)
{
	return s->kind == ROOT;
}

/* Names in a folder are ours, or checked hex digits. */
static int
folder_open(struct source *s, struct span name, uint64_t *size, struct err *e)
{
	struct buf path = { 0 };
	int fd;

	buf_add_span(&path, name);
	fd = open_file(s->fd, buf_str(&path), size, e);
	buf_cleanup(&path);
	return fd;
}

bool
source_has(struct source *s, struct span name)
{
	struct buf path = { 0 };
	struct err e;
	uint32_t member;
	bool has;

	if (s->kind == REGISTRY)
		return true; /* until it is asked for */
	if (s->kind == ROOT)
		return false;
	if (s->kind != FOLDER)
		return archive_index_find(&s->index, name, &member, &e) == 1;
	buf_add_span(&path, name);
	has = file_exists(s->fd, buf_str(&path));
	buf_cleanup(&path);
	return has;
}

/* A part of a file. */
struct range {
	int fd;
	uint64_t offset;
	uint64_t left;
};

static int
range_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct range *r = ctx;
	ssize_t got;

	if (size > r->left)
		size = (size_t)r->left;
	do
		got = pread(r->fd, ptr, size, (off_t)r->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(e, "cannot read");
	*n = (size_t)got;
	r->offset += *n;
	r->left -= *n;
	return 0;
}

static int
range_read_all(struct range *r, struct buf *out, struct err *e)
{
	size_t n = 0;

	if (r->left > SOURCE_SMALL_MAX)
		return err_set(e, ERR_LIMIT, "larger than %zu MiB",
		    SOURCE_SMALL_MAX >> 20);
	do {
		buf_reserve(out, (size_t)64 * 1024);
		if (range_read(
			r, out->ptr + out->len, (size_t)64 * 1024, &n, e) != 0)
			return -1;
		out->len += n;
		out->ptr[out->len] = '\0';
	} while (n > 0);
	return r->left == 0 ? 0 : err_set(e, ERR_FORMAT, "ends early");
}

static int
folder_read(struct source *s, struct span name, struct buf *out, struct err *e)
{
	struct range r = { .offset = 0 };
	int rc;

	r.fd = folder_open(s, name, &r.left, e);
	if (r.fd == -1)
		return -1;
	rc = range_read_all(&r, out, e);
	close(r.fd);
	return rc;
}

static struct member *
member_find(struct source *s, struct span name, struct err *e)
{
	uint32_t at;
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = archive_index_find(&s->index, name, &at, e);
	pthread_mutex_unlock(&s->lock);
	if (rc == 0)
		err_set(e, ERR_MISSING, "not there");
	return rc == 1 ? &s->index.members[at] : NULL;
}

/* Where a member of a plain archive lies. */
static struct range
member_range(const struct source *s, const struct member *m)
{
	return (struct range){ s->fd, m->offset, m->size_bytes };
}

static int
archive_read_small(
    struct source *s, struct span name, struct buf *out, struct err *e)
{
	const struct member *m = member_find(s, name, e);
	struct range r;

	if (m == NULL)
		return -1;
	if (s->kind == PLAIN) {
		r = member_range(s, m);
		return range_read_all(&r, out, e);
	}
	if (!m->has_data)
		return err_set(e, ERR_FORMAT, "is no document of an image");
	buf_add_span(out, buf_span(&m->data));
	return 0;
}

int
source_read(struct source *s, struct span name, struct buf *out, struct err *e)
{
	int rc;

	if (s->kind == REGISTRY)
		rc = registry_part_read(s->registry, name, out, e);
	else if (s->kind == FOLDER)
		rc = folder_read(s, name, out, e);
	else
		rc = archive_read_small(s, name, out, e);
	return rc == 0 ? 0 : err_context(e, "%.*s", SPAN_ARG(name));
}

static int
folder_layer(struct source *s, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e)
{
	struct range r = { .offset = 0 };
	struct stream_pull pull = { &r, range_read };

	r.fd = folder_open(s, name, &r.left, e);
	if (r.fd == -1)
		return -1;
	*out = layer_new();
	layer_read(*out, &pull, filter);
	close(r.fd);
	return 0;
}

static int
archive_layer(struct source *s, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e)
{
	const struct member *m = member_find(s, name, e);
	struct range r;
	struct stream_pull pull = { &r, range_read };

	if (m == NULL)
		return -1;
	if (s->kind == PACKED && m->layer == NULL)
		return err_set(e, ERR_FORMAT, "is not a tar");
	if (s->kind == PACKED) {
		*out = layer_use(m->layer);
		return 0;
	}
	r = member_range(s, m);
	*out = layer_new();
	layer_read(*out, &pull, filter);
	return 0;
}

static int
root_layer(
    struct source *s, const struct layer_filter *filter, struct layer **out)
{
	struct range r = { s->fd, 0, UINT64_MAX };
	struct stream_pull pull = { &r, range_read };

	if (s->is_pipe)
		pull = (struct stream_pull){ s, pipe_read };
	if (s->root != NULL) {
		*out = layer_use(s->root);
		return 0;
	}
	*out = layer_new();
	layer_read(*out, &pull, filter);
	if (s->is_pipe)
		s->root = layer_use(*out);
	return 0;
}

static int
registry_layer(struct source *s, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = registry_part_layer(s->registry, name, filter, out, e);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

void
source_again(struct source *s)
{
	s->is_behind = s->is_pipe;
	if (s->kind != PACKED || s->is_pipe)
		return;
	archive_index_cleanup(&s->index);
	archive_index_packed(&s->index, s->fd, NULL, s->filter);
}

bool
source_is_behind(const struct source *s)
{
	return s->is_behind;
}

int
source_layer(struct source *s, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e)
{
	*out = NULL;
	if (s->kind == REGISTRY)
		return registry_layer(s, name, filter, out, e);
	if (s->kind == ROOT)
		return root_layer(s, filter, out);
	return s->kind == FOLDER ? folder_layer(s, name, filter, out, e)
				 : archive_layer(s, name, filter, out, e);
}
