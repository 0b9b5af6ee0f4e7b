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
 * findings are there if s has a policy or fail_on_set.
 */
int
verdict_decide(struct scan *s, const struct applies *applies, struct err *e);
/* Adds a reason, as long as there is room for it. */
void verdict_reason(struct scan *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
