/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large answers stay until their client has read them, which may take it long.
 * Of all clients together so many bytes are held in memory; what is more goes
 * into files without names, and where there is none, nobody gets it.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "server/desk_scan.h"
#include "server/httpd_impl.h"

#define HELD_MAX ((uint64_t)64 * 1024 * 1024) /* bytes in memory, of all */
#define BLOCK ((size_t)16 * 1024)

/* What of it is in memory: text, or a file that is there. */
struct held {
	struct httpd *h;
	uint64_t size;
	char *text;
	int fd;
	uint64_t offset;
};

static bool
reserve(struct httpd *h, uint64_t size)
{
	uint64_t others = atomic_fetch_add(&h->n_held, size);

	if (others <= HELD_MAX && size <= HELD_MAX - others)
		return true;
	h->n_held -= size;
	return false;
}

static struct held *
keep(struct connection *c, uint64_t size)
{
	struct held *own;

	if (!reserve(c->h, size))
		return NULL;
	own = xcalloc(1, sizeof(*own));
	*own = (struct held){ .h = c->h, .size = size, .fd = -1 };
	return own;
}

static void
drop(void *ctx)
{
	struct held *own = ctx;

	own->h->n_held -= own->size;
	free(own->text);
	if (own->fd != -1)
		close(own->fd);
	free(own);
}

static ssize_t
read_held(void *ctx, uint64_t at, char *ptr, size_t size)
{
	const struct held *own = ctx;
	ssize_t n = pread(own->fd, ptr, size, (off_t)(own->offset + at));

	return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

/* --- files in the place of memory --- */

int
httpd_place(
    struct worker *w, uint64_t max, uint64_t size, int *fd, struct err *e)
{
	struct desk_question asked = { .call = DESK_UPLOAD, .fd = -1 };
	const struct upload_question upload = { .max = max, .size = size };
	struct buf question = { 0 };
	int rc;

	*fd = -1;
	if (w == NULL || w->desk == NULL)
		return err_set(e, ERR_NETWORK, "there is no desk");
	upload_question_pack(&question, &upload);
	asked.words = buf_span(&question);
	rc = desk_ask(w->desk, &asked, NULL, fd, e);
	buf_cleanup(&question);
	if (rc == 0 && *fd == -1)
		return err_set(e, ERR_NETWORK, "there is no place for it");
	return rc;
}

static int
copy(int from, uint64_t offset, uint64_t size, int to, struct err *e)
{
	char part[BLOCK];
	ssize_t n;

	for (; size > 0; size -= (uint64_t)n, offset += (uint64_t)n) {
		n = pread(from, part,
		    size < sizeof(part) ? (size_t)size : sizeof(part),
		    (off_t)offset);
		if (n <= 0)
			return err_system(e, "an answer");
		if (file_write_all(to, span_make(part, (size_t)n), e) != 0)
			return -1;
	}
	return 0;
}

/* Of a file that was written to, if that went well; takes it over. */
static struct MHD_Response *
of_place(struct connection *c, int fd, uint64_t size, int rc)
{
	struct MHD_Response *r = rc != 0
	    ? NULL
	    : libmicrohttpd.create_response_from_fd_at_offset64(size, fd, 0);

	if (r == NULL && fd != -1)
		close(fd);
	c->is_full = r == NULL;
	return r;
}

/* --- answers --- */

struct MHD_Response *
httpd_held_text(struct connection *c, char *text, size_t size)
{
	struct held *own = keep(c, size);
	struct err e = { 0 };
	int fd, rc;

	if (own != NULL) {
		own->text = text;
		return libmicrohttpd
		    .create_response_from_buffer_with_free_callback_cls(
			size, text, drop, own);
	}
	rc = httpd_place(c->q.worker, size, size, &fd, &e);
	if (rc == 0)
		rc = file_write_all(fd, span_make(text, size), &e);
	free(text);
	return of_place(c, fd, size, rc);
}

/*
 * The desk writes most of what is long to one that is memory, and has no name;
 * files of a state directory in a file system of memory have one.
 */
bool
httpd_is_memory(int fd)
{
	struct stat st;

	return fcntl(fd, F_GET_SEALS) != -1 && fstat(fd, &st) == 0 &&
	    st.st_nlink == 0;
}

struct MHD_Response *
httpd_held_file(
    struct connection *c, struct response *s, const struct delivery *d)
{
	struct held *own = keep(c, s->size_bytes);
	struct err e = { 0 };
	int fd, rc;

	if (own != NULL) {
		own->fd = s->fd;
		own->offset = s->offset + d->offset;
		s->fd = -1;
		return libmicrohttpd.create_response_from_callback(
		    d->size, BLOCK, read_held, own, drop);
	}
	rc = httpd_place(c->q.worker, d->size, d->size, &fd, &e);
	if (rc == 0)
		rc = copy(s->fd, s->offset + d->offset, d->size, fd, &e);
	return of_place(c, fd, d->size, rc);
}
