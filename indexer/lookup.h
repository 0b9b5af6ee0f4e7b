/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the index by words or by id. Whatever is printed names its document,
 * the digest of the stored file and the place of the record in the unpacked
 * bytes.
 */
#ifndef INDEXER_LOOKUP_H
#define INDEXER_LOOKUP_H

#include "base/out.h"
#include "eval/index.h"

#define LOOKUP_LIMIT 50 /* lines of a search, unless asked otherwise */

/* What a record is to those who ask. */
enum lookup_kind {
	LOOKUP_ANY = 0,
	LOOKUP_CVE,    /* NVD's records, CISA's catalog */
	LOOKUP_NOTICE, /* Ubuntu's */
	LOOKUP_ADVISORY,
	LOOKUP_DEFINITION, /* OVAL's */
	LOOKUP_PRODUCT,    /* NVD's dictionary */
	LOOKUP_CONTENT,    /* data streams */
	N_LOOKUP_KINDS,
};

const char *lookup_kind_name(enum lookup_kind k); /* "cve"; ANY: "" */
/* False if there is no such kind; empty is any. */
bool lookup_kind_parse(struct span name, enum lookup_kind *out);

struct lookup {
	const struct index_reader *index;
	struct out *out;
	const char *document; /* keep to this one; NULL: all */
	bool as_json;
	bool raw;        /* show: the record's source bytes and nothing else */
	uint64_t limit;  /* search: lines at most */
	uint64_t offset; /* search: so many lines are left out before */
	/* Search: records of this kind. Show: those whose own id it is. */
	enum lookup_kind kind;
};

/*
 * Records that hold all the words, best first: those with the words in id,
 * title or packages before those with them in the description; then the
 * newest id first. Of a CVE that several of NVD's feeds hold the newest record
 * stands for all.
 */
int lookup_search(const struct lookup *l, struct span words, uint64_t *n_found,
    struct err *e);
#define LOOKUP_PART_MIN 2u /* letters of a package's name */

/*
 * Packages whose names have all the words, in any place, or that are of a
 * distribution or release that a word names: JSON as of a search, the ids as
 * lookup_show() takes them. ERR_LIMIT: the words are too short.
 */
int lookup_packages(const struct lookup *l, struct span asked,
    uint64_t *n_found, struct err *e);
/*
 * All that is known under an id: a CVE, a notice, an advisory, a definition.
 * *n_found is 0 if there is nothing.
 */
int lookup_show(
    const struct lookup *l, struct span id, uint64_t *n_found, struct err *e);

#endif
