/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three-valued verdict (ARCHITECTURE §6): fail stands; otherwise whatever
 * keeps us from being sure makes it unknown; only then it is a pass.
 */
#ifndef SCANNER_VERDICT_H
#define SCANNER_VERDICT_H

#include "scanner/applies.h"

/*
 * Fills in verdict, reasons, n_fact_reasons. Documents are evaluated, and
 * findings are there if options->fail_on_set.
 */
int verdict_decide(struct scan *s, const struct applies *applies,
    const struct scan_options *options, struct err *e);

#endif
