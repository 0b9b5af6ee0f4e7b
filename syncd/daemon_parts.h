/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the daemon share. Only for daemon*.c.
 *
 *   daemon.c          start, signals, the loop
 *   daemon_clients.c  who asked over the control socket, and is told
 *   daemon_task.c     one run in its process; what is due
 */
#ifndef SYNCD_DAEMON_PARTS_H
#define SYNCD_DAEMON_PARTS_H

#include <sys/types.h>

#include "base/state.h"
#include "syncd/daemon.h"
#include "syncd/due.h"

#define DAEMON_CLIENTS_MAX 16

struct daemon_client {
	int fd;       /* -1: free */
	bool waiting; /* for a run that has not begun yet */
	bool running; /* for the one that is */
};

struct daemon {
	struct daemon_options options;
	struct state state;
	int lockfd;
	int signalfd;
	int listenfd;
	int64_t delay_s;
	struct daemon_client clients[DAEMON_CLIENTS_MAX];
	bool *requested; /* a source each, by clients */
	bool any_requested;
	pid_t child; /* 0: none */
	int64_t started;
	int64_t not_before; /* monotonic ms: a run that fell over must wait */
	bool stopping;
};

/* --- daemon_clients.c --- */

void daemon_clients_init(struct daemon *d);
void daemon_accept(struct daemon *d);
/* Something came from that client. */
void daemon_listen_to(struct daemon *d, struct daemon_client *c);
void daemon_run_started(struct daemon *d);
void daemon_run_ended(struct daemon *d, bool ok, uint64_t generation);
void daemon_clients_close(struct daemon *d);

/* --- daemon_task.c --- */

/*
 * Sources that are due or were asked for into `run`, which has room for all;
 * *next is when the first of the others is, seconds since 1970.
 */
int daemon_due(struct daemon *d, const struct source **run, size_t *n,
    int64_t *next, struct err *e);
/* Forks the run of these sources. */
int daemon_task_start(
    struct daemon *d, const struct source *const *run, size_t n, struct err *e);

#endif
