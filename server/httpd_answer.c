/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/deliver.h"
#include "server/httpd_impl.h"
#include "server/oci.h"
#include "server/page.h"
#include "server/session.h"

#define STREAM_BLOCK ((size_t)64 * 1024)

/* --- bodies --- */

static ssize_t /* NOLINTNEXTLINE(readability-non-const-parameter) */
read_nothing(void *ctx, uint64_t at, char *ptr, size_t size)
{
	(void)ctx;
	(void)at;
	(void)ptr;
	(void)size;
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

/*
 * HEAD and 304: the length of what is not sent. Where it is not known, the
 * connection ends with it: else the library would send the end of a body.
 */
static struct MHD_Response *
only_size(uint64_t size)
{
	struct MHD_Response *r = libmicrohttpd.create_response_from_callback(
	    size == DELIVER_UNKNOWN ? MHD_SIZE_UNKNOWN : size, 1, read_nothing,
	    NULL, NULL);

	if (r != NULL && size == DELIVER_UNKNOWN)
		libmicrohttpd.set_response_options(
		    r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	return r;
}

static struct MHD_Response *
of_bytes(char *ptr, size_t len)
{
	return libmicrohttpd.create_response_from_buffer_with_free_callback_cls(
	    len, ptr, free, ptr);
}

static struct MHD_Response *
of_text(struct connection *c, struct response *s, const struct delivery *d)
{
	struct buf b = s->out.buf;

	s->out.buf = (struct buf){ 0 };
	if (d->status == 206) {
		memmove(b.ptr, b.ptr + d->offset, (size_t)d->size);
		b.len = (size_t)d->size;
	}
	if (b.len > HTTPD_LARGE)
		return httpd_held_text(c, b.ptr, b.len);
	return of_bytes(b.ptr, b.len);
}

static struct MHD_Response *
of_small_file(const struct response *s, uint64_t offset, size_t size)
{
	char *p = xmalloc(size);
	size_t n = 0;
	ssize_t got;

	while (n < size) {
		got = pread(
		    s->fd, p + n, size - n, (off_t)(s->offset + offset + n));
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	if (n == size)
		return of_bytes(p, size);
	free(p);
	return NULL;
}

static void
drop_kept(void *ctx)
{
	small_file_drop(ctx);
}

/* NULL: it is not among those that are kept. */
static struct small_file *
kept_file(
    struct connection *c, const struct response *s, const struct delivery *d)
{
	if (s->fd != -1 || d->status != 200)
		return NULL;
	return small_files_get(
	    &c->h->small_files, c->q.statefd, s->file, (size_t)s->size_bytes);
}

/* The same. */
static struct MHD_Response *
of_kept_file(
    struct connection *c, const struct response *s, const struct delivery *d)
{
	struct small_file *f = kept_file(c, s, d);

	if (f == NULL)
		return NULL;
	return libmicrohttpd.create_response_from_buffer_with_free_callback_cls(
	    f->size, f->data, drop_kept, f);
}

/* The library waits for bytes that a damaged file lacks. */
static bool
open_file(
    const struct connection *c, struct response *s, const struct delivery *d)
{
	struct stat st;

	if (s->fd == -1)
		s->fd = openat(
		    c->q.statefd, s->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return s->fd != -1 && fstat(s->fd, &st) == 0 &&
	    (uint64_t)st.st_size >= s->offset + d->offset + d->size;
}

static struct MHD_Response *
of_file(struct connection *c, struct response *s, const struct delivery *d)
{
	struct MHD_Response *r;

	if (!open_file(c, s, d))
		return NULL;
	/* in one call with the head */
	if (d->size <= SMALL_FILE_MAX)
		return of_small_file(s, d->offset, (size_t)d->size);
	if (httpd_is_memory(s->fd))
		return httpd_held_file(c, s, d);
	r = libmicrohttpd.create_response_from_fd_at_offset64(
	    d->size, s->fd, s->offset + d->offset);
	if (r != NULL)
		s->fd = -1;
	return r;
}

/* HEAD: NULL where there would be nothing to send, either. */
static struct MHD_Response *
of_head(struct connection *c, struct response *s, const struct delivery *d)
{
	struct small_file *f;

	if (s->body == RESPONSE_FILE) {
		f = kept_file(c, s, d);
		if (f != NULL)
			small_file_drop(f);
		else if (!open_file(c, s, d))
			return NULL;
	}
	return only_size(d->size);
}

/*
 * Chunks that just end are an error to whom they are sent, so the connection
 * ends at once, which the library would leave to when something happens to it.
 * To HTTP/1.0 the end of the connection is that of the answer: the library is
 * left to close it, by a reset, which no client takes for an end.
 */
static void
break_off(const struct connection *c)
{
	const struct linger at_once = { 1, 0 };

	if (c->is_http_1_0)
		setsockopt(
		    c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	else
		shutdown(c->fd, SHUT_RDWR);
}

struct sending {
	struct connection *c;
	struct pump *pump;
};

static void
wake_stream(void *arg)
{
	struct connection *c = arg;

	libmicrohttpd.resume_connection(c->mhd);
}

static void
wait_for_stream(struct connection *c, struct pump *p)
{
	libmicrohttpd.suspend_connection(c->mhd);
	pump_wait(p);
}

static ssize_t
read_stream(void *ctx, uint64_t at, char *ptr, size_t size)
{
	struct sending *own = ctx;
	struct connection *c = own->c;
	struct err e = { 0 };
	size_t n = 0;
	int rc = pump_take(own->pump, ptr, size, &n, &e);

	(void)at;
	if (rc == -1) {
		log_warn("serve: %.*s: %s", SPAN_ARG(c->q.path), e.msg);
		break_off(c);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (rc == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0)
		wait_for_stream(c, own->pump);
	c->n_bytes += n;
	return (ssize_t)n;
}

static void
close_stream(void *ctx)
{
	struct sending *own = ctx;

	pump_close(own->pump);
	free(own);
}

static struct MHD_Response *
of_stream(struct connection *c, struct response *s)
{
	const struct pump_source source = { s->read, s->close, s->ctx };
	struct sending *own = xcalloc(1, sizeof(*own));

	s->close = NULL;
	own->c = c;
	own->pump = pump_new(&c->h->pumps, &source, wake_stream, c);
	c->begins = own->pump;
	return libmicrohttpd.create_response_from_callback(
	    MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, own, close_stream);
}

bool
httpd_await_stream(struct connection *c)
{
	struct err e = { 0 };
	int rc = c->begins == NULL ? 1 : pump_peek(c->begins, &e);

	if (rc == 0) {
		wait_for_stream(c, c->begins);
		return false;
	}
	c->begins = NULL;
	if (rc == 1)
		return true;
	log_warn("serve: %.*s: %s", SPAN_ARG(c->q.path), e.msg);
	libmicrohttpd.destroy_response(c->answer);
	problem(&c->s, 500, "internal",
	    "the server could not answer; its log says why");
	httpd_answer(c);
	return true;
}

static struct MHD_Response *
make(struct connection *c, struct delivery *d)
{
	const struct request *q = &c->q;
	struct response *s = &c->s;
	struct MHD_Response *kept;

	if (s->body == RESPONSE_TEXT && d->coding != CODING_NONE) {
		coding_text(d->coding, &s->out.buf);
		d->size = d->total = s->out.buf.len;
	}
	if (d->status == 304)
		/* The library always says a length. RFC 9110 §8.6 wants the
		 * whole one's or none, but some clients wait for so much. */
		return only_size(0);
	if (q->verb == VERB_HEAD)
		return of_head(c, s, d);
	if (s->body == RESPONSE_TEXT)
		return of_text(c, s, d);
	if (s->body == RESPONSE_FILE) {
		kept = of_kept_file(c, s, d);
		return kept != NULL ? kept : of_file(c, s, d);
	}
	coding_stream(d->coding, s);
	return of_stream(c, s);
}

/* --- fields --- */

static void
add(struct MHD_Response *r, const char *name, const char *value)
{
	libmicrohttpd.add_response_header(r, name, value);
}

/*
 * "public" lets a cache that others share keep the answer to who showed a token
 * (RFC 9111 §3.5), and give it to who has none.
 */
static const char *
cache_of(const struct connection *c)
{
	const char *cache = c->s.cache;

	if (cache == NULL)
		return "no-cache";
	if (!c->access->list->anonymous &&
	    strcmp(cache, RESPONSE_IMMUTABLE) == 0)
		return RESPONSE_IMMUTABLE_PRIVATE;
	return cache;
}

static void
add_fields(
    struct connection *c, struct MHD_Response *r, const struct delivery *d)
{
	struct request *q = &c->q;
	const struct response *s = &c->s;
	char range[80];
	size_t i;

	/* the library wants this one to be the first */
	if (c->h->is_draining)
		add(r, "Connection", "close");
	if (s->type != NULL && d->status != 304)
		add(r, "Content-Type", s->type);
	add(r, "X-Content-Type-Options", "nosniff");
	/* A browser would run what a publisher's XML may hold, as ours. */
	if (s->type != NULL && span_has_suffix(span_of(s->type), "xml"))
		add(r, "Content-Security-Policy",
		    "default-src 'none'; sandbox");
	if (d->etag != NULL)
		add(r, "ETag", d->etag);
	if (d->modified != NULL)
		add(r, "Last-Modified", d->modified);
	add(r, "Cache-Control", cache_of(c));
	if (d->is_varied)
		add(r, "Vary", "Accept-Encoding");
	if (d->coding != CODING_NONE && d->status != 304)
		add(r, "Content-Encoding", coding_name(d->coding));
	if (d->has_ranges)
		add(r, "Accept-Ranges", "bytes");
	if (d->status == 206) {
		snprintf(range, sizeof(range),
		    "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, d->offset,
		    d->offset + d->size - 1, d->total);
		add(r, "Content-Range", range);
	}
	for (i = 0; i < s->n_headers; i++)
		add(r, s->headers[i].name,
		    arena_str(&q->arena, s->headers[i].value));
}

/* A problem, as who asked reads it. */
static void
suit(struct connection *c)
{
	if (c->s.status < 400)
		return;
	if (session_wants_page(&c->q))
		page_of_problem(&c->q, &c->s);
	oci_problem(&c->q, &c->s);
}

/* 412 and 416 replace what the handler answered. */
static void
refuse(struct connection *c, struct delivery *d)
{
	uint64_t total = d->total;
	unsigned status = d->status;
	char text[40];

	if (status == 412)
		problem(&c->s, 412, "precondition",
		    "what is here is not what the request is about");
	else
		problem(&c->s, 416, "range", "there are only %" PRIu64 " bytes",
		    total);
	if (status == 416) {
		snprintf(text, sizeof(text), "bytes */%" PRIu64, total);
		response_header(&c->s, "Content-Range",
		    arena_span(&c->q.arena, span_of(text)));
	}
	oci_problem(&c->q, &c->s);
	deliver(&c->q, &c->s, d);
}

/* What there is to answer cannot be sent. */
static void
refuse_lost(struct connection *c)
{
	if (c->is_full) {
		problem(&c->s, 503, "busy",
		    "many large answers wait to be read: try again later");
		response_header(&c->s, "Retry-After", SPAN_LIT("5"));
		return;
	}
	log_error("serve: %.*s: what is to be sent is gone, or damaged",
	    SPAN_ARG(c->q.path));
	problem(&c->s, 500, "internal",
	    "the server could not answer; its log says why");
}

void
httpd_answer(struct connection *c)
{
	struct delivery d;
	struct MHD_Response *r;

	suit(c);
	deliver(&c->q, &c->s, &d);
	if (d.status != c->s.status && (d.status == 412 || d.status == 416))
		refuse(c, &d);
	r = make(c, &d);
	if (r == NULL) {
		refuse_lost(c);
		suit(c);
		deliver(&c->q, &c->s, &d);
		r = make(c, &d);
	}
	if (r == NULL)
		abort();
	add_fields(c, r, &d);
	c->answer = r;
	c->status = d.status;
	if (c->q.verb != VERB_HEAD && d.status != 304 &&
	    d.size != DELIVER_UNKNOWN)
		c->n_bytes = d.size;
	response_cleanup(&c->s);
}

/* --- past the library --- */

static void
write_head(struct buf *b, const struct response *s)
{
	size_t i;

	buf_printf(b,
	    "HTTP/1.1 %u %s\r\n"
	    "Connection: close\r\n"
	    "Content-Type: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: %s\r\n"
	    "Content-Length: %zu\r\n",
	    s->status, response_reason(s->status), s->type,
	    s->cache != NULL ? s->cache : "no-cache", s->out.buf.len);
	for (i = 0; i < s->n_headers; i++)
		buf_printf(b, "%s: %.*s\r\n", s->headers[i].name,
		    SPAN_ARG(s->headers[i].value));
	buf_add_str(b, "\r\n");
}

bool
httpd_answer_past(struct connection *c)
{
	struct buf b = { 0 };

	if (c->h->tls_cert != NULL || c->s.type == NULL)
		return false;
	suit(c);
	write_head(&b, &c->s);
	if (c->q.verb != VERB_HEAD)
		buf_add_span(&b, buf_span(&c->s.out.buf));
	c->status = c->s.status;
	c->is_answered = send(c->fd, b.ptr, b.len,
			     MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)b.len;
	if (c->is_answered)
		c->n_bytes = c->s.out.buf.len;
	shutdown(c->fd, SHUT_WR);
	buf_cleanup(&b);
	return c->is_answered;
}
