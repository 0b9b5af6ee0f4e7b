/* SPDX-License-Identifier: Apache-2.0 */
/* What NVD, CISA and FIRST know of findings, out of real index files. */
#include "scanner/join.h"
#include "tests/unit/family_world.h"

#define NVD(n, records)                                              \
	"{\"resultsPerPage\":" n ",\"format\":\"NVD_CVE\","          \
	"\"version\":\"2.0\",\"timestamp\":\"2025-02-25T01:00:00\"," \
	"\"vulnerabilities\":[" records "]}"
#define CVE(id, modified, metrics)                                  \
	"{\"cve\":{\"id\":\"" id "\",\"sourceIdentifier\":\"a@b\"," \
	"\"published\":\"2024-05-01T10:15:09.143\","                \
	"\"lastModified\":\"" modified "\","                        \
	"\"vulnStatus\":\"Analyzed\",\"metrics\":{" metrics "}}}"
#define OLD "2024-05-02T00:00:00.000"
#define NEW "2024-05-03T00:00:00.000"
#define METRIC(member, source, type, version, vector, score, severity)        \
	"\"" member "\":[{\"source\":\"" source "\",\"type\":\"" type         \
	"\",\"cvssData\":{\"version\":\"" version "\",\"vectorString\":"      \
	"\"" vector "\",\"baseScore\":" score ",\"baseSeverity\":\"" severity \
	"\"}}]"
#define V31(severity)                                             \
	METRIC("cvssMetricV31", "nvd@nist.gov", "Primary", "3.1", \
	    "CVSS:3.1/AV:N", "9.8", severity)
#define V40(severity)                                                       \
	METRIC("cvssMetricV40", "a@b", "Secondary", "4.0", "CVSS:4.0/AV:N", \
	    "5.3", severity)

static const struct family_text texts[] = {
	{ "nvd-new", DOCUMENT_NVD,
	    NVD("4",
		CVE("CVE-2025-0001", NEW, V31("CRITICAL")) "," CVE(
		    "CVE-2025-0002", OLD,
		    V31("LOW") "," V40("MEDIUM")) "," CVE("CVE-2025-0003", OLD,
		    "") "," CVE("CVE-2025-0005", OLD, V31("NONE"))) },
	{ "nvd-old", DOCUMENT_NVD,
	    NVD("1", CVE("CVE-2025-0001", OLD, V31("LOW"))) },
	{ "kev", DOCUMENT_KEV,
	    "{\"catalogVersion\":\"2025.02.24\",\"vulnerabilities\":["
	    "{\"cveID\":\"CVE-2025-0001\",\"vendorProject\":\"Acme\","
	    "\"product\":\"Foo\",\"vulnerabilityName\":\"Foo Overflow\","
	    "\"dateAdded\":\"2025-02-01\",\"requiredAction\":\"Patch.\","
	    "\"dueDate\":\"2025-02-22\"}]}" },
	{ "epss", DOCUMENT_EPSS,
	    "#model_version:v1,score_date:2025-03-17T00:00:00+0000\n"
	    "cve,epss,percentile\nCVE-2025-0001,0.5,0.9\n"
	    "CVE-2025-0002,0.25,0.7\n" },
};

static struct span cves[] = { SPAN_LIT("CVE-2025-0001"),
	SPAN_LIT("CVE-2025-0002"), SPAN_LIT("CVE-2025-0003"),
	SPAN_LIT("CVE-2025-0004"), SPAN_LIT("CVE-2025-0005") };
static const struct cvss vendors[] = {
	{ .cve = SPAN_LIT("CVE-2025-0001"),
	    .version = SPAN_LIT("3.1"),
	    .vector = SPAN_LIT("CVSS:3.1/AV:N"),
	    .score = SPAN_LIT("9.8"),
	    .source = SPAN_LIT("nvd@nist.gov") },
	{ .cve = SPAN_LIT("CVE-2025-0001"),
	    .version = SPAN_LIT("3.1"),
	    .vector = SPAN_LIT("CVSS:3.1/AV:L"),
	    .score = SPAN_LIT("5.5"),
	    .source = SPAN_LIT("redhat-oval") },
	{ .cve = SPAN_LIT("CVE-2025-0002"),
	    .version = SPAN_LIT("2.0"),
	    .vector = SPAN_LIT("AV:N"),
	    .source = SPAN_LIT("redhat-oval") },
};
static const struct document document = { .name = SPAN_LIT("d") };

static const struct enrich_case {
	const char *name;
	struct evidence evidence;
	const char *expect;
} cases[] = {
	{ "rated by nobody but NVD, by its newest record",
	    { .cves = &cves[0], .n_cves = 1 },
	    "CVE-2025-0001 critical nvd, 3.1 9.8 CVSS:3.1/AV:N nvd@nist.gov "
	    "primary, KEV 2025-02-01 2025-02-22, EPSS 50000 90000, "
	    "Foo Overflow" },
	{ "the vendor's rating stands",
	    { .cves = &cves[0],
		.n_cves = 1,
		.severity = SEVERITY_LOW,
		.title = SPAN_LIT("A title") },
	    "CVE-2025-0001 low, 3.1 9.8 CVSS:3.1/AV:N nvd@nist.gov "
	    "primary, KEV 2025-02-01 2025-02-22, EPSS 50000 90000, "
	    "A title" },
	{ "the vendor's CVSS beside NVD's, each once",
	    { .cves = &cves[0],
		.n_cves = 1,
		.severity = SEVERITY_LOW,
		.cvss = vendors,
		.n_cvss = 3 },
	    "CVE-2025-0001 low, 3.1 9.8 CVSS:3.1/AV:N nvd@nist.gov "
	    "primary, 3.1 5.5 CVSS:3.1/AV:L redhat-oval, KEV 2025-02-01 "
	    "2025-02-22, EPSS 50000 90000, Foo Overflow" },
	{ "the newest version's severity",
	    { .cves = &cves[1], .n_cves = 1, .cvss = vendors, .n_cvss = 3 },
	    "CVE-2025-0002 medium nvd, 3.1 9.8 CVSS:3.1/AV:N nvd@nist.gov "
	    "primary, 4.0 5.3 CVSS:4.0/AV:N a@b, 2.0 - AV:N redhat-oval, "
	    "EPSS 25000 70000" },
	{ "a record without a rating", { .cves = &cves[2], .n_cves = 1 },
	    "CVE-2025-0003 unrated" },
	{ "a CVE that nobody knows", { .cves = &cves[3], .n_cves = 1 },
	    "CVE-2025-0004 unrated" },
	{ "rated as harmless is not rated", { .cves = &cves[4], .n_cves = 1 },
	    "CVE-2025-0005 unrated, 3.1 9.8 CVSS:3.1/AV:N nvd@nist.gov "
	    "primary" },
	{ "a notice of its own: what is known of any of its CVEs",
	    { .cves = cves,
		.n_cves = 4,
		.is_group = true,
		.notice = SPAN_LIT("USN-1") },
	    "USN-1 unrated, KEV 2025-02-01 2025-02-22, EPSS 50000 90000, "
	    "Foo Overflow" },
	{ "no CVE at all", { .record = SPAN_LIT("D-1") }, "D-1 unrated" },
};

static void
print(struct buf *b, const struct finding *f)
{
	size_t i;

	buf_printf(b, "%.*s %s%s", SPAN_ARG(f->cve), severity_name(f->severity),
	    f->severity_is_nvd ? " nvd" : "");
	for (i = 0; i < f->n_cvss; i++) {
		const struct cvss *c = &f->cvss[i];

		buf_printf(b, ", %.*s %s %.*s %.*s%s", SPAN_ARG(c->version),
		    c->score.len > 0 ? c->score.ptr : "-", SPAN_ARG(c->vector),
		    SPAN_ARG(c->source), c->is_primary ? " primary" : "");
	}
	if (f->exploit.has_kev)
		buf_printf(b, ", KEV %.*s %.*s", SPAN_ARG(f->exploit.added),
		    SPAN_ARG(f->exploit.due));
	if (f->exploit.has_epss)
		buf_printf(
		    b, ", EPSS %u %d", f->exploit.score, f->exploit.percentile);
	if (f->title.len > 0)
		buf_printf(b, ", %.*s", SPAN_ARG(f->title));
}

static struct family_world world;
static struct index_reader reader;

static int
setup(void **state)
{
	struct err e;

	(void)state;
	family_world_open(&world);
	family_world_must(&world, texts, TABLE_N(texts));
	if (index_open(&reader, world.tmp.dirfd, world.tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	index_close(&reader);
	family_world_close(&world);
	return 0;
}

static void
test_enrich(void **state)
{
	const struct enrich_case *c = *state;
	struct facts facts = { 0 };
	struct evidence ev = c->evidence;
	struct scan s = { .facts = &facts,
		.index = &reader,
		.evidence = &ev,
		.n_evidence = 1 };
	struct buf got = { 0 };
	struct err e;

	ev.document = &document;
	ev.package_index = PACKAGE_NONE;
	if (findings_join(&s, &e) != 0 || findings_enrich(&s, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(s.n_findings, 1);
	print(&got, &s.findings[0]);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&s.arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_enrich);
	return cmocka_run_group_tests_name("enrich", tests, setup, teardown);
}
