/* SPDX-License-Identifier: Apache-2.0 */
/* From definitions and packages to findings and a verdict, for real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/judge.h"
#include "tests/unit/oval_world.h"

/* --- a document --- */

#define DEF(n, class, title, meta, criteria)                                 \
	"<definition id='oval:t:def:" n                                      \
	"' version='1' class='" class "'><metadata><title>" title            \
				      "</title>" meta "</metadata>" criteria \
				      "</definition>"
#define REF(source, id) "<reference source='" source "' ref_id='" id "'/>"
#define RATED(s) "<advisory><severity>" s "</severity></advisory>"
#define C(attrs, body) "<criteria " attrs ">" body "</criteria>"
#define T(n) "<criterion test_ref='oval:t:tst:" n "' comment='t'/>"
#define T_NOT(n) \
	"<criterion test_ref='oval:t:tst:" n "' negate='true' comment='t'/>"
#define T_SAYS(n, says)                                           \
	"<criterion test_ref='oval:t:tst:" n "' comment='openssl" \
	" package in focal " says "'/>"
#define T_OF(n, cve, says)                                           \
	"<criterion test_ref='oval:t:tst:" n "' comment='(" cve ") " \
	"openssl package in focal " says "'/>"
#define NAME(n, name) \
	W_OBJECT("linux", "dpkginfo", n, "<linux:name>" name "</linux:name>")
#define RPM(n, name) \
	W_OBJECT("linux", "rpminfo", n, "<linux:name>" name "</linux:name>")
#define OLDER(kind, type, n, version)                                       \
	W_STATE("linux", kind, n, "",                                       \
	    "<linux:evr datatype='" type "' operation='less than'>" version \
	    "</linux:evr>")

/* What all cases share: test N asks state N of the object beside it. */
#define PARTS                                                                 \
	W_TESTS(W_TEST("linux", "dpkginfo", "1", "check='at least one'",      \
	    W_OBJ("linux", "1") W_STE("linux", "1")) W_TEST("linux",          \
	    "dpkginfo", "2", "check='at least one'",                          \
	    W_OBJ("linux", "1")) W_TEST("linux", "dpkginfo", "3",             \
	    "check='at least one'", W_OBJ("linux", "1") W_STE("linux", "3"))  \
		W_TEST("linux", "rpminfo", "4", "check='at least one'",       \
		    W_OBJ("linux", "4") W_STE("linux", "4")) W_TEST("linux",  \
		    "rpminfo", "5", "check='at least one'",                   \
		    W_OBJ("linux", "4") W_STE("linux", "5")) W_TEST("unix",   \
		    "uname", "6", "check='at least one'",                     \
		    W_OBJ("unix", "6") W_STE("unix", "6")) W_TEST("ind",      \
		    "family", "7", "check='at least one'", W_OBJ("ind", "7")) \
		    W_TEST("ind", "textfilecontent54", "8",                   \
			"check='at least one'", W_OBJ("ind", "8")))           \
	W_OBJECTS(NAME("1", "openssl") RPM("4", "kernel-headers") W_OBJECT(   \
	    "unix", "uname", "6", "") W_OBJECT("ind", "family", "7", "")      \
		W_OBJECT("ind", "textfilecontent54", "8",                     \
		    "<ind:filepath>/boot/env</ind:filepath>"                  \
		    "<ind:pattern operation='pattern match'>x"                \
		    "</ind:pattern><ind:instance datatype='int'>1"            \
		    "</ind:instance>"))                                       \
	W_STATES(OLDER("dpkginfo", "debian_evr_string", "1", "0:1.1-3")       \
		OLDER("dpkginfo", "debian_evr_string", "3", "1.1-5") OLDER(   \
		    "rpminfo", "evr_string", "4", "0:4.18.0-80")              \
		    W_STATE("linux", "rpminfo", "5", "",                      \
			"<linux:signature_keyid>abc"                          \
			"</linux:signature_keyid>") W_STATE("unix", "uname",  \
			"6", "", "<unix:os_release>x</unix:os_release>"))

#define DOCUMENT(definitions) "<definitions>" definitions "</definitions>" PARTS

struct findings_case {
	const char *name;
	const char *body;
	const char *packages;
	const char *distribution;
	const char *expect; /* verdict, then a line a finding */
};

static const struct findings_case cases[] = {
	{ "older than the fix",
	    DOCUMENT(DEF("1", "vulnerability", "T",
		REF("CVE", "CVE-2024-1") REF("CVE", "CVE-2024-2") RATED("High"),
		C("",
		    T("7") T_SAYS("1", "was vulnerable but has been fixed")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-3 high CVE-2024-1 CVE-2024-2 "
	    "released" },
	{ "as new as the fix",
	    DOCUMENT(DEF("1", "vulnerability", "T", "", C("", T("1")))),
	    "dpkg openssl amd64 1.1-3", "ubuntu", "pass" },
	{ "an epoch is shown where the package has one",
	    DOCUMENT(DEF("1", "vulnerability", "T", "", C("", T("1")))),
	    "dpkg openssl amd64 0:1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 0:1.1-1 -> 0:1.1-3 unrated" },
	{ "every architecture",
	    DOCUMENT(DEF("1", "vulnerability", "T", "", C("", T("1")))),
	    "dpkg openssl amd64 1.1-1;dpkg openssl i386 1.1-2", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-3 unrated\n"
	    "1: openssl i386 1.1-2 -> 1.1-3 unrated" },
	{ "installed is enough where there is no fix",
	    DOCUMENT(DEF("1", "vulnerability", "T", RATED("Low"),
		C("", T_SAYS("2", "is affected and needs fixing")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> low needed" },
	{ "of two fixes the later one",
	    DOCUMENT(DEF("1", "vulnerability", "T", "",
		C("operator='OR'", T("1") T("3")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-5 unrated" },
	{ "a fix that leaves something open is none",
	    DOCUMENT(DEF("1", "vulnerability", "T", "",
		C("operator='OR'",
		    T("1") T_SAYS("2", "is affected and may need fixing")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> unrated needs-triage" },
	{ "what is not true makes no finding",
	    DOCUMENT(DEF("1", "vulnerability", "T", "",
		C("operator='OR'", T("2") C("", T("1") T("8"))))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> unrated" },
	{ "a negated test names no package",
	    DOCUMENT(
		DEF("1", "vulnerability", "T", "", C("", T("7") T_NOT("1")))),
	    "dpkg openssl amd64 1.1-3", "ubuntu",
	    "fail\n1: no package unrated" },
	{ "inventory is no finding",
	    DOCUMENT(DEF("1", "inventory", "T", "", C("", T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "unknown\nt has no vulnerability and no patch that it judges by "
	    "anything, so it says nothing" },
	{ "a notice",
	    DOCUMENT(DEF("1", "patch", "T",
		REF("USN", "USN-1-1") REF("CVE", "CVE-2024-1") RATED("Medium"),
		C("", T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-3 medium CVE-2024-1 "
	    "(USN-1-1)" },
	{ "a CVE that only the title names",
	    DOCUMENT(DEF("1", "vulnerability", "CVE-2024-3 on Ubuntu", "",
		C("", T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-3 unrated CVE-2024-3" },
	{ "a CVE as SUSE writes it",
	    DOCUMENT(DEF("1", "vulnerability", "T",
		REF("CVE", "Mitre CVE-2024-3"), C("", T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n1: openssl amd64 1.1-1 -> 1.1-3 unrated CVE-2024-3" },
	{ "Ubuntu's package flavour: each criterion has its CVE",
	    DOCUMENT(DEF("1", "vulnerability", "T",
		REF("CVE", "CVE-2024-1") REF("CVE", "CVE-2024-2")
		    REF("CVE", "CVE-2024-3"),
		C("operator='OR'",
		    T_OF("1", "CVE-2024-1", "was vulnerable but has been fixed")
			T_OF("2", "CVE-2024-2", "is affected and needs fixing")
			    T_OF("3", "CVE-2024-3",
				"was vulnerable but has been fixed")))),
	    "dpkg openssl amd64 1.1-4", "ubuntu",
	    "fail\n"
	    "1: openssl amd64 1.1-4 -> unrated CVE-2024-2 needed\n"
	    "1: openssl amd64 1.1-4 -> 1.1-5 unrated CVE-2024-3 released" },
	{ "by severity, then package",
	    DOCUMENT(DEF("1", "vulnerability", "T", RATED("Low"), C("", T("1")))
		    DEF("2", "vulnerability", "T", RATED("Critical"),
			C("", T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu",
	    "fail\n2: openssl amd64 1.1-1 -> 1.1-3 critical\n"
	    "1: openssl amd64 1.1-1 -> 1.1-3 low" },
	{ "a signature is no finding",
	    DOCUMENT(DEF("1", "patch", "T", REF("RHSA", "RHSA-2024:1"),
		C("", T("4") T("5")))),
	    "rpm kernel-headers x86_64 4.18.0-32 abc", "rhel",
	    "fail\n1: kernel-headers x86_64 4.18.0-32 -> 4.18.0-80 unrated "
	    "(RHSA-2024:1)" },
	{ "Red Hat's kernel errata, by packages",
	    DOCUMENT(DEF("1", "patch", "T", "",
		C("", C("operator='OR'", T("6") T("8")) C("", T("4") T("5"))))),
	    "rpm kernel-headers x86_64 4.18.0-32 abc", "rhel",
	    "fail\n1: kernel-headers x86_64 4.18.0-32 -> 4.18.0-80 unrated by "
	    "packages" },
	{ "Red Hat's kernel errata, packages are new",
	    DOCUMENT(DEF("1", "patch", "T", "",
		C("", C("operator='OR'", T("6") T("8")) C("", T("4") T("5"))))),
	    "rpm kernel-headers x86_64 4.18.0-80 abc", "rhel", "pass" },
	{ "a question for the kernel alone says nothing",
	    DOCUMENT(DEF("1", "patch", "T", "",
		C("", T("5") C("operator='OR'", T("6") T("8"))))),
	    "rpm kernel-headers x86_64 4.18.0-32 abc", "rhel", "pass" },
	{ "Ubuntu's kernel notices stay literal",
	    DOCUMENT(DEF("1", "patch", "T", "",
		C("", C("operator='OR'", T("6") T("8")) T("1")))),
	    "dpkg openssl amd64 1.1-1", "ubuntu", "pass" },
};

/* --- printing --- */

static void
print_finding(struct buf *b, const struct evidence *f)
{
	size_t i;

	buf_printf(b,
	    "\n%.*s: ", SPAN_ARG(span_from(f->record, strlen("oval:t:def:"))));
	if (f->package.len == 0)
		buf_add_str(b, "no package");
	else
		buf_printf(b, "%.*s %.*s %.*s ->", SPAN_ARG(f->package),
		    SPAN_ARG(f->arch), SPAN_ARG(f->installed));
	if (f->fixed.len > 0)
		buf_printf(b, " %.*s", SPAN_ARG(f->fixed));
	buf_printf(b, " %s", severity_name(f->severity));
	for (i = 0; i < f->n_cves; i++)
		buf_printf(b, " %.*s", SPAN_ARG(f->cves[i]));
	if (f->notice.len > 0)
		buf_printf(b, " (%.*s)", SPAN_ARG(f->notice));
	if (f->status != OVAL_STATUS_NONE)
		buf_printf(b, " %s", oval_status_name(f->status));
	if (f->by_packages)
		buf_add_str(b, " by packages");
}

/* The image is of the release that the only document judges. */
static void
prepare(struct oval_world *w, const struct findings_case *c, struct facts *f)
{
	const struct oval_world_system spec = { .packages = c->packages };
	struct document *d = &w->index.families[0].documents[0];

	oval_world_system(w, &spec);
	d->distribution = span_of(c->distribution);
	d->release = SPAN_LIT("8");
	*f = (struct facts){ .system = w->system,
		.has_os_release = true,
		.os_id = d->distribution,
		.os_version_id = SPAN_LIT("8"),
		.os_codename = SPAN_LIT("8") };
}

static void
test_findings(void **state)
{
	const struct findings_case *c = *state;
	struct scan_options options = { .document = "t", .findings = true };
	struct buf got = { 0 };
	struct oval_world w;
	struct facts facts;
	struct scan s;
	struct err e;
	size_t i;

	if (oval_world_open(&w, c->body, &e) != 0)
		fail_msg("%s", e.msg);
	prepare(&w, c, &facts);
	if (scan_run(&s, &facts, &w.index, &options, &e) != 0)
		fail_msg("%s", e.msg);
	buf_add_str(&got, verdict_name(s.verdict));
	for (i = 0; i < s.n_reasons; i++)
		buf_printf(&got, "\n%.*s", SPAN_ARG(s.reasons[i]));
	for (i = 0; i < s.n_evidence; i++)
		print_finding(&got, &s.evidence[i]);
	assert_string_equal(buf_str(&got), c->expect);
	scan_cleanup(&s);
	buf_cleanup(&got);
	oval_world_close(&w);
}

/* The format changes no verdict: without findings it is the same. */
static void
test_without_findings(void **state)
{
	struct scan_options options = { .document = "t" };
	struct oval_world w;
	struct facts facts;
	struct scan s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(cases); i++) {
		const char *expect = cases[i].expect;

		if (oval_world_open(&w, cases[i].body, &e) != 0)
			fail_msg("%s", e.msg);
		prepare(&w, &cases[i], &facts);
		if (scan_run(&s, &facts, &w.index, &options, &e) != 0)
			fail_msg("%s", e.msg);
		assert_memory_equal(verdict_name(s.verdict), expect,
		    span_find(span_of(expect), '\n'));
		assert_int_equal(s.n_evidence, 0);
		scan_cleanup(&s);
		oval_world_close(&w);
	}
}

/* Whatever a database repeats: what is left out is said. */
static void
test_many(void **state)
{
	static const struct findings_case c = { "many",
		DOCUMENT(DEF("1", "vulnerability", "T", "",
		    C("operator='OR'", T("1") T("3")))),
		NULL, "ubuntu", NULL };
	struct scan_options options = { .document = "t", .findings = true };
	struct findings_case many = c;
	struct buf packages = { 0 };
	struct oval_world w;
	struct facts facts;
	struct scan s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < EVIDENCE_MAX + 1; i++)
		buf_printf(&packages, "dpkg openssl amd64 1.0-%zu;", i);
	many.packages = buf_str(&packages);
	if (oval_world_open(&w, c.body, &e) != 0)
		fail_msg("%s", e.msg);
	prepare(&w, &many, &facts);
	if (scan_run(&s, &facts, &w.index, &options, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(s.verdict, VERDICT_FAIL);
	assert_int_equal(s.n_evidence, EVIDENCE_MAX);
	assert_int_equal(s.n_reasons, 1);
	assert_true(span_is(s.reasons[0],
	    "more is said of its packages than the 32768 words that a report "
	    "holds: the rest is left out"));
	scan_cleanup(&s);
	buf_cleanup(&packages);
	oval_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_findings);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_without_findings);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_many);
	return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
