/* SPDX-License-Identifier: Apache-2.0 */
/* Stored images judged again by the content of now, of `rescan` and the API. */
#ifndef SERVER_RESCAN_H
#define SERVER_RESCAN_H

#include "base/out.h"
#include "scanner/proc_scan_jobs.h"
#include "server/judge_at.h"

struct rescan_options {
	struct results *results;
	bool writes; /* into results; if that fails it goes on */
	const struct judge_at *at;
	struct scan_request *request; /* rules, by_package */
	const char *only;             /* a glob of targets; NULL: all */
	struct span image;            /* the public id of one; or empty */
	struct out *out;
	bool as_json; /* all of them; else those that changed */
};

struct rescan_sums {
	size_t n[VERDICT_UNKNOWN + 1]; /* by verdict */
	size_t n_changed;
};

/* Writes docs/results.md's lines, or its JSON. ERR_MISSING: no such image. */
int
rescan(const struct rescan_options *o, struct rescan_sums *sums, struct err *e);

#endif
