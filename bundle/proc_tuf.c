/* SPDX-License-Identifier: Apache-2.0 */
/* The main process' side. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "bundle/proc_tuf_impl.h"

#define NAME_MAX_BYTES 256 /* of a file or role that the process names */

static int
nonsense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

/* It becomes a path or a URL: the process may have been taken over. */
static bool
is_name(struct span s)
{
	size_t i;

	if (s.len == 0 || s.len >= NAME_MAX_BYTES)
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    span_find(SPAN_LIT("_.-~%"), s.ptr[i]) == 5)
			return false;
	return true;
}

static int
keep(struct proc_tuf *p, const char *role, uint64_t version, struct err *e)
{
	const struct tuf_trust *trust = &p->o.trust;
	struct buf bytes = { 0 };
	int rc = -1;

	if (p->message.fd == -1)
		nonsense(e);
	else if (file_read_fd(p->message.fd, TUF_TARGETS_MAX, &bytes, e) == 0)
		rc =
		    trust->keep(trust->ctx, role, version, buf_span(&bytes), e);
	buf_cleanup(&bytes);
	return rc;
}

/* What the functions of the caller have to say to what was asked. */
static int
serve(struct proc_tuf *p, const struct tuf_ask *ask, struct buf *out,
    struct err *e)
{
	const struct tuf_transport *transport = &p->o.transport;
	const struct tuf_trust *trust = &p->o.trust;
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(ask->name));
	switch (p->message.type) {
	case TUF_MESSAGE_GET:
		return transport->get(
		    transport->ctx, name, ask->number, out, e);
	case TUF_MESSAGE_LOAD:
		return trust->load(trust->ctx, name, ask->number, out, e);
	case TUF_MESSAGE_KEEP:
		return keep(p, name, ask->number, e);
	default:
		return trust->drop(trust->ctx, name, e);
	}
}

/* -1: the process cannot be spoken with; else it was answered. */
static int
answer(struct proc_tuf *p, struct err *e)
{
	struct ipc *ipc = &p->proc.ipc;
	struct buf bytes = { 0 };
	struct tuf_ask ask;
	struct err why = { 0 };
	int fd = -1, rc;

	if (!tuf_read_ask(p->message.payload, &ask) || !is_name(ask.name))
		return nonsense(e);
	rc = serve(p, &ask, &bytes, &why);
	if (rc == 0 && bytes.len > 0)
		rc = memfd_of(buf_span(&bytes), &fd, &why);
	rc = rc == 0 ? ipc_send(ipc, TUF_MESSAGE_BYTES, SPAN_NONE, fd, e)
		     : tuf_send_failed(ipc, &why, e);
	if (fd != -1)
		close(fd);
	buf_cleanup(&bytes);
	return rc;
}

static int
receive(struct proc_tuf *p, struct err *e)
{
	int rc = ipc_recv(&p->proc.ipc, &p->message, e);

	if (rc == 0 && proc_wait(&p->proc, e) == 0)
		err_set(e, ERR_SYSTEM, "the bundle process has ended");
	return rc == 1 ? 0 : -1;
}

/* Answers what is asked until something is told: TARGET, DONE; or -1. */
static int
next(struct proc_tuf *p, struct err *e)
{
	for (;;) {
		int rc = -1;

		if (receive(p, e) != 0)
			return -1;
		switch (p->message.type) {
		case TUF_MESSAGE_GET:
		case TUF_MESSAGE_LOAD:
		case TUF_MESSAGE_KEEP:
		case TUF_MESSAGE_DROP:
			rc = answer(p, e);
			break;
		case TUF_MESSAGE_TARGET:
		case TUF_MESSAGE_DONE:
			return 0;
		case TUF_MESSAGE_FAILED:
			return tuf_read_failed(p->message.payload, e);
		default:
			nonsense(e);
			break;
		}
		if (p->message.fd != -1)
			close(p->message.fd);
		p->message.fd = -1;
		if (rc != 0)
			return -1;
	}
}

int
proc_tuf_open(
    struct proc_tuf *p, const struct tuf_client_options *o, struct err *e)
{
	struct tuf_client_options copy = *o;
	const struct proc_start start = {
		.role = ROLE_BUNDLE,
		.run = tuf_child_run,
		.ctx = &copy,
		.bare = true,
	};

	*p = (struct proc_tuf){ .message = { .fd = -1 }, .o = *o };
	return proc_spawn(&p->proc, &start, e);
}

int
proc_tuf_refresh(struct proc_tuf *p, struct proc_tuf_state *out, struct err *e)
{
	if (ipc_send(&p->proc.ipc, TUF_MESSAGE_REFRESH, SPAN_NONE, -1, e) !=
		0 ||
	    next(p, e) != 0)
		return -1;
	if (p->message.type == TUF_MESSAGE_DONE &&
	    tuf_read_state(p->message.payload, out))
		return 0;
	return nonsense(e);
}

int
proc_tuf_find(struct proc_tuf *p, struct span path, struct proc_tuf_target *out,
    struct err *e)
{
	if (ipc_send(&p->proc.ipc, TUF_MESSAGE_FIND, path, -1, e) != 0 ||
	    next(p, e) != 0)
		return -1;
	if (p->message.type == TUF_MESSAGE_DONE)
		return 0;
	return tuf_read_target(p->message.payload, out) ? 1 : nonsense(e);
}

int
proc_tuf_list(
    struct proc_tuf *p, const struct proc_tuf_sink *sink, struct err *e)
{
	struct proc_tuf_target t;

	if (ipc_send(&p->proc.ipc, TUF_MESSAGE_LIST, SPAN_NONE, -1, e) != 0)
		return -1;
	for (;;) {
		if (next(p, e) != 0)
			return -1;
		if (p->message.type == TUF_MESSAGE_DONE)
			return 0;
		if (!tuf_read_target(p->message.payload, &t))
			return nonsense(e);
		if (sink->target(sink->ctx, &t, e) != 0)
			return -1;
	}
}

void
proc_tuf_close(struct proc_tuf *p)
{
	if (p->message.fd != -1)
		close(p->message.fd);
	ipc_message_cleanup(&p->message);
	proc_kill(&p->proc);
}
