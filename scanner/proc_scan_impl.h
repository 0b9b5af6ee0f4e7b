/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides of the scan process share: its messages. */
#ifndef SCANNER_PROC_SCAN_IMPL_H
#define SCANNER_PROC_SCAN_IMPL_H

#include "base/ipc.h"
#include "scanner/layer_cache.h"
#include "scanner/proc_scan.h"
#include "scanner/results.h"

enum scan_message {
	SCAN_ANSWER = 1, /* to main, the last one: scan_send_answer() */
	SCAN_FAILED,     /* either way: ipc_send_err() */
	SCAN_NEED,       /* to main: SHA-256 of a stored file, hex */
	SCAN_SOURCE,     /* from main: with the file's descriptor */
	SCAN_LAYER_GET,  /* to main: diff id, digest of what is wanted */
	SCAN_LAYER,      /* from main: is it known; with a descriptor if so */
	SCAN_LAYER_PUT,  /* to main: as SCAN_LAYER_GET; with a descriptor */
	SCAN_INVENTORY,  /* to main: digest …; with a descriptor */
	SCAN_IMAGE,      /* to main: what it was taken from; with origin's */
	SCAN_VERDICT,    /* to main: a verdict; with its record's */
	SCAN_JOB,        /* from main: a stored inventory, see proc_scan_jobs.h;
			    without a descriptor: that was all */
	SCAN_UNJUDGED,   /* to main: why that one has no verdict */
};

/* Read by scan_read_answer(). */
int scan_send_answer(struct ipc *ipc, const struct scan *s,
    enum verdict verdict, bool has_report, struct err *e);
int scan_read_answer(
    struct span payload, struct scan_answer *answer, struct err *e);

/* --- what is kept: proc_scan_send.c in the scan process; … --- */

int scan_send_inventory(
    struct ipc *ipc, const struct results_inventory *i, struct err *e);
int
scan_send_image(struct ipc *ipc, const struct results_image *i, struct err *e);
/* ring: of many in a row; or NULL. */
struct memfd_ring;
int scan_send_verdict(struct ipc *ipc, const struct results_verdict *v,
    struct memfd_ring *ring, struct err *e);
/* In main; spans borrow payload, the record is behind the descriptor. */
int scan_read_verdict(
    struct span payload, struct results_verdict *v, struct err *e);
/* The layers' facts that main keeps. *out borrows ipc. */
void layer_cache_of(struct layer_cache *out, struct ipc *ipc);

/*
 * … and proc_scan_keep.c in main: what is sent is queued, and written in few
 * transactions. Where that cannot be, it is logged once and the scan goes on.
 */
struct scan_keep;

/*
 * Of the request, which must outlive it: its state (NULL: nothing is kept),
 * target and policy.
 */
struct scan_keep *scan_keep_new(const struct scan_request *r);
void scan_keep_free(struct scan_keep *k); /* what is queued is dropped */
/*
 * 1: it was of what is kept; 0: it was not; -1, also for images and verdicts
 * of another target. May take m->fd over: it is -1 then.
 */
int scan_keep_handle(
    struct scan_keep *k, struct ipc *ipc, struct ipc_message *m, struct err *e);
/* Writes what is queued. */
void scan_keep_flush(struct scan_keep *k);
/* Says what was written. */
void scan_keep_tell(const struct scan_keep *k, struct scan_answer *answer);

/* The request's policy; *digest in a. Without one nothing happens. */
int scan_policy_read(const struct scan_request *r, struct policy **out,
    struct span *digest, struct arena *a, struct err *e);

/* In the scan process: a generation's folder; NULL: nothing happens. */
int scan_index_open(struct index_reader *r, const char *path, struct err *e);
struct proc_start;
/*
 * In main: starts a process that is sent nothing, takes its only message and
 * waits for its end.
 */
int scan_ask(
    const struct proc_start *start, struct scan_answer *answer, struct err *e);

/* Runs in the scan process; ctx is the struct scan_request. */
int scan_process(struct ipc *ipc, void *ctx);

#endif
