/* SPDX-License-Identifier: Apache-2.0 */
/* Between judge.c, which asks, and judge_evidence.c, which takes answers. */
#ifndef SCANNER_JUDGE_IMPL_H
#define SCANNER_JUDGE_IMPL_H

#include "eval/advisories.h"
#include "scanner/judge_product.h"
#include "scanner/judge_rows.h"

/* A name under which advisories may speak of an installed package. */
struct subject {
	struct span name;
	bool is_source;
	uint32_t package; /* in system.packages */
};

struct judge {
	struct scan *scan;
	struct subject *subjects; /* by name */
	size_t n_subjects;
	const struct document **sufficing; /* by address */
	size_t n_sufficing;
	const struct document **others;
	size_t n_others;
	struct judge_products products;
	bool has_products; /* Red Hat's statements are of one each */
	struct judge_rows rows;
	struct map pairs; /* packages and CVEs that something affects */
	bool contradicts; /* only what says otherwise of these is taken */
	/* Keys of records of the family in hand that are about these. */
	struct map records;
	struct arena scratch;
	/* Subjects of the name in hand: */
	const struct subject *named;
	size_t n_named;
	bool is_known; /* something is said of its release */
	/* The record in hand: */
	int64_t record;
	struct span id;
	struct span title;
	struct span *cves;
	size_t n_cves;
	/* The document in hand: */
	const struct document *document;
	bool is_sufficing;
	bool is_asked; /* its document applies */
};

/* For lists of documents. */
int judge_by_address(const void *a, const void *b);
/* The sink of the statements about the name in hand, and what it wants. */
int judge_on_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *s, struct err *e);
bool judge_wants(void *ctx, int64_t key, const struct document *d,
    const struct advisory_package *s);
/* A record's key in a map. */
struct span judge_key_span(const int64_t *key);

#endif
