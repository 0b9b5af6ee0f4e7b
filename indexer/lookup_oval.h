/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL for people: what one criterion of a definition says of a package. A
 * reading of the publishers' habits (FORMATS §1.5, §3.2, §6.3), which no
 * verdict depends on; what it cannot tell is unknown, never clean.
 */
#ifndef INDEXER_LOOKUP_OVAL_H
#define INDEXER_LOOKUP_OVAL_H

#include "content/advisory.h"
#include "eval/machine.h"

/* What a criterion's comment tells; empty where it does not. */
struct oval_comment {
	struct span package; /* Ubuntu: the source package */
	struct span pocket;  /* "esm-apps" */
	struct span cve;     /* Ubuntu's pkg flavour */
};

struct oval_comment oval_comment_of(struct span comment);

/* What a test compares a package with. */
enum oval_fix {
	OVAL_FIX_NONE = 0, /* nothing that tells of a fix: a key, a release */
	OVAL_FIX_BEFORE,   /* earlier than version */
	OVAL_FIX_NEVER,    /* "equals 0": not affected */
	OVAL_FIX_ZERO,     /* "earlier than 0": unfixed, or never affected */
	OVAL_FIX_EXISTS,   /* whatever version is installed */
};

struct oval_judged {
	enum oval_fix fix;
	struct span version;
	struct span arch; /* words with blanks between */
};

/* Texts live as long as the machine, arch in a. */
int oval_judge_test(struct machine *m, uint32_t test, struct arena *a,
    struct oval_judged *out, struct err *e);

/* False: the criterion makes no statement about the package. */
bool oval_judge_criterion(const struct oval_definition *d,
    const struct oval_node *node, const struct oval_judged *j,
    struct advisory_package *out);

#endif
