/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored inventories judged again, one after the other, by one scan process
 * that opens the generation once. Main hands them in as descriptors and is
 * told of each verdict.
 */
#ifndef SCANNER_PROC_SCAN_JOBS_H
#define SCANNER_PROC_SCAN_JOBS_H

#include "base/ipc.h"
#include "base/memfd.h"
#include "scanner/proc_scan.h"
#include "scanner/results.h"

/*
 * What is handed in before the answer to the first is back: so what comes up
 * again in either side's ring has been read.
 */
#define SCAN_JOBS_AHEAD MEMFD_RING_SIZE

struct scan_job {
	struct digest inventory;
	struct span target; /* the image: as given to scan, and its digest */
	struct span image;
	int64_t judged_at;
	bool fail_on_set;
	enum severity fail_on;
	struct span document; /* --document; empty: all that apply */
	void *tag;            /* the caller's own */
};

struct scan_jobs {
	/* index, options' no_content, policy; nothing else of it is used. */
	const struct scan_request *request;
	void *ctx;
	/* 1: *job and its inventory's bytes; 0: that was all; -1. */
	int (*next)(
	    void *ctx, struct scan_job *job, struct buf *bytes, struct err *e);
	/* With the record, without its digest; in the order of next(). */
	int (*judged)(void *ctx, const struct scan_job *job,
	    struct results_verdict *v, struct err *e);
	/* That inventory cannot be judged. */
	int (*failed)(void *ctx, const struct scan_job *job,
	    const struct err *why, struct err *e);
};

int proc_scan_jobs(const struct scan_jobs *jobs, struct err *e);

/* In the scan process. by_package: see scanner/scan_memo.h. */
int scan_jobs_run(struct ipc *ipc, const struct scan_options *options,
    const struct index_reader *index, bool by_package, struct err *e);

#endif
