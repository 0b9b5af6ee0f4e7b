/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TUF client in a bundle process, which parses what comes from outside and
 * has neither network nor files. What it needs of either it asks the main
 * process for while a call below waits, and that answers through the two
 * structs that bundle/tuf_client takes anyway:
 *
 *   struct proc_tuf p;
 *   proc_tuf_open(&p, &options, e)     options as of tuf_client_new();
 *                                      their functions run here, in main
 *   proc_tuf_refresh(&p, &state, e)    roots, timestamp, snapshot, targets
 *   proc_tuf_find(&p, path, &t, e)     one target, through the delegations
 *   proc_tuf_list(&p, &sink, e)        or all targets of all roles
 *   proc_tuf_close(&p)
 *
 * transport.get() fetches a file by a fetch process and passes it on unread;
 * bundle/tuf_fetch does that over HTTP. trust.keep() is called for every file
 * as it becomes trusted, before what comes after it is: whoever wants to take
 * over all or nothing collects there and writes after proc_tuf_list().
 */
#ifndef BUNDLE_PROC_TUF_H
#define BUNDLE_PROC_TUF_H

#include "base/proc.h"
#include "bundle/custom.h"
#include "bundle/tuf_client.h"

struct proc_tuf {
	struct proc proc;
	struct ipc_message message;
	struct tuf_client_options o;
};

/* What is trusted after a refresh. */
struct proc_tuf_state {
	uint64_t versions[N_TUF_TYPES];
	struct digest snapshot; /* of the file's bytes */
	bool is_consistent;     /* names of targets carry their hash */
	bool is_same;           /* nothing new */
	bool is_expired;        /* and accepted all the same */
};

/* Spans live until the next call. */
struct proc_tuf_target {
	struct span role; /* "targets", "redhat" */
	struct span path; /* any text: see tuf_is_target_path() */
	uint64_t size_bytes;
	struct digest sha256;
	struct target_custom custom;
};

struct proc_tuf_sink {
	void *ctx;
	int (*target)(
	    void *ctx, const struct proc_tuf_target *t, struct err *e);
};

/*
 * Starts the process; what o points to must outlive p. Afterwards, or after
 * failure, proc_tuf_close().
 */
int proc_tuf_open(
    struct proc_tuf *p, const struct tuf_client_options *o, struct err *e);
/* Once. Refusals cross as they are; p is good for nothing but closing then. */
int
proc_tuf_refresh(struct proc_tuf *p, struct proc_tuf_state *out, struct err *e);
/* After a refresh. 1: found; 0: no role has it; -1. */
int proc_tuf_find(struct proc_tuf *p, struct span path,
    struct proc_tuf_target *out, struct err *e);
/*
 * After a refresh: those of `targets`, then those of each role that it
 * delegates to and whose paths they fit, in the order of the delegations.
 */
int proc_tuf_list(
    struct proc_tuf *p, const struct proc_tuf_sink *sink, struct err *e);
void proc_tuf_close(struct proc_tuf *p); /* fine twice, and after failure */

#endif
