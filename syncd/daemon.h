/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sync daemon: runs a sync of what is due, one at a time, each in a
 * process of its own; listens for `sync --now`; SIGHUP reads the configuration
 * again, SIGTERM and SIGINT end it. A run that is stopped leaves everything as
 * a killed one does: the last generation whole, and the next run goes on.
 */
#ifndef SYNCD_DAEMON_H
#define SYNCD_DAEMON_H

#include "base/config.h"
#include "base/err.h"

#define DAEMON_LOCK_PATH "run/syncd.lock"

struct daemon_options {
	const char *state;     /* path */
	const char *from;      /* as in sync_options; NULL: sync.from says */
	struct config *config; /* the daemon's from now on */
	/* Reads it again; ctx is the caller's. */
	struct config *(*reload)(void *ctx, struct err *e);
	void *ctx;
};

/* Returns when a signal ends it. ERR_SYSTEM if another daemon runs. */
int daemon_run(const struct daemon_options *options, struct err *e);
/* Is one running? Its process in *pid, 0 if not. */
int daemon_pid(int statefd, int *pid, struct err *e);

#endif
