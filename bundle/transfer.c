/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "base/proc.h"
#include "bundle/refusal_pack.h"
#include "bundle/transfer.h"

#define REPORT_BYTES ((uint64_t)256 * 1024)

enum message {
	MESSAGE_PROGRESS = 1, /* to main, any number of them */
	MESSAGE_DONE,         /* to main, the last one */
	MESSAGE_FAILED,       /* in its place */
};

/* --- the bundle process' side --- */

struct child {
	const struct transfer_work *work;
	struct ipc fetch;
};

void
transfer_progress(struct transfer_child *c, uint64_t bytes, uint64_t of_bytes)
{
	struct buf b = { 0 };
	struct err ignored;

	if (bytes > 0 && bytes < of_bytes && bytes < c->told + REPORT_BYTES)
		return;
	c->told = bytes;
	pack_uint(&b, bytes);
	pack_uint(&b, of_bytes);
	ipc_send(c->ipc, MESSAGE_PROGRESS, buf_span(&b), -1, &ignored);
	buf_cleanup(&b);
}

/* Matched by result_read(). */
static int
result_send(struct ipc *ipc, const struct transfer_result *r, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_digest(&b, &r->manifest);
	pack_uint(&b, r->size_bytes);
	pack_uint(&b, r->n_blobs);
	pack_uint(&b, r->n_sent);
	pack_uint(&b, r->sent_bytes);
	rc = ipc_send(ipc, MESSAGE_DONE, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

static int
run_child(struct ipc *ipc, void *ctx)
{
	struct child *own = ctx;
	struct registry_asker asker;
	struct transfer_child c = { .ipc = ipc, .registry = &asker.registry };
	struct err why = { 0 }, e = { 0 };
	int rc;

	registry_asker_open(&asker, own->fetch);
	if (own->work->run(&c, own->work->ctx, &why) == 0)
		rc = result_send(ipc, &c.result, &e);
	else
		rc = refusal_send(ipc, MESSAGE_FAILED, &why);
	registry_asker_close(&asker);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

/* Matched by result_send(). */
static bool
result_read(struct span payload, struct transfer_result *r)
{
	struct unpack u = unpack_of(payload);

	unpack_digest(&u, &r->manifest);
	r->size_bytes = unpack_uint(&u);
	r->n_blobs = unpack_uint(&u);
	r->n_sent = unpack_uint(&u);
	r->sent_bytes = unpack_uint(&u);
	return unpack_done(&u);
}

/* 1: more to come; 0: that was the result; -1. */
static int
handle(const struct transfer_options *o, const struct ipc_message *m,
    struct transfer_result *out, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	uint64_t bytes, of_bytes;

	switch (m->type) {
	case MESSAGE_PROGRESS:
		bytes = unpack_uint(&u);
		of_bytes = unpack_uint(&u);
		if (o->progress != NULL && unpack_done(&u))
			o->progress(o->ctx, bytes, of_bytes);
		return 1;
	case MESSAGE_DONE:
		if (result_read(m->payload, out))
			return 0;
		break;
	case MESSAGE_FAILED:
		return refusal_take(m->payload, e);
	default:
		break;
	}
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

static int
listen_to(const struct transfer_options *o, struct proc *p,
    struct registry_fetch *f, struct transfer_result *out, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = 1;

	while (rc == 1) {
		rc = registry_fetch_wait(f, &p->ipc, e);
		if (rc == 0)
			rc = ipc_recv(&p->ipc, &m, e);
		if (rc == 1) {
			rc = handle(o, &m, out, e);
		} else if (rc == 0) { /* why it died is its status */
			if (proc_wait(p, e) == 0)
				err_set(e, ERR_SYSTEM,
				    "the bundle process ended without a "
				    "result");
			rc = -1;
		}
	}
	ipc_message_cleanup(&m);
	return rc;
}

static int
spawn(struct proc *p, struct child *c, struct err *e)
{
	const struct transfer_work *w = c->work;
	int *keep = xcalloc(w->n_keep + 1, sizeof(*keep));
	const struct proc_start start = { .role = ROLE_BUNDLE,
		.run = run_child,
		.ctx = c,
		.bare = true,
		.keep = keep,
		.n_keep = w->n_keep + 1 };
	int rc;

	memcpy(keep, w->keep, w->n_keep * sizeof(*keep));
	keep[w->n_keep] = c->fetch.fd;
	rc = proc_spawn(p, &start, e);
	free(keep);
	return rc;
}

int
transfer_run(const struct transfer_options *o, const struct transfer_work *work,
    struct transfer_result *out, struct err *e)
{
	struct registry_fetch fetch;
	struct child c = { .work = work };
	struct proc p = { .ipc = { -1 } };
	int rc = -1;

	*out = (struct transfer_result){ 0 };
	if (registry_fetch_open(&fetch, o->target, o->registry, &c.fetch, e) !=
	    0)
		return -1;
	fetch.source = work->source;
	fetch.told = o->told;
	if (spawn(&p, &c, e) != 0)
		goto out;
	ipc_close(&c.fetch);
	if (listen_to(o, &p, &fetch, out, e) == 0)
		rc = proc_wait(&p, e);
out:
	ipc_close(&c.fetch);
	proc_kill(&p);
	registry_fetch_cleanup(&fetch);
	return rc;
}
