/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "syncd/proc_verify.h"

#define ENTRIES_A_MESSAGE 512u

enum message {
	MESSAGE_FILE = 1, /* main to verify, each with a descriptor */
	MESSAGE_META,
	MESSAGE_LISTING,
	MESSAGE_ENTRIES, /* verify to main, of a listing */
	MESSAGE_GOOD,    /* verify to main, the end of each question */
	MESSAGE_REFUSED,
};

/* Matched by expect_unpack(). */
static void
expect_pack(struct buf *b, const struct verify_expect *x)
{
	pack_uint(b, (uint64_t)x->packing);
	pack_uint(b, (uint64_t)x->proof);
	pack_digest(b, &x->sha256);
	pack_uint(b, x->size_bytes);
	pack_uint(b, x->unpacked_max);
	pack_uint(b, x->may_be_empty);
}

/* Matched by expect_pack(). */
static void
expect_unpack(struct unpack *u, struct verify_expect *x)
{
	x->packing = (enum verify_packing)unpack_max(u, VERIFY_PACKING_ZIP);
	x->proof = (enum proof_kind)unpack_max(u, PROOF_STORE);
	unpack_digest(u, &x->sha256);
	x->size_bytes = unpack_uint(u);
	x->unpacked_max = unpack_uint(u);
	x->may_be_empty = unpack_max(u, 1) == 1;
}

/* Matched by entry_unpack(). */
static void
entry_pack(struct buf *b, const struct listing_entry *entry)
{
	pack_span(b, entry->path);
	pack_uint(b, entry->has_sha256);
	pack_digest(b, &entry->sha256);
	pack_uint(b, entry->size_bytes);
	pack_int(b, entry->time);
	pack_uint(b, entry->start);
	pack_uint(b, entry->n);
	pack_uint(b, entry->total);
}

/* Matched by entry_pack(). */
static void
entry_unpack(struct unpack *u, struct listing_entry *entry)
{
	entry->path = unpack_span(u);
	entry->has_sha256 = unpack_max(u, 1) == 1;
	unpack_digest(u, &entry->sha256);
	entry->size_bytes = unpack_uint(u);
	entry->time = unpack_int(u);
	entry->start = unpack_uint(u);
	entry->n = unpack_uint(u);
	entry->total = unpack_uint(u);
}

/* --- the process' own side --- */

/* Gathers entries until a message is full. */
struct entries {
	struct ipc *ipc;
	struct buf packed;
	unsigned n;
};

static int
entries_flush(struct entries *en, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, en->n);
	buf_add_span(&b, buf_span(&en->packed));
	rc = ipc_send(en->ipc, MESSAGE_ENTRIES, buf_span(&b), -1, e);
	buf_cleanup(&b);
	buf_reset(&en->packed);
	en->n = 0;
	return rc;
}

static int
on_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	struct entries *en = ctx;

	entry_pack(&en->packed, entry);
	return ++en->n < ENTRIES_A_MESSAGE ? 0 : entries_flush(en, e);
}

static int
answer_listing(struct ipc *ipc, struct unpack *u, int fd, struct err *e)
{
	struct entries en = { .ipc = ipc };
	const struct listing_sink sink = { &en, on_entry };
	enum listing_kind kind =
	    (enum listing_kind)unpack_max(u, LISTING_KINDS - 1);
	int rc;

	if (!unpack_done(u) || kind == LISTING_NONE)
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	rc = verify_listing(fd, kind, &sink, e);

	if (rc == 0)
		rc = entries_flush(&en, e);
	buf_cleanup(&en.packed);
	return rc;
}

static int
answer_file(struct unpack *u, int fd, struct buf *b, struct err *e)
{
	struct verify_expect x = { 0 };
	struct proof proof;

	expect_unpack(u, &x);
	if (!unpack_done(u))
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	if (verify_file(fd, &x, &proof, e) != 0)
		return -1;
	pack_uint(b, (uint64_t)proof.kind);
	pack_digest(b, &proof.sha256);
	pack_uint(b, proof.size_bytes);
	return 0;
}

static int
answer_meta(int fd, struct buf *b, struct err *e)
{
	struct meta meta;

	if (verify_meta(fd, &meta, e) != 0)
		return -1;
	pack_digest(b, &meta.sha256);
	pack_uint(b, meta.size_bytes);
	pack_uint(b, meta.gz_size_bytes);
	pack_int(b, meta.last_modified_time);
	return 0;
}

static int
answer(
    struct ipc *ipc, const struct ipc_message *m, struct buf *b, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	switch (m->type) {
	case MESSAGE_FILE:
		return answer_file(&u, m->fd, b, e);
	case MESSAGE_META:
		return answer_meta(m->fd, b, e);
	case MESSAGE_LISTING:
		return answer_listing(ipc, &u, m->fd, e);
	default:
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	}
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct ipc_message m = { .fd = -1 };
	struct buf b = { 0 };
	struct err e = { 0 };
	int rc;

	(void)ctx;
	while ((rc = ipc_recv(ipc, &m, &e)) == 1) {
		enum message type = MESSAGE_GOOD;

		buf_reset(&b);
		if (answer(ipc, &m, &b, &e) != 0) {
			type = MESSAGE_REFUSED;
			buf_reset(&b);
			pack_uint(&b, (uint64_t)e.code);
			pack_span(&b, span_of(e.msg));
		}
		if (m.fd != -1)
			close(m.fd);
		if (ipc_send(ipc, (uint32_t)type, buf_span(&b), -1, &e) != 0)
			break;
	}
	buf_cleanup(&b);
	ipc_message_cleanup(&m);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

void
proc_verify_init(struct proc_verify *v)
{
	*v = (struct proc_verify){ .proc.ipc.fd = -1, .message.fd = -1 };
}

void
proc_verify_close(struct proc_verify *v)
{
	struct err e;

	if (proc_wait(&v->proc, &e) != 0)
		log_warn("verify: %s", e.msg);
	ipc_message_cleanup(&v->message);
}

/* The process is gone: why, in the words of whoever saw it. */
static int
process_ended(struct proc_verify *v, struct err *e)
{
	if (proc_wait(&v->proc, e) == 0)
		err_set(e, ERR_SYSTEM, "the verify process ended too early");
	return -1;
}

static int
ask(struct proc_verify *v, enum message type, struct span payload, int fd,
    struct err *e)
{
	const struct proc_start start = {
		.role = ROLE_VERIFY, .run = run, .bare = true
	};

	if (v->proc.pid == 0 && proc_spawn(&v->proc, &start, e) != 0)
		return -1;
	if (ipc_send(&v->proc.ipc, (uint32_t)type, payload, fd, e) == 0)
		return 0;
	return process_ended(v, e);
}

static int
refusal(struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	enum err_code code = (enum err_code)unpack_max(&u, ERR_MISSING);
	struct span text = unpack_span(&u);

	return err_set(e, code, "%.*s", SPAN_ARG(text));
}

/* 1: entries; 0: the answer is in *u; -1: refused. */
static int
hear(struct proc_verify *v, struct unpack *u, struct err *e)
{
	if (ipc_recv(&v->proc.ipc, &v->message, e) != 1)
		return process_ended(v, e);
	*u = unpack_of(v->message.payload);
	switch (v->message.type) {
	case MESSAGE_ENTRIES:
		return 1;
	case MESSAGE_GOOD:
		return 0;
	case MESSAGE_REFUSED:
		return refusal(v->message.payload, e);
	default:
		proc_kill(&v->proc);
		return err_set(
		    e, ERR_SYSTEM, "the verify process makes no sense");
	}
}

static int
understood(struct proc_verify *v, const struct unpack *u, struct err *e)
{
	if (unpack_done(u))
		return 0;
	proc_kill(&v->proc);
	return err_set(e, ERR_SYSTEM, "the verify process makes no sense");
}

int
proc_verify_file(struct proc_verify *v, int fd,
    const struct verify_expect *expect, struct proof *out, struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	int rc;

	expect_pack(&b, expect);
	rc = ask(v, MESSAGE_FILE, buf_span(&b), fd, e);
	buf_cleanup(&b);
	if (rc != 0 || hear(v, &u, e) != 0)
		return -1;
	out->kind = (enum proof_kind)unpack_max(&u, PROOF_STORE);
	unpack_digest(&u, &out->sha256);
	out->size_bytes = unpack_uint(&u);
	return understood(v, &u, e);
}

int
proc_verify_meta(struct proc_verify *v, int fd, struct meta *out, struct err *e)
{
	struct unpack u;

	*out = (struct meta){ 0 };
	if (ask(v, MESSAGE_META, SPAN_NONE, fd, e) != 0 || hear(v, &u, e) != 0)
		return -1;
	unpack_digest(&u, &out->sha256);
	out->size_bytes = unpack_uint(&u);
	out->gz_size_bytes = unpack_uint(&u);
	out->last_modified_time = unpack_int(&u);
	return understood(v, &u, e);
}

static int
take_entries(struct unpack *u, const struct listing_sink *sink, struct err *e)
{
	size_t n = unpack_max(u, ENTRIES_A_MESSAGE);
	struct listing_entry entry;

	for (; n > 0 && !u->failed; n--) {
		entry_unpack(u, &entry);
		if (!u->failed && sink->entry(sink->ctx, &entry, e) != 0)
			return -1;
	}
	return 0;
}

int
proc_verify_listing(struct proc_verify *v, int fd, enum listing_kind kind,
    const struct listing_sink *sink, struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	int rc;

	pack_uint(&b, (uint64_t)kind);
	rc = ask(v, MESSAGE_LISTING, buf_span(&b), fd, e);
	buf_cleanup(&b);
	while (rc == 0) {
		rc = hear(v, &u, e);
		if (rc != 1)
			break;
		rc = take_entries(&u, sink, e);
		if (rc == 0)
			rc = understood(v, &u, e);
		else
			proc_kill(&v->proc); /* more of it is on its way */
	}
	return rc;
}
