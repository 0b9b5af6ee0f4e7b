/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF and JUnit of a finding that is changed a bit: what stands in the
 * report for it. The whole of them is in tests/golden/scan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "scanner/report.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

struct world {
	struct scan_world w;
	struct finding findings[2];
	struct cvss cvss[3];
	struct span notices[2];
	struct span reason;
	struct span missing;
};

static void
world_init(struct world *w)
{
	*w = (struct world){ 0 };
	scan_world_init(&w->w);
	w->w.packages[1].full_version = SPAN_LIT("1.0");
	w->w.packages[1].arch = SPAN_LIT("amd64");
	w->findings[0] = (struct finding){ .cve = SPAN_LIT("CVE-2024-1"),
		.package_index = 1,
		.package = SPAN_LIT("openssl"),
		.arch = SPAN_LIT("amd64"),
		.installed = SPAN_LIT("1.0"),
		.severity = SEVERITY_MEDIUM,
		.fails = true,
		.rule = SPAN_LIT("any severity") };
	w->w.scan.findings = w->findings;
	w->w.scan.n_findings = 1;
	w->w.scan.verdict = VERDICT_FAIL;
}

static void
fixed(struct world *w)
{
	struct finding *f = &w->findings[0];

	f->fixed = SPAN_LIT("1.1");
	f->fix = FIX_AVAILABLE;
	w->notices[0] = SPAN_LIT("USN-1-1");
	w->notices[1] = SPAN_LIT("USN-2-1");
	f->notices = w->notices;
	f->n_notices = 2;
	f->title = SPAN_LIT("{0} [x](y) <b>");
}

static void
critical(struct world *w)
{
	w->findings[0].severity = SEVERITY_CRITICAL;
	w->findings[0].exploit.has_kev = true;
}

static void
unrated(struct world *w)
{
	w->findings[0].severity = SEVERITY_NONE;
}

static void
negligible(struct world *w)
{
	w->findings[0].severity = SEVERITY_NEGLIGIBLE;
	w->findings[0].fails = false;
	w->findings[0].rule = SPAN_NONE;
	w->w.scan.verdict = VERDICT_PASS;
}

static void
no_package(struct world *w)
{
	w->findings[0].package_index = PACKAGE_NONE;
	w->findings[0].package = SPAN_NONE;
	w->findings[0].arch = SPAN_NONE;
	w->findings[0].installed = SPAN_NONE;
	w->findings[0].cve = SPAN_LIT("oval:x:def:1");
}

/* The newest version counts, and there the primary rating. */
static void
rated(struct world *w)
{
	w->cvss[0] = (struct cvss){ .version = SPAN_LIT("3.0"),
		.score = SPAN_LIT("9.9"),
		.is_primary = true };
	w->cvss[1] = (struct cvss){ .version = SPAN_LIT("3.1"),
		.score = SPAN_LIT("5.1") };
	w->cvss[2] = (struct cvss){ .version = SPAN_LIT("3.1"),
		.score = SPAN_LIT("7.5"),
		.is_primary = true };
	w->findings[0].cvss = w->cvss;
	w->findings[0].n_cvss = 3;
}

static void
rated_badly(struct world *w)
{
	rated(w);
	w->cvss[1].score = SPAN_LIT("high");
	w->cvss[2].score = SPAN_NONE;
}

static void
waived(struct world *w)
{
	w->findings[0].fails = false;
	w->findings[0].waived = SPAN_LIT("T-1");
	w->findings[0].waiver_text = SPAN_LIT("Ann: why; until 2026-01-31");
	w->w.scan.policy = (const struct policy *)(const void *)w;
	w->w.scan.verdict = VERDICT_PASS;
}

static void
unknown(struct world *w)
{
	w->reason = SPAN_LIT("layer 2 \033 ends {early}");
	w->missing = SPAN_LIT("a.oval");
	w->w.scan.reasons = &w->reason;
	w->w.scan.n_reasons = 1;
	w->w.scan.missing = &w->missing;
	w->w.scan.n_missing = 1;
	w->w.scan.n_findings = 0;
	w->w.scan.verdict = VERDICT_UNKNOWN;
}

/* The same CVE once more: one rule, two results, another fingerprint. */
static void
twice(struct world *w)
{
	w->findings[1] = w->findings[0];
	w->findings[1].arch = SPAN_LIT("i386");
	w->findings[1].severity = SEVERITY_LOW;
	w->w.scan.n_findings = 2;
}

struct report_case {
	const char *name;
	enum report_format format;
	void (*change)(struct world *w);
	const char *has[5];
	const char *has_not;
};

static const struct report_case cases[] = {
	{ "sarif: a rule and a result", REPORT_SARIF, NULL,
	    { "\"helpUri\": \"https://www.cve.org/CVERecord?id=CVE-2024-1\"",
		"\"level\": \"warning\"",
		"\"openssl 1.0: CVE-2024-1 (medium); no fix known\"",
		"\"uri\": \"var/lib/dpkg/status\"",
		"\"pkg:deb/ubuntu/openssl@1.0?arch=amd64&distro=ubuntu-" },
	    "suppressions" },
	{ "sarif: fix and notices", REPORT_SARIF, fixed,
	    { "(medium); fixed in 1.1 (USN-1-1, USN-2-1)\"",
		"\"text\": \"{{0}} [x] (y) <b>\"" },
	    "[x](y)" },
	{ "sarif: critical and exploited", REPORT_SARIF, critical,
	    { "\"level\": \"error\"", "\"known-exploited\"",
		"(critical), known to be exploited; no fix known" },
	    NULL },
	{ "sarif: unrated is a warning", REPORT_SARIF, unrated,
	    { "\"level\": \"warning\"", "CVE-2024-1 (unrated)" }, NULL },
	{ "sarif: negligible is a note", REPORT_SARIF, negligible,
	    { "\"level\": \"note\"", "\"fails\": false", "\"rule\": \"\"" },
	    "\"warning\"" },
	{ "sarif: no package", REPORT_SARIF, no_package,
	    { "\"text\": \"oval:x:def:1 (medium); no fix known\"",
		"\"uri\": \"etc/os-release\"" },
	    "helpUri" },
	{ "sarif: of the newest CVSS the primary one", REPORT_SARIF, rated,
	    { "\"security-severity\": \"7.5\"" }, NULL },
	{ "sarif: what is no score", REPORT_SARIF, rated_badly,
	    { "\"security-severity\": \"9.9\"" }, NULL },
	{ "sarif: not rated", REPORT_SARIF, NULL,
	    { "\"severity\": \"medium\"" }, "security-severity" },
	{ "sarif: waived", REPORT_SARIF, waived,
	    { "\"kind\": \"external\"", "\"status\": \"accepted\"",
		"\"justification\": \"T-1: Ann: why; until 2026-01-31\"" },
	    NULL },
	{ "sarif: unknown", REPORT_SARIF, unknown,
	    { "\"executionSuccessful\": false", "\"level\": \"error\"",
		"\"text\": \"layer 2 \\u001b ends {{early}}\"",
		"\"text\": \"the document a.oval applies and is not in the "
		"index\"",
		"\"results\": []" },
	    NULL },
	{ "sarif: a CVE in two packages", REPORT_SARIF, twice,
	    { "\"ruleIndex\": 0", "\"level\": \"note\"" }, "\"ruleIndex\": 1" },
	{ "junit: a finding that fails", REPORT_JUNIT, fixed,
	    { "<testsuites name=\"scapcache\" tests=\"2\" failures=\"2\" "
	      "errors=\"0\" skipped=\"0\" time=\"0\">",
		"<failure type=\"verdict\" message=\"fail\"/>",
		"classname=\"openssl\" name=\"CVE-2024-1 openssl:amd64 1.0\"",
		"<failure type=\"any severity\" message=\"medium, fixed in "
		"1.1\">",
		"fixed 1.1, see USN-1-1 USN-2-1\n{0} [x](y) &lt;b&gt;" },
	    "<b>" },
	{ "junit: one that passes", REPORT_JUNIT, negligible,
	    { "<testsuite name=\"negligible\" tests=\"1\" failures=\"0\"",
		"1.0\" time=\"0\"/>" },
	    "<failure" },
	{ "junit: waived is skipped", REPORT_JUNIT, waived,
	    { "skipped=\"1\"",
		"<skipped message=\"waived by T-1: Ann: why; until "
		"2026-01-31\"/>" },
	    "<failure" },
	{ "junit: no package", REPORT_JUNIT, no_package,
	    { "classname=\"image\" name=\"oval:x:def:1\"" }, NULL },
	{ "junit: unknown", REPORT_JUNIT, unknown,
	    { "tests=\"2\" failures=\"0\" errors=\"2\"",
		"<error type=\"verdict\" message=\"unknown\"/>",
		"message=\"layer 2 \xef\xbf\xbd ends {early}\"" },
	    "<failure" },
};

/* So that no case rests on text that is no report. */
static void
check_json(struct span text)
{
	struct arena a = { 0 };
	const struct json_node *n = NULL;
	struct err e = { 0 };

	if (json_parse(text, &a, &n, &e) != 0)
		fail_msg("%s", e.msg);
	arena_cleanup(&a);
}

static void
test_report(void **state)
{
	const struct report_case *c = *state;
	const struct report_options options = { 0 };
	struct out out;
	struct err e = { 0 };
	struct world w;
	size_t i;

	world_init(&w);
	if (c->change != NULL)
		c->change(&w);
	out_init(&out, -1);
	assert_int_equal(
	    report_write(c->format, &w.w.scan, &options, &out, &e), 0);
	if (c->format == REPORT_SARIF)
		check_json(buf_span(&out.buf));
	for (i = 0; i < TABLE_N(c->has) && c->has[i] != NULL; i++)
		if (strstr(buf_str(&out.buf), c->has[i]) == NULL)
			fail_msg("no %s in %s", c->has[i], buf_str(&out.buf));
	if (c->has_not != NULL && strstr(buf_str(&out.buf), c->has_not) != NULL)
		fail_msg("%s in %s", c->has_not, buf_str(&out.buf));
	out_cleanup(&out);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_report);
	return cmocka_run_group_tests_name("report_ci", tests, NULL, NULL);
}
