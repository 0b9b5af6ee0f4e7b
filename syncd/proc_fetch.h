/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch process and how the main process talks to it: requests with a
 * descriptor to write to go in, heads, progress and replies come out. It has
 * the network, opens none of our files and cannot read what it fetched.
 */
#ifndef SYNCD_PROC_FETCH_H
#define SYNCD_PROC_FETCH_H

#include "base/proc.h"
#include "syncd/fetch.h"

/* Requests that may be without a reply; more would fill the socket. */
#define PROC_FETCH_OPEN_MAX 32

/* The process keeps a copy of the options. */
int
proc_fetch_open(struct proc *p, struct fetch_options *options, struct err *e);
/* The descriptor stays the caller's, who may close it at once. */
int
proc_fetch_get(struct proc *p, const struct fetch_request *r, struct err *e);

enum proc_fetch_kind {
	PROC_FETCH_PROGRESS = 0,
	PROC_FETCH_HEAD, /* a body begins, see struct fetch_sink */
	PROC_FETCH_REPLY,
};

struct proc_fetch_event {
	enum proc_fetch_kind kind;
	uint64_t id;
	struct fetch_reply reply;
	struct fetch_part head;
	bool wait; /* PROC_FETCH_HEAD: until proc_fetch_go() */
	uint64_t done;
	uint64_t total; /* 0: not known */
};

/* The body that PROC_FETCH_HEAD told of may come. */
int proc_fetch_go(struct proc *p, uint64_t id, struct err *e);
/*
 * Waits for the next event; its spans live in m until the next call. 1: one;
 * 0: the process has ended; -1: failed.
 */
int proc_fetch_next(struct proc *p, struct ipc_message *m,
    struct proc_fetch_event *out, struct err *e);

#endif
