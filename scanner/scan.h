/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts × generation: which documents apply, their evaluation, findings and
 * the verdict (ARCHITECTURE §6). Runs in the scan process.
 */
#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include "base/catalog.h"
#include "eval/index.h"
#include "scanner/facts.h"
#include "scanner/finding.h"

enum verdict {
	VERDICT_NONE = 0,
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_UNKNOWN,
};

const char *verdict_name(enum verdict v);

struct policy;
struct scan_machines; /* scanner/scan_machines.h */

/* One document that was evaluated. */
struct scan_document {
	const struct document *document;
	const struct index_family *family;
	struct machine *machine;
	bool machine_is_shared; /* not closed with the scan */
	struct evaluation *evaluation;
	uint32_t counts[N_RESULTS];
	uint32_t n_definitions;
	uint32_t n_kernel;   /* unknown only because of the host's kernel */
	uint32_t n_unjudged; /* unknown for other reasons, or in error */
	/*
	 * Results without what asks for the kernel (scanner/kernel.h) or for
	 * a build that is not there (scanner/variant.h), with the streams
	 * of installed packages (scanner/modular.h), by ordinal;
	 * RESULT_NONE where it is asked for nothing. NULL: none.
	 */
	uint8_t *without_kernel;
	/* Of class vulnerability or patch, and scan_result() is true; where
	 * no findings were asked for, no more than one is counted. */
	uint32_t n_affecting;
	uint32_t n_by_packages; /* of these, those that are not literally so */
};

/* A document whose advisories judge the image. */
struct scan_advisories {
	const struct document *document;
	const struct index_family *family;
	bool suffices; /* what it does not say is affected passes */
};

struct scan_options {
	const struct target *target; /* for reports; may be NULL */
	const char *document;        /* --document; NULL: all that apply */
	const char *no_content;      /* why index is empty, where it is known */
	bool fail_on_set;
	enum severity fail_on; /* --fail-on */
	enum evaluation_mode mode;
	bool findings; /* false: definitions only, for the reports that need
			  no more */
	const struct policy *policy; /* NULL: none */
	/* External variables of OVAL; NULL: nobody gave them values. */
	const struct oval_given_list *given;
	struct span policy_digest;
	int64_t judged_at;
	struct scan_machines *machines; /* NULL: of this scan alone */
	/* When the index first had its documents, by name. */
	const struct catalog_seen *seen;
	size_t n_seen;
	bool is_stale; /* its signatures had expired when it was taken over */
};

struct scan {
	struct arena arena;
	const struct target *target;
	const struct facts *facts;
	const struct index_reader *index;
	struct scan_document *documents;
	size_t n_documents;
	struct scan_advisories *advisories;
	size_t n_advisories;
	struct span *missing; /* documents that apply and are not there */
	size_t n_missing;
	/* What each source says, sorted; the scan's own, not the arena's. */
	struct evidence *evidence;
	size_t n_evidence;
	bool is_cut; /* more was said than EVIDENCE_MAX (judge.h) */
	/* Of these, what advisories say and nobody can tell (judge.h). */
	size_t n_undecided;
	struct span undecided;    /* the first, for people */
	struct finding *findings; /* joined; by severity, package, CVE */
	size_t n_findings;
	const struct policy *policy; /* NULL: none */
	struct span policy_digest;   /* "sha256:…", or empty */
	int64_t judged_at; /* seconds since 1970: ages and expiry count to it */
	const struct catalog_seen *seen; /* of the options */
	size_t n_seen;
	bool is_stale;      /* of the options */
	bool other_release; /* by --document: no finding counts */
	bool fail_on_set;
	enum severity fail_on;
	enum verdict verdict;
	/* Why the verdict is unknown, or would be if it did not fail already:
	 * first what is wrong with image and content, then definitions, then
	 * what a policy says of content, packages and waivers. */
	struct span *reasons;
	size_t n_reasons;
	size_t n_fact_reasons;
	double evaluation_ms; /* the evaluation step alone */
};

/*
 * Facts and index must outlive the scan. -1 only for a damaged index; all
 * else ends in a verdict.
 */
int scan_run(struct scan *s, const struct facts *facts,
    const struct index_reader *index, const struct scan_options *options,
    struct err *e);
void scan_cleanup(struct scan *s);
/* A definition's result as findings and verdict take it. */
enum result scan_result(const struct scan_document *d, uint32_t ord);

#endif
