/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of one record as numbers, sorted, each once. */
#ifndef INDEXER_ADVISORY_FACTS_H
#define INDEXER_ADVISORY_FACTS_H

#include "eval/advisory_pack.h"
#include "indexer/intern.h"

struct advisory_facts {
	struct intern words;
	struct intern products;
	struct advisory_fact *items; /* in the order of advisory_fact_cmp() */
	size_t n;
	size_t cap;
	uint32_t *cves; /* that they name, each once */
	size_t n_cves;
	size_t cap_cves;
};

void advisory_facts_init(struct advisory_facts *f, struct db *db);
void advisory_facts_cleanup(struct advisory_facts *f);
/*
 * What a record states. What is withdrawn states nothing, nor does a statement
 * about no package.
 */
int advisory_facts_make(
    struct advisory_facts *f, const struct advisory *a, struct err *e);
/* The number of a word; 0: empty. */
int advisory_facts_word(
    struct advisory_facts *f, struct span text, uint32_t *id, struct err *e);
/* Of a CVE, or whatever else a record is about. */
int advisory_facts_alias(
    struct advisory_facts *f, struct span text, uint32_t *id, struct err *e);

#endif
