/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of which of Red Hat's products an image is made: by the repositories that
 * it was made from, or else by its os-release (FORMATS §4.4, §4.5). A
 * statement is about a product and a stream of it; what another product or
 * stream has says nothing of the image.
 */
#ifndef SCANNER_JUDGE_PRODUCT_H
#define SCANNER_JUDGE_PRODUCT_H

#include "content/advisory.h"
#include "scanner/scan.h"

/* Limit of outside input: products of one image. */
#define JUDGE_PRODUCTS_MAX 4096u

/* As content/csaf.h has them. */
struct judge_product {
	struct span distribution; /* "rhel" "redhat" */
	struct span release;
	struct span pocket;
};

struct judge_products {
	struct judge_product v[JUDGE_PRODUCTS_MAX];
	size_t n;
	bool has_other; /* some are not RHEL itself */
};

/* In a; family has the repositories. */
int judge_products_find(struct judge_products *out, const struct facts *f,
    const struct index_family *family, struct arena *a, struct err *e);
enum judge_concern {
	JUDGE_NO = 0,
	JUDGE_OWN,  /* a product of the image */
	JUDGE_MAIN, /* a fix in the main stream of an image of an extended one
		     */
};

/*
 * Whether the statement is about the image. What is not fixed in the main
 * stream is not fixed in an extended one, either: JUDGE_OWN. What is fixed
 * there may never be in the extended one, and nobody says so.
 */
enum judge_concern judge_products_have(
    const struct judge_products *p, const struct advisory_package *statement);

#endif
