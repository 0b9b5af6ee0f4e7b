/* SPDX-License-Identifier: Apache-2.0 */
/* What `scan` and `explain` share: the generation, the process. */
#ifndef CLI_SCAN_RUN_H
#define CLI_SCAN_RUN_H

#include "cli/as_of.h"
#include "scanner/proc_scan.h"

/* The generation that is to judge. */
struct cli_index {
	uint64_t generation; /* 0: there is none */
	struct buf path;     /* its folder */
	int64_t judged_at;   /* now, or the moment that was asked for */
	struct err why;      /* a certain one was asked for, and is gone */
	struct arena arena;
	struct catalog_seen *seen; /* its documents, for their ages */
	size_t n_seen;
	bool is_stale; /* taken over though it had expired */
};

/* cli_scan_index_cleanup() after it, also where it failed. */
int cli_scan_index(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct cli_index *out, struct err *e);
void cli_scan_index_cleanup(struct cli_index *index);
/* Fills the request in; index must outlive it. */
void cli_scan_use(struct scan_request *r, const struct cli_index *index);

/*
 * Fills in the request's index, statefd and judged_at (now, or the moment that
 * was asked for) and runs the scan process. Where
 * nothing is left of the generation that was asked for, the scan has no
 * content: the verdict is unknown for that reason.
 */
int cli_scan_run(const struct cli *cli, struct scan_request *r,
    const struct as_of_when *when, struct scan_answer *answer, struct err *e);
int cli_scan_status(enum verdict v);
/*
 * --policy and --fail-on, or what the configuration says in their place (NULL:
 * not given), into the request. CLI_OK, or the error was told. The descriptor
 * is the caller's to close with cli_scan_close().
 */
int cli_scan_rules(const struct cli *cli, const char *policy,
    const char *fail_on, struct scan_request *r);
void cli_scan_close(struct scan_request *r);

#endif
