/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the daemon share. Only for daemon*.c.
 *
 *   daemon.c          signals, the loop
 *   daemon_start.c    state directory, lock, what the configuration means
 *   daemon_clients.c  who asked over the control socket, and is told
 *   daemon_due.c      what is due
 *   daemon_task.c     one run in its process, from start to end
 */
#ifndef SYNCD_DAEMON_PARTS_H
#define SYNCD_DAEMON_PARTS_H

#include <sys/types.h>

#include "base/state.h"
#include "syncd/daemon.h"
#include "syncd/due.h"

#define DAEMON_CLIENTS_MAX 16
#define DAEMON_CLIENT_IDLE_MS 10000 /* for a client to say what it wants */

struct daemon_client {
	int fd;       /* -1: free */
	bool waiting; /* for a run that has not begun yet */
	bool running; /* for the one that is */
	int64_t since_ms;
};

/* What the configuration says of a source. */
struct daemon_plan {
	struct schedule schedule;
	bool asked;
};

/* What clients ask for of a source, until a run takes it. */
struct daemon_request {
	bool sync;
	bool accept; /* what was held back is let through */
};

struct daemon {
	struct daemon_options options;
	struct state state;
	int lockfd;
	int signalfd;
	int listenfd;
	int64_t delay_s;
	struct daemon_plan *plans; /* a source each */
	struct daemon_client clients[DAEMON_CLIENTS_MAX];
	struct daemon_request *requests; /* a source each */
	bool any_requested;
	pid_t child; /* 0: none */
	int64_t started;
	int64_t started_ms;    /* monotonic, as all below */
	int64_t next;          /* when something is due, seconds since 1970 */
	int64_t look_ms;       /* not before then is looked what is due */
	int64_t not_before_ms; /* a run after one that fell over must wait */
	int64_t renewal_ms;    /* no renewal of signatures before that */
	bool stopping;
};

/* --- daemon_start.c --- */

/* Makes the folder where it is missing, brings the catalog up to date. */
int daemon_open_state(struct daemon *d, struct err *e);
/* What a killed run left of the catalog, or an older version, is mended. */
int daemon_mend(struct daemon *d, struct err *e);
int daemon_take_lock(struct daemon *d, struct err *e);
/* Is the state directory still the one that was locked? */
bool daemon_has_lock(const struct daemon *d);
/* Reads schedules and delay; what held before stays if one makes no sense. */
int daemon_plan(struct daemon *d, struct config *c, struct err *e);

/* --- daemon_clients.c --- */

void daemon_clients_init(struct daemon *d);
void daemon_accept(struct daemon *d);
/* Something came from that client. */
void daemon_listen_to(struct daemon *d, struct daemon_client *c);
/* Drops who connected and says nothing; true while there is such a one. */
bool daemon_clients_idle(struct daemon *d);
void daemon_run_started(struct daemon *d);
void daemon_run_ended(struct daemon *d, bool ok, uint64_t generation);
void daemon_clients_close(struct daemon *d);

/* --- daemon_due.c --- */

/* --from, or sync.from; NULL: the upstreams. */
const char *daemon_from(const struct daemon *d);

struct daemon_work {
	const struct source **run; /* due or asked for; has room for all */
	size_t n;
	bool renew;   /* signatures are about to expire */
	int64_t next; /* when the first other thing is due, seconds */
};

int daemon_due(struct daemon *d, struct daemon_work *w, struct err *e);

/* --- daemon_task.c --- */

/* Forks the run of these sources. */
int daemon_task_start(
    struct daemon *d, const struct source *const *run, size_t n, struct err *e);
/* Forks a renewal of signatures. */
int daemon_task_renew(struct daemon *d, struct err *e);
/* Forks daemon_mend(), which may have to wait for others. */
int daemon_task_mend(struct daemon *d, struct err *e);
/* Takes note of processes that have ended. */
void daemon_task_reap(struct daemon *d);
/* Ends a run that has lasted beyond all measure. */
void daemon_task_check(struct daemon *d);
/* Ends the run, and waits for its processes. */
void daemon_task_stop(struct daemon *d);

#endif
