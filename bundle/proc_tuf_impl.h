/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between main and the process of a TUF client: not for others. */
#ifndef BUNDLE_PROC_TUF_IMPL_H
#define BUNDLE_PROC_TUF_IMPL_H

#include "base/pack.h"
#include "bundle/proc_tuf.h"

enum tuf_message {
	/* main to bundle: what is to be done */
	TUF_MESSAGE_REFRESH = 1,
	TUF_MESSAGE_FIND,
	TUF_MESSAGE_LIST,
	/* bundle to main: what is needed for it */
	TUF_MESSAGE_GET,
	TUF_MESSAGE_LOAD,
	TUF_MESSAGE_KEEP, /* with a descriptor */
	TUF_MESSAGE_DROP,
	/* main to bundle: the answer to one of these */
	TUF_MESSAGE_BYTES, /* with a descriptor, where there are any */
	/* bundle to main: what came of it; DONE is the last */
	TUF_MESSAGE_TARGET,
	TUF_MESSAGE_DONE,
	/* either way, in place of BYTES or DONE */
	TUF_MESSAGE_FAILED,
};

/* What GET, LOAD, KEEP and DROP speak of. */
struct tuf_ask {
	struct span name; /* of a file, or of a role */
	uint64_t number;  /* the largest size, or the version */
};

int tuf_send_ask(struct ipc *ipc, enum tuf_message type,
    const struct tuf_ask *ask, int fd, struct err *e);
bool tuf_read_ask(struct span payload, struct tuf_ask *out);
/* The error that is told; e is that of telling it. */
int tuf_send_failed(struct ipc *ipc, const struct err *told, struct err *e);
/* Always -1. */
int tuf_read_failed(struct span payload, struct err *e);
int tuf_send_target(
    struct ipc *ipc, const struct proc_tuf_target *t, struct err *e);
bool tuf_read_target(struct span payload, struct proc_tuf_target *out);
int
tuf_send_state(struct ipc *ipc, const struct proc_tuf_state *s, struct err *e);
bool tuf_read_state(struct span payload, struct proc_tuf_state *out);

/* In the bundle process; ctx is a const struct tuf_client_options. */
int tuf_child_run(struct ipc *ipc, void *ctx);

#endif
