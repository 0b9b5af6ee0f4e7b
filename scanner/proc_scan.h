/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan process: reads an image and a generation, writes the report into a
 * descriptor that it is handed, answers with the verdict. It can open nothing
 * but image and index; when OVAL results need the bytes of a document it asks
 * the main process for a descriptor of the stored file.
 */
#ifndef SCANNER_PROC_SCAN_H
#define SCANNER_PROC_SCAN_H

#include "base/state.h"
#include "content/registry_access.h"
#include "scanner/report.h"
#include "scanner/results.h"

struct scan_request {
	const char *target; /* as the user wrote it */
	const char *opened; /* set by proc_scan(): what to open for it */
	/*
	 * The image, or whatever it is, lies in this open file, from its
	 * start: target is no more than its name, and nothing is opened.
	 */
	bool has_input;
	int input_fd;
	bool is_list;      /* then: it is a package list */
	const char *os;    /* of a list: "ubuntu:20.04"; NULL: it says itself */
	bool one_platform; /* of an index: which one must be said */
	const char *platform;                    /* or NULL */
	const struct registry_options *registry; /* for docker:// */
	const char *index; /* folder of the generation; NULL: there is none */
	int statefd;       /* the store is looked up below it */
	const struct state *state; /* what comes out is kept; NULL: it is not */
	struct scan_options options; /* but for target */
	enum report_format format;
	struct report_options report; /* but for source_fd */
	const char *explain;          /* an id; NULL: scan */
	int policy_fd;                /* of the policy's file; -1: none */
	const char *policy_name;      /* for messages */
	const char *variables_name;   /* of OVAL variables; NULL: none */
	int variables_fd;             /* where there is a name */
	int fd;                       /* where the report goes */
	struct ipc fetch; /* set by proc_scan(): for what is fetched */
	bool is_jobs; /* for proc_scan_jobs(): stored inventories, no target */
	bool by_package; /* then: each package judged once, if that will do */
};

struct scan_answer {
	struct arena arena;
	enum verdict verdict;
	struct span *reasons; /* made safe for a terminal */
	size_t n_reasons;
	bool was_killed; /* the process, which struct proc tells */
	bool has_report; /* false: nothing applied that could be reported */
	/* What of it is kept now: the last verdict's record, and the image's
	 * public id; of proc_scan() only. */
	bool has_record;
	struct digest record;
	char image[RESULTS_NAME_SIZE]; /* or empty */
};

/* Runs the process to its end. */
int proc_scan(
    const struct scan_request *r, struct scan_answer *answer, struct err *e);
void scan_answer_cleanup(struct scan_answer *answer);

#endif
