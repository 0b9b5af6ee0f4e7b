/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the desk about stored results: one form for all of these
 * calls, of which each reads what it needs. docs/api-scan.md has the answers.
 */
#ifndef SERVER_DESK_RESULTS_H
#define SERVER_DESK_RESULTS_H

#include "base/json_out.h"
#include "base/out.h"
#include "scanner/proc_scan.h"
#include "scanner/results.h"
#include "server/desk.h"
#include "server/judge_at.h"

#define RESULTS_LIMIT_MAX 1000u /* rows of a page */

struct results_question {
	struct span id; /* an image's public id, a digest, a CVE */
	struct span other;
	struct span as_of;
	struct span other_as_of;
	struct span what; /* what is to be explained; a report's format */
	struct span policy;
	struct span fail_on;
	struct span words;
	struct span verdict; /* "pass", …, "none"; empty: any */
	struct span severity;
	struct span state;
	uint64_t offset;
	uint64_t limit; /* 0: API_LIMIT */
	bool may_make;  /* a generation that is not kept is made anew */
};

void results_question_pack(struct buf *out, const struct results_question *q);
/* Borrows. ERR_FORMAT: it makes no sense. */
int results_question_unpack(
    struct results_question *q, struct span bytes, struct err *e);

/* --- in the desk --- */

/* Writes the answer; what it needs meanwhile is in a. */
typedef int
desk_results_writer(struct desk_server *d, const struct results_question *q,
    struct arena *a, struct out *out, struct err *e);
/* Reads the question and has it answered. */
int desk_results_answer(struct desk_server *d, struct span question,
    desk_results_writer *write, struct out *out, struct err *e);
/* ERR_MISSING where nothing was scanned yet. */
int desk_results(struct desk_server *d, struct err *e);
/* An image by its public id; ERR_MISSING. In a. */
int desk_image_row(struct desk_server *d, struct span id, struct arena *a,
    struct results_row *out, struct err *e);
/* A verdict by its digest, "sha256:…" or its digits; ERR_MISSING. */
int desk_verdict_row(struct desk_server *d, struct span digest, struct arena *a,
    struct results_verdict *out, struct err *e);
/* "total", "offset", "limit". */
void desk_page_json(struct json_out *j, const struct results_page *page);
void
desk_digest_json(struct json_out *j, const char *name, const struct digest *d);
struct results_page desk_page_of(const struct results_question *q);

/*
 * --- server/desk_judge.c ---
 *
 * policy, the name of one in serve.policies, and fail_on, a severity; where
 * they are empty what scan.policy and scan.fail_on say. policy_path keeps the
 * path; desk_rules_close() after it. ERR_FORMAT, ERR_MISSING: they make no
 * sense.
 */
int
desk_rules(const struct desk_server *d, struct span policy, struct span fail_on,
    struct buf *policy_path, struct scan_request *r, struct err *e);
void desk_rules_close(struct scan_request *r);
/* A generation or a date, or nothing. ERR_FORMAT. */
int desk_as_of(struct span text, struct as_of_when *out, struct err *e);

#endif
