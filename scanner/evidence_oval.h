/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the publishers' habits add to a true test: the state of Ubuntu's
 * tracker and the pocket from comments (FORMATS §1.5, §1.8), Red Hat's word
 * for what it has not fixed (§3.2). No verdict depends on it.
 */
#ifndef SCANNER_EVIDENCE_OVAL_H
#define SCANNER_EVIDENCE_OVAL_H

#include "scanner/finding.h"
#include "scanner/result_tree.h"

struct evidence_words {
	enum oval_status status;
	struct span comment; /* of the criterion; lives as text */
};

/* n is a criterion of the definition that text has as people read it. */
struct evidence_words evidence_words_of(
    const struct oval_definition *text, const struct result_node *n);

/* Fills in status, state, detail, pocket; of Ubuntu's pkg flavour the CVE. */
void evidence_say(struct evidence *ev, const struct evidence_words *words,
    const struct oval_definition *text, struct arena *a);
/* The vendor's CVSS of each CVE that the record has one for, in a. */
void evidence_ratings(
    struct evidence *ev, const struct oval_metadata *m, struct arena *a);

#endif
