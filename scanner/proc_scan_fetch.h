/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides of an image that is fetched while it is scanned. */
#ifndef SCANNER_PROC_SCAN_FETCH_H
#define SCANNER_PROC_SCAN_FETCH_H

#include "content/registry_access.h"
#include "scanner/proc_scan_impl.h"

/* The main process': begin with scan_fetch_open(), end with cleanup(). */
struct scan_fetch {
	const char *target; /* as the user wrote it */
	const struct registry_options *options;
	struct ipc ipc; /* to the scan process; -1: nothing is fetched */
	bool is_open;
	struct registry_access access;
	bool has_body; /* one is on its way */
};

/* *other is the scan process' end. Nothing for a target of another kind. */
int scan_fetch_open(struct scan_fetch *f, const struct scan_request *r,
    struct ipc *other, struct err *e);
void scan_fetch_cleanup(struct scan_fetch *f);
/*
 * Waits until the scan process says something over ipc, and answers what it
 * wants fetched meanwhile. -1: it cannot be spoken with.
 */
int scan_fetch_wait(struct scan_fetch *f, const struct ipc *ipc, struct err *e);

/* The scan process'. */
struct scan_asker {
	struct ipc ipc;
	struct ipc_message message;
	struct registry registry; /* asks through it */
};

void scan_asker_open(struct scan_asker *s, struct ipc ipc);
void scan_asker_close(struct scan_asker *s);

#endif
