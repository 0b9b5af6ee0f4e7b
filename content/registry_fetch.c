/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a registry on its way: the process that reads it asks for
 * manifests, blobs and tokens, the main process makes requests of the fetch
 * process of them, and the bodies run from that one to the reader through a
 * pipe, past the main process. One body at a time: after REGISTRY_ANSWER with
 * a pipe nothing is asked until REGISTRY_END.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/pack.h"
#include "content/registry_fetch.h"

#define PIPE_SIZE (1024 * 1024) /* bytes; as much as anybody may have */

/* --- messages --- */

/* Matched by answer_read(). */
static int
answer_send(struct ipc *ipc, const struct http_answer *a, int fd, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	http_answer_pack(&b, a);
	pack_uint(&b, a->challenge.scheme);
	rc = ipc_send(ipc, REGISTRY_ANSWER, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

/* Matched by answer_send(). */
static bool
answer_read(struct span payload, struct http_answer *a)
{
	struct unpack u = unpack_of(payload);

	*a = (struct http_answer){ 0 };
	http_answer_read(&u, a);
	a->challenge.scheme =
	    (enum http_scheme)unpack_max(&u, HTTP_SCHEME_BEARER);
	return unpack_done(&u);
}

/* Matched by end_read(). */
static int
end_send(struct ipc *ipc, const struct http_end *end, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	http_end_pack(&b, end);
	rc = ipc_send(ipc, REGISTRY_END, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

/* Matched by end_send(). */
static bool
end_read(struct span payload, struct http_end *end)
{
	struct unpack u = unpack_of(payload);

	http_end_read(&u, end);
	return unpack_done(&u);
}

/* --- the main process' side --- */

static int
make_pipe(int fds[2], struct err *e)
{
	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_system(e, "cannot make a pipe");
	/* Fewer turns; where it may not be had the usual size does. */
	(void)fcntl(fds[1], F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

/* -1: there can be no answer, and why. */
static int
ask_registry(struct registry_fetch *f, const struct registry_ask *ask,
    struct http_answer *a, int *from, struct err *e)
{
	int fds[2];
	int rc;

	if (make_pipe(fds, e) != 0)
		return -1;
	rc = registry_access_ask(&f->access, ask, fds[1], a, e);
	close(fds[1]);
	if (rc == 0 && http_has_body(a))
		*from = fds[0];
	else
		close(fds[0]);
	return rc;
}

static int
open_access(struct registry_fetch *f, struct err *e)
{
	struct span name =
	    span_from(span_of(f->target), span_of(REGISTRY_SCHEME).len);

	if (f->is_open)
		return 0;
	if (registry_access_open(&f->access, f->options, name, e) != 0)
		return -1;
	f->access.source = f->source;
	f->is_open = true;
	return 0;
}

static int
answer(struct registry_fetch *f, struct span payload, struct err *e)
{
	struct registry_ask asked;
	struct http_answer a;
	struct err why = { 0 };
	int fd = -1;
	int rc;

	if (!registry_ask_read(payload, &asked))
		return err_set(e, ERR_SYSTEM,
		    "something is asked for that cannot be fetched");
	if (open_access(f, &why) != 0 ||
	    ask_registry(f, &asked, &a, &fd, &why) != 0)
		return ipc_send_err(&f->ipc, REGISTRY_FAILED, &why, e);
	if (f->told != NULL)
		f->told(&asked, &a);
	rc = answer_send(&f->ipc, &a, fd, e);
	f->has_body = fd != -1;
	if (fd != -1)
		close(fd);
	return rc;
}

static int
pass_end(struct registry_fetch *f, struct err *e)
{
	struct http_end end;
	struct err why = { 0 };

	f->has_body = false;
	if (registry_access_end(&f->access, &end, &why) != 0)
		end = (struct http_end){ .error = why };
	return end_send(&f->ipc, &end, e);
}

static int
hear(struct registry_fetch *f, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = ipc_recv(&f->ipc, &m, e);

	if (rc == 0) { /* it ends; the other ipc will tell how */
		ipc_close(&f->ipc);
	} else if (rc == 1) {
		rc = m.type == REGISTRY_ASK && m.fd == -1 && !f->has_body
		    ? answer(f, m.payload, e)
		    : err_set(e, ERR_SYSTEM,
			  "something is asked for that makes no sense");
	}
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	return rc;
}

int
registry_fetch_wait(
    struct registry_fetch *f, const struct ipc *ipc, struct err *e)
{
	struct pollfd p[3] = { { .fd = ipc->fd, .events = POLLIN },
		{ .events = POLLIN }, { .events = POLLIN } };

	for (;;) {
		p[1].fd = f->ipc.fd; /* -1 is passed over */
		p[2].fd = f->has_body ? f->access.fetch.ipc.fd : -1;
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return err_system(e, "cannot wait");
		if (p[2].revents != 0 && pass_end(f, e) != 0)
			return -1;
		if (p[1].revents != 0 && hear(f, e) != 0)
			return -1;
		if (p[0].revents != 0)
			return 0;
		p[1].revents = p[2].revents = 0;
	}
}

int
registry_fetch_open(struct registry_fetch *f, const char *target,
    const struct registry_options *options, struct ipc *other, struct err *e)
{
	*f = (struct registry_fetch){
		.target = target, .options = options, .ipc = { -1 }
	};
	other->fd = -1;
	if (options == NULL || target == NULL ||
	    !span_has_prefix(span_of(target), REGISTRY_SCHEME))
		return 0;
	return ipc_pair(&f->ipc, other, e);
}

void
registry_fetch_cleanup(struct registry_fetch *f)
{
	if (f->is_open)
		registry_access_close(&f->access);
	ipc_close(&f->ipc);
	f->is_open = false;
}

/* --- the other process' side --- */

static int
is_gone(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the main process is gone");
}

static int
ask(void *ctx, const struct registry_ask *asked, struct http_answer *out,
    int *fd, struct err *e)
{
	struct registry_asker *s = ctx;
	struct buf b = { 0 };
	int rc;

	registry_ask_pack(&b, asked);
	rc = ipc_send(&s->ipc, REGISTRY_ASK, buf_span(&b), -1, e);
	buf_cleanup(&b);
	if (rc == 0 && ipc_recv(&s->ipc, &s->message, e) != 1)
		rc = is_gone(e);
	if (rc != 0)
		return -1;
	*fd = s->message.fd;
	s->message.fd = -1;
	if (s->message.type == REGISTRY_FAILED)
		return ipc_read_err(s->message.payload, ERR_MISSING, e);
	if (s->message.type == REGISTRY_ANSWER &&
	    answer_read(s->message.payload, out) &&
	    http_has_body(out) == (*fd != -1))
		return 0;
	return is_gone(e);
}

static int
end(void *ctx, struct http_end *out, struct err *e)
{
	struct registry_asker *s = ctx;

	if (ipc_recv(&s->ipc, &s->message, e) == 1 &&
	    s->message.type == REGISTRY_END &&
	    end_read(s->message.payload, out))
		return 0;
	return is_gone(e);
}

void
registry_asker_open(struct registry_asker *s, struct ipc ipc)
{
	*s = (struct registry_asker){ .ipc = ipc, .message = { .fd = -1 } };
	s->registry.transport = (struct registry_transport){ s, ask, end };
}

void
registry_asker_close(struct registry_asker *s)
{
	registry_cleanup(&s->registry);
	ipc_message_cleanup(&s->message);
}
