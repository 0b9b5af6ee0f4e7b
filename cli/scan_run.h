/* SPDX-License-Identifier: Apache-2.0 */
/* What `scan` and `explain` share: the generation, the process. */
#ifndef CLI_SCAN_RUN_H
#define CLI_SCAN_RUN_H

#include "cli/as_of.h"
#include "scanner/proc_scan.h"

/*
 * Fills in the request's index and statefd and runs the scan process. Where
 * nothing is left of the generation that was asked for, the scan has no
 * content: the verdict is unknown for that reason.
 */
int cli_scan_run(const struct cli *cli, struct scan_request *r,
    const struct as_of_when *when, struct scan_answer *answer, struct err *e);
int cli_scan_status(enum verdict v);

#endif
