/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index process, seen from main: one is started for each family, has the
 * open files of its job or the store, may write in the family's folder only,
 * and answers by message. One that crashes or is killed is an error of its job,
 * and its file is not to be published.
 */
#ifndef INDEXER_PROC_INDEX_H
#define INDEXER_PROC_INDEX_H

#include "indexer/family.h"

#define INDEX_JOBS_AT_ONCE 2 /* so that their memory stays in bounds */

/* One family to build. */
struct index_job {
	const char *path; /* from generation_family() */
	const struct index_input *inputs;
	size_t n_inputs;
	struct index_outcome *outcomes; /* n_inputs, filled in */
	bool failed; /* error says why; nothing of it can be published */
	struct err error;
};

/* Told now and then that input i of the job has had n_records so far. */
struct index_report {
	void *ctx;
	void (*records)(void *ctx, const struct index_job *job, size_t i,
	    uint64_t n_records);
};

/*
 * Runs all jobs and returns when the last one has ended; each says how it
 * fared. report may be NULL.
 */
void index_jobs_run(
    struct index_job *jobs, size_t n, const struct index_report *report);
/* family_build() in an index process. */
int index_family_run(const char *path, const struct index_input *inputs,
    size_t n, struct index_outcome *outcomes, struct err *e);
/* family_digests() in an index process. */
int
index_digests_run(const char *path, struct family_digests *out, struct err *e);

#endif
