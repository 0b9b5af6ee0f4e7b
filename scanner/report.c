/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/report.h"

static const struct format {
	const char *name;
	int (*write)(const struct scan *, const struct report_options *,
	    struct out *, struct err *); /* NULL: not built yet */
	bool has_findings;
	bool has_verdict;
} formats[N_REPORT_FORMATS] = {
	[REPORT_TABLE] = { "table", report_table, true, true },
	[REPORT_JSON] = { "json", report_json, true, true },
	[REPORT_DEFINITIONS] = { "definitions", report_definitions, false,
	    false },
	[REPORT_OVAL_RESULTS] = { "oval-results", report_oval_results, false,
	    false },
	[REPORT_XCCDF] = { "xccdf", NULL, false, false },
	[REPORT_ARF] = { "arf", NULL, false, false },
	[REPORT_HTML] = { "html", report_html, true, true },
	[REPORT_SARIF] = { "sarif", report_sarif, true, true },
	[REPORT_CYCLONEDX] = { "cyclonedx", report_cyclonedx, true, true },
	[REPORT_JUNIT] = { "junit", report_junit, true, true },
};

bool
report_format_parse(struct span name, enum report_format *out)
{
	size_t i;

	for (i = 0; i < N_REPORT_FORMATS; i++) {
		if (span_is(name, formats[i].name)) {
			*out = (enum report_format)i;
			return true;
		}
	}
	return false;
}

bool
report_is_built(enum report_format f)
{
	return formats[f].write != NULL;
}

bool
report_has_findings(enum report_format f)
{
	return formats[f].has_findings;
}

bool
report_has_verdict(enum report_format f)
{
	return formats[f].has_verdict;
}

int
report_write(enum report_format f, const struct scan *s,
    const struct report_options *options, struct out *out, struct err *e)
{
	if (formats[f].write(s, options, out, e) != 0)
		return -1;
	return out_flush(out, e);
}
