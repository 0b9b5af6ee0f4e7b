/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pack.h"
#include "base/proc.h"
#include "bundle/receipt.h"
#include "bundle/refusal_pack.h"

#define DIGESTS_A_MESSAGE 16384u

enum message {
	MESSAGE_RECEIPT = 1, /* numbers, and how many digests follow */
	MESSAGE_DIGESTS,
	MESSAGE_REFUSED, /* in place of all others */
};

/* --- the process' own side --- */

/* Matched by take_head(). */
static int
send_head(struct ipc *ipc, const struct receipt *r, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, r->generation);
	pack_uint(&b, r->root_version);
	pack_uint(&b, r->timestamp_version);
	pack_uint(&b, r->snapshot_version);
	pack_digest(&b, &r->snapshot);
	pack_uint(&b, r->n_targets);
	rc = ipc_send(ipc, MESSAGE_RECEIPT, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

/* Matched by take_digests(). */
static int
send_digests(struct ipc *ipc, const struct receipt *r, struct err *e)
{
	size_t i, n;

	for (i = 0; i < r->n_targets; i += n) {
		n = r->n_targets - i;
		n = n < DIGESTS_A_MESSAGE ? n : DIGESTS_A_MESSAGE;
		if (ipc_send(ipc, MESSAGE_DIGESTS,
			span_make(&r->targets[i], n * sizeof(*r->targets)), -1,
			e) != 0)
			return -1;
	}
	return 0;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct arena a = { 0 };
	struct buf bytes = { 0 };
	struct receipt r;
	struct err e = { 0 };
	int rc;

	if (file_read_fd(*(const int *)ctx, RECEIPT_SIZE_MAX, &bytes, &e) !=
		0 ||
	    receipt_read(buf_span(&bytes), &a, &r, &e) != 0)
		rc = refusal_send(ipc, MESSAGE_REFUSED, &e);
	else if ((rc = send_head(ipc, &r, &e)) == 0)
		rc = send_digests(ipc, &r, &e);
	arena_cleanup(&a);
	buf_cleanup(&bytes);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

static int
makes_no_sense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

static int
take_head(struct span payload, struct receipt *r, struct err *e)
{
	struct unpack u = unpack_of(payload);

	r->generation = unpack_uint(&u);
	r->root_version = unpack_uint(&u);
	r->timestamp_version = unpack_uint(&u);
	r->snapshot_version = unpack_uint(&u);
	unpack_digest(&u, &r->snapshot);
	r->n_targets = unpack_max(&u, RECEIPT_TARGETS_MAX);
	return unpack_done(&u) ? 0 : makes_no_sense(e);
}

static int
take_digests(struct span payload, struct digest *targets, size_t *n,
    size_t n_max, struct err *e)
{
	size_t more = payload.len / sizeof(*targets);

	if (more == 0 || more * sizeof(*targets) != payload.len ||
	    more > n_max - *n)
		return makes_no_sense(e);
	memcpy(&targets[*n], payload.ptr, payload.len);
	*n += more;
	return 0;
}

/* The next message, of that type. */
static int
hear(struct proc *p, enum message type, struct ipc_message *m, struct err *e)
{
	if (ipc_recv(&p->ipc, m, e) != 1) {
		if (proc_wait(p, e) == 0)
			err_set(e, ERR_SYSTEM,
			    "the bundle process ended too early");
		return -1;
	}
	if (m->type == MESSAGE_REFUSED)
		return refusal_take(m->payload, e);
	return m->type == (uint32_t)type ? 0 : makes_no_sense(e);
}

static int
listen_to(struct proc *p, struct arena *a, struct receipt *out, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	struct digest *targets;
	size_t n = 0;
	int rc;

	rc = hear(p, MESSAGE_RECEIPT, &m, e);
	if (rc == 0)
		rc = take_head(m.payload, out, e);
	if (rc != 0)
		goto out;
	targets = arena_array(a, out->n_targets, sizeof(*targets));
	while (rc == 0 && n < out->n_targets) {
		rc = hear(p, MESSAGE_DIGESTS, &m, e);
		if (rc == 0)
			rc = take_digests(
			    m.payload, targets, &n, out->n_targets, e);
	}
	out->targets = targets;
out:
	ipc_message_cleanup(&m);
	return rc;
}

int
receipt_read_run(int fd, struct arena *a, struct receipt *out, struct err *e)
{
	struct proc_start start = {
		.role = ROLE_BUNDLE,
		.run = run,
		.ctx = &fd,
		.bare = true,
		.keep = &fd,
		.n_keep = 1,
	};
	struct proc p = { .ipc = { -1 } };
	int rc;

	*out = (struct receipt){ 0 };
	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	rc = listen_to(&p, a, out, e);
	if (rc == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	return rc;
}
