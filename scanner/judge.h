/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories against installed packages: every row that concerns a package of
 * the image becomes evidence, with the comparison that decided it. OVAL has
 * its own way, scanner/evidence.h; scanner/join.h puts both together.
 */
#ifndef SCANNER_JUDGE_H
#define SCANNER_JUDGE_H

#include "scanner/scan.h"

/*
 * Limit of outside input: words about packages in one scan, OVAL's first. An
 * old server without a single fix has some thousands, which take some MiB;
 * so many take 128 MiB.
 */
#define EVIDENCE_MAX 32768u

/* Growing evidence of a scan. Owns v, not what it points to: free() it. */
struct evidence_list {
	struct arena *arena; /* the scan's */
	struct evidence *v;
	size_t n;
	size_t cap;
	bool is_full; /* more was said than EVIDENCE_MAX */
};

/*
 * Adds what s->advisories say of the image's packages: all that affects them
 * or that nobody can tell; and what is said not to affect them where the
 * evidence of s, of the list or of these says otherwise. Fills in what s says
 * of the undecided; what is past EVIDENCE_MAX is left out: list->is_full.
 */
int judge_packages(struct scan *s, struct evidence_list *list, struct err *e);

/*
 * Debian's testing and unstable have no version, and testing's codename: of a
 * source package that testing does not have, "sid" says it.
 */
bool judge_is_unreleased(const struct facts *f);
/* Whether anything is said of a package in the image's own release. */
int judge_knows(const struct facts *f, const struct index_family *family,
    struct span name, bool *yes, struct err *e);

#endif
