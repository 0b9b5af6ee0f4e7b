/* SPDX-License-Identifier: Apache-2.0 */
#include "content/debian_tracker.h"
#include "tests/unit/advisory_print.h"
#include "tests/unit/corpus.h"

/* One CVE in one release, from byte 5: what stands there, what it says. */
#define STATUS(json) \
	"{\"a\":{\"CVE-2020-1\":{\"releases\":{\"sid\":{" json "}}}}}"
#define SAYS(text) "a at 5 about=CVE-2020-1\n  source a: " text "\n"

static const struct advisory_case cases[] = {
	{ "a package, two CVEs, two releases",
	    "{\"curl\": {\"CVE-2020-1\": {\"description\": \"d\",\n"
	    "\"scope\": \"remote\", \"debianbug\": 7, \"releases\": {\n"
	    " \"bookworm\": {\"status\": \"resolved\", \"repositories\": {\n"
	    "   \"bookworm\": \"7.88-1\"}, \"fixed_version\": \"7.88-1\",\n"
	    "   \"urgency\": \"not yet assigned\"},\n"
	    " \"sid\": {\"status\": \"open\", \"urgency\": \"high**\"}}},\n"
	    "\"TEMP-0000000-0CA7E3\": {\"releases\": {\"sid\": {\n"
	    "  \"status\": \"resolved\", \"fixed_version\": \"0\",\n"
	    "  \"urgency\": \"unimportant\"}}}},\n"
	    "\"a\": {}}",
	    ERR_NONE,
	    "curl at 9 about=CVE-2020-1 about=TEMP-0000000-0CA7E3\n"
	    "  source curl: fixed version=7.88-1 cve=CVE-2020-1 of=debian "
	    "release=bookworm severity=not yet assigned\n"
	    "  source curl: affected cve=CVE-2020-1 of=debian release=sid "
	    "severity=high**\n"
	    "  source curl: not affected cve=TEMP-0000000-0CA7E3 of=debian "
	    "release=sid severity=unimportant\n"
	    "a at 416\n" },
	{ "will not be fixed",
	    STATUS("\"status\":\"open\",\"nodsa\":\"Minor issue\","
		   "\"nodsa_reason\":\"ignored\",\"urgency\":\"low\""),
	    ERR_NONE,
	    SAYS("will not fix cve=CVE-2020-1 of=debian release=sid "
		 "severity=low detail=Minor issue") },
	{ "postponed",
	    STATUS("\"status\":\"open\",\"nodsa\":\"later\","
		   "\"nodsa_reason\":\"postponed\""),
	    ERR_NONE,
	    SAYS("deferred cve=CVE-2020-1 of=debian release=sid "
		 "detail=later") },
	{ "no DSA, and no reason",
	    STATUS("\"status\":\"open\",\"nodsa\":\"Minor\","
		   "\"nodsa_reason\":\"\""),
	    ERR_NONE,
	    SAYS("affected cve=CVE-2020-1 of=debian release=sid "
		 "detail=Minor") },
	{ "a reason that is new",
	    STATUS("\"status\":\"open\",\"nodsa_reason\":\"fixed\""), ERR_NONE,
	    SAYS("affected cve=CVE-2020-1 of=debian release=sid") },
	{ "end of life",
	    STATUS("\"status\":\"open\",\"urgency\":\"end-of-life\""), ERR_NONE,
	    SAYS("end of life cve=CVE-2020-1 of=debian release=sid "
		 "severity=end-of-life") },
	{ "end of life, as old data has it",
	    STATUS("\"status\":\"open\",\"urgency\":\"end-of-life **\","
		   "\"nodsa_reason\":\"ignored\""),
	    ERR_NONE,
	    SAYS("end of life cve=CVE-2020-1 of=debian release=sid "
		 "severity=end-of-life **") },
	{ "undetermined", STATUS("\"status\":\"undetermined\""), ERR_NONE,
	    SAYS("needs triage cve=CVE-2020-1 of=debian release=sid") },
	{ "a status that is new", STATUS("\"status\":\"fixed\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid "
		 "detail=fixed") },
	{ "no status", STATUS("\"fixed_version\":\"0\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid") },
	{ "a status that is no text", STATUS("\"status\":0"), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid") },
	{ "resolved in no version", STATUS("\"status\":\"resolved\""), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid") },
	{ "resolved in the number 0",
	    STATUS("\"status\":\"resolved\",\"fixed_version\":0"), ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid") },
	{ "resolved in what is no version",
	    STATUS("\"status\":\"resolved\",\"fixed_version\":\"<unfixed>\""),
	    ERR_NONE,
	    SAYS("unknown cve=CVE-2020-1 of=debian release=sid "
		 "detail=<unfixed>") },
	{ "resolved, an epoch and a tilde",
	    STATUS("\"status\":\"resolved\",\"fixed_version\":\"1:2~rc1-1\""),
	    ERR_NONE,
	    SAYS("fixed version=1:2~rc1-1 cve=CVE-2020-1 of=debian "
		 "release=sid") },
	{ "an id with blanks",
	    "{\"a\":{\" CVE-2020-1 \":{\"releases\":{\"sid\":{\"status\":"
	    "\"open\"}}}}}",
	    ERR_NONE,
	    "a at 5 about=CVE-2020-1\n"
	    "  source a: affected cve=CVE-2020-1 of=debian release=sid\n" },
	{ "what is no id is left out",
	    "{\"a\":{\"CVE 1\":{},\"-\":7,\"CVE-1\":{}}}", ERR_NONE,
	    "a at 5 about=CVE-1\n" },
	{ "a release that is no word is left out",
	    "{\"a\":{\"CVE-1\":{\"releases\":{\"\":{},\"s d\":{}}}}}", ERR_NONE,
	    "a at 5 about=CVE-1\n" },
	{ "no package", "{}", ERR_FORMAT, "the tracker lists no package" },
	{ "an array", "[{}]", ERR_FORMAT, "byte 1: not a JSON object" },
	{ "ends early", "{\"a\":{\"CVE-1\":", ERR_FORMAT,
	    "byte 14: the document ends early" },
	{ "an id for a package's name", "{\"a b\":{}}", ERR_FORMAT,
	    "byte 7: \"a b\" is not the name of a package" },
	{ "no name", "{\"\":{}}", ERR_FORMAT,
	    "byte 4: \"\" is not the name of a package" },
	{ "a package that is an array", "{\"a\":[]}", ERR_FORMAT,
	    "byte 5: a is not an object" },
	{ "a CVE that is a text", "{\"a\":\n{\"CVE-1\":\n\"\"}}", ERR_FORMAT,
	    "line 2: a: CVE-1: it is not an object" },
	{ "releases as an array", "{\"a\":{\"CVE-1\":{\"releases\":[]}}}",
	    ERR_FORMAT, "byte 5: a: CVE-1: releases is not an object" },
	{ "a release that is a text",
	    "{\"a\":{\"CVE-1\":{\"releases\":{\"sid\":\"open\"}}}}", ERR_FORMAT,
	    "byte 5: a: CVE-1: sid is not an object" },
	{ "an overlong character inside",
	    "{\"a\":{\"CVE-1\":{\"description\":\"\xc0\xaf\"}}}", ERR_FORMAT,
	    "byte 5: a: byte 28: the text is not UTF-8" },
};

static void
test_debian_tracker(void **state)
{
	advisory_check(*state, debian_tracker_read);
}

struct count {
	size_t n_records;
	size_t n_aliases;
	size_t states[ADVISORY_STATES];
};

static int
count(void *ctx, const struct advisory *a, struct err *e)
{
	struct count *c = ctx;
	size_t i;

	(void)e;
	c->n_records++;
	c->n_aliases += a->n_aliases;
	for (i = 0; i < a->n_packages; i++)
		c->states[a->packages[i].state]++;
	return 0;
}

static void
test_corpus(void **state)
{
	struct stream *in =
	    corpus_open("security-tracker.debian.org/tracker/data/json");
	struct count c = { 0 };
	const struct advisory_sink sink = { &c, count };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	if (debian_tracker_read(in, &sink, &a, &about, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(c.n_records, 2);
	assert_int_equal(c.n_aliases, 4);
	assert_int_equal(c.states[ADVISORY_NOT_AFFECTED], 4);
	assert_int_equal(c.states[ADVISORY_FIXED], 2);
	assert_int_equal(c.states[ADVISORY_WILL_NOT_FIX], 1);
	assert_int_equal(c.states[ADVISORY_AFFECTED], 1);
	stream_close(in);
	arena_cleanup(&a);
}

/* The kernel's record has more values than one tree may hold. */
static void
test_large_record(void **state)
{
	struct buf b = { 0 };
	struct count c = { 0 };
	const struct advisory_sink sink = { &c, count };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };
	int i;

	(void)state;
	buf_add_str(&b, "{\"linux\":{");
	for (i = 0; i < 30000; i++) {
		static const char *const names[] = { "a", "b", "c", "d" };
		size_t k;

		buf_printf(&b, "%s\"CVE-2024-%d\":{\"releases\":{",
		    i == 0 ? "" : ",", i);
		for (k = 0; k < TABLE_N(names); k++)
			buf_printf(&b,
			    "%s\"%s\":{\"status\":\"open\",\"repositories\":"
			    "{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\",\"d\":\"1\"},"
			    "\"urgency\":\"\",\"nodsa\":\"\"}",
			    k == 0 ? "" : ",", names[k]);
		buf_add_str(&b, "}}");
	}
	buf_add_str(&b, "}}");
	assert_int_equal(stream_open_span(&in, buf_span(&b), NULL, &e), 0);
	if (debian_tracker_read(in, &sink, &a, &about, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(c.n_records, 1);
	assert_int_equal(c.n_aliases, 30000);
	assert_int_equal(c.states[ADVISORY_AFFECTED], 120000);
	stream_close(in);
	arena_cleanup(&a);
	buf_cleanup(&b);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 2];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_large_record),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, cases, test_debian_tracker);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("debian_tracker", tests, n, NULL, NULL);
}
