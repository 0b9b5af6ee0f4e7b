/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence into findings: one row a package and CVE with every source's word.
 * A notice that groups CVEs joins the rows of those that other evidence has
 * for the package, and proves none by itself; one whose CVEs nobody names is
 * a row of its own. A finding has at least one word that it is affected.
 */
#ifndef SCANNER_JOIN_H
#define SCANNER_JOIN_H

#include "scanner/scan.h"

/* Fills in s->findings from s->evidence. */
int findings_join(struct scan *s, struct err *e);
/*
 * Adds what other sources know of their CVEs: CVSS of NVD and of the vendor,
 * KEV, EPSS, titles. Only where a report or the policy asks for it.
 */
int findings_enrich(struct scan *s, struct err *e);
/* What is known of one CVE, whatever is installed. */
struct cve_known {
	struct cvss *cvss; /* NVD's */
	size_t n_cvss;
	enum severity severity; /* by NVD */
	struct exploit exploit;
};

/* Texts in a; cve lives as long. */
int findings_know(const struct scan *s, struct span cve, struct arena *a,
    struct cve_known *out, struct err *e);

#endif
