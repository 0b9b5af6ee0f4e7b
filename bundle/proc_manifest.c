/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "bundle/manifest_pack.h"
#include "bundle/refusal_pack.h"

#define PACKED_MAX ((size_t)128 * 1024 * 1024)

enum message {
	MESSAGE_GOOD = 1, /* it is written, packed */
	MESSAGE_REFUSED,
};

struct task {
	int in;
	int out;
};

/* --- the process' own side --- */

static int
read_and_pack(const struct task *t, struct err *e)
{
	struct arena a = { 0 };
	struct buf json = { 0 }, packed = { 0 };
	struct manifest m;
	int rc = -1;

	if (file_read_fd(t->in, MANIFEST_SIZE_MAX, &json, e) == 0 &&
	    manifest_read(buf_span(&json), &a, &m, e) == 0) {
		manifest_pack(&packed, &m);
		rc = file_write_all(t->out, buf_span(&packed), e);
	}
	buf_cleanup(&json);
	buf_cleanup(&packed);
	arena_cleanup(&a);
	return rc;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct err why = { 0 }, e;
	int rc;

	if (read_and_pack(ctx, &why) == 0)
		rc = ipc_send(ipc, MESSAGE_GOOD, SPAN_NONE, -1, &e);
	else
		rc = refusal_send(ipc, MESSAGE_REFUSED, &why);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

static int
hear(struct proc *p, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = -1;

	if (ipc_recv(&p->ipc, &m, e) == 1)
		rc = m.type == MESSAGE_GOOD ? 0 : refusal_take(m.payload, e);
	else if (proc_wait(p, e) == 0)
		err_set(e, ERR_SYSTEM, "the bundle process ended too early");
	ipc_message_cleanup(&m);
	return rc == 0 ? proc_wait(p, e) : -1;
}

static int
unpack_all(int fd, struct arena *a, struct manifest *out, struct err *e)
{
	struct buf packed = { 0 };
	struct unpack u;
	int rc;

	rc = file_read_fd(fd, PACKED_MAX, &packed, e);
	if (rc == 0) {
		u = unpack_of(arena_span(a, buf_span(&packed)));
		manifest_unpack(&u, a, out);
		if (!unpack_done(&u))
			rc = err_set(
			    e, ERR_SYSTEM, "the bundle process makes no sense");
	}
	buf_cleanup(&packed);
	return rc;
}

int
manifest_read_run(int fd, struct arena *a, struct manifest *out, struct err *e)
{
	struct task task = { fd, memfd_create("manifest", MFD_CLOEXEC) };
	const int keep[] = { task.in, task.out };
	const struct proc_start start = {
		.role = ROLE_BUNDLE,
		.run = run,
		.ctx = &task,
		.bare = true,
		.keep = keep,
		.n_keep = 2,
	};
	struct proc p = { .ipc = { -1 } };
	int rc = -1;

	*out = (struct manifest){ 0 };
	if (task.out == -1)
		return err_system(e, "memory for a manifest");
	if (proc_spawn(&p, &start, e) == 0 && hear(&p, e) == 0)
		rc = unpack_all(task.out, a, out, e);
	proc_kill(&p);
	close(task.out);
	return rc;
}
