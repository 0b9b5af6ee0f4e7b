/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts × generation: which documents apply, their evaluation, findings and
 * the verdict (ARCHITECTURE §6). Runs in the scan process.
 */
#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include "eval/index.h"
#include "scanner/facts.h"

enum verdict {
	VERDICT_NONE = 0,
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_UNKNOWN,
};

const char *verdict_name(enum verdict v);

/* Vendor severity, in order. */
enum severity {
	SEVERITY_NONE = 0, /* not rated, untriaged */
	SEVERITY_NEGLIGIBLE,
	SEVERITY_LOW,
	SEVERITY_MEDIUM, /* Red Hat: moderate */
	SEVERITY_HIGH,   /* Red Hat: important */
	SEVERITY_CRITICAL,
	N_SEVERITIES,
};

const char *severity_name(enum severity s);
bool severity_parse(struct span name, enum severity *out);

/* One package that makes one definition true. */
struct finding {
	const struct document *document;
	struct span definition; /* id */
	enum oval_class class;
	struct span title;
	struct span *cves;
	size_t n_cves;
	struct span notice; /* USN-…, RHSA-…; empty: none */
	enum severity severity;
	enum oval_status status; /* Ubuntu's tracker */
	/* Empty if no package is behind it: a file, a clone's release. */
	struct span package;
	struct span arch;
	struct span installed;
	struct span fixed; /* empty: no fix known */
	enum package_kind kind;
	bool by_packages; /* literally not true: the kernel was left out */
};

/* One document that was evaluated. */
struct scan_document {
	const struct document *document;
	const struct index_family *family;
	struct machine *machine;
	struct evaluation *evaluation;
	uint32_t counts[N_RESULTS];
	uint32_t n_definitions;
	uint32_t n_kernel;   /* unknown only because of the host's kernel */
	uint32_t n_unjudged; /* unknown for other reasons, or in error */
	/*
	 * Results without what asks for the kernel (scanner/kernel.h), by
	 * ordinal; RESULT_NONE where it is asked for nothing. NULL: none.
	 */
	uint8_t *without_kernel;
	/* Of class vulnerability or patch, and scan_result() is true; where
	 * no findings were asked for, no more than one is counted. */
	uint32_t n_affecting;
	uint32_t n_by_packages; /* of these, those that are not literally so */
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
};

struct scan {
	struct arena arena;
	const struct target *target;
	const struct facts *facts;
	const struct index_reader *index;
	struct scan_document *documents;
	size_t n_documents;
	struct span *missing; /* documents that apply and are not there */
	size_t n_missing;
	struct finding *findings; /* by severity, package, CVE */
	size_t n_findings;
	bool fail_on_set;
	enum severity fail_on;
	enum verdict verdict;
	/* Why the verdict is unknown, or would be if it did not fail already:
	 * first what is wrong with image and content, then definitions. */
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
