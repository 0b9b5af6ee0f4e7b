/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of the packages of an image. Evidence is what one record of one
 * source says of one installed package: an OVAL definition that is true, a row
 * of an advisory, a VEX statement. A finding is what all evidence about one
 * package and one CVE comes to: one row, with every source's word and whether
 * they agree. All of it lives in the scan's arena, or as long as the index.
 */
#ifndef SCANNER_FINDING_H
#define SCANNER_FINDING_H

#include "content/advisory.h"
#include "eval/exploit.h"
#include "eval/machine.h"

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

/* What a source's record says of an installed package. */
enum word {
	WORD_AFFECTED = 0,
	WORD_NOT_AFFECTED, /* never was, or is fixed in what is installed */
	WORD_UNKNOWN,      /* cannot be told from what it says */
};

const char *word_name(enum word w); /* "not affected" */

/* One CVSS rating of a CVE, or of a CVE in one package. */
struct cvss {
	struct span cve;     /* that it rates */
	struct span version; /* "2.0" "3.0" "3.1" "4.0" */
	struct span vector;
	struct span score;  /* as written: "9.8"; empty: none */
	struct span source; /* "nvd@nist.gov", or the document's source */
	bool is_primary;
};

#define PACKAGE_NONE UINT32_MAX

struct evidence {
	const struct document *document;
	struct span record;    /* id of the definition or advisory */
	enum oval_class class; /* of a definition; NONE: an advisory's row */
	enum word word;
	struct span title;
	struct span *cves; /* that the record, or its statement, is about */
	size_t n_cves;
	/* A notice that names several CVEs is no proof of each of them. */
	bool is_group;
	struct span notice; /* USN-…, RHSA-…; empty: none */
	enum severity severity;
	const struct cvss *cvss; /* the record's own, by CVE */
	size_t n_cvss;
	enum oval_status status; /* Ubuntu's tracker, of a definition */
	enum advisory_state state;
	struct span detail; /* upstream's own word for it, or empty */
	/* Empty if no package is behind it: a file, a clone's release. */
	uint32_t package_index; /* in system.packages, or PACKAGE_NONE */
	struct span package;
	struct span arch;
	struct span installed;
	struct span fixed;  /* empty: no fix known */
	struct span pocket; /* where the fix is: "esm-infra" "eus", or empty */
	struct span module; /* "nodejs:18", or empty */
	enum package_kind kind;
	bool by_packages;  /* literally not true: the kernel was left out */
	int64_t published; /* of a notice or fix, since 1970; 0: unsaid */
	/* "installed 1.0 < fixed 1.1 (dpkg)": of an advisory's row. */
	struct span comparison;
};

/* What becomes of it, in the order in which an admin wants it. */
enum fix {
	FIX_NONE = 0, /* none is known */
	FIX_AVAILABLE,
	FIX_WITH_PRO, /* Ubuntu: in ESM only */
	FIX_DEFERRED,
	FIX_WONT, /* will not be fixed, or out of support */
};

const char *fix_name(enum fix f); /* "fixed with Pro" */

struct finding {
	/* "CVE-2024-1"; of a record that proves none: its notice or id. */
	struct span cve;
	const struct span *cves; /* itself, or those that the notice names */
	size_t n_cves;
	uint32_t package_index; /* in system.packages, or PACKAGE_NONE */
	struct span package;
	struct span source_package; /* empty: as package */
	struct span arch;
	struct span installed;
	enum package_kind kind;
	bool is_kernel; /* of a kernel, which an image does not run */
	/* The first version that mends it by all that say it is affected. */
	struct span fixed;
	struct span pocket; /* that has it: "esm-infra" */
	enum fix fix;
	int64_t fixed_at; /* when the fix was published; 0: not known */
	/* The vendor's; of several the worst. NVD's only if no vendor rates. */
	enum severity severity;
	bool severity_is_nvd;
	struct span *notices;
	size_t n_notices;
	struct span title; /* of the CVE, where a source has one */
	const struct cvss *cvss;
	size_t n_cvss;
	struct exploit exploit;           /* KEV, EPSS */
	const struct evidence **evidence; /* all words, by document */
	size_t n_evidence;
	bool
	    is_disputed; /* a source says not affected, or differs in the fix */
	/* Filled in by the policy: */
	struct span waived;      /* id of the waiver that holds, or empty */
	struct span waiver_text; /* owner, reason, expiry; for people */
	bool fails;       /* the policy's rules hold it against the image */
	struct span rule; /* which, "severity >= high" */
};

struct facts;
struct fact_layer;

/* The layer that brought the package of that index; NULL: not known. */
const struct fact_layer *
facts_layer_of(const struct facts *facts, uint32_t package);

#define FINDING_SHARE_SIZE 16

/* A share of one in 1/EPSS_UNIT as people write it: "0.91963". */
const char *finding_share(uint32_t share, char text[FINDING_SHARE_SIZE]);

#endif
