/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "bundle/proc_patch.h"

enum message {
	MESSAGE_BASE = 1, /* main to bundle, each with a descriptor … */
	MESSAGE_TARGET,
	MESSAGE_OUT,  /* … of which the last is the question */
	MESSAGE_DONE, /* bundle to main */
	MESSAGE_FAILED,
};

#define N_FDS 3u

/* --- the process' own side --- */

static void
close_all(int fds[N_FDS])
{
	unsigned i;

	for (i = 0; i < N_FDS; i++) {
		if (fds[i] != -1)
			close(fds[i]);
		fds[i] = -1;
	}
}

static int
answer(struct ipc *ipc, const int fds[N_FDS], struct err *e)
{
	struct buf b = { 0 };
	uint64_t size = 0;
	int made, rc;

	made = patch_make(fds[0], fds[1], fds[2], &size, e);
	if (made >= 0) {
		pack_uint(&b, (uint64_t)made);
		pack_uint(&b, size);
	} else {
		pack_span(&b, span_of(e->msg));
	}
	rc =
	    ipc_send(ipc, (uint32_t)(made >= 0 ? MESSAGE_DONE : MESSAGE_FAILED),
		buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct ipc_message m = { .fd = -1 };
	int fds[N_FDS] = { -1, -1, -1 };
	struct err e = { 0 };
	int rc;

	(void)ctx;
	while ((rc = ipc_recv(ipc, &m, &e)) == 1) {
		if (m.type < MESSAGE_BASE || m.type > MESSAGE_OUT)
			break;
		fds[m.type - MESSAGE_BASE] = m.fd;
		if (m.type != MESSAGE_OUT)
			continue;
		if (answer(ipc, fds, &e) != 0)
			break;
		close_all(fds);
	}
	close_all(fds);
	ipc_message_cleanup(&m);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

void
proc_patch_init(struct proc_patch *p)
{
	*p = (struct proc_patch){ .proc.ipc.fd = -1, .message.fd = -1 };
}

void
proc_patch_close(struct proc_patch *p)
{
	struct err e;

	if (proc_wait(&p->proc, &e) != 0)
		log_warn("export: %s", e.msg);
	ipc_message_cleanup(&p->message);
}

static int
ask(struct proc_patch *p, const int fds[N_FDS], struct err *e)
{
	const struct proc_start start = {
		.role = ROLE_BUNDLE, .run = run, .bare = true
	};
	unsigned i;

	if (p->proc.pid == 0 && proc_spawn(&p->proc, &start, e) != 0)
		return -1;
	for (i = 0; i < N_FDS; i++)
		if (ipc_send(&p->proc.ipc, MESSAGE_BASE + i, SPAN_NONE, fds[i],
			e) != 0)
			return -1;
	return 0;
}

static int
hear(struct proc_patch *p, uint64_t *size_bytes, struct err *e)
{
	struct unpack u;
	struct span text;
	int made;

	if (ipc_recv(&p->proc.ipc, &p->message, e) != 1) {
		if (proc_wait(&p->proc, e) == 0)
			err_set(e, ERR_SYSTEM,
			    "the bundle process ended too early");
		return -1;
	}
	u = unpack_of(p->message.payload);
	if (p->message.type == MESSAGE_FAILED) {
		text = unpack_span(&u);
		return err_set(e, ERR_SYSTEM, "%.*s", SPAN_ARG(text));
	}
	made = (int)unpack_max(&u, 1);
	*size_bytes = unpack_uint(&u);
	if (p->message.type == MESSAGE_DONE && unpack_done(&u))
		return made;
	proc_kill(&p->proc);
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

int
proc_patch_make(struct proc_patch *p, int base, int target, int out,
    uint64_t *size_bytes, struct err *e)
{
	const int fds[N_FDS] = { base, target, out };

	if (ask(p, fds, e) != 0) {
		proc_kill(&p->proc);
		return -1;
	}
	return hear(p, size_bytes, e);
}
