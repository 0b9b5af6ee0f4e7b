/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy on a small image: one row a rule, with what becomes of the finding
 * and of the verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/policy.h"
#include "scanner/policy_impl.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

#define DAY ((int64_t)86400)
#define NOW ((int64_t)1767225600) /* 2026-01-01T00:00:00Z */

struct world {
	struct scan_world w;
	struct evidence evidence[2];
	const struct evidence *words[2];
	struct finding finding;
	struct index_family family;
	struct document content[4];
};

/* openssl 1.0, affected by CVE-2024-1 of the first document and a notice. */
static void
world_init(struct world *w)
{
	struct finding *f = &w->finding;

	*w = (struct world){ 0 };
	scan_world_init(&w->w);
	w->evidence[0] = (struct evidence){ .document = &w->w.documents[0],
		.record = SPAN_LIT("oval:x:def:1"),
		.word = WORD_AFFECTED };
	w->evidence[1] = (struct evidence){ .document = &w->w.documents[1],
		.record = SPAN_LIT("oval:x:def:2"),
		.notice = SPAN_LIT("USN-1-1"),
		.word = WORD_AFFECTED };
	w->words[0] = &w->evidence[0];
	w->words[1] = &w->evidence[1];
	*f = (struct finding){ .cve = SPAN_LIT("CVE-2024-1"),
		.package = SPAN_LIT("libssl3"),
		.source_package = SPAN_LIT("openssl"),
		.installed = SPAN_LIT("1.0"),
		.fix = FIX_AVAILABLE,
		.severity = SEVERITY_MEDIUM,
		.evidence = w->words,
		.n_evidence = 2 };
	w->w.packages[0].full_version = SPAN_LIT("5.1");
	w->w.packages[1].full_version = SPAN_LIT("1.0");
	w->w.facts.image_digest = SPAN_LIT("sha256:0a");
	w->content[0] = (struct document){ .name = SPAN_LIT("kev"),
		.source = SPAN_LIT("kev"),
		.format = SPAN_LIT("kev"),
		.published = SPAN_LIT("2025-12-31T00:00:00Z") };
	w->content[1] = (struct document){ .name = SPAN_LIT("epss"),
		.source = SPAN_LIT("epss"),
		.format = SPAN_LIT("epss"),
		.published = SPAN_LIT("2025-12-31T00:00:00+0000") };
	w->content[2] = (struct document){ .name = SPAN_LIT("nvd-2024"),
		.source = SPAN_LIT("nvd"),
		.published = SPAN_LIT("2025-06-01") };
	w->content[3] = (struct document){ .name = SPAN_LIT("nvd-modified"),
		.source = SPAN_LIT("nvd"),
		.published = SPAN_LIT("2025-12-30") };
	w->family.documents = w->content;
	w->family.n_documents = 4;
	w->w.index.families = &w->family;
	w->w.index.n_families = 1;
	w->w.documents[0].source = SPAN_LIT("ubuntu-oval");
	w->w.documents[1].source = SPAN_LIT("ubuntu-oval");
	w->w.documents[0].published = SPAN_LIT("2025-12-25T00:00:00");
	w->w.documents[1].published = SPAN_LIT("2025-12-31T00:00:00");
	w->w.scan.findings = f;
	w->w.scan.n_findings = 1;
	w->w.scan.judged_at = NOW;
}

static void
severity(struct world *w, int n)
{
	w->finding.severity = (enum severity)n;
}

static void
state(struct world *w, int n)
{
	w->finding.fix = (enum fix)n;
}

/* Fixed n seconds less than 14 days ago. */
static void
fixed_at(struct world *w, int n)
{
	w->finding.fixed_at = NOW - 14 * DAY + n;
}

static void
kernel(struct world *w, int n)
{
	(void)n;
	w->finding.is_kernel = true;
}

static void
kev(struct world *w, int n)
{
	(void)n;
	w->finding.exploit.has_kev = true;
	w->finding.severity = SEVERITY_LOW;
}

static void
kev_kernel(struct world *w, int n)
{
	kev(w, n);
	kernel(w, n);
}

static void
epss(struct world *w, int n)
{
	w->finding.exploit.has_epss = true;
	w->finding.exploit.score = (uint32_t)n;
}

static void
no_content(struct world *w, int n)
{
	(void)n;
	w->family.n_documents = 0;
}

static void
no_finding(struct world *w, int n)
{
	(void)n;
	w->w.scan.n_findings = 0;
}

/* The newest OVAL is n seconds older than 7 days. */
static void
published(struct world *w, int n)
{
	w->w.documents[0].published = n < 0 ? SPAN_LIT("2025-12-25T00:00:00Z")
					    : SPAN_LIT("2025-12-24T23:59:59Z");
	w->w.scan.n_findings = 0;
}

static void
no_date(struct world *w, int n)
{
	no_finding(w, n);
	w->w.documents[1].published = SPAN_NONE;
}

/* The same, seen by the index n seconds after 2025-12-25. */
static void
seen(struct world *w, int n)
{
	static struct catalog_seen rows[2];

	no_date(w, n);
	rows[0] =
	    (struct catalog_seen){ .name = w->w.documents[0].name, .seen = 1 };
	rows[1] = (struct catalog_seen){ .name = w->w.documents[1].name,
		.seen = NOW - 7 * DAY + n };
	w->w.scan.seen = rows;
	w->w.scan.n_seen = 2;
}

/* An advisory that a pass rests on, or one that it does not. */
static void
advisory(struct world *w, int suffices)
{
	static struct scan_advisories advisories;

	no_finding(w, 0);
	advisories = (struct scan_advisories){ .document = &w->content[2],
		.suffices = suffices != 0 };
	w->w.scan.n_documents = 0;
	w->w.scan.advisories = &advisories;
	w->w.scan.n_advisories = 1;
}

static void
future(struct world *w, int n)
{
	no_finding(w, n);
	w->w.documents[1].published = SPAN_LIT("2026-01-03");
}

static void
other_release(struct world *w, int n)
{
	(void)n;
	w->w.scan.other_release = true;
}

static void
unknown(struct world *w, int n)
{
	static struct span reasons[64] = { SPAN_LIT("a layer ends early") };

	no_finding(w, n);
	w->w.scan.reasons = reasons;
	w->w.scan.n_reasons = 1;
}

static void
missing(struct world *w, int n)
{
	static struct span name = SPAN_LIT("rhel-8.oval");

	no_finding(w, n);
	w->w.scan.missing = &name;
	w->w.scan.n_missing = 1;
}

static void
fail_on(struct world *w, int n)
{
	w->w.scan.fail_on_set = true;
	w->w.scan.fail_on = (enum severity)n;
}

static void
not_affected(struct world *w, int n)
{
	(void)n;
	w->evidence[1].word = WORD_NOT_AFFECTED;
}

static void
no_cve(struct world *w, int n)
{
	(void)n;
	w->finding.cve = SPAN_LIT("USN-1-1");
	w->words[0] = &w->evidence[1];
	w->finding.n_evidence = 1;
}

static void
late(struct world *w, int n)
{
	w->w.scan.judged_at = NOW + n;
}

struct policy_case {
	const char *name;
	const char *text; /* NULL: no policy */
	void (*change)(struct world *w, int n);
	int n;
	/* Verdict, then the finding's rule, waiver, text; then reasons. */
	const char *expect;
};

#define HIGH "[fail]\nseverity = high\n"
#define WAIVER(ids, more)                                                \
	"[waiver.T-1]\nids = " ids "\nowner = Ann\nreason = not built\n" \
	"expires = 2026-01-31\n" more
#define WAIVED "pass [any severity] T-1 Ann: not built; until 2026-01-31"

static const struct policy_case cases[] = {
	{ "no policy: every finding fails", NULL, NULL, 0,
	    "fail [any severity]" },
	{ "no policy, --fail-on above it", NULL, fail_on, SEVERITY_HIGH,
	    "pass []" },
	{ "no policy, --fail-on at it", NULL, fail_on, SEVERITY_MEDIUM,
	    "fail [--fail-on medium]" },
	{ "an empty policy: every finding fails", "", NULL, 0,
	    "fail [any severity]" },

	{ "below the severity", HIGH, NULL, 0, "pass []" },
	{ "at the severity", HIGH, severity, SEVERITY_HIGH,
	    "fail [severity >= high]" },
	{ "above the severity", HIGH, severity, SEVERITY_CRITICAL,
	    "fail [severity >= high]" },
	{ "any severity", "[fail]\nseverity = any\n", severity,
	    SEVERITY_NEGLIGIBLE, "fail [any severity]" },
	{ "no rule by severity", "[fail]\nseverity = off\n", severity,
	    SEVERITY_CRITICAL, "pass []" },
	{ "unrated fails", HIGH, severity, SEVERITY_NONE,
	    "fail [unrated: severity >= high]" },
	{ "unrated taken for less", HIGH "unrated = medium\n", severity,
	    SEVERITY_NONE, "pass []" },
	{ "unrated taken for as much", HIGH "unrated = high\n", severity,
	    SEVERITY_NONE, "fail [unrated: severity >= high]" },
	{ "--fail-on adds its rule", HIGH, fail_on, SEVERITY_LOW,
	    "fail [--fail-on low]" },
	{ "--fail-on takes none away", "[fail]\nseverity = low\n", fail_on,
	    SEVERITY_CRITICAL, "fail [severity >= low]" },

	{ "a state that counts", "[fail]\nstates = fixed\n", state,
	    FIX_AVAILABLE, "fail [any severity]" },
	{ "a state that does not", "[fail]\nstates = fixed\n", state, FIX_NONE,
	    "pass []" },
	{ "only what has no fix", "[fail]\nstates = affected\n", state,
	    FIX_AVAILABLE, "pass []" },
	{ "with Pro", "[fail]\nstates = fixed-with-pro\n", state, FIX_WITH_PRO,
	    "fail [any severity]" },
	{ "deferred", "[fail]\nstates = deferred\n", state, FIX_DEFERRED,
	    "fail [any severity]" },
	{ "will not be fixed", "[fail]\nstates = fixed will-not-fix\n", state,
	    FIX_WONT, "fail [any severity]" },

	{ "a fix of just 14 days", "[fail]\nfix_available_days = 14\n",
	    fixed_at, 0, "pass []" },
	{ "a fix of a second more", "[fail]\nfix_available_days = 14\n",
	    fixed_at, -1,
	    "fail [any severity, fix available for more than 14 days]" },
	{ "a fix of a second less", "[fail]\nfix_available_days = 14\n",
	    fixed_at, 1, "pass []" },
	{ "a fix of an unknown day", "[fail]\nfix_available_days = 14\n", NULL,
	    0, "fail [any severity, fix available for more than 14 days]" },
	{ "a fix of the future", "[fail]\nfix_available_days = 14\n", fixed_at,
	    15 * 86400,
	    "fail [any severity, fix available for more than 14 days]" },
	{ "days alone mean those with a fix",
	    "[fail]\nfix_available_days = 14\n", state, FIX_NONE, "pass []" },
	{ "days and a state without a fix",
	    "[fail]\nfix_available_days = 14\nstates = fixed affected\n", state,
	    FIX_NONE,
	    "fail [any severity, fix available for more than 14 days]" },

	{ "known exploited, whatever its severity", HIGH "kev = yes\n", kev, 0,
	    "fail [known exploited]" },
	{ "known exploited, not asked for", HIGH, kev, 0, "pass []" },
	{ "known exploited, and no catalog", HIGH "kev = yes\n", no_content, 0,
	    "unknown []\nthe policy asks for known exploited vulnerabilities, "
	    "and the index has no catalog of them: run `scapcache sync kev`" },
	{ "EPSS at the threshold", HIGH "epss = 0.5\n", epss, 50000,
	    "fail [EPSS >= 0.5]" },
	{ "EPSS below it", HIGH "epss = 0.5\n", epss, 49999, "pass []" },
	{ "EPSS, and no scores", HIGH "epss = 0.5\n", no_content, 0,
	    "unknown []\nthe policy asks for EPSS, and the index has no "
	    "scores: run `scapcache sync epss`" },
	{ "two rules hold", "[fail]\nkev = yes\n", kev, 0,
	    "fail [known exploited; any severity]" },

	{ "a kernel counts", "[fail]\nkernel = count\n", kernel, 0,
	    "fail [any severity]" },
	{ "a kernel is ignored", "[fail]\nkernel = ignore\n", kernel, 0,
	    "pass []" },
	{ "a kernel that is exploited", "[fail]\nkernel = ignore\nkev = yes\n",
	    kev_kernel, 0, "pass []" },
	{ "a package that is not allowed", HIGH "packages = lib*\n", NULL, 0,
	    "fail [package lib*]" },
	{ "by its source", HIGH "packages = openssl\n", NULL, 0,
	    "fail [package openssl]\nthe policy does not allow the package "
	    "openssl 1.0 (packages = openssl)" },
	{ "not allowed, and no finding", HIGH "packages = x ba?h\n", no_finding,
	    0,
	    "fail\nthe policy does not allow the package bash 5.1 (packages "
	    "= ba?h)" },

	{ "content of just 7 days", "[content]\nmax_age_days = 7\n", published,
	    -1, "pass" },
	{ "content of a second more", "[content]\nmax_age_days = 7\n",
	    published, 0,
	    "unknown\ncom.ubuntu.focal.cve.oval is of 2025-12-24T23:59:59Z, older than the 7 days that the policy allows: run `scapcache sync`" },
	{ "a source of its own limit",
	    "[content]\nmax_age_days = 1\nmax_age_days.ubuntu-oval = 8\n",
	    published, 0, "pass" },
	{ "content without a date", "[content]\nmax_age_days = 7\n", no_date, 0,
	    "unknown\ncom.ubuntu.focal.usn.oval has no date, and the policy "
	    "limits its age to 7 days" },
	{ "without a date, and new to the index",
	    "[content]\nmax_age_days = 7\n", seen, 0, "pass" },
	{ "without a date, and there for a second more",
	    "[content]\nmax_age_days = 7\n", seen, -1,
	    "unknown\ncom.ubuntu.focal.usn.oval is of 2025-12-24T23:59:59Z, "
	    "older than the 7 days that the policy allows: run `scapcache "
	    "sync`" },
	{ "advisories that a pass rests on", "[content]\nmax_age_days = 7\n",
	    advisory, 1,
	    "unknown\nnvd-2024 is of 2025-06-01T00:00:00Z, older than the 7 "
	    "days that the policy allows: run `scapcache sync`" },
	{ "advisories that it does not rest on",
	    "[content]\nmax_age_days = 7\n", advisory, 0, "pass" },
	{ "a source that judges goes by its documents",
	    "[content]\nmax_age_days.nvd = 7\n", advisory, 1,
	    "unknown\nnvd-2024 is of 2025-06-01T00:00:00Z, older than the 7 "
	    "days that the policy allows: run `scapcache sync`" },
	{ "content of the future", "[content]\nmax_age_days = 8\n", future, 0,
	    "unknown\ncom.ubuntu.focal.usn.oval is of the future, 2026-01-03T00:00:00Z: the clock, "
	    "or its date, is wrong" },
	{ "a source's newest document counts",
	    "[content]\nmax_age_days.nvd = 3\n", no_finding, 0, "pass" },
	{ "and is too old", "[content]\nmax_age_days.nvd = 1\n", no_finding, 0,
	    "unknown\nsource nvd is of 2025-12-30T00:00:00Z, older than the 1 days that the policy allows: run "
	    "`scapcache sync`" },
	{ "a date with a zone that few write",
	    "[content]\nmax_age_days.epss = 1\n", no_finding, 0, "pass" },
	{ "a limit for what is not there",
	    "[content]\nmax_age_days.nosuch = 1\n", no_finding, 0,
	    "unknown\nthe policy limits the age of source nosuch, and the "
	    "index has nothing of it" },
	{ "a source that must be there", "[content]\nrequired = nvd nosuch\n",
	    no_finding, 0,
	    "unknown\nthe policy requires the source nosuch, and the index "
	    "has nothing of it" },
	{ "a document that is missing", "[content]\nmissing = unknown\n",
	    missing, 0,
	    "unknown\nrhel-8.oval applies and is not in the index: run "
	    "`scapcache sync`" },
	{ "is said, and no more", "[content]\nmissing = report\n", missing, 0,
	    "pass" },
	{ "fail stands beside old content", "[content]\nmax_age_days = 1\n",
	    NULL, 0,
	    "fail [any severity]\ncom.ubuntu.focal.cve.oval is of 2025-12-25T00:00:00Z, older than the 1 days that the policy allows: run `scapcache sync`" },
	{ "unknown stays unknown", "", unknown, 0,
	    "unknown\na layer ends early" },
	{ "unknown means fail", "[unknown]\nverdict = fail\n", unknown, 0,
	    "fail\na layer ends early" },
	{ "another release's document", "", other_release, 0, "pass []" },

	{ "waived by its CVE", WAIVER("CVE-2024-1", ""), NULL, 0, WAIVED },
	{ "another CVE", WAIVER("CVE-2024-2", ""), NULL, 0,
	    "fail [any severity]" },
	{ "by one of two records", WAIVER("oval:x:def:1", ""), NULL, 0,
	    "fail [any severity]" },
	{ "by both", WAIVER("oval:x:def:1, oval:x:def:2", ""), NULL, 0,
	    WAIVED },
	{ "by record and notice", WAIVER("USN-1-1 oval:x:def:1", ""), NULL, 0,
	    WAIVED },
	{ "by the only one that says affected", WAIVER("oval:x:def:1", ""),
	    not_affected, 0, WAIVED },
	{ "a notice of no CVE", WAIVER("USN-1-1", ""), no_cve, 0, WAIVED },
	{ "of a package", WAIVER("CVE-2024-1", "packages = a lib*\n"), NULL, 0,
	    WAIVED },
	{ "of a source package", WAIVER("CVE-2024-1", "packages = openssl\n"),
	    NULL, 0, WAIVED },
	{ "of another package", WAIVER("CVE-2024-1", "packages = a b\n"), NULL,
	    0, "fail [any severity]" },
	{ "of an image by name", WAIVER("CVE-2024-1", "images = *:im?ge\n"),
	    NULL, 0, WAIVED },
	{ "of an image by digest", WAIVER("CVE-2024-1", "images = sha256:0a\n"),
	    NULL, 0, WAIVED },
	{ "of another image", WAIVER("CVE-2024-1", "images = sha256:0b\n"),
	    NULL, 0, "fail [any severity]" },
	{ "of a release",
	    WAIVER("CVE-2024-1",
		"distributions = debian ubuntu\nreleases = focal\n"),
	    NULL, 0, WAIVED },
	{ "of a release by number", WAIVER("CVE-2024-1", "releases = 20.04\n"),
	    NULL, 0, WAIVED },
	{ "of another release", WAIVER("CVE-2024-1", "releases = jammy\n"),
	    NULL, 0, "fail [any severity]" },
	{ "of another distribution",
	    WAIVER("CVE-2024-1", "distributions = debian\n"), NULL, 0,
	    "fail [any severity]" },
	{ "a waiver on its last day", WAIVER("CVE-2024-1", ""), late,
	    31 * 86400 - 1, WAIVED },
	{ "a waiver on the next day", WAIVER("CVE-2024-1", ""), late,
	    31 * 86400,
	    "fail [any severity] - Ann: not built; expired after 2026-01-31\n"
	    "the waiver T-1 of Ann expired after 2026-01-31 and counts no "
	    "more: 1 finding fails" },
	{ "expired, and nothing fails", HIGH WAIVER("CVE-2024-1", ""), late,
	    31 * 86400, "pass [] - Ann: not built; expired after 2026-01-31" },
	{ "expired, and another holds",
	    WAIVER("CVE-2024-1",
		"") "[waiver.T-2]\nids = CVE-2024-1\nowner = Bob\nreason = r\n"
		    "expires = 2026-02-28\n",
	    late, 31 * 86400,
	    "pass [any severity] T-2 Bob: r; until 2026-02-28" },
	{ "the first that holds",
	    "[waiver.T-2]\nids = CVE-2024-1\nowner = Bob\nreason = r\n"
	    "expires = 2026-02-28\n" WAIVER("CVE-2024-1", ""),
	    NULL, 0, "pass [any severity] T-2 Bob: r; until 2026-02-28" },
	{ "a waiver outweighs known exploited",
	    "[fail]\nkev = yes\n" WAIVER("CVE-2024-1", ""), kev, 0,
	    "pass [known exploited; any severity] T-1 Ann: not built; until "
	    "2026-01-31" },
	{ "and --fail-on", WAIVER("CVE-2024-1", ""), fail_on, SEVERITY_LOW,
	    "pass [any severity; --fail-on low] T-1 Ann: not built; until "
	    "2026-01-31" },
	{ "but no package that is not allowed",
	    "[fail]\npackages = openssl\n" WAIVER("CVE-2024-1", ""), NULL, 0,
	    "fail [package openssl; any severity] T-1 Ann: not built; until "
	    "2026-01-31\nthe policy does not allow the package openssl 1.0 "
	    "(packages = openssl)" },
};

static void
print(struct buf *b, const struct scan *s)
{
	size_t i;

	buf_add_str(b, verdict_name(s->verdict));
	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		buf_printf(b, " [%.*s]", SPAN_ARG(f->rule));
		if (f->waiver_text.len > 0)
			buf_printf(b, " %.*s %.*s",
			    SPAN_ARG(
				f->waived.len > 0 ? f->waived : SPAN_LIT("-")),
			    SPAN_ARG(f->waiver_text));
		assert_int_equal(
		    f->fails, f->rule.len > 0 && f->waived.len == 0);
	}
	for (i = 0; i < s->n_reasons; i++)
		buf_printf(b, "\n%.*s", SPAN_ARG(s->reasons[i]));
}

static void
test_policy(void **state)
{
	const struct policy_case *c = *state;
	struct policy *p = NULL;
	struct buf got = { 0 };
	struct err e = { 0 };
	struct world w;

	world_init(&w);
	if (c->text != NULL)
		assert_int_equal(
		    policy_read(&p, span_of(c->text), "p.ini", &e), 0);
	if (c->change != NULL)
		c->change(&w, c->n);
	policy_decide(&w.w.scan, p);
	print(&got, &w.w.scan);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&w.w.scan.arena);
	policy_free(p);
}

struct glob_case {
	const char *name; /* the pattern */
	const char *text;
	bool fits;
};

static const struct glob_case globs[] = {
	{ "bash", "bash", true },
	{ "bash", "bash2", false },
	{ "*", "", true },
	{ "", "", true },
	{ "", "a", false },
	{ "?", "", false },
	{ "l?b*", "libc6", true },
	{ "*c6", "libc6", true },
	{ "*b*6*", "libc6", true },
	{ "*ab", "aab", true },
	{ "*a*b*c", "xaxbxcx", false },
	{ "[a]", "a", false },
	{ "[a]", "[a]", true },
	{ "**x", "yx", true },
};

static void
test_glob(void **state)
{
	const struct glob_case *c = *state;

	assert_int_equal(
	    policy_glob(span_of(c->name), span_of(c->text)), c->fits);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(globs)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_policy);
	TABLE_ADD(tests, &n, globs, test_glob);
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
