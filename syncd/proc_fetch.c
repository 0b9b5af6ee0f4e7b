/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "syncd/libcurl.h"
#include "syncd/proc_fetch.h"

enum message {
	MESSAGE_GET = 1,  /* main to fetch, with a descriptor */
	MESSAGE_PROGRESS, /* fetch to main */
	MESSAGE_REPLY,    /* fetch to main */
};

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
	pack_uint(&b, r->size_max);
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
	r->size_max = unpack_uint(&u);
	r->fd = m->fd;
	if (m->type == MESSAGE_GET && m->fd != -1 && unpack_done(&u))
		return 0;
	return err_set(e, ERR_FORMAT, "fetch: a request makes no sense");
}

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

static void
on_progress(void *ctx, uint64_t id, uint64_t done, uint64_t total)
{
	struct buf b = { 0 };

	progress_pack(&b, id, done, total);
	child_send(ctx, MESSAGE_PROGRESS, &b);
}

static void
on_done(void *ctx, const struct fetch_reply *reply)
{
	struct buf b = { 0 };

	reply_pack(&b, reply);
	child_send(ctx, MESSAGE_REPLY, &b);
}

static bool
has_message(const struct ipc *ipc)
{
	struct pollfd p = { .fd = ipc->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Takes what main has asked so far. 1: go on; 0: main has closed. */
static int
take_requests(struct child *c, struct ipc_message *m, struct err *e)
{
	struct fetch_request r;
	int rc = 1;

	while (has_message(c->ipc)) {
		rc = ipc_recv(c->ipc, m, e);
		if (rc != 1 || (rc = get_read(m, &r, e)) != 0)
			return rc;
		fetch_add(c->fetch, &r);
		rc = 1;
	}
	return rc;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct child c = { .ipc = ipc };
	const struct fetch_sink sink = { &c, on_progress, on_done };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	const struct fetch_options *options = ctx;
	int rc = fetch_open(&c.fetch, options, &sink, &e);

	while (rc == 0 && !c.failed) {
		rc = take_requests(&c, &m, &e);
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
proc_fetch_next(struct proc *p, struct ipc_message *m,
    struct proc_fetch_event *out, struct err *e)
{
	struct unpack u;
	int rc = ipc_recv(&p->ipc, m, e);

	if (rc != 1)
		return rc;
	*out = (struct proc_fetch_event){
		.is_reply = m->type == MESSAGE_REPLY,
	};
	u = unpack_of(m->payload);
	if (out->is_reply) {
		reply_read(&u, &out->reply);
	} else {
		out->reply.id = unpack_uint(&u);
		out->done = unpack_uint(&u);
		out->total = unpack_uint(&u);
	}
	if (unpack_done(&u))
		return 1;
	return err_set(e, ERR_FORMAT, "fetch: an answer makes no sense");
}
