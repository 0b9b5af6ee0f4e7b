/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle process' side. */
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memfd.h"
#include "bundle/proc_tuf_impl.h"

struct child {
	struct ipc *ipc;
	struct ipc_message message;
	struct tuf_client *client;
};

static int
is_gone(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the main process is gone");
}

/* Asks and reads the answer, whose bytes are appended. */
static int
ask(struct child *c, enum tuf_message type, const struct tuf_ask *asked, int fd,
    struct buf *out, struct err *e)
{
	int rc = -1;

	if (tuf_send_ask(c->ipc, type, asked, fd, e) != 0)
		return -1;
	if (ipc_recv(c->ipc, &c->message, e) != 1)
		return is_gone(e);
	if (c->message.type == TUF_MESSAGE_FAILED)
		tuf_read_failed(c->message.payload, e);
	else if (c->message.type != TUF_MESSAGE_BYTES)
		is_gone(e);
	else
		rc = c->message.fd == -1 || out == NULL
		    ? 0
		    : file_read_fd(c->message.fd, TUF_TARGETS_MAX, out, e);
	if (c->message.fd != -1)
		close(c->message.fd);
	c->message.fd = -1;
	return rc;
}

static int
on_get(void *ctx, const char *name, uint64_t size_max, struct buf *out,
    struct err *e)
{
	const struct tuf_ask asked = { span_of(name), size_max };

	return ask(ctx, TUF_MESSAGE_GET, &asked, -1, out, e);
}

static int
on_load(void *ctx, const char *role, uint64_t version, struct buf *out,
    struct err *e)
{
	const struct tuf_ask asked = { span_of(role), version };

	return ask(ctx, TUF_MESSAGE_LOAD, &asked, -1, out, e);
}

static int
on_keep(void *ctx, const char *role, uint64_t version, struct span bytes,
    struct err *e)
{
	const struct tuf_ask asked = { span_of(role), version };
	int fd, rc;

	if (memfd_of(bytes, &fd, e) != 0)
		return -1;
	rc = ask(ctx, TUF_MESSAGE_KEEP, &asked, fd, NULL, e);
	close(fd);
	return rc;
}

static int
on_drop(void *ctx, const char *role, struct err *e)
{
	const struct tuf_ask asked = { span_of(role), 0 };

	return ask(ctx, TUF_MESSAGE_DROP, &asked, -1, NULL, e);
}

/* What went wrong is told; *e is of telling it. */
static int
tell(struct child *c, const struct err *why, struct err *e)
{
	return tuf_send_failed(c->ipc, why, e);
}

static int
refresh(struct child *c, struct err *e)
{
	struct proc_tuf_state s = { 0 };
	struct err why = { 0 };
	enum tuf_type t;

	if (tuf_client_refresh(c->client, &why) != 0)
		return tell(c, &why, e);
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		s.versions[t] = tuf_client_top(c->client, t)->version;
	digest_of(tuf_client_top(c->client, TUF_SNAPSHOT)->bytes, &s.snapshot);
	s.is_consistent = tuf_client_top(c->client, TUF_ROOT)->is_consistent;
	s.is_same = tuf_client_is_same(c->client);
	s.is_expired = tuf_client_is_expired(c->client);
	return tuf_send_state(c->ipc, &s, e);
}

static int
send_target(struct child *c, struct span role, const struct tuf_target *t,
    struct err *e)
{
	struct proc_tuf_target found = { .role = role,
		.path = t->path,
		.size_bytes = t->size_bytes,
		.sha256 = t->sha256 };

	custom_read(t->custom, &found.custom);
	return tuf_send_target(c->ipc, &found, e);
}

static int
find(struct child *c, struct err *e)
{
	const struct tuf_target *t = NULL;
	struct err why = { 0 };
	struct buf path = { 0 }; /* the message is used on the way */
	int rc;

	buf_add_span(&path, c->message.payload);
	rc = tuf_client_target(c->client, buf_span(&path), &t, &why);
	buf_cleanup(&path);
	if (rc < 0)
		return tell(c, &why, e);
	if (rc == 0)
		return ipc_send(c->ipc, TUF_MESSAGE_DONE, SPAN_NONE, -1, e);
	return send_target(c, SPAN_NONE, t, e);
}

static int
send_role(struct child *c, const struct tuf_delegation *d,
    const struct tuf_file *f, struct err *e)
{
	size_t i;

	for (i = 0; i < f->n_targets; i++)
		if ((d == NULL || tuf_delegation_fits(d, f->targets[i].path)) &&
		    send_target(c,
			d == NULL ? SPAN_LIT("targets") : d->role.name,
			&f->targets[i], e) != 0)
			return -1;
	return 0;
}

static int
list(struct child *c, struct err *e)
{
	const struct tuf_file *top = tuf_client_top(c->client, TUF_TARGETS);
	const struct tuf_file *f;
	struct err why = { 0 };
	size_t i;

	if (send_role(c, NULL, top, e) != 0)
		return -1;
	for (i = 0; i < top->n_delegations; i++) {
		const struct tuf_delegation *d = &top->delegations[i];

		if (tuf_client_role(c->client, d->role.name, &f, &why) != 0)
			return tell(c, &why, e);
		if (send_role(c, d, f, e) != 0)
			return -1;
	}
	return ipc_send(c->ipc, TUF_MESSAGE_DONE, SPAN_NONE, -1, e);
}

static int
serve(struct child *c, bool *is_fresh, struct err *e)
{
	uint32_t type = c->message.type;

	if ((type == TUF_MESSAGE_REFRESH) == *is_fresh)
		return is_gone(e);
	*is_fresh = true;
	if (type == TUF_MESSAGE_REFRESH)
		return refresh(c, e);
	if (type == TUF_MESSAGE_FIND)
		return find(c, e);
	return type == TUF_MESSAGE_LIST ? list(c, e) : is_gone(e);
}

int
tuf_child_run(struct ipc *ipc, void *ctx)
{
	struct tuf_client_options o = *(const struct tuf_client_options *)ctx;
	struct child c = { .ipc = ipc, .message = { .fd = -1 } };
	struct err e = { 0 };
	bool is_fresh = false;
	int rc;

	o.transport = (struct tuf_transport){ &c, on_get };
	o.trust = (struct tuf_trust){ &c, on_load, on_keep, on_drop };
	c.client = tuf_client_new(&o);
	while ((rc = ipc_recv(ipc, &c.message, &e)) == 1)
		if (serve(&c, &is_fresh, &e) != 0)
			break;
	if (rc != 0)
		log_error("bundle: %s", e.msg);
	tuf_client_free(c.client);
	ipc_message_cleanup(&c.message);
	return rc == 0 ? 0 : 1;
}
