/* SPDX-License-Identifier: Apache-2.0 */
/* What `scan` and `explain` share: the current generation, the process. */
#ifndef CLI_SCAN_RUN_H
#define CLI_SCAN_RUN_H

#include "cli/cli.h"
#include "scanner/proc_scan.h"

/* Fills in the request's index and statefd and runs the scan process. */
int cli_scan_run(const struct cli *cli, struct scan_request *r,
    struct scan_answer *answer, struct err *e);
int cli_scan_status(enum verdict v);

#endif
