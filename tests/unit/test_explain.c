/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What explain says of advisories; definitions are explained in
 * tests/golden/scan.
 */
#include "scanner/explain.h"
#include "tests/unit/advisory_world.h"

#define NVD                                                          \
	"{\"resultsPerPage\":1,\"format\":\"NVD_CVE\","              \
	"\"version\":\"2.0\",\"timestamp\":\"2025-02-25T01:00:00\"," \
	"\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2024-0009\","   \
	"\"sourceIdentifier\":\"a@b\",\"published\":"                \
	"\"2024-05-01T10:15:09.143\",\"lastModified\":"              \
	"\"2024-05-01T10:15:09.143\",\"vulnStatus\":\"Analyzed\","   \
	"\"metrics\":{\"cvssMetricV31\":[{\"source\":\"n@n\","       \
	"\"type\":\"Primary\",\"cvssData\":{\"version\":\"3.1\","    \
	"\"vectorString\":\"CVSS:3.1/AV:N\",\"baseScore\":9.8,"      \
	"\"baseSeverity\":\"CRITICAL\"}}]}}}]}"
#define KEV                                                           \
	"{\"catalogVersion\":\"2025.02.24\",\"vulnerabilities\":["    \
	"{\"cveID\":\"CVE-2024-0009\",\"vendorProject\":\"Acme\","    \
	"\"product\":\"Foo\",\"vulnerabilityName\":\"Foo Overflow\"," \
	"\"dateAdded\":\"2025-02-01\",\"requiredAction\":\"Patch.\"," \
	"\"dueDate\":\"2025-02-22\",\"knownRansomwareCampaignUse\":"  \
	"\"Known\"}]}"
#define EPSS                                                      \
	"#model_version:v1,score_date:2025-03-17T00:00:00+0000\n" \
	"cve,epss,percentile\nCVE-2024-0009,0.5,0.9\n"

#define HEAD(id, word) "debian bookworm, " id ": " word "\n"
#define RECORD(id, word, offset)                     \
	"\n" id ": " word "\n  severity   unrated\n" \
	"  document   d\n  stands at  byte " offset  \
	" of the unpacked file\n  file       sha256:SHA\n"

struct explain_case {
	const char *name;
	const char *text; /* advisories */
	const char *id;
	enum verdict answer;
	const char *expect;
};

/* Installed: libssl3:amd64 3.0-1 of openssl 3.0-1, bash:amd64 5.2-1. */
static const struct explain_case cases[] = {
	{ "affected, with the comparison",
	    "record CVE-2024-0001 1\n"
	    "fixed src:openssl 3.0-2 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_FAIL,
	    HEAD("CVE-2024-0001", "affected") RECORD("CVE-2024-0001",
		"affected",
		"0") "  affected        libssl3:amd64 (of openssl) installed 3.0-1 < "
		     "fixed 3.0-2 (dpkg)\n" },
	{ "in small letters",
	    "record CVE-2024-0001 1\n"
	    "fixed src:openssl 3.0-2 - debian bookworm\n",
	    "cve-2024-0001", VERDICT_FAIL, HEAD("cve-2024-0001", "affected") },
	{ "fixed already",
	    "record CVE-2024-0001 1\n"
	    "fixed src:openssl 3.0-1 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001", "not affected") RECORD("CVE-2024-0001",
		"not affected",
		"0") "  not affected    libssl3:amd64 (of openssl) installed 3.0-1 = "
		     "fixed 3.0-1 (dpkg)\n" },
	{ "the vendor says so",
	    "record CVE-2024-0001 1\n"
	    "not-affected src:openssl - - debian bookworm - - - - "
	    "code-not-present\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001", "not affected") RECORD("CVE-2024-0001",
		"not affected",
		"0") "  not affected    libssl3:amd64 (of openssl) 3.0-1: not affected "
		     "(code-not-present)\n" },
	{ "no fix, and none will come",
	    "record CVE-2024-0001 1\n"
	    "will-not-fix src:bash - - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_FAIL,
	    HEAD("CVE-2024-0001", "affected")
		RECORD("CVE-2024-0001", "affected",
		    "0") "  affected        bash:amd64 5.2-1: will not fix\n" },
	{ "nobody can tell",
	    "record CVE-2024-0001 1\nunknown src:bash - - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_UNKNOWN,
	    HEAD("CVE-2024-0001", "unknown") RECORD("CVE-2024-0001", "unknown",
		"0") "  unknown         bash:amd64 5.2-1: unknown\n" },
	{ "fixed in a version that is not named",
	    "record CVE-2024-0001 1\nfixed src:bash - - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_UNKNOWN,
	    HEAD("CVE-2024-0001", "unknown") RECORD("CVE-2024-0001", "unknown",
		"0") "  unknown         bash:amd64 5.2-1: fixed in a version that it "
		     "does not name\n" },
	{ "not installed",
	    "record CVE-2024-0001 1\nfixed src:curl 8 - debian bookworm\n"
	    "fixed src:wget 2 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001", "not affected") RECORD("CVE-2024-0001",
		"not affected", "0") "  not installed:  curl, wget\n" },
	{ "another release says nothing",
	    "record CVE-2024-0001 1\nfixed src:bash 6 - debian trixie\n"
	    "fixed src:bash 6 - ubuntu noble\n",
	    "CVE-2024-0001", VERDICT_UNKNOWN,
	    HEAD("CVE-2024-0001",
		"unknown") "  no record of the documents that apply names CVE-2024-0001\n"
			   "  looked in d\n"
			   "\n1 record is of other distributions and releases: debian "
			   "trixie, ubuntu noble\n" },
	{ "another build",
	    "record CVE-2024-0001 1\n"
	    "fixed src:bash 6 - debian bookworm s390x\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001", "not affected") RECORD("CVE-2024-0001",
		"not affected", "0") "  other builds:   bash s390x\n" },
	{ "binary packages of dpkg are judged by their source",
	    "record CVE-2024-0001 1\nfixed libssl3 4 - debian bookworm\n"
	    "fixed src:openssl 3.0-1 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001", "not affected") },
	{ "an advisory by its own id, with each CVE",
	    "record DSA-1 1\ntitle openssl update\nalias CVE-2024-0001\n"
	    "fixed src:openssl 3.0-2 CVE-2024-0001 debian bookworm\n"
	    "fixed src:openssl 3.0-1 CVE-2024-0002 debian bookworm\n",
	    "DSA-1", VERDICT_FAIL,
	    HEAD("DSA-1",
		"affected") "\nDSA-1: affected\n"
			    "  title      openssl update\n  severity   unrated\n"
			    "  document   d\n  stands at  byte 0 of the unpacked file\n"
			    "  file       sha256:SHA\n"
			    "  affected        libssl3:amd64 (of openssl) installed 3.0-1 < "
			    "fixed 3.0-2 (dpkg), CVE-2024-0001\n"
			    "  not affected    libssl3:amd64 (of openssl) installed 3.0-1 = "
			    "fixed 3.0-1 (dpkg), CVE-2024-0002\n" },
	{ "by a CVE that it is about",
	    "record CVE-2024-0005 1\nfixed src:curl 8 - debian bookworm\n"
	    "record DSA-1 1\nalias CVE-2024-0001\n"
	    "fixed src:openssl 3.0-2 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_FAIL,
	    HEAD("CVE-2024-0001", "affected")
		RECORD("DSA-1", "affected", "58") },
	{ "what NVD, CISA and EPSS know",
	    "record CVE-2024-0009 1\nfixed src:curl 8 - debian bookworm\n",
	    "cve-2024-0009", VERDICT_PASS,
	    HEAD("cve-2024-0009", "not affected") RECORD("CVE-2024-0009",
		"not affected",
		"0") "  not installed:  curl\n"
		     "\nknown of CVE-2024-0009\n"
		     "  NVD        CVSS 3.1 9.8 CVSS:3.1/AV:N by n@n\n"
		     "  KEV        exploited: added 2025-02-01, due 2025-02-22, Foo "
		     "Overflow, used for ransom\n"
		     "  EPSS       0.50000, percentile 0.90000, of "
		     "2025-03-17T00:00:00+0000\n" },
	{ "names that would move the cursor",
	    "record CVE-2024-0001 1\ntitle a\033[2Jb\n"
	    "fixed src:cu\033rl 8 - debian bookworm\n",
	    "CVE-2024-0001", VERDICT_PASS,
	    HEAD("CVE-2024-0001",
		"not affected") "\nCVE-2024-0001: not affected\n  title      a\\x1b[2Jb\n" },
	{ "no id", "record CVE-2024-0001 1\n", "a\" OR b", VERDICT_NONE,
	    "an id is that of a CVE, a notice or a definition: "
	    "CVE-2024-6387, USN-6859-1, oval:com.ubuntu.noble:def:100" },
};

static struct package packages[] = {
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("bash"),
	    .arch = SPAN_LIT("amd64"),
	    .full_version = SPAN_LIT("5.2-1") },
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("libssl3"),
	    .arch = SPAN_LIT("amd64"),
	    .full_version = SPAN_LIT("3.0-1"),
	    .source = SPAN_LIT("openssl") },
};

/* --- the world --- */

struct world {
	struct family_world family;
	struct index_reader index;
	struct facts facts;
	struct scan_advisories advisories;
	struct scan scan;
};

static void
open_world(struct world *w, const char *text)
{
	const struct family_text texts[] = {
		{ "d", DOCUMENT_CSAF_DELETIONS, text },
		{ "nvd", DOCUMENT_NVD, NVD },
		{ "kev", DOCUMENT_KEV, KEV },
		{ "epss", DOCUMENT_EPSS, EPSS },
	};
	struct err e;

	*w = (struct world){ .facts = { .os_id = SPAN_LIT("debian"),
				 .os_version_id = SPAN_LIT("12"),
				 .os_codename = SPAN_LIT("bookworm"),
				 .system = { .packages = packages,
				     .n_packages = TABLE_N(packages) } } };
	family_world_open(&w->family);
	family_world_must(&w->family, texts, TABLE_N(texts));
	if (index_open(
		&w->index, w->family.tmp.dirfd, w->family.tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	w->advisories.document =
	    index_find(&w->index, SPAN_LIT("d"), &w->advisories.family);
	w->scan = (struct scan){ .facts = &w->facts,
		.index = &w->index,
		.advisories = &w->advisories,
		.n_advisories = 1 };
}

static void
close_world(struct world *w)
{
	arena_cleanup(&w->scan.arena);
	index_close(&w->index);
	family_world_close(&w->family);
}

/* The digest of what a test writes says nothing to its reader. */
static void
hide_digests(char *text)
{
	static const char mark[] = "sha256:";
	char *at = text;

	while ((at = strstr(at, mark)) != NULL) {
		at += strlen(mark);
		memmove(at + 3, at + 64, strlen(at + 64) + 1);
		memcpy(at, "SHA", 3);
	}
}

/* Each case says how the answer begins. */
static void
test_explain(void **state)
{
	const struct explain_case *c = *state;
	enum verdict answer = VERDICT_NONE;
	struct err e = { 0 };
	struct world w;
	struct out out;
	char *got;

	open_world(&w, c->text);
	out_init(&out, -1);
	if (explain_write(&w.scan, span_of(c->id), &out, &answer, &e) != 0)
		out_str(&out, e.msg);
	out_char(&out, '\0');
	got = out.buf.ptr;
	hide_digests(got);
	if (strlen(got) > strlen(c->expect))
		got[strlen(c->expect)] = '\0';
	assert_string_equal(got, c->expect);
	assert_int_equal(answer, c->answer);
	out_cleanup(&out);
	close_world(&w);
}

/* What sources say of a finding that they do not agree about. */
static void
test_disputes(void **state)
{
	static const struct document other = { .name = SPAN_LIT("other") };
	static struct span cve = SPAN_LIT("CVE-2024-0001");
	const struct evidence no = { .document = &other,
		.record = SPAN_LIT("VEX-1"),
		.word = WORD_NOT_AFFECTED };
	struct evidence yes = { .record = SPAN_LIT("CVE-2024-0001"),
		.fixed = SPAN_LIT("3.0-2") };
	const struct evidence *both[] = { &yes, &no };
	struct finding finding = { .cve = cve,
		.cves = &cve,
		.n_cves = 1,
		.package = SPAN_LIT("libssl3"),
		.installed = SPAN_LIT("3.0-1"),
		.is_disputed = true,
		.evidence = both,
		.n_evidence = 2 };
	struct world w;
	struct out out;

	(void)state;
	open_world(&w,
	    "record CVE-2024-0001 1\n"
	    "fixed src:openssl 3.0-2 - debian bookworm\n");
	yes.document = w.advisories.document;
	w.scan.findings = &finding;
	w.scan.n_findings = 1;
	out_init(&out, -1);
	explain_disputes(&w.scan, SPAN_LIT("cve-2024-0001"), &out);
	explain_disputes(&w.scan, SPAN_LIT("CVE-2024-0002"), &out);
	assert_string_equal(buf_str(&out.buf),
	    "  sources disagree about libssl3 3.0-1\n"
	    "    d CVE-2024-0001: affected, fixed 3.0-2\n"
	    "    other VEX-1: not affected\n");
	out_cleanup(&out);
	close_world(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_explain);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_disputes);
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
