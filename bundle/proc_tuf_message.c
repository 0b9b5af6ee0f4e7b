/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "bundle/proc_tuf_impl.h"
#include "bundle/refusal.h"

static int
send_buf(struct ipc *ipc, enum tuf_message type, struct buf *b, int fd,
    struct err *e)
{
	int rc = ipc_send(ipc, type, buf_span(b), fd, e);

	buf_cleanup(b);
	return rc;
}

/* Matched by tuf_read_ask(). */
int
tuf_send_ask(struct ipc *ipc, enum tuf_message type, const struct tuf_ask *ask,
    int fd, struct err *e)
{
	struct buf b = { 0 };

	pack_span(&b, ask->name);
	pack_uint(&b, ask->number);
	return send_buf(ipc, type, &b, fd, e);
}

/* Matched by tuf_send_ask(). */
bool
tuf_read_ask(struct span payload, struct tuf_ask *out)
{
	struct unpack u = unpack_of(payload);

	out->name = unpack_span(&u);
	out->number = unpack_uint(&u);
	return unpack_done(&u);
}

/* Matched by tuf_read_failed(). */
int
tuf_send_failed(struct ipc *ipc, const struct err *told, struct err *e)
{
	return ipc_send_err(ipc, TUF_MESSAGE_FAILED, told, e);
}

/* Matched by tuf_send_failed(). */
int
tuf_read_failed(struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	uint32_t code = unpack_max(&u, ERR_REFUSED + REFUSAL_SHAPE);
	struct span text = unpack_span(&u);

	if (!unpack_done(&u) || code == ERR_NONE || code == ERR_REFUSED)
		return err_set(
		    e, ERR_SYSTEM, "the bundle process makes no sense");
	e->code = (enum err_code)code;
	snprintf(e->msg, sizeof(e->msg), "%.*s", SPAN_ARG(text));
	return -1;
}

/* Matched by tuf_read_target(). */
int
tuf_send_target(struct ipc *ipc, const struct proc_tuf_target *t, struct err *e)
{
	const struct target_custom *c = &t->custom;
	struct buf b = { 0 };

	pack_span(&b, t->role);
	pack_span(&b, t->path);
	pack_uint(&b, t->size_bytes);
	pack_digest(&b, &t->sha256);
	pack_span(&b, c->source);
	pack_span(&b, c->origin);
	pack_span(&b, c->media_type);
	pack_span(&b, c->etag);
	pack_span(&b, c->last_modified);
	pack_span(&b, c->proof);
	pack_span(&b, c->licence);
	pack_int(&b, c->fetched);
	return send_buf(ipc, TUF_MESSAGE_TARGET, &b, -1, e);
}

/* Matched by tuf_send_target(). */
bool
tuf_read_target(struct span payload, struct proc_tuf_target *out)
{
	struct unpack u = unpack_of(payload);
	struct target_custom *c = &out->custom;

	*out = (struct proc_tuf_target){ 0 };
	out->role = unpack_span(&u);
	out->path = unpack_span(&u);
	out->size_bytes = unpack_uint(&u);
	unpack_digest(&u, &out->sha256);
	c->source = unpack_span(&u);
	c->origin = unpack_span(&u);
	c->media_type = unpack_span(&u);
	c->etag = unpack_span(&u);
	c->last_modified = unpack_span(&u);
	c->proof = unpack_span(&u);
	c->licence = unpack_span(&u);
	c->fetched = unpack_int(&u);
	return unpack_done(&u);
}

/* Matched by tuf_read_state(). */
int
tuf_send_state(struct ipc *ipc, const struct proc_tuf_state *s, struct err *e)
{
	struct buf b = { 0 };
	enum tuf_type t;

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		pack_uint(&b, s->versions[t]);
	pack_digest(&b, &s->snapshot);
	pack_uint(&b, s->is_consistent);
	pack_uint(&b, s->is_same);
	pack_uint(&b, s->is_expired);
	return send_buf(ipc, TUF_MESSAGE_DONE, &b, -1, e);
}

/* Matched by tuf_send_state(). */
bool
tuf_read_state(struct span payload, struct proc_tuf_state *out)
{
	struct unpack u = unpack_of(payload);
	enum tuf_type t;

	*out = (struct proc_tuf_state){ 0 };
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		out->versions[t] = unpack_uint(&u);
	unpack_digest(&u, &out->snapshot);
	out->is_consistent = unpack_max(&u, 1) == 1;
	out->is_same = unpack_max(&u, 1) == 1;
	out->is_expired = unpack_max(&u, 1) == 1;
	return unpack_done(&u);
}
