/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every source says of one package of a release, as lines that can be
 * sorted: see lookup_show() for what becomes of them.
 */
#ifndef INDEXER_LOOKUP_PACKAGE_H
#define INDEXER_LOOKUP_PACKAGE_H

#include "content/advisory.h"
#include "indexer/lookup_impl.h"

#define STATEMENTS_MAX 200000u /* lines about one package */

/* One CVE, as one record has it. */
struct statement {
	struct span cve; /* empty: the record names none */
	/* cve and distribution are not used; texts live with the list. */
	struct advisory_package package;
	struct span product; /* "SUSE Linux Enterprise Server 15 SP3" */
	struct span record;  /* id of the definition, notice, advisory */
	const struct index_family *family;
	const struct document *document;
	int64_t key;
};

struct package_asked {
	const struct lookup *l;
	struct span distribution; /* "ubuntu" */
	struct span release;      /* "focal" */
	struct span name;

	struct arena arena;
	struct statement *items;
	size_t n;
	size_t cap;
};

/* Adds a line; texts are copied. */
int package_add(
    struct package_asked *asked, const struct statement *s, struct err *e);
/* What the OVAL documents of the family say of it. */
int package_add_oval(struct package_asked *asked,
    const struct index_family *family, struct err *e);

/* "CVE-…" as a whole; other aliases are not about a CVE. */
bool lookup_is_cve(struct span id);

#endif
