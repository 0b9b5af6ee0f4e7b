/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking one family's advisories: which CVEs concern a package, which packages
 * concern a CVE, in which state, fixed where. Read-only.
 *
 * Sources that publish an archive and then its changes hold several records
 * of one id: the one with the newest `modified` stands for all of them, and
 * nothing of the others is given. A withdrawn one so takes the older ones
 * back. Records of other sources, and of sources whose documents are each of
 * a release or repository of its own, stand beside each other.
 */
#ifndef EVAL_ADVISORIES_H
#define EVAL_ADVISORIES_H

#include "content/advisory.h"
#include "eval/index.h"

struct advisories;

/* One record, without its statements. */
struct advisory_record {
	int64_t key; /* place_find() gives its offset */
	const struct document *document;
	struct span id; /* "RHSA-2024:4312", "CVE-2024-6387", "openssl" */
	struct span title;
	struct span severity;
	int64_t published; /* seconds since 1970; 0: unsaid */
	int64_t modified;
	bool withdrawn;             /* it has no statements */
	const struct span *aliases; /* CVEs and others that it is about */
	size_t n_aliases;
};

/*
 * What comes out; texts live during the call, which asks nothing of the same
 * advisories itself. -1 with *e set ends the asking.
 * distribution and release are the document's where the record is silent. A
 * statement with an empty cve is about all CVEs of its record: aliases, or its
 * own id.
 */
struct advisories_sink {
	void *ctx;
	int (*statement)(void *ctx, const struct advisory_record *r,
	    const struct advisory_package *p, struct err *e);
};

/* family outlives it; reads nothing yet. One thread. */
struct advisories *advisories_new(const struct index_family *family);
void advisories_free(struct advisories *a); /* NULL is fine */

struct advisories_query {
	struct span distribution; /* empty: any; so is release */
	struct span release;      /* "9.2": what is said of "9" is said of it */
	struct span name;         /* of the package, as in its database */
	/*
	 * Whether the statement is wanted at all; asked before its record is
	 * read, which takes much longer. It may be one of a record that
	 * another one stands for. NULL: all are. ctx is the sink's.
	 */
	bool (*wants)(void *ctx, int64_t key, const struct document *d,
	    const struct advisory_package *p);
};

/*
 * Statements about a package, record by record in the order of their keys.
 * Source and binary packages of a name alike: is_source tells.
 */
int
advisories_of_package(struct advisories *a, const struct advisories_query *q,
    const struct advisories_sink *sink, struct err *e);
/*
 * Statements about a CVE, or whatever else records are named or are about,
 * record by record, then by package.
 */
int advisories_of_cve(struct advisories *a, struct span cve,
    const struct advisories_sink *sink, struct err *e);
/*
 * The keys of the records that are about a CVE, or make a statement of it;
 * they live until the next question.
 */
int advisories_keys(struct advisories *a, struct span cve, const int64_t **keys,
    size_t *n, struct err *e);
/*
 * Whether any statement of the family is about that release: *yes.
 */
int advisories_have_release(const struct index_family *family,
    struct span distribution, struct span release, bool *yes, struct err *e);

/*
 * One record by its key, superseded or not: 1, and *r lives until the next
 * call; 0: there is none; -1.
 */
int advisories_record(struct advisories *a, int64_t key,
    struct advisory_record *r, struct err *e);
/*
 * Its statements about a CVE, as advisories_of_cve(). All of them where cve is
 * empty, or no CVE and what the record is named or is about.
 */
int advisories_statements(struct advisories *a, int64_t key, struct span cve,
    const struct advisories_sink *sink, struct err *e);
/*
 * The key of the record that stands for it: its own, or a newer one's. The
 * seam for tests.
 */
int advisories_current(
    struct advisories *a, int64_t key, int64_t *current, struct err *e);

#endif
