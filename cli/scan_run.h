/* SPDX-License-Identifier: Apache-2.0 */
/* What `scan` and `explain` share: the generation, the process. */
#ifndef CLI_SCAN_RUN_H
#define CLI_SCAN_RUN_H

#include "cli/as_of.h"
#include "server/judge_at.h"

/*
 * The generation that is to judge, and says which one it is where it was asked
 * for. judge_at_cleanup() after it, also where it failed.
 */
int cli_scan_index(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct judge_at *out, struct err *e);

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
