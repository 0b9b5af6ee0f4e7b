/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machines that stay open from one scan to the next: what they have read of
 * their documents is not read again.
 */
#ifndef SCANNER_SCAN_MACHINES_H
#define SCANNER_SCAN_MACHINES_H

#include "eval/separable.h"
#include "scanner/scan.h"

struct scan_machines *scan_machines_new(void);
void scan_machines_free(struct scan_machines *m); /* NULL is fine */
/* Fills in d->machine, which stays ours. */
int scan_machines_get(
    struct scan_machines *m, struct scan_document *d, struct err *e);
/* What of the document of d->machine is separable; made when first asked. */
int scan_machines_separable(struct scan_machines *m, struct scan_document *d,
    struct separable **out, struct err *e);

#endif
