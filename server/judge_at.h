/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generation that judges, and what of the catalog a verdict asks for: of
 * `scan`, `rescan`, `diff`, `verdict` and of the server's scans. In main or a
 * desk.
 */
#ifndef SERVER_JUDGE_AT_H
#define SERVER_JUDGE_AT_H

#include "indexer/as_of.h"
#include "scanner/proc_scan_diff.h"

struct judge_at {
	uint64_t generation; /* 0: there is none */
	int64_t made;        /* when it was published; 0: not asked for */
	struct buf path;     /* its folder */
	int64_t judged_at;   /* now, or the moment that was asked for */
	struct err why;      /* a certain one was asked for, and is gone */
	struct arena arena;
	struct catalog_seen *seen; /* its documents, for their ages */
	size_t n_seen;
	bool is_stale; /* taken over though it had expired */
};

/* ERR_FORMAT: it is a time to come. judge_at_find() asks that first. */
int judge_at_check(const struct as_of_when *when, struct err *e);
/*
 * when { 0 }: the current one. may_make: one that is not kept is made anew,
 * which takes its time. judge_at_cleanup() after it, also where it failed.
 */
int judge_at_find(const struct state *s, const struct as_of_when *when,
    bool may_make, struct judge_at *out, struct err *e);
void judge_at_cleanup(struct judge_at *j);
/* Fills the request in; j must outlive it. */
void judge_at_use(struct scan_request *r, const struct judge_at *j);
/* The same of one side of a comparison. */
void judge_at_side(struct scan_side *side, const struct judge_at *j);

#endif
