/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/libcurl.h"
#include "base/log.h"
#include "base/proc_http.h"

enum message {
	MESSAGE_GET = 1, /* main to fetch, with a descriptor if it is a GET */
	MESSAGE_PIECE,   /* before it, with a descriptor: what is to be sent */
	MESSAGE_SENT,    /* fetch to main, any number: bytes of the pieces */
	MESSAGE_ANSWER,  /* fetch to main */
	MESSAGE_END,     /* fetch to main */
};

/* Matched by error_read(). */
static void
error_pack(struct buf *b, const struct err *e)
{
	pack_uint(b, (uint64_t)e->code);
	pack_span(b, span_of(e->msg));
}

/* Matched by error_pack(). */
static void
error_read(struct unpack *u, struct err *e)
{
	struct span text;

	e->code = (enum err_code)unpack_max(u, ERR_MISSING);
	text = unpack_span(u);
	snprintf(e->msg, sizeof(e->msg), "%.*s", SPAN_ARG(text));
}

void
http_answer_pack(struct buf *b, const struct http_answer *a)
{
	pack_uint(b, a->status);
	error_pack(b, &a->error);
	pack_uint(b, a->is_bare);
	pack_uint(b, a->has_size);
	pack_uint(b, a->size_bytes);
	pack_span(b, a->content_digest);
}

void
http_answer_read(struct unpack *u, struct http_answer *a)
{
	a->status = unpack_max(u, 999);
	error_read(u, &a->error);
	a->is_bare = unpack_max(u, 1) == 1;
	a->has_size = unpack_max(u, 1) == 1;
	a->size_bytes = unpack_uint(u);
	a->content_digest = unpack_span(u);
}

void
http_end_pack(struct buf *b, const struct http_end *end)
{
	error_pack(b, &end->error);
	pack_uint(b, end->status);
	pack_uint(b, end->offset);
}

void
http_end_read(struct unpack *u, struct http_end *end)
{
	error_read(u, &end->error);
	end->status = unpack_max(u, 999);
	end->offset = unpack_uint(u);
}

/* Matched by challenge_read(). */
static void
challenge_pack(struct buf *b, const struct http_challenge *c)
{
	pack_uint(b, c->scheme);
	pack_span(b, c->realm);
	pack_span(b, c->service);
	pack_span(b, c->scope);
}

/* Matched by challenge_pack(). */
static void
challenge_read(struct unpack *u, struct http_challenge *c)
{
	c->scheme = (enum http_scheme)unpack_max(u, HTTP_SCHEME_BEARER);
	c->realm = unpack_span(u);
	c->service = unpack_span(u);
	c->scope = unpack_span(u);
}

/* Matched by get_read(). */
static int
get_write(struct ipc *ipc, const struct http_request *r, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_span(&b, r->url);
	pack_uint(&b, r->method);
	pack_span(&b, r->accept);
	pack_span(&b, r->authorization);
	pack_span(&b, r->form);
	pack_span(&b, r->content_type);
	pack_uint(&b, r->offset);
	pack_uint(&b, r->size_max);
	pack_uint(&b, r->immutable);
	rc = ipc_send(ipc, MESSAGE_GET, buf_span(&b), r->fd, e);
	buf_cleanup(&b);
	return rc;
}

/* Matched by get_write(). Spans live in the message. */
static int
get_read(struct ipc_message *m, struct http_request *r, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	r->url = unpack_span(&u);
	r->method = (enum http_method)unpack_max(&u, HTTP_PUT);
	r->accept = unpack_span(&u);
	r->authorization = unpack_span(&u);
	r->form = unpack_span(&u);
	r->content_type = unpack_span(&u);
	r->offset = unpack_uint(&u);
	r->size_max = unpack_uint(&u);
	r->immutable = unpack_max(&u, 1) == 1;
	r->fd = m->fd;
	if (m->type == MESSAGE_GET && unpack_done(&u) &&
	    (m->fd != -1) == (r->method == HTTP_GET))
		return 0;
	return err_set(e, ERR_SYSTEM, "fetch: a request makes no sense");
}

/* Matched by take_piece(). */
static int
piece_write(struct ipc *ipc, const struct http_piece *p, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, p->offset);
	pack_uint(&b, p->size_bytes);
	rc = ipc_send(ipc, MESSAGE_PIECE, buf_span(&b), p->fd, e);
	buf_cleanup(&b);
	return rc;
}

/* --- the process' own side --- */

struct child {
	struct ipc *ipc;
	struct http_piece pieces[HTTP_PIECES_MAX]; /* of the next request */
	size_t n_pieces;
	bool has_body;
	struct err failed;
};

static void
on_answer(void *ctx, const struct http_answer *a)
{
	struct child *c = ctx;
	struct buf b = { 0 };

	c->has_body = http_has_body(a);
	http_answer_pack(&b, a);
	challenge_pack(&b, &a->challenge);
	pack_span(&b, a->location);
	ipc_send(c->ipc, MESSAGE_ANSWER, buf_span(&b), -1, &c->failed);
	buf_cleanup(&b);
}

static void
on_sent(void *ctx, uint64_t bytes)
{
	struct child *c = ctx;
	struct buf b = { 0 };

	pack_uint(&b, bytes);
	ipc_send(c->ipc, MESSAGE_SENT, buf_span(&b), -1, &c->failed);
	buf_cleanup(&b);
}

static void
send_end(struct child *c, const struct http_end *end)
{
	struct buf b = { 0 };

	http_end_pack(&b, end);
	ipc_send(c->ipc, MESSAGE_END, buf_span(&b), -1, &c->failed);
	buf_cleanup(&b);
}

/* Matched by piece_write(). */
static int
take_piece(struct child *c, struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	struct http_piece *p = &c->pieces[c->n_pieces];

	if (m->fd == -1 || c->n_pieces == HTTP_PIECES_MAX)
		return err_set(e, ERR_SYSTEM, "fetch: a piece makes no sense");
	p->offset = unpack_uint(&u);
	p->size_bytes = unpack_uint(&u);
	if (!unpack_done(&u))
		return err_set(e, ERR_SYSTEM, "fetch: a piece makes no sense");
	p->fd = m->fd;
	m->fd = -1;
	c->n_pieces++;
	return 0;
}

static void
close_all(struct child *c, struct ipc_message *m)
{
	while (c->n_pieces > 0)
		close(c->pieces[--c->n_pieces].fd);
	if (m->fd != -1)
		close(m->fd);
	m->fd = -1;
}

/* The pipe is closed before its end is told: who reads it sees the end. */
static int
serve(struct child *c, struct http *h, struct ipc_message *m, struct err *e)
{
	struct http_request r = { .fd = -1 };
	struct http_end end;

	if (m->type == MESSAGE_PIECE)
		return take_piece(c, m, e);
	if (get_read(m, &r, e) != 0)
		return -1;
	r.pieces = c->pieces;
	r.n_pieces = c->n_pieces;
	r.sent = on_sent;
	http_run(h, &r, on_answer, c, &end);
	close_all(c, m);
	if (c->has_body)
		send_end(c, &end);
	if (c->failed.code == ERR_NONE)
		return 0;
	*e = c->failed;
	return -1;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct child c = { .ipc = ipc };
	struct ipc_message m = { .fd = -1 };
	struct http *h = NULL;
	struct err e = { 0 };
	int rc = http_open(&h, ctx, &e);

	while (rc == 0 && (rc = ipc_recv(ipc, &m, &e)) == 1)
		rc = serve(&c, h, &m, &e);
	if (rc == -1)
		log_error("fetch: %s", e.msg);
	http_close(h);
	ipc_message_cleanup(&m);
	return rc == 0 ? 0 : 1;
}

int
proc_http_open(
    struct proc *p, const struct http_options *options, struct err *e)
{
	struct http_options copy = *options;
	const struct proc_start start = {
		.role = ROLE_FETCH,
		.run = run,
		.ctx = &copy,
		.bare = true,
	};

	/* The narrowed process could not open it any more. */
	if (libcurl_load(e) != 0)
		return -1;
	return proc_spawn(p, &start, e);
}

int
proc_http_get(struct proc *p, const struct http_request *r, struct err *e)
{
	size_t i;

	if (r->n_pieces > HTTP_PIECES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u pieces to send",
		    HTTP_PIECES_MAX);
	for (i = 0; i < r->n_pieces; i++)
		if (piece_write(&p->ipc, &r->pieces[i], e) != 0)
			return -1;
	return get_write(&p->ipc, r, e);
}

static int
no_sense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "fetch: an answer makes no sense");
}

/* The next message. */
static int
next(struct proc *p, struct ipc_message *m, struct err *e)
{
	int rc = ipc_recv(&p->ipc, m, e);

	if (rc == 1)
		return 0;
	if (rc == 0 && proc_wait(p, e) == 0)
		err_set(e, ERR_SYSTEM, "the fetch process has ended");
	return -1;
}

int
proc_http_answer(struct proc *p, struct ipc_message *m, struct http_answer *out,
    struct err *e)
{
	const struct proc_http_sent nobody = { .ctx = NULL };

	return proc_http_answer_sent(p, m, &nobody, out, e);
}

int
proc_http_answer_sent(struct proc *p, struct ipc_message *m,
    const struct proc_http_sent *sent, struct http_answer *out, struct err *e)
{
	struct unpack u;
	uint64_t bytes;

	for (;;) {
		if (next(p, m, e) != 0)
			return -1;
		u = unpack_of(m->payload);
		if (m->type != MESSAGE_SENT)
			break;
		bytes = unpack_uint(&u);
		if (sent->sent != NULL && unpack_done(&u))
			sent->sent(sent->ctx, bytes);
	}
	if (m->type != MESSAGE_ANSWER)
		return no_sense(e);
	*out = (struct http_answer){ 0 };
	http_answer_read(&u, out);
	challenge_read(&u, &out->challenge);
	out->location = unpack_span(&u);
	return unpack_done(&u) ? 0 : no_sense(e);
}

int
proc_http_end(struct proc *p, struct http_end *out, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	struct unpack u;
	int rc = next(p, &m, e);

	if (rc == 0) {
		u = unpack_of(m.payload);
		http_end_read(&u, out);
		if (m.type != MESSAGE_END || !unpack_done(&u))
			rc = no_sense(e);
	}
	ipc_message_cleanup(&m);
	return rc;
}
