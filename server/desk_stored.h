/* SPDX-License-Identifier: Apache-2.0 */
/* Stored results that a scan process looks into, or judges again. */
#ifndef SERVER_DESK_STORED_H
#define SERVER_DESK_STORED_H

#include "scanner/proc_scan_stored.h"
#include "server/desk_results.h"

/* What an image's inventory says but for packages: a JSON object. */
int desk_stored_about(struct desk_server *d, const struct results_row *row,
    struct buf *out, struct err *e);
/* As the JSON of a scan, by q's as_of, policy and fail_on; nothing is kept. */
int desk_stored_as_of(struct desk_server *d, const struct results_row *row,
    const struct results_question *q, int *answer_fd, struct err *e);
/* A verdict in another format, by what it was judged by. */
int desk_stored_report(struct desk_server *d, const struct results_verdict *v,
    struct span format, int *answer_fd, struct err *e);

/* Entries. */
int desk_answer_findings(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);
int desk_answer_packages(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);
int desk_answer_layers(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);
/* *answer_fd: the text; out: "affected", "not affected", "unknown". */
int desk_answer_explain(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);
int desk_answer_compare(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);
int desk_answer_verify(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);

/* --- between desk_stored.c and desk_findings.c --- */

/* An inventory in a scan process; what it writes is behind *fd. */
struct desk_look {
	enum stored_what what;
	struct scan_request *request; /* fd is set */
	struct span target;
	struct span image;
	const struct digest *inventory;
	struct span row; /* the image's public id: its origin; or empty */
	struct scan_answer answer;
};
int
desk_look(struct desk_server *d, struct desk_look *l, int *fd, struct err *e);
/*
 * As desk_look() with STORED_REPORT or STORED_FINDINGS, by what the verdict
 * was judged by. ERR_MISSING: its generation's index is not kept.
 */
int desk_look_again(struct desk_server *d, const struct results_verdict *v,
    struct desk_look *l, int *fd, struct err *e);

#endif
