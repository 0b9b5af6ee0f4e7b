/* SPDX-License-Identifier: Apache-2.0 */
#include "content/photon.h"
#include "tests/unit/advisory_print.h"

/* One row at byte 1: what it says besides, what comes out of it. */
#define ROW(json) "[{\"cve_id\":\"CVE-2020-1\",\"pkg\":\"a\"" json "}]"
#define BOTH(text) "  package a: " text "\n  source a: " text "\n"
#define SAYS(text) "CVE-2020-1/a at 1 about=CVE-2020-1\n" BOTH(text)

static const struct advisory_case cases[] = {
	{ "fixed",
	    "[\n {\"cve_id\": \"CVE-2023-38545\", \"pkg\": \"curl-libs\",\n"
	    "  \"cve_score\": 9.8, \"aff_ver\": \"all versions before "
	    "7.88.1-4.ph4 are vulnerable\",\n"
	    "  \"res_ver\": \"7.88.1-4.ph4\", \"status\": \"Fixed\"}\n]",
	    ERR_NONE,
	    "CVE-2023-38545/curl-libs at 3 severity=9.8 "
	    "about=CVE-2023-38545\n"
	    "  package curl-libs: fixed version=7.88.1-4.ph4 "
	    "cve=CVE-2023-38545\n"
	    "  source curl-libs: fixed version=7.88.1-4.ph4 "
	    "cve=CVE-2023-38545\n" },
	{ "fixed, as older files have it",
	    ROW(",\"cve_score\":\"7.5\",\"res_ver\":\"1:2-3.ph1\""), ERR_NONE,
	    "CVE-2020-1/a at 1 severity=7.5 about=CVE-2020-1\n" BOTH(
		"fixed version=1:2-3.ph1 cve=CVE-2020-1") },
	{ "no fix, as older files have it",
	    ROW(",\"cve_score\":null,\"aff_ver\":\"all versions are "
		"vulnerable\",\"res_ver\":\"NA\""),
	    ERR_NONE, SAYS("affected cve=CVE-2020-1") },
	{ "neither status nor version", ROW(""), ERR_NONE,
	    SAYS("affected cve=CVE-2020-1") },
	{ "not affected",
	    ROW(",\"aff_ver\":\"\",\"res_ver\":\"NA\","
		"\"status\":\"Not Affected\""),
	    ERR_NONE,
	    "CVE-2020-1/a at 1 about=CVE-2020-1\n  package a: not affected cve=CVE-2020-1\n" },
	{ "not affected, with a version",
	    ROW(",\"res_ver\":\"1-2.ph4\",\"status\":\"Not Affected\""),
	    ERR_NONE, SAYS("unknown cve=CVE-2020-1 detail=Not Affected") },
	{ "fixed in no version",
	    ROW(",\"aff_ver\":\"NA\",\"res_ver\":\"NA\",\"status\":\"Fixed\""),
	    ERR_NONE, SAYS("unknown cve=CVE-2020-1 detail=NA") },
	{ "fixed in what is no version",
	    ROW(",\"res_ver\":\"soon\",\"status\":\"Fixed\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 detail=soon") },
	{ "fixed in 0", ROW(",\"res_ver\":\"0\",\"status\":\"Fixed\""),
	    ERR_NONE, SAYS("unknown cve=CVE-2020-1 detail=0") },
	{ "fixed below a version",
	    ROW(",\"res_ver\":\"<1\",\"status\":\"Fixed\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 detail=<1") },
	{ "fixed in another version than the affected end at",
	    ROW(",\"aff_ver\":\"all versions before 2-1.ph4 are vulnerable\","
		"\"res_ver\":\"1-1.ph4\",\"status\":\"Fixed\""),
	    ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 "
		 "detail=all versions before 2-1.ph4 are vulnerable") },
	{ "affected in other words",
	    ROW(",\"aff_ver\":\"all versions before are vulnerable\","
		"\"res_ver\":\"1-1.ph4\",\"status\":\"Fixed\""),
	    ERR_NONE, SAYS("fixed version=1-1.ph4 cve=CVE-2020-1") },
	{ "a status that is new", ROW(",\"status\":\"Deferred\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 detail=Deferred") },
	{ "a status that is no text",
	    ROW(",\"res_ver\":\"1-1.ph4\",\"status\":{}"), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1") },
	{ "rows of one record",
	    "[{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-2.ph5\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"b\",\"res_ver\":\"1-2.ph5\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-3.ph5\","
	    "\"cve_score\":5},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-2.ph5\"}]",
	    ERR_NONE,
	    "C-1/a at 1 raw=["
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-2.ph5\"},\n"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-3.ph5\","
	    "\"cve_score\":5},\n"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-2.ph5\"}]"
	    " severity=5 about=C-1\n" BOTH("fixed version=1-2.ph5 cve=C-1") BOTH(
		"fixed version=1-3.ph5 cve=C-1") "C-1/b at 48 about=C-1\n"
						 "  package b: fixed version=1-2.ph5 cve=C-1\n"
						 "  source b: fixed version=1-2.ph5 cve=C-1\n" },
	{ "not affected does not hide a fix",
	    "[{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-3.ph5\"}]",
	    ERR_NONE,
	    "C-1/a at 1 raw=["
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"},\n"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"res_ver\":\"1-3.ph5\"}]"
	    " about=C-1\n" BOTH("fixed version=1-3.ph5 cve=C-1") },
	{ "nor the other way round",
	    "[{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Odd\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"}]",
	    ERR_NONE,
	    "C-1/a at 1 raw=["
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Odd\"},\n"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"}]"
	    " about=C-1\n" BOTH("unknown cve=C-1 detail=Odd") },
	{ "not affected twice",
	    "[{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"}]",
	    ERR_NONE,
	    "C-1/a at 1 raw=["
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"},\n"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a\",\"status\":\"Not Affected\"}]"
	    " about=C-1\n  package a: not affected cve=C-1\n" },
	{ "rows without an id or a name are left out",
	    "[{\"cve_id\":\"Re\",\"pkg\":\"a\"},{\"cve_id\":\"C-1\"},"
	    "{\"pkg\":\"a\"},{},{\"cve_id\":7,\"pkg\":\"a\"},"
	    "{\"cve_id\":\"C-1\",\"pkg\":\"a b\"},"
	    "{\"cve_id\":\"BDSA-2025-0719\",\"pkg\":\"a\"}]",
	    ERR_NONE,
	    "BDSA-2025-0719/a at 111 about=BDSA-2025-0719\n" BOTH(
		"affected cve=BDSA-2025-0719") },
	{ "no row", "[]", ERR_FORMAT, "no row names a CVE and a package" },
	{ "an object", "{\"branches\":[]}", ERR_FORMAT,
	    "byte 1: not a JSON array" },
	{ "a row that is an array", "[[]]", ERR_FORMAT,
	    "byte 1: a row is not an object" },
	{ "ends early", "[{\"cve_id\":\"CVE-2020-1\"},", ERR_FORMAT,
	    "byte 25: the document ends early" },
};

static void
test_photon(void **state)
{
	advisory_check(*state, photon_read);
}

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	(void)ctx;
	(void)a;
	(void)e;
	return 0;
}

static void
test_too_many_rows(void **state)
{
	const struct advisory_sink sink = { NULL, on_advisory };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i <= PHOTON_RECORD_ROWS_MAX; i++)
		buf_printf(&b, "%s{\"cve_id\":\"C-1\",\"pkg\":\"a\"}",
		    i == 0 ? "[" : ",\n");
	buf_add_char(&b, ']');
	assert_int_equal(stream_open_span(&in, buf_span(&b), NULL, &e), 0);
	assert_int_equal(photon_read(in, &sink, &a, &about, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(
	    e.msg, "line 1025: C-1/a stands in more than 1024 rows");
	stream_close(in);
	arena_cleanup(&a);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_photon);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_too_many_rows);
	return _cmocka_run_group_tests("photon", tests, n, NULL, NULL);
}
