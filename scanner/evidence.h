/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of OVAL: for each true definition of class vulnerability or patch,
 * the packages that make it true. Every such definition gives at least one
 * piece; one that no package stands behind gives one without a package.
 */
#ifndef SCANNER_EVIDENCE_H
#define SCANNER_EVIDENCE_H

#include "scanner/scan.h"

bool evidence_class(enum oval_class class);

/* Fills in s->evidence of all evaluated documents, sorted; s->is_cut. */
int evidence_collect(struct scan *s, struct err *e);
struct evidence_list;

/* Adds what scanner/judge.h found to s->evidence; sorted again. */
void evidence_merge(struct scan *s, const struct evidence_list *list);

/*
 * CVE ids that the record names, in a: from its references, or else from its
 * title.
 */
void evidence_cves(const struct oval_metadata *m, struct arena *a,
    struct span **cves, size_t *n);
/* Worst first; of the same severity by the keys, pair after pair. */
int evidence_order(
    enum severity a, enum severity b, const struct span keys[][2], size_t n);
/* Sets *yes if the test's states ask for a version. */
int evidence_has_version(
    struct machine *m, const struct oval_test *t, bool *yes, struct err *e);
/* USN-…, RHSA-…; empty if the record names no notice. */
struct span evidence_notice(const struct oval_metadata *m);

#endif
