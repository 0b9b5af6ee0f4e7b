/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stream.h"
#include "bundle/custom.h"
#include "server/httpd.h"
#include "server/limits.h"
#include "server/served.h"

#define BLOBS "store/blobs/sha256/"
#define BLOB_PATH_SIZE (sizeof(BLOBS) + DIGEST_HEX_SIZE)

static const char *
blob_path(const struct digest *sha256, char path[BLOB_PATH_SIZE])
{
	char hex[DIGEST_HEX_SIZE];

	snprintf(path, BLOB_PATH_SIZE, BLOBS "%s", digest_hex(sha256, hex));
	return path;
}

int
served_missing(struct request *q, struct response *s)
{
	if (q->view->generation == 0)
		return problem_not_ready(s);
	if (span_has_prefix(q->path, "/v1/"))
		return problem(s, 404, "not-found",
		    "%.*s has nothing to GET: see /v1/openapi.json",
		    SPAN_ARG(q->path));
	return problem(s, 404, "not-found", "%.*s: there is no such file here",
	    SPAN_ARG(q->path));
}

/*
 * -1: *e; where it was removed ERR_NETWORK: another view is on its way, and to
 * say that there is no such file would be wrong of this one.
 */
static int
open_blob(struct request *q, const struct digest *sha256, int *fd,
    uint64_t *size_bytes, struct err *e)
{
	char path[BLOB_PATH_SIZE];
	struct stat st;

	blob_path(sha256, path);
	*fd = openat(httpd_statefd(q), path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd == -1 && errno == ENOENT)
		return err_set(
		    e, ERR_NETWORK, "%s: it was removed meanwhile", path);
	if (*fd == -1 || fstat(*fd, &st) != 0)
		return err_system(e, "%s", path);
	*size_bytes = (uint64_t)st.st_size;
	return 0;
}

/* Text is what it is called, also where nothing says in which coding. */
static const char *
type_of(struct request *q, struct span base)
{
	struct span type = custom_media_type(base);

	if (type.len == 0)
		return "application/octet-stream";
	return arena_str(&q->arena, type);
}

static struct span
etag_of(struct request *q, const struct digest *sha256, const char *more)
{
	struct buf text = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct span etag;

	buf_printf(&text, "%s%s", digest_hex(sha256, hex), more);
	etag = arena_span(&q->arena, buf_span(&text));
	buf_cleanup(&text);
	return etag;
}

int
served_blob(struct request *q, struct response *s, const struct digest *sha256,
    struct span base, struct err *e)
{
	if (open_blob(q, sha256, &s->fd, &s->size_bytes, e) != 0)
		return -1;
	s->body = RESPONSE_FILE;
	s->type = type_of(q, base);
	s->etag = etag_of(q, sha256, "");
	s->verbatim = true;
	return 0;
}

void
served_modified(struct response *s, const struct view_file *f)
{
	int64_t ignored;

	if (clock_http_parse(f->modified, &ignored))
		s->modified = f->modified;
	else
		s->modified_at = f->fetched;
}

/* Opened only if any of it is sent: most ask whether it is still the same. */
void
served_file(struct request *q, struct response *s, const struct view_file *f)
{
	char path[BLOB_PATH_SIZE];

	s->body = RESPONSE_FILE;
	s->file = arena_str(&q->arena, span_of(blob_path(&f->sha256, path)));
	s->size_bytes = f->size_bytes;
	s->type = type_of(q, f->path);
	s->etag = etag_of(q, &f->sha256, "");
	s->verbatim = true;
	served_modified(s, f);
}

/* --- unpacked --- */

static const char *const packings[] = { ".bz2", ".gz", ".xz", ".zst" };

#define N_PACKINGS (sizeof(packings) / sizeof(*packings))

/* path.bz2, path.gz … */
static const struct view_file *
packed_form(struct request *q, struct span path, view_finder *find)
{
	const struct view_file *f = NULL;
	struct buf packed = { 0 };
	size_t i;

	for (i = 0; i < N_PACKINGS && f == NULL; i++) {
		buf_reset(&packed);
		buf_printf(&packed, "%.*s%s", SPAN_ARG(path), packings[i]);
		f = find(q->view, buf_span(&packed));
	}
	buf_cleanup(&packed);
	return f;
}

int
served_read(struct request *q, const struct digest *sha256, size_t max,
    struct buf *out, struct err *e)
{
	const struct stream_options o = { .out_max = max, .threads = 1 };
	struct stream *in = NULL;
	uint64_t size_bytes;
	struct span bytes;
	int fd = -1, rc = -1;

	if (open_blob(q, sha256, &fd, &size_bytes, e) == 0 &&
	    stream_open_fd(&in, fd, &o, e) == 0)
		while ((rc = stream_next(in, &bytes, e)) == 1)
			buf_add_span(out, bytes);
	stream_close(in);
	if (fd != -1)
		close(fd);
	return rc;
}

struct unpacking {
	struct stream *in;
	int fd;
	struct span rest; /* lent by in */
	struct httpd_slot slot;
};

static int
read_unpacked(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct unpacking *u = ctx;
	/* It has a thread of many; see server/pump.h. */
	const struct stream_options o = { .threads = 1 };
	int rc = 1;

	*n = 0;
	if (u->in == NULL && stream_open_fd(&u->in, u->fd, &o, e) != 0)
		return -1;
	if (u->rest.len == 0)
		rc = stream_next(u->in, &u->rest, e);
	if (rc != 1)
		return rc;
	*n = u->rest.len < size ? u->rest.len : size;
	memcpy(ptr, u->rest.ptr, *n);
	u->rest = span_from(u->rest, *n);
	return 0;
}

static void
close_unpacked(void *ctx)
{
	struct unpacking *u = ctx;

	stream_close(u->in);
	if (u->fd != -1)
		close(u->fd);
	httpd_slot_drop(&u->slot);
	free(u);
}

/* 503 when too many are being unpacked. */
static int
served_unpacked(struct request *q, struct response *s,
    const struct view_file *f, struct err *e)
{
	struct httpd_slot slot;
	struct unpacking *u;
	uint64_t ignored;

	if (!httpd_slot_take(q, &slot)) {
		problem(s, 503, "busy",
		    "%u files are being unpacked, or %u for this address: ask "
		    "again, or for the packed one",
		    LIMITS_STREAMS, LIMITS_STREAMS_OF_ONE);
		response_header(s, "Retry-After", SPAN_LIT("2"));
		return 0;
	}
	u = xcalloc(1, sizeof(*u));
	u->slot = slot;
	u->fd = -1;
	if (open_blob(q, &f->sha256, &u->fd, &ignored, e) != 0) {
		close_unpacked(u);
		return -1;
	}
	s->body = RESPONSE_STREAM;
	s->read = read_unpacked;
	s->close = close_unpacked;
	s->ctx = u;
	s->type = type_of(q, span_first(f->path, span_rfind(f->path, '.')));
	s->etag = etag_of(q, &f->sha256, "-unpacked");
	served_modified(s, f);
	return 0;
}

int
served_answer(struct request *q, struct response *s, struct span path,
    view_finder *find, struct err *e)
{
	const struct view_file *f = find(q->view, path);

	if (f != NULL) {
		served_file(q, s, f);
		return 0;
	}
	f = packed_form(q, path, find);
	if (f != NULL)
		return served_unpacked(q, s, f, e);
	return served_missing(q, s);
}
