/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides of the scan process share: its messages. */
#ifndef SCANNER_PROC_SCAN_IMPL_H
#define SCANNER_PROC_SCAN_IMPL_H

#include "base/ipc.h"
#include "scanner/proc_scan.h"

enum scan_message {
	SCAN_ANSWER = 1, /* to main, the last one: scan_send_answer() */
	SCAN_FAILED,     /* either way: scan_send_error() */
	SCAN_NEED,       /* to main: SHA-256 of a stored file, hex */
	SCAN_SOURCE,     /* from main: with the file's descriptor */
	SCAN_LAYER_GET,  /* to main: diff id, digest of what is wanted */
	SCAN_LAYER,      /* from main: is it known; with a descriptor if so */
	SCAN_LAYER_PUT,  /* to main: as SCAN_LAYER_GET; with a descriptor */
	SCAN_INVENTORY,  /* to main: digest; with a descriptor */
	SCAN_IMAGE,      /* to main: what the inventory was taken from */
	SCAN_VERDICT,    /* to main: a verdict's record */
	SCAN_FETCH,      /* to main: a request to a registry */
	SCAN_FETCHED,    /* from main: head of the answer; with a pipe */
};

/* Read by scan_read_answer(). */
int scan_send_answer(struct ipc *ipc, const struct scan *s,
    enum verdict verdict, bool has_report, struct err *e);
int scan_read_answer(
    struct span payload, struct scan_answer *answer, struct err *e);
/* Read by scan_read_error(). */
int scan_send_error(struct ipc *ipc, const struct err *told, struct err *e);
/* Makes *e what the other side was told of; returns -1. */
int scan_read_error(struct span payload, struct err *e);

/* Runs in the scan process; ctx is the struct scan_request. */
int scan_process(struct ipc *ipc, void *ctx);

#endif
