/* SPDX-License-Identifier: Apache-2.0 */
/* What one statement of an advisory says of one installed package. */
#ifndef SCANNER_JUDGE_STATEMENT_H
#define SCANNER_JUDGE_STATEMENT_H

#include "base/buf.h"
#include "scanner/judge_product.h"

struct judged {
	enum word word;
	struct span installed; /* what was compared; empty: nothing was */
	int order;             /* installed with the statement's version */
};

/*
 * Whether the statement is about this build of the package at all: its
 * architecture, module, stream. products: of Red Hat's statements, else NULL.
 */
bool judge_concerns(const struct advisory_package *s, const struct package *p,
    const struct judge_products *products);
/* The source package by which advisories speak of p; as long as p, or in a. */
struct span judge_source(const struct package *p, struct arena *a);
/* products as above. Made-up versions live in scratch. */
struct judged
judge_statement(const struct advisory_package *s, const struct package *p,
    const struct judge_products *products, struct arena *scratch);
/*
 * Of several statements of a record about a package those of the lowest rank
 * count: of its own stream rather than of the main one, then of the binary
 * package's fix rather than of its source's (FORMATS §4.3). What has no fix in
 * the source has none in what is built of it.
 */
unsigned judge_rank(
    const struct advisory_package *s, const struct judge_products *products);
/* "installed 1.0 < fixed 1.1 (dpkg)"; nothing if nothing was compared. */
void judge_comparison(struct buf *b, const struct judged *j,
    const struct advisory_package *s, const struct package *p);
/* As the package database would write it: no epoch of 0. */
struct span judge_shown_version(struct span version, struct span installed);
/* The order of two versions by the rules of their package database. */
int judge_version_order(enum package_kind kind, struct span a, struct span b);

#endif
