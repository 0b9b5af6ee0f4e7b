/* SPDX-License-Identifier: Apache-2.0 */
/* What comments, resolutions and ratings add to a definition's evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/evidence_oval.h"
#include "tests/unit/table.h"

struct say_case {
	const char *name;
	const char *distribution;
	const char *comment;
	const char *fixed;
	const char *expect; /* state [detail] [pocket] [CVE] */
};

static const struct say_case cases[] = {
	{ "released", "ubuntu",
	    "openssl package in focal was vulnerable but has been fixed "
	    "(note: '1.1').",
	    "1.1", "fixed" },
	{ "needed", "ubuntu",
	    "openssl package in focal is affected and needs fixing.", "",
	    "affected" },
	{ "needs triage", "ubuntu",
	    "openssl package in focal is affected and may need fixing.", "",
	    "needs triage" },
	{ "deferred", "ubuntu",
	    "openssl package in focal is affected, but a decision has been "
	    "made to defer addressing it.",
	    "", "deferred" },
	{ "ignored", "ubuntu",
	    "openssl: while related to the CVE in some way, a decision has "
	    "been made to ignore this issue.",
	    "", "will not fix [ignored]" },
	{ "pending", "ubuntu",
	    "openssl package in focal is affected. An update containing the "
	    "fix has been completed and is pending publication.",
	    "1.1", "affected [pending]" },
	{ "fixed before it came", "ubuntu",
	    "openssl package in focal, is related to the CVE in some way and "
	    "has been fixed (note: '1.1').",
	    "1.1", "fixed [not-affected]" },
	{ "unknown to the tracker", "ubuntu",
	    "openssl package in focal has a vulnerability that is not known "
	    "(status: 'x').",
	    "", "unknown" },
	{ "a pocket in the comment", "ubuntu",
	    "openssl package in esm-infra/xenial was vulnerable but has been "
	    "fixed (note: '1.1').",
	    "1.1", "fixed <esm-infra>" },
	{ "a pocket in the version", "ubuntu",
	    "openssl package in xenial was vulnerable but has been fixed "
	    "(note: '1.1~esm1').",
	    "1.1~esm1", "fixed <esm>" },
	{ "a version above the last", "ubuntu", "", "1.1+esm2", "fixed <esm>" },
	{ "a notice for Pro", "ubuntu",
	    "Available with Ubuntu Pro: https://ubuntu.com/pro", "1.1",
	    "fixed <esm>" },
	{ "a notice for Pro's main", "ubuntu",
	    "Available with Ubuntu Pro (Infra-only): https://ubuntu.com/pro",
	    "1.1", "fixed <esm-infra>" },
	{ "a notice for all", "ubuntu", "Long Term Release", "1.1", "fixed" },
	{ "esm means something in Ubuntu alone", "rhel", "", "1.1+esm2",
	    "fixed" },
	{ "the package flavour says which CVE", "ubuntu",
	    "(CVE-2024-7) openssl package in focal is affected and needs "
	    "fixing.",
	    "", "affected CVE-2024-7" },
	{ "no CVE in brackets", "ubuntu", "(CVE-2024-7", "1", "fixed" },
	{ "no comment, no version", "rhel", "", "", "affected" },
};

static void
test_say(void **state)
{
	const struct say_case *c = *state;
	struct document document = { .distribution = span_of(c->distribution) };
	struct evidence ev = { .document = &document,
		.fixed = span_of(c->fixed) };
	struct oval_definition text = { 0 };
	struct evidence_words words = { oval_status_of(span_of(c->comment)),
		span_of(c->comment) };
	struct arena a = { 0 };
	struct buf got = { 0 };

	evidence_say(&ev, &words, &text, &a);
	buf_add_str(&got, advisory_state_name(ev.state));
	if (ev.detail.len > 0)
		buf_printf(&got, " [%.*s]", SPAN_ARG(ev.detail));
	if (ev.pocket.len > 0)
		buf_printf(&got, " <%.*s>", SPAN_ARG(ev.pocket));
	if (ev.n_cves > 0)
		buf_printf(&got, " %.*s", SPAN_ARG(ev.cves[0]));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

/* --- Red Hat's resolutions --- */

static struct span nodejs[] = { SPAN_LIT("nodejs:18/nodejs"), SPAN_LIT("npm") };
static struct span tar[] = { SPAN_LIT("tar") };
static struct span also_tar[] = { SPAN_LIT("tar"), SPAN_LIT("cpio") };
static struct oval_resolution resolutions[] = {
	{ SPAN_LIT("Affected"), nodejs, 2 },
	{ SPAN_LIT("Will not fix"), tar, 1 },
	{ SPAN_LIT("Fix deferred"), also_tar, 2 },
	{ SPAN_LIT("Out of support scope"), nodejs, 1 },
	{ SPAN_LIT("Something new"), tar, 1 },
};

static const struct resolution_case {
	const char *name;
	const char *package;
	size_t first;
	size_t n;
	const char *expect;
} resolution_cases[] = {
	{ "the only one holds for all", "bash", 1, 1,
	    "will not fix [Will not fix]" },
	{ "a component of a module", "nodejs", 0, 2, "affected [Affected]" },
	{ "a component", "tar", 0, 2, "will not fix [Will not fix]" },
	{ "no component of several", "bash", 0, 2, "unknown" },
	{ "several that differ", "tar", 1, 2, "unknown" },
	{ "out of support", "nodejs", 2, 2,
	    "end of life [Out of support scope]" },
	{ "a word that we do not know", "tar", 4, 1,
	    "unknown [Something new]" },
};

static void
test_resolution(void **state)
{
	const struct resolution_case *c = *state;
	struct document document = { .distribution = SPAN_LIT("rhel") };
	struct evidence ev = { .document = &document,
		.package = span_of(c->package) };
	struct oval_definition text = {
		.metadata = { .resolutions = &resolutions[c->first],
		    .n_resolutions = c->n }
	};
	struct evidence_words words = { 0 };
	struct arena a = { 0 };
	struct buf got = { 0 };

	evidence_say(&ev, &words, &text, &a);
	buf_add_str(&got, advisory_state_name(ev.state));
	if (ev.detail.len > 0)
		buf_printf(&got, " [%.*s]", SPAN_ARG(ev.detail));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

/* --- ratings --- */

static const struct rating_case {
	const char *name;
	const char *cvss3;
	const char *cvss2;
	const char *expect;
} rating_cases[] = {
	{ "both", "8.8/CVSS:3.0/AV:N", "7.5/AV:N/AC:L",
	    "3.0 8.8 CVSS:3.0/AV:N;2.0 7.5 AV:N/AC:L;" },
	{ "of 3.1", "10.0/CVSS:3.1/AV:N", "", "3.1 10.0 CVSS:3.1/AV:N;" },
	{ "a score alone", "9", "", "2.0 9 ;" },
	{ "none", "", "", "" },
	{ "no number", "high/CVSS:3.1/AV:N", "", "" },
	{ "too much", "11.0/CVSS:3.1/AV:N", "", "" },
	{ "no number in JSON", "08.8/CVSS:3.1/AV:N", "8./AV:N", "" },
};

static void
test_rating(void **state)
{
	const struct rating_case *c = *state;
	struct document document = { .source = SPAN_LIT("s") };
	struct evidence ev = { .document = &document };
	struct oval_cve cve = { .id = SPAN_LIT("CVE-1"),
		.cvss3 = span_of(c->cvss3),
		.cvss2 = span_of(c->cvss2) };
	struct oval_metadata m = { .cves = &cve, .n_cves = 1 };
	struct arena a = { 0 };
	struct buf got = { 0 };
	size_t i;

	evidence_ratings(&ev, &m, &a);
	for (i = 0; i < ev.n_cvss; i++) {
		buf_printf(&got, "%.*s %.*s %.*s;",
		    SPAN_ARG(ev.cvss[i].version), SPAN_ARG(ev.cvss[i].score),
		    SPAN_ARG(ev.cvss[i].vector));
		assert_true(span_is(ev.cvss[i].cve, "CVE-1"));
		assert_true(span_is(ev.cvss[i].source, "s"));
	}
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

/* Whoever looks for one CVE's goes by their order. */
static void
test_ratings_order(void **state)
{
	struct document document = { .source = SPAN_LIT("s") };
	struct evidence ev = { .document = &document };
	struct oval_cve cves[] = {
		{ .id = SPAN_LIT("CVE-2"), .cvss3 = SPAN_LIT("1/CVSS:3.1/x") },
		{ .id = SPAN_LIT("CVE-1"), .cvss2 = SPAN_LIT("2/x") },
		{ .id = SPAN_LIT("CVE-3"), .cvss2 = SPAN_LIT("3/x") },
	};
	struct oval_metadata m = { .cves = cves, .n_cves = 3 };
	struct arena a = { 0 };

	(void)state;
	evidence_ratings(&ev, &m, &a);
	assert_int_equal(ev.n_cvss, 3);
	assert_true(span_is(ev.cvss[0].cve, "CVE-1"));
	assert_true(span_is(ev.cvss[1].cve, "CVE-2"));
	assert_true(span_is(ev.cvss[2].cve, "CVE-3"));
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(resolution_cases) +
	    TABLE_N(rating_cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_say);
	TABLE_ADD(tests, &n, resolution_cases, test_resolution);
	TABLE_ADD(tests, &n, rating_cases, test_rating);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_ratings_order);
	return cmocka_run_group_tests_name("evidence_oval", tests, NULL, NULL);
}
