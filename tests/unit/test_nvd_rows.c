/* SPDX-License-Identifier: Apache-2.0 */
/* NVD's records and notices as rows. */
#include "base/mem.h"
#include "tests/unit/family_world.h"

#define FEED(n, records)                                             \
	"{\"resultsPerPage\":" n ",\"format\":\"NVD_CVE\","          \
	"\"version\":\"2.0\",\"timestamp\":\"2025-02-25T01:00:00\"," \
	"\"vulnerabilities\":[" records "]}"
#define CVE(id, modified, more)                                     \
	"{\"cve\":{\"id\":\"" id "\",\"sourceIdentifier\":\"a@b\"," \
	"\"published\":\"2024-05-01T10:15:09.143\","                \
	"\"lastModified\":\"" modified "\","                        \
	"\"vulnStatus\":\"Analyzed\"" more "}}"
#define EN(text) ",\"descriptions\":[{\"lang\":\"en\",\"value\":\"" text "\"}]"
#define FULL                                                            \
	EN("A heap overflow in Foo.")                                   \
	",\"cveTags\":[{\"tags\":[\"disputed\"]}],"                     \
	"\"cisaExploitAdd\":\"2024-06-01\",\"cisaActionDue\":"          \
	"\"2024-06-21\",\"cisaRequiredAction\":\"Patch\","              \
	"\"cisaVulnerabilityName\":\"Foo overflow\","                   \
	"\"metrics\":{\"cvssMetricV31\":[{\"source\":\"nvd@nist.gov\"," \
	"\"type\":\"Primary\",\"cvssData\":{\"version\":\"3.1\","       \
	"\"vectorString\":\"CVSS:3.1/AV:N\",\"baseScore\":9.8,"         \
	"\"baseSeverity\":\"CRITICAL\"},\"exploitabilityScore\":3.9,"   \
	"\"impactScore\":5.9}],\"cvssMetricV40\":[{\"source\":\"a@b\"," \
	"\"type\":\"Secondary\",\"cvssData\":{\"version\":\"4.0\","     \
	"\"vectorString\":\"CVSS:4.0/AV:N\",\"baseScore\":9.3,"         \
	"\"baseSeverity\":\"CRITICAL\"}}]},"                            \
	"\"weaknesses\":[{\"source\":\"a@b\",\"type\":\"Primary\","     \
	"\"description\":[{\"lang\":\"en\",\"value\":\"CWE-122\"}]}],"  \
	"\"configurations\":[{\"operator\":\"AND\",\"nodes\":["         \
	"{\"operator\":\"OR\",\"negate\":false,\"cpeMatch\":["          \
	"{\"vulnerable\":true,\"criteria\":"                            \
	"\"cpe:2.3:a:acme:foo:*:*:*:*:*:*:*:*\","                       \
	"\"versionStartIncluding\":\"1.0\",\"versionEndExcluding\":"    \
	"\"1.2\",\"matchCriteriaId\":\"AA-1\"}]},{\"operator\":\"OR\"," \
	"\"negate\":false,\"cpeMatch\":[{\"vulnerable\":false,"         \
	"\"criteria\":\"cpe:2.3:o:acme:os:-:*:*:*:*:*:*:*\","           \
	"\"matchCriteriaId\":\"AA-2\"}]}]}],"                           \
	"\"references\":[{\"url\":\"https://example.org/1\","           \
	"\"source\":\"a@b\",\"tags\":[\"Patch\",\"Vendor Advisory\"]}]"
#define FEED_11(n, items)                                                       \
	"{\"CVE_data_type\":\"CVE\",\"CVE_data_format\":\"MITRE\","             \
	"\"CVE_data_version\":\"4.0\",\"CVE_data_numberOfCVEs\":\"" n           \
	"\",\"CVE_data_timestamp\":\"2024-11-22T08:03Z\",\"CVE_Items\":[" items \
	"]}"
#define ITEM(id, modified)                                            \
	"{\"cve\":{\"CVE_data_meta\":{\"ID\":\"" id                   \
	"\",\"ASSIGNER\":\"c@d\"},\"description\":"                   \
	"{\"description_data\":[{\"lang\":\"en\",\"value\":"          \
	"\"Old words.\"}]}},\"publishedDate\":\"2003-01-17T05:00Z\"," \
	"\"lastModifiedDate\":\"" modified "\"}"

#define DAY1 "2024-05-02T00:00:00.000"
#define DAY2 "2024-05-03T00:00:00.000"

static const struct rows_case {
	const char *name;
	const char *sql;
	const char *expect;
} rows[] = {
	{ "record",
	    "SELECT c.id || ' ' || published || ' ' || modified || ' ' || "
	    "s.value || ' ' || a.value || ' ' || t.value FROM nvd_cve c JOIN "
	    "word s ON s.id = status JOIN word a ON a.id = assigner JOIN "
	    "word t ON t.id = tags",
	    "-1577058303 1714558509143 1714608000000 Analyzed a@b "
	    "disputed;" },
	{ "exploited",
	    "SELECT exploit_add || ' ' || action_due || ' ' || "
	    "required_action || ' ' || name FROM nvd_kev",
	    "2024-06-01 2024-06-21 Patch Foo overflow;" },
	{ "every CVSS version",
	    "SELECT version || ' ' || vector || ' ' || score || ' ' || "
	    "severity || ' ' || ifnull(exploitability, '-') FROM nvd_rating "
	    "ORDER BY id",
	    "3.1 CVSS:3.1/AV:N 9.8 CRITICAL 3.9;"
	    "4.0 CVSS:4.0/AV:N 9.3 CRITICAL -;" },
	{ "who rates, primary first",
	    "SELECT hex(metrics) || ' ' || (SELECT group_concat(id || '=' || "
	    "value, ' ') FROM word WHERE value LIKE '%@%') FROM nvd_cve",
	    "03040402 2=a@b 4=nvd@nist.gov;" },
	{ "found by weakness",
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH 'head : "
	    "\"cwe-122\"'",
	    "0;" },
	{ "products, of environments, too",
	    "SELECT w.value FROM nvd_product p JOIN word w ON w.id = "
	    "p.product ORDER BY w.value",
	    "acme:foo;acme:os;" },
	{ "words of products, not of environments",
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH 'head : "
	    "(acme foo)'",
	    "0;" },
	{ "no words of environments",
	    "SELECT rowid FROM search WHERE search MATCH 'os'", "" },
};

static void
test_rows(void **state)
{
	const struct rows_case *c = *state;
	struct family_text text = { "f", DOCUMENT_NVD,
		FEED("1", CVE("CVE-2024-0001", DAY1, FULL)) };
	struct family_world w;
	char got[512];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	family_world_query(&w, c->sql, got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

static const struct step_case {
	const char *name;
	const char *before;
	const char *after;
	uint64_t n_added, n_changed, n_removed;
} steps[] = {
	{ "nothing new but the time",
	    FEED("1", CVE("CVE-2024-0001", DAY1, FULL)),
	    FEED("1", CVE("CVE-2024-0001", DAY1, FULL)) "\n", 0, 0, 0 },
	{ "modified", FEED("1", CVE("CVE-2024-0001", DAY1, FULL)),
	    FEED("1", CVE("CVE-2024-0001", DAY2, EN("Less."))), 0, 1, 0 },
	{ "added", FEED("1", CVE("CVE-2024-0001", DAY1, FULL)),
	    FEED("2",
		CVE("CVE-2024-0002", DAY2, FULL) "," CVE(
		    "CVE-2024-0001", DAY1, FULL)),
	    1, 0, 0 },
	{ "gone",
	    FEED("2",
		CVE("CVE-2024-0002", DAY2, FULL) "," CVE(
		    "CVE-2024-0001", DAY1, FULL)),
	    FEED("1", CVE("CVE-2024-0001", DAY1, FULL)), 0, 0, 1 },
};

static void
test_step(void **state)
{
	const struct step_case *c = *state;
	struct family_text text = { "f", DOCUMENT_NVD, c->before };
	struct family_world w, fresh;

	family_world_open(&w);
	family_world_open(&fresh);
	family_world_must(&w, &text, 1);
	text.text = c->after;
	family_world_must(&w, &text, 1);
	assert_int_equal(w.outcomes[0].n_added, c->n_added);
	assert_int_equal(w.outcomes[0].n_changed, c->n_changed);
	assert_int_equal(w.outcomes[0].n_removed, c->n_removed);
	family_world_must(&fresh, &text, 1);
	assert_true(family_world_same(&w, &fresh));
	family_world_close(&w);
	family_world_close(&fresh);
}

static const struct refusal_case {
	const char *name;
	enum document_format format;
	const char *text;
	const char *expect;
} refusals[] = {
	{ "twice", DOCUMENT_NVD,
	    FEED("2",
		CVE("CVE-2024-0001", DAY1, "") "," CVE(
		    "CVE-2024-0001", DAY1, "")),
	    "f: byte 267: CVE-2024-0001 is there twice" },
	{ "fewer than stated", DOCUMENT_NVD,
	    FEED("3", CVE("CVE-2024-0001", DAY1, "")),
	    "f: says that it has 3 records and has 1" },
	{ "cut short", DOCUMENT_NVD,
	    "{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"version\":\"2.0\","
	    "\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2024-0001\"",
	    "f: byte 102: the document ends early" },
	{ "1.1 as 2.0", DOCUMENT_NVD, FEED_11("1", ITEM("CVE-2003-0001", "")),
	    "f: not a feed of CVEs as NVD 2.0" },
	{ "2.0 as 1.1", DOCUMENT_NVD_11,
	    FEED("1", CVE("CVE-2024-0001", DAY1, "")),
	    "f: not a feed of CVEs as NVD 1.1" },
	{ "not JSON", DOCUMENT_USN, "<xml/>", "f: byte 1: not valid JSON" },
};

static void
test_refusal(void **state)
{
	const struct refusal_case *c = *state;
	struct family_text text = { "f", c->format, c->text };
	struct family_world w;
	struct err e = { 0 };
	char got[64];

	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_true(w.outcomes[0].refused);
	assert_int_equal(w.outcomes[0].error.code, ERR_FORMAT);
	assert_string_equal(w.outcomes[0].error.msg, c->expect);
	family_world_query(
	    &w, "SELECT count(*) FROM document", got, sizeof(got));
	assert_string_equal(got, "0;");
	family_world_close(&w);
}

/* Several feeds may hold one CVE: all are kept, the newest one is shown. */
static void
test_preferred(void **state)
{
	static const char sql[] =
	    "SELECT d.name FROM nvd_cve c JOIN document d ON d.id = c.key >> "
	    "32 WHERE c.key = (SELECT x.key FROM nvd_cve x JOIN document o ON "
	    "o.id = x.key >> 32 WHERE x.id = c.id ORDER BY x.modified DESC, "
	    "o.format, o.name LIMIT 1) ORDER BY c.id";
	struct family_text texts[] = {
		{ "old", DOCUMENT_NVD_11,
		    FEED_11("2",
			ITEM("CVE-2003-0001", "2024-05-02T00:00Z") "," ITEM(
			    "CVE-2003-0002", "2024-05-04T00:00Z")) },
		{ "year", DOCUMENT_NVD,
		    FEED("2",
			CVE("CVE-2003-0001", DAY1, "") "," CVE(
			    "CVE-2003-0002", DAY1, "")) },
		{ "modified", DOCUMENT_NVD,
		    FEED("1", CVE("CVE-2003-0001", DAY1, "")) },
	};
	struct family_world w;
	char got[128];

	(void)state;
	family_world_open(&w);
	family_world_must(&w, texts, 3);
	family_world_query(&w, sql, got, sizeof(got));
	assert_string_equal(got, "modified;old;");
	family_world_query(&w,
	    "SELECT count(*) || ' ' || count(DISTINCT id) FROM nvd_cve", got,
	    sizeof(got));
	assert_string_equal(got, "5 2;");
	family_world_close(&w);
}

#define NOTICES(list) "{" list "}"
#define NOTICE(number, more)                                                \
	"\"" number "\":{\"id\":\"" number "\",\"title\":\"Foo flaw\","     \
	"\"summary\":\"foo could crash.\",\"description\":\"It crashes.\"," \
	"\"cves\":[\"CVE-2024-0001\",\"https://example.org/bugs/1\"],"      \
	"\"timestamp\":1714558509.5,\"releases\":{\"focal\":{\"sources\":"  \
	"{\"foo\":{\"version\":\"1.2-3\",\"description\":\"foo\"}},"        \
	"\"binaries\":{\"libfoo1\":{\"version\":\"1.2-3\","                 \
	"\"pocket\":\"security\"}}" more "}}}"

static const struct rows_case notices[] = {
	{ "notice", "SELECT id || ' ' || published || ' ' || title FROM usn",
	    "USN-7000-1 1714558509 Foo flaw;" },
	{ "references", "SELECT value FROM usn_reference ORDER BY n",
	    "CVE-2024-0001;https://example.org/bugs/1;" },
	{ "packages",
	    "SELECT release || ' ' || is_source || ' ' || name || ' ' || "
	    "version || ' ' || pocket FROM usn_package ORDER BY is_source",
	    "focal 0 libfoo1 1.2-3 security;focal 1 foo 1.2-3 ;" },
	{ "found by package",
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH 'head : "
	    "libfoo1'",
	    "0;" },
};

static void
test_notice(void **state)
{
	const struct rows_case *c = *state;
	struct family_text text = { "db", DOCUMENT_USN,
		NOTICES(NOTICE("7000-1", "")) };
	struct family_world w;
	char got[256];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	family_world_query(&w, c->sql, got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

static void
test_notice_step(void **state)
{
	struct family_text text = { "db", DOCUMENT_USN,
		NOTICES(NOTICE("7000-1", "") "," NOTICE("7001-1", "")) };
	struct family_world w, fresh;

	(void)state;
	family_world_open(&w);
	family_world_open(&fresh);
	family_world_must(&w, &text, 1);
	text.text =
	    NOTICES(NOTICE("7001-1", ",\"archs\":{}") "," NOTICE("7002-1", ""));
	family_world_must(&w, &text, 1);
	assert_int_equal(w.outcomes[0].n_added, 1);
	assert_int_equal(w.outcomes[0].n_changed, 1);
	assert_int_equal(w.outcomes[0].n_removed, 1);
	family_world_must(&fresh, &text, 1);
	assert_true(family_world_same(&w, &fresh));
	family_world_close(&w);
	family_world_close(&fresh);
}

/* A document that turns into one of another format starts anew. */
static void
test_format_changes(void **state)
{
	struct family_text text = { "f", DOCUMENT_USN,
		NOTICES(NOTICE("7000-1", "")) };
	struct family_world w;
	char got[64];

	(void)state;
	family_world_open(&w);
	family_world_must(&w, &text, 1);
	text.format = DOCUMENT_NVD;
	text.text = FEED("1", CVE("CVE-2024-0001", DAY1, FULL));
	family_world_must(&w, &text, 1);
	family_world_query(&w,
	    "SELECT (SELECT count(*) FROM usn) || ' ' || (SELECT count(*) "
	    "FROM nvd_cve) || ' ' || format FROM document",
	    got, sizeof(got));
	assert_string_equal(got, "0 1 nvd;");
	family_world_close(&w);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_preferred),
		cmocka_unit_test(test_notice_step),
		cmocka_unit_test(test_format_changes),
	};
	struct CMUnitTest tests[TABLE_N(rows) + TABLE_N(steps) +
	    TABLE_N(refusals) + TABLE_N(notices) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, rows, test_rows);
	TABLE_ADD(tests, &n, steps, test_step);
	TABLE_ADD(tests, &n, refusals, test_refusal);
	TABLE_ADD(tests, &n, notices, test_notice);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "nvd_rows", tests, n + TABLE_N(others), NULL, NULL);
}
