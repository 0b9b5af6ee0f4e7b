/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored inventory in a scan process of its own: judged by a generation, for
 * a report, an explanation or a roll, or only looked into. Nothing is kept.
 */
#ifndef SCANNER_PROC_SCAN_STORED_H
#define SCANNER_PROC_SCAN_STORED_H

#include "scanner/proc_scan.h"

enum stored_what {
	STORED_REPORT = 0, /* in the request's format, or explain */
	STORED_FINDINGS,   /* roll_findings(), with the record's digest */
	STORED_PACKAGES,   /* roll_packages() */
	STORED_ABOUT,      /* roll_about() */
	STORED_LAYERS,     /* roll_layers() */
};

struct scan_stored {
	enum stored_what what;
	/* index, options, policy, format, report, explain, fd are used. */
	const struct scan_request *request;
	struct span target;    /* as it was given to scan */
	struct span image;     /* digest, or empty */
	struct span inventory; /* bytes */
	struct span origin;    /* bytes, or empty: nobody knows */
};

/* What comes out is written to the request's fd. */
int proc_scan_stored(const struct scan_stored *stored,
    struct scan_answer *answer, struct err *e);

#endif
