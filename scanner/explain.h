/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an image is, or is not, affected by a CVE, a notice, an advisory or one
 * definition: every definition that names it, with its criteria, each test's
 * result, the packages and the comparisons that decided it; every advisory
 * that names it, with what it says of the image's packages; where each of
 * them stands in its document; where they disagree, and what NVD, CISA and
 * EPSS know.
 */
#ifndef SCANNER_EXPLAIN_H
#define SCANNER_EXPLAIN_H

#include "base/out.h"
#include "eval/index.h"
#include "scanner/scan.h"

/* Lines about packages that one advisory gets; more are counted. */
#define EXPLAIN_LINES_MAX 200u

/*
 * s has findings. *answer: VERDICT_FAIL affected, VERDICT_PASS not affected,
 * VERDICT_UNKNOWN where the sources or the image leave it open, or none that
 * judges the image names the id.
 */
int explain_write(const struct scan *s, struct span id, struct out *out,
    enum verdict *answer, struct err *e);

/* A definition that names what was asked for; part of explain_write(). */
struct explained {
	const struct scan_document *document;
	const struct oval_definition *definition; /* compiled */
	struct oval_definition text;              /* as people read it */
	uint32_t ord;
	enum result result; /* scan_result() */
	bool is_kernel;
	bool by_packages; /* literally the result is another */
};

/* Writes the criteria with their results as lines; a holds the tree. */
int explain_tree(
    const struct explained *x, struct arena *a, struct out *out, struct err *e);

/* What one advisory says of one installed package. */
struct explained_line {
	enum word word;
	uint32_t package;
	unsigned rank; /* judge_rank() */
	bool is_overruled;
	struct span cve;
	struct span text; /* "openssl:amd64 installed 1.0 < fixed 1.1 (dpkg)" */
};

/* An advisory that names what was asked for. */
struct explained_advisory {
	const struct index_family *family;
	int64_t key;
	const struct document *document;
	struct span id;
	struct span title;
	struct span severity;
	bool withdrawn;
	struct explained_line *lines;
	size_t n_lines;
	size_t cap_lines;
	size_t n_more;      /* lines past EXPLAIN_LINES_MAX */
	struct buf absent;  /* names that are not installed: "a, b" */
	struct buf streams; /* "openssl of module x, of eus": other builds */
	bool is_about;      /* the image's release */
};

struct explained_advisories {
	struct explained_advisory *v;
	size_t n;
	size_t cap;
	struct buf others; /* "debian bookworm, alpine 3.20" */
	size_t n_others;   /* records about others alone */
};

/* Texts live in a; end with explain_advisories_cleanup() whatever it gives. */
int explain_advisories(const struct scan *s, struct span id, struct arena *a,
    struct explained_advisories *out, struct err *e);
void explain_advisories_cleanup(struct explained_advisories *x);
int explain_advisory(
    const struct explained_advisory *x, struct out *out, struct err *e);
/* The words of the findings that are about id, where they disagree. */
void explain_disputes(const struct scan *s, struct span id, struct out *out);
/* What NVD, CISA's catalog and EPSS know of a CVE; else nothing. */
int explain_known(
    const struct scan *s, struct span id, struct out *out, struct err *e);
/* As ids are written: CVE-…, USN-…. In a. */
struct span explain_upper(struct span id, struct arena *a);
/* Made safe for a terminal. */
void explain_safe(struct out *out, struct span s);

#endif
