/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit's XML as CI systems read it: a suite for the verdict and one for each
 * severity, a test for each finding, which fails if the verdict does for it.
 */
#include "scanner/report.h"

static void
write_attribute(struct out *o, const char *name, struct span v)
{
	out_printf(o, " %s=\"", name);
	out_xml(o, v);
	out_char(o, '"');
}

struct counts {
	size_t tests;
	size_t failures;
	size_t errors;
	size_t skipped;
};

static void
write_counts(struct out *o, const struct counts *c)
{
	out_printf(o,
	    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
	    "time=\"0\"",
	    c->tests, c->failures, c->errors, c->skipped);
}

static struct counts
count_verdict(const struct scan *s)
{
	return (struct counts){ .tests = 1 + s->n_reasons,
		.failures = s->verdict == VERDICT_FAIL,
		.errors = s->n_reasons + (s->verdict == VERDICT_UNKNOWN) };
}

static struct counts
count_severity(const struct scan *s, enum severity severity)
{
	struct counts c = { 0 };
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		if (f->severity != severity)
			continue;
		c.tests++;
		c.failures += f->fails;
		c.skipped += f->waived.len > 0;
	}
	return c;
}

static void
open_case(struct out *o, struct span class, struct span name)
{
	out_str(o, "    <testcase");
	write_attribute(o, "classname", class);
	write_attribute(o, "name", name);
	out_str(o, " time=\"0\"");
}

static void
write_suite(struct out *o, const char *name, const struct counts *c)
{
	out_str(o, "  <testsuite");
	write_attribute(o, "name", span_of(name));
	write_counts(o, c);
	out_str(o, ">\n");
}

/* What keeps us from being sure is an error, as a test that did not run. */
static void
write_verdict(struct out *o, const struct scan *s)
{
	struct counts c = count_verdict(s);
	size_t i;

	write_suite(o, "verdict", &c);
	open_case(o, SPAN_LIT("verdict"),
	    s->target == NULL ? SPAN_LIT("image") : span_of(s->target->text));
	if (s->verdict == VERDICT_PASS)
		out_str(o, "/>\n");
	else
		out_printf(o,
		    ">\n      <%s type=\"verdict\" message=\"%s\"/>\n"
		    "    </testcase>\n",
		    s->verdict == VERDICT_FAIL ? "failure" : "error",
		    verdict_name(s->verdict));
	for (i = 0; i < s->n_reasons; i++) {
		open_case(o, SPAN_LIT("verdict"), s->reasons[i]);
		out_str(o, ">\n      <error");
		write_attribute(o, "type", span_of(verdict_name(s->verdict)));
		write_attribute(o, "message", s->reasons[i]);
		out_str(o, "/>\n    </testcase>\n");
	}
	out_str(o, "  </testsuite>\n");
}

static void
add_details(struct out *o, const struct finding *f)
{
	size_t i;

	out_str(o, "installed ");
	out_xml(o, f->installed.len > 0 ? f->installed : SPAN_LIT("-"));
	out_str(o, ", fixed ");
	out_xml(o, f->fixed.len > 0 ? f->fixed : SPAN_LIT("-"));
	for (i = 0; i < f->n_notices; i++) {
		out_str(o, i == 0 ? ", see " : " ");
		out_xml(o, f->notices[i]);
	}
	if (f->title.len > 0) {
		out_char(o, '\n');
		out_xml(o, f->title);
	}
}

static void
write_message(struct out *o, const struct finding *f)
{
	out_str(o, " message=\"");
	if (f->waived.len > 0) {
		out_str(o, "waived by ");
		out_xml(o, f->waived);
		out_str(o, ": ");
		out_xml(o, f->waiver_text);
	} else {
		out_printf(o, "%s, ", severity_name(f->severity));
		if (f->fixed.len == 0) {
			out_str(o, "no fix");
		} else {
			out_str(o, "fixed in ");
			out_xml(o, f->fixed);
		}
	}
	out_char(o, '"');
}

/* "CVE-2024-1 libssl3:amd64": no other test of the suite is called so. */
static void
write_name(struct out *o, const struct finding *f)
{
	out_str(o, "    <testcase");
	write_attribute(o, "classname",
	    f->package.len > 0 ? f->package : SPAN_LIT("image"));
	out_str(o, " name=\"");
	out_xml(o, f->cve);
	if (f->package.len > 0) {
		out_char(o, ' ');
		out_xml(o, f->package);
	}
	if (f->arch.len > 0) {
		out_char(o, ':');
		out_xml(o, f->arch);
	}
	if (f->installed.len > 0) {
		out_char(o, ' ');
		out_xml(o, f->installed);
	}
	out_str(o, "\" time=\"0\"");
}

static void
write_finding(struct out *o, const struct finding *f)
{
	write_name(o, f);
	if (f->waived.len > 0) {
		out_str(o, ">\n      <skipped");
		write_message(o, f);
		out_str(o, "/>\n    </testcase>\n");
	} else if (f->fails) {
		out_str(o, ">\n      <failure");
		write_attribute(o, "type", f->rule);
		write_message(o, f);
		out_char(o, '>');
		add_details(o, f);
		out_str(o, "</failure>\n    </testcase>\n");
	} else {
		out_str(o, "/>\n");
	}
}

static void
write_severity(struct out *o, const struct scan *s, enum severity severity)
{
	struct counts c = count_severity(s, severity);
	size_t i;

	if (c.tests == 0)
		return;
	write_suite(o, severity_name(severity), &c);
	for (i = 0; i < s->n_findings; i++)
		if (s->findings[i].severity == severity)
			write_finding(o, &s->findings[i]);
	out_str(o, "  </testsuite>\n");
}

static struct counts
count_all(const struct scan *s)
{
	struct counts all = count_verdict(s);
	size_t i;

	for (i = 0; i < N_SEVERITIES; i++) {
		struct counts c = count_severity(s, (enum severity)i);

		all.tests += c.tests;
		all.failures += c.failures;
		all.skipped += c.skipped;
	}
	return all;
}

int
report_junit(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct counts all = count_all(s);
	size_t i;

	(void)options;
	(void)e;
	out_str(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"scapcache\"");
	write_counts(out, &all);
	out_str(out, ">\n");
	write_verdict(out, s);
	for (i = N_SEVERITIES; i-- > 0;)
		write_severity(out, s, (enum severity)i);
	out_str(out, "</testsuites>\n");
	return 0;
}
