/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories against installed packages: every row that concerns a package of
 * the image becomes evidence, with the comparison that decided it. OVAL has
 * its own way, scanner/evidence.h; scanner/join.h puts both together.
 */
#ifndef SCANNER_JUDGE_H
#define SCANNER_JUDGE_H

#include "scanner/scan.h"

/* Growing evidence of a scan. */
struct evidence_list {
	struct arena *arena; /* the scan's */
	struct evidence *v;
	size_t n;
	size_t cap;
};

/*
 * Adds what the advisories of all families that apply to the image say of its
 * packages, words for "not affected" too where another source might differ.
 */
int judge_packages(struct scan *s, struct evidence_list *list, struct err *e);

#endif
