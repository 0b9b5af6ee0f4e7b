/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings as people read them: one row a package and CVE, whichever documents
 * say so, with the notice that mends it. A notice whose CVEs no other document
 * names is one row.
 */
#ifndef SCANNER_REPORT_ROWS_H
#define SCANNER_REPORT_ROWS_H

#include "scanner/scan.h"

struct report_row {
	struct span package;
	struct span installed;
	struct span fixed; /* empty: no fix known */
	enum severity severity;
	struct span cve;  /* "CVE-2024-1", "CVE-2024-1 +3", or empty */
	struct span note; /* notices, or the tracker's status */
	enum package_kind kind;
};

/* By severity, package, CVE. Rows live in a and as long as the scan. */
void report_rows(
    const struct scan *s, struct arena *a, struct report_row **rows, size_t *n);

#endif
