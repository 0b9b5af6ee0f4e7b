/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two stored inventories, each judged by a generation, beside each other:
 * packages, findings, verdicts. One scan process judges both and writes.
 */
#ifndef SCANNER_PROC_SCAN_DIFF_H
#define SCANNER_PROC_SCAN_DIFF_H

#include "scanner/proc_scan.h"

struct scan_side {
	char *target;          /* as it was given to scan */
	struct span image;     /* digest, or empty */
	struct span inventory; /* bytes */
	const char *index;     /* folder of the generation; NULL: none */
	int64_t judged_at;
	const struct catalog_seen *seen; /* of that generation */
	size_t n_seen;
	bool is_stale; /* its signatures had expired */
};

struct scan_diff {
	/* options, policy and fd of it are used. */
	const struct scan_request *request;
	struct scan_side sides[2];
	bool as_json;
};

/* answer->has_report: something differs. */
int proc_scan_diff(
    const struct scan_diff *diff, struct scan_answer *answer, struct err *e);

/* A side that was judged. */
struct diff_side {
	struct target target;
	struct index_reader index;
	struct facts facts;
	bool has_scan;
	struct scan scan;
};

/* scanner/diff.c: writes; *differs: there is a difference. */
int diff_write(const struct diff_side *a, const struct diff_side *b,
    bool as_json, struct out *out, bool *differs);

#endif
