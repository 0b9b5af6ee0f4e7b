/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk: a process of main's for each worker, which asks it what only main
 * may touch: catalog, results, scans, the daemon. The server process faces the
 * network, so the desk trusts nothing that it says: every call checks its
 * words anew. Questions and answers are base/pack.h texts; most answers are
 * the JSON that the client gets.
 */
#ifndef SERVER_DESK_H
#define SERVER_DESK_H

#include <sys/types.h>

#include "base/config.h"
#include "base/ipc.h"
#include "base/out.h"
#include "base/state.h"
#include "server/desk_told.h"

enum desk_call {
	DESK_NONE = 0,
	DESK_STATUS,      /* → JSON of `status --json` */
	DESK_SOURCES,     /* the name of one, or nothing → JSON */
	DESK_GENERATIONS, /* server/desk_rows.h → JSON: all, or one */
	DESK_RUNS,        /* server/desk_rows.h → JSON: the last runs */
	DESK_AUDIT,       /* server/desk_rows.h → JSON */
	DESK_BUNDLES,     /* → JSON: ledger, keys, files of bundles/ */
	DESK_AS_OF,   /* when, may it be made → generation, made, folder */
	DESK_CHANGES, /* since, document, offset, limit, generation until,
			 may it be made
			 → generation, made, number; JSON in a file */
	DESK_IMAGES, /* server/desk_results.h → JSON; so are all below, … */
	DESK_IMAGE,  /* … or with as_of JSON in a file */
	DESK_INVENTORY,  /* → a file of its bytes */
	DESK_VERDICT,    /* → a file of the record */
	DESK_VERDICTS,   /* of an image */
	DESK_FINDINGS,   /* a page of them */
	DESK_PACKAGES,   /* a page of an image's */
	DESK_LAYERS,     /* → JSON in a file */
	DESK_CVE_IMAGES, /* that have it */
	DESK_COMPARE,    /* → JSON of `diff --json` in a file */
	DESK_VERIFY,     /* → JSON of `verdict verify --json` */
	DESK_EXPLAIN,    /* → the answer; the text in a file */
	DESK_UPLOAD,     /* server/desk_scan.h → a file to write to */
	DESK_SCAN,    /* the same; the upload → what became of it; report */
	DESK_JOB,     /* the same → JSON */
	DESK_SYNC,    /* sources → what the daemon said */
	DESK_METRICS, /* → lines of counts and ages */
	N_DESK_CALLS,
};

/* In the desk process. */
struct desk_server {
	struct state state;
	struct config *config;
	struct db *catalog;      /* read-only; NULL: nothing was synced yet */
	ino_t catalog_inode;     /* of its file */
	struct results *results; /* NULL: nothing was scanned yet */
	const struct desk_hooks *hooks;
	struct desk_told status;
	struct desk_told sources; /* all of them */
};

/*
 * One call. question lives during it; fd is the caller's to close, -1: none;
 * *answer_fd is handed over and closed. Returns -1 and *e: the client's
 * problem by its code.
 */
struct desk_entry {
	enum desk_call call;
	int (*answer)(struct desk_server *d, struct span question, int fd,
	    struct out *out, int *answer_fd, struct err *e);
};

/* Each ends with DESK_NONE; server/desk.c lists the tables. */
extern const struct desk_entry desk_catalog_entries[];
extern const struct desk_entry desk_results_entries[];
extern const struct desk_entry desk_scan_entries[];
extern const struct desk_entry desk_metrics_entries[];
extern const struct desk_entry desk_bundles_entries[];

/* What cli hands in: the server includes neither cli nor syncd. */
struct desk_hooks {
	/* `status --json` without what only this machine knows */
	int (*status)(
	    struct config *c, const char *state, struct out *o, struct err *e);
	/* All, or the one of that name: ERR_MISSING if there is none. */
	int (*sources)(struct config *c, const char *state, struct span name,
	    struct out *o, struct err *e);
	/*
	 * Asks the daemon, and does not wait until it is done:
	 * NULL-terminated names, or NULL for all that are on schedule.
	 * ERR_MISSING: none is running.
	 */
	int (*sync)(const char *state, const char *const *sources,
	    struct out *said, struct err *e);
};

/*
 * Runs until the other side closes; the role main's, not narrowed. catalog and
 * results are opened when there are such files, and closed at the end.
 */
int desk_run(struct ipc *ipc, struct desk_server *d, struct err *e);

/* --- in the server process --- */

#define DESK_ANSWER_MAX ((size_t)256 * 1024 * 1024) /* bytes */

struct desk; /* of one worker */

/* Of the other end of desk_run()'s; takes over the descriptor. */
struct desk *desk_new(int fd);
void desk_free(struct desk *d); /* NULL is fine; its process ends */
/* Another process has its place; callable from another thread. */
void desk_replace(struct desk *d, int fd);
struct desk_question {
	enum desk_call call;
	struct span words; /* packed, as the call wants it */
	int fd;            /* goes along, stays the caller's; -1: none */
};

/*
 * Asks, and waits. The answer is added to *out, which may be NULL; *answer_fd
 * (may be NULL) is the caller's, -1 if none came. What the desk refuses comes
 * as *e with its code; ERR_NETWORK: it is gone, and whoever asks again will
 * find another one (503).
 */
int desk_ask(struct desk *d, const struct desk_question *q, struct buf *out,
    int *answer_fd, struct err *e);

#endif
