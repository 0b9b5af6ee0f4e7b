/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of a scan. Each names generation, documents with their digests and
 * the inventory digest, and its bytes depend on nothing else (OVAL results
 * also on the clock). The format never changes the verdict.
 */
#ifndef SCANNER_REPORT_H
#define SCANNER_REPORT_H

#include "base/out.h"
#include "scanner/scan.h"

enum report_format {
	REPORT_TABLE = 0,
	REPORT_JSON,
	REPORT_DEFINITIONS,
	REPORT_OVAL_RESULTS,
	REPORT_XCCDF,
	REPORT_ARF,
	REPORT_HTML,
	REPORT_SARIF,
	REPORT_CYCLONEDX,
	REPORT_JUNIT,
	N_REPORT_FORMATS,
};

bool report_format_parse(struct span name, enum report_format *out);
/* Formats that are named and not built yet have none. */
bool report_is_built(enum report_format f);
/* Whether it shows findings, and so whether a scan must collect them. */
bool report_has_findings(enum report_format f);
/* Whether verdict and reasons stand in it. */
bool report_has_verdict(enum report_format f);

struct report_options {
	bool colour;
	unsigned width; /* of the terminal; 0: as wide as it needs */
	bool timing;    /* json: how long the evaluation took */
	int source_fd;  /* oval-results: the document's stored file */
};

int report_write(enum report_format f, const struct scan *s,
    const struct report_options *options, struct out *out, struct err *e);

/* One a format; called by report_write(). */
int report_table(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);
int report_json(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);
int report_cyclonedx(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);
int report_html(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);
int report_definitions(const struct scan *s,
    const struct report_options *options, struct out *out, struct err *e);
/* s has exactly one document, evaluated by EVALUATE_PLAIN. */
int report_oval_results(const struct scan *s,
    const struct report_options *options, struct out *out, struct err *e);
int report_sarif(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);
int report_junit(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e);

#endif
