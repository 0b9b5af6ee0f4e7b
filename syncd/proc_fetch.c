/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/libcurl.h"
#include "syncd/proc_fetch.h"

enum message {
	MESSAGE_GET = 1, /* main to fetch, with a descriptor */
	MESSAGE_GO, /* main to fetch: what MESSAGE_HEAD asked for is done */
	MESSAGE_PROGRESS, /* fetch to main */
	MESSAGE_HEAD,     /* fetch to main */
	MESSAGE_REPLY,    /* fetch to main */
};

/* Matched by part_read(). */
static void
part_pack(struct buf *b, const struct fetch_part *p)
{
	pack_span(b, p->validator);
	pack_uint(b, p->size);
	pack_uint(b, p->total);
}

/* Matched by part_pack(). */
static void
part_read(struct unpack *u, struct fetch_part *p)
{
	p->validator = unpack_span(u);
	p->size = unpack_uint(u);
	p->total = unpack_uint(u);
}

/* Matched by get_read(). */
static int
get_write(struct ipc *ipc, const struct fetch_request *r, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, r->id);
	pack_uint(&b, r->group);
	pack_span(&b, r->url);
	pack_span(&b, r->etag);
	pack_span(&b, r->last_modified);
	pack_span(&b, r->header);
	pack_uint(&b, r->interval_ms);
	pack_uint(&b, r->size_max);
	part_pack(&b, &r->part);
	rc = ipc_send(ipc, MESSAGE_GET, buf_span(&b), r->fd, e);
	buf_cleanup(&b);
	return rc;
}

/* Matched by get_write(). Spans live in the message. */
static int
get_read(struct ipc_message *m, struct fetch_request *r, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	r->id = unpack_uint(&u);
	r->group = unpack_max(&u, UINT32_MAX);
	r->url = unpack_span(&u);
	r->etag = unpack_span(&u);
	r->last_modified = unpack_span(&u);
	r->header = unpack_span(&u);
	r->interval_ms = unpack_max(&u, UINT32_MAX);
	r->size_max = unpack_uint(&u);
	part_read(&u, &r->part);
	r->fd = m->fd;
	if (m->fd != -1 && unpack_done(&u))
		return 0;
	return err_set(e, ERR_FORMAT, "fetch: a request makes no sense");
}

/* Matched by proc_fetch_next(). */
static void
head_pack(struct buf *b, uint64_t id, const struct fetch_part *head, bool wait)
{
	pack_uint(b, id);
	part_pack(b, head);
	pack_uint(b, wait);
}

/* Matched by proc_fetch_next(). */
static void
progress_pack(struct buf *b, uint64_t id, uint64_t done, uint64_t total)
{
	pack_uint(b, id);
	pack_uint(b, done);
	pack_uint(b, total);
}

/* Matched by reply_read(). */
static void
reply_pack(struct buf *b, const struct fetch_reply *r)
{
	pack_uint(b, r->id);
	pack_uint(b, (uint64_t)r->result);
	pack_uint(b, r->status);
	pack_uint(b, (uint64_t)r->error.code);
	pack_span(b, span_of(r->error.msg));
	pack_span(b, r->etag);
	pack_span(b, r->last_modified);
	pack_span(b, r->url);
	pack_uint(b, r->size_bytes);
	pack_uint(b, r->received_bytes);
	pack_uint(b, r->resumable);
	pack_uint(b, r->tries);
}

/* Matched by reply_pack(). */
static void
reply_read(struct unpack *u, struct fetch_reply *r)
{
	struct span text;

	r->id = unpack_uint(u);
	r->result = (enum fetch_result)unpack_max(u, FETCH_ABSENT);
	r->status = unpack_max(u, UINT32_MAX);
	r->error.code = (enum err_code)unpack_max(u, ERR_MISSING);
	text = unpack_span(u);
	snprintf(r->error.msg, sizeof(r->error.msg), "%.*s", SPAN_ARG(text));
	r->etag = unpack_span(u);
	r->last_modified = unpack_span(u);
	r->url = unpack_span(u);
	r->size_bytes = unpack_uint(u);
	r->received_bytes = unpack_uint(u);
	r->resumable = unpack_max(u, 1) == 1;
	r->tries = unpack_max(u, UINT32_MAX);
}

/* The process' own side. */
struct child {
	struct ipc *ipc;
	struct fetch *fetch;
	bool failed; /* main cannot be reached */
};

static void
child_send(struct child *c, enum message type, struct buf *b)
{
	struct err e;

	if (!c->failed &&
	    ipc_send(c->ipc, (uint32_t)type, buf_span(b), -1, &e) != 0)
		c->failed = true;
	buf_cleanup(b);
}

static bool
has_events(const struct ipc *ipc, short events)
{
	struct pollfd p = { .fd = ipc->fd, .events = events };

	return poll(&p, 1, 0) == 1;
}

/* Only where main has room for it: it may be busy, transfers are to go on. */
static void
on_progress(void *ctx, uint64_t id, uint64_t done, uint64_t total)
{
	const struct child *c = ctx;
	struct buf b = { 0 };

	if (!has_events(c->ipc, POLLOUT))
		return;
	progress_pack(&b, id, done, total);
	child_send(ctx, MESSAGE_PROGRESS, &b);
}

static void
on_head(void *ctx, uint64_t id, const struct fetch_part *head, bool wait)
{
	struct buf b = { 0 };

	head_pack(&b, id, head, wait);
	child_send(ctx, MESSAGE_HEAD, &b);
}

static void
on_done(void *ctx, const struct fetch_reply *reply)
{
	struct buf b = { 0 };

	reply_pack(&b, reply);
	child_send(ctx, MESSAGE_REPLY, &b);
}

/* What main asks: a request, or that one goes on. */
static int
take_message(struct child *c, struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	struct fetch_request r = { 0 };
	uint64_t id;

	if (m->type == MESSAGE_GET) {
		if (get_read(m, &r, e) != 0)
			return -1;
		fetch_add(c->fetch, &r);
		return 0;
	}
	id = unpack_uint(&u);
	if (m->type != MESSAGE_GO || !unpack_done(&u))
		return err_set(
		    e, ERR_FORMAT, "fetch: a message makes no sense");
	fetch_go(c->fetch, id);
	return 0;
}

/* Takes what main has asked so far. 1: go on; 0: main has closed. */
static int
take_messages(struct child *c, struct ipc_message *m, struct err *e)
{
	int rc = 1;

	while (rc == 1 && has_events(c->ipc, POLLIN)) {
		rc = ipc_recv(c->ipc, m, e);
		if (rc == 1 && take_message(c, m, e) != 0)
			rc = -1;
	}
	return rc;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct child c = { .ipc = ipc };
	const struct fetch_sink sink = { &c, on_progress, on_head, on_done };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	const struct fetch_options *options = ctx;
	int rc = fetch_open(&c.fetch, options, &sink, &e);

	while (rc == 0 && !c.failed) {
		rc = take_messages(&c, &m, &e);
		if (rc != 1)
			break;
		rc = fetch_turn(c.fetch, ipc->fd, &e);
	}
	if (rc == -1)
		log_error("fetch: %s", e.msg);
	fetch_close(c.fetch);
	ipc_message_cleanup(&m);
	return rc == 0 && !c.failed ? 0 : 1;
}

int
proc_fetch_open(struct proc *p, struct fetch_options *options, struct err *e)
{
	const char *reads[] = { options->ca_file, NULL };
	const struct proc_start start = {
		.role = ROLE_FETCH,
		.run = run,
		.ctx = options,
		.reads = reads,
		.bare = true,
	};

	/* The narrowed process could not open it any more. */
	if (libcurl_load(e) != 0)
		return -1;
	return proc_spawn(p, &start, e);
}

int
proc_fetch_get(struct proc *p, const struct fetch_request *r, struct err *e)
{
	return get_write(&p->ipc, r, e);
}

int
proc_fetch_go(struct proc *p, uint64_t id, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, id);
	rc = ipc_send(&p->ipc, MESSAGE_GO, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

int
proc_fetch_next(struct proc *p, struct ipc_message *m,
    struct proc_fetch_event *out, struct err *e)
{
	struct unpack u;
	int rc = ipc_recv(&p->ipc, m, e);

	if (rc != 1)
		return rc;
	*out = (struct proc_fetch_event){ .kind = PROC_FETCH_PROGRESS };
	u = unpack_of(m->payload);
	if (m->type == MESSAGE_REPLY) {
		out->kind = PROC_FETCH_REPLY;
		reply_read(&u, &out->reply);
		out->id = out->reply.id;
	} else if (m->type == MESSAGE_HEAD) {
		out->kind = PROC_FETCH_HEAD;
		out->id = unpack_uint(&u);
		part_read(&u, &out->head);
		out->wait = unpack_max(&u, 1) == 1;
	} else {
		out->id = unpack_uint(&u);
		out->done = unpack_uint(&u);
		out->total = unpack_uint(&u);
	}
	if (unpack_done(&u))
		return 1;
	return err_set(e, ERR_FORMAT, "fetch: an answer makes no sense");
}
