/* SPDX-License-Identifier: Apache-2.0 */
#include "content/secdb.h"
#include "tests/unit/advisory_print.h"
#include "tests/unit/corpus.h"

/* One package from byte 13: what stands in secfixes, what it says. */
#define FIXES(json) \
	"{\"packages\":[{\"pkg\":{\"name\":\"a\",\"secfixes\":" json "}}]}"

static const struct advisory_case cases[] = {
	{ "Alpine: release and repository",
	    "{\"archs\":[\"x86\"],\"reponame\":\"main\","
	    "\"distroversion\":\"v3.16\",\n\"packages\":[\n"
	    "{\"pkg\":{\"name\":\"apache2\",\"secfixes\":{\n"
	    "  \"2.4.27-r1\":[\"CVE-2017-9798\"],\n"
	    "  \"2.4.35-r0\":[\"CVE-2018-11763\",\"XSA-1\"]}}},\n"
	    "{\"pkg\":{\"name\":\"b\",\"secfixes\":{}}}]}",
	    ERR_NONE,
	    "apache2 at 73 about=CVE-2017-9798 about=CVE-2018-11763 "
	    "about=XSA-1\n"
	    "  source apache2: fixed version=2.4.27-r1 cve=CVE-2017-9798 "
	    "of=alpine release=3.16 pocket=main\n"
	    "  source apache2: fixed version=2.4.35-r0 cve=CVE-2018-11763 "
	    "of=alpine release=3.16 pocket=main\n"
	    "  source apache2: fixed version=2.4.35-r0 cve=XSA-1 "
	    "of=alpine release=3.16 pocket=main\n"
	    "b at 189\n" },
	{ "edge, and packages that are not affected",
	    "{\"distroversion\":\"edge\",\"reponame\":\"community\","
	    "\"packages\":[{\"pkg\":{\"name\":\"a\","
	    "\"secfixes\":{\"0\":[\"CVE-2020-1\"]}}}]}",
	    ERR_NONE,
	    "a at 59 about=CVE-2020-1\n"
	    "  source a: not affected cve=CVE-2020-1 of=alpine release=edge "
	    "pocket=community\n" },
	{ "Wolfi: no release, no distribution",
	    "{\"urlprefix\":\"https://packages.example\",\"reponame\":\"os\","
	    "\"packages\":[{\"pkg\":{\"name\":\"a\","
	    "\"secfixes\":{\"1.2-r3\":[\"GHSA-2c7c-3mj9-8fqh\"]}}}]}",
	    ERR_NONE,
	    "a at 68 about=GHSA-2c7c-3mj9-8fqh\n"
	    "  source a: fixed version=1.2-r3 cve=GHSA-2c7c-3mj9-8fqh "
	    "pocket=os\n" },
	{ "several ids in a text, and what is none",
	    FIXES("{\"1-r0\":[\"CVE-2019-1 CVE-2019-2\","
		  "\" CVE-2019-3 (+ regression fix)\",\"CVE-2019-4,\","
		  "\"ALPINE-13661\",\"\",7,null,[\"CVE-2019-5\"],"
		  "\"non-issue\",\"not-2\\n\"]}"),
	    ERR_NONE,
	    "a at 13 about=CVE-2019-1 about=CVE-2019-2 about=CVE-2019-3 "
	    "about=CVE-2019-4 about=ALPINE-13661 about=not-2\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-1\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-2\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-3\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-4\n"
	    "  source a: fixed version=1-r0 cve=ALPINE-13661\n"
	    "  source a: fixed version=1-r0 cve=not-2\n" },
	{ "ids with signs around them",
	    FIXES("{\"1-r0\":[\"(CVE-2019-1)\",\"CVE-2019-2?\","
		  "\"CVE-2019-3/CVE-2019-4;CVE-2019-5.\"],"
		  "\"2-r0\":\"CVE-2019-6\"}"),
	    ERR_NONE,
	    "a at 13 about=CVE-2019-1 about=CVE-2019-2 about=CVE-2019-3 "
	    "about=CVE-2019-4 about=CVE-2019-5 about=CVE-2019-6\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-1\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-2\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-3\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-4\n"
	    "  source a: fixed version=1-r0 cve=CVE-2019-5\n"
	    "  source a: fixed version=2-r0 cve=CVE-2019-6\n" },
	{ "no fixes", FIXES("null"), ERR_NONE, "a at 13\n" },
	{ "fixes that are missing",
	    "{\"packages\":[{\"pkg\":{\"name\":\"a\"}}]}", ERR_NONE,
	    "a at 13\n" },
	{ "no ids", FIXES("{\"1-r0\":null,\"2-r0\":[],\"0\":\"CVE-1\"}"),
	    ERR_NONE, "a at 13\n" },
	{ "versions that apk has",
	    FIXES("{\"1.06-r6\":[\"A-1\"],\"0.9.8c\":[\"A-2\"],"
		  "\"1.2_alpha_pre2-r0\":[\"A-3\"],\"2_git2~0af-r1\":"
		  "[\"A-4\"]}"),
	    ERR_NONE,
	    "a at 13 about=A-1 about=A-2 about=A-3 about=A-4\n"
	    "  source a: fixed version=1.06-r6 cve=A-1\n"
	    "  source a: fixed version=0.9.8c cve=A-2\n"
	    "  source a: fixed version=1.2_alpha_pre2-r0 cve=A-3\n"
	    "  source a: fixed version=2_git2~0af-r1 cve=A-4\n" },
	{ "versions that apk does not have",
	    FIXES("{\"\":[\"A-1\"],\"1.2-1\":[\"A-2\"],\"1..2\":[\"A-3\"],"
		  "\"1.0bc\":[\"A-4\"],\"v1-r0\":[\"A-5\"],\"1-r\":[\"A-6\"],"
		  "\"1_\":[\"A-7\"],\"0 \":[\"A-8\"],\"1-r0x\":[\"A-9\"],"
		  "\"1~\":[\"A-10\"]}"),
	    ERR_NONE,
	    "a at 13 about=A-1 about=A-2 about=A-3 about=A-4 about=A-5 "
	    "about=A-6 about=A-7 about=A-8 about=A-9 about=A-10\n"
	    "  source a: unknown cve=A-1\n"
	    "  source a: unknown cve=A-2 detail=1.2-1\n"
	    "  source a: unknown cve=A-3 detail=1..2\n"
	    "  source a: unknown cve=A-4 detail=1.0bc\n"
	    "  source a: unknown cve=A-5 detail=v1-r0\n"
	    "  source a: unknown cve=A-6 detail=1-r\n"
	    "  source a: unknown cve=A-7 detail=1_\n"
	    "  source a: unknown cve=A-8 detail=0 \n"
	    "  source a: unknown cve=A-9 detail=1-r0x\n"
	    "  source a: unknown cve=A-10 detail=1~\n" },
	{ "not affected does not hide a fix",
	    FIXES("{\"0\":[\"CVE-1\",\"CVE-2\",\"CVE-3\"],"
		  "\"1-r0\":[\"CVE-1\"],\"x\":[\"CVE-3\"]}"),
	    ERR_NONE,
	    "a at 13 about=CVE-1 about=CVE-3 about=CVE-2\n"
	    "  source a: fixed version=1-r0 cve=CVE-1\n"
	    "  source a: unknown cve=CVE-3 detail=x\n"
	    "  source a: not affected cve=CVE-2\n" },
	{ "fixed twice", FIXES("{\"1-r0\":[\"CVE-1\"],\"2-r0\":[\"CVE-1\"]}"),
	    ERR_NONE,
	    "a at 13 about=CVE-1\n"
	    "  source a: fixed version=1-r0 cve=CVE-1\n"
	    "  source a: fixed version=2-r0 cve=CVE-1\n" },
	{ "no packages", "{\"reponame\":\"main\"}", ERR_FORMAT,
	    "the database lists no package" },
	{ "an empty list", "{\"packages\":[]}", ERR_FORMAT,
	    "the database lists no package" },
	{ "packages as an object", "{\"packages\":{}}", ERR_FORMAT,
	    "byte 13: the records do not stand in an array" },
	{ "the release stands behind",
	    "{\"packages\":[{\"pkg\":{\"name\":\"a\"}}],\n"
	    "\"distroversion\":\"v3\"}",
	    ERR_FORMAT, "line 2: distroversion stands behind the packages" },
	{ "the repository stands behind",
	    "{\"packages\":[{\"pkg\":{\"name\":\"a\"}}],\n"
	    "\"reponame\":\"main\"}",
	    ERR_FORMAT, "line 2: reponame stands behind the packages" },
	{ "no name", "{\"packages\":[{\"pkg\":{}}]}", ERR_FORMAT,
	    "byte 13: \"\" is not the name of a package" },
	{ "a package that is none", "{\"packages\":[7]}", ERR_FORMAT,
	    "byte 13: \"\" is not the name of a package" },
	{ "a name of two words",
	    "{\"packages\":[{\"pkg\":{\"name\":\"a b\"}}]}", ERR_FORMAT,
	    "byte 13: \"a b\" is not the name of a package" },
	{ "fixes as an array", FIXES("[]"), ERR_FORMAT,
	    "byte 13: a: secfixes is not an object" },
	{ "ends early", "{\"packages\":[{\"pkg\":", ERR_FORMAT,
	    "byte 20: the document ends early" },
};

static void
test_secdb(void **state)
{
	advisory_check(*state, secdb_read);
}

struct corpus_case {
	const char *name; /* the file */
	size_t n_records;
	size_t n_statements; /* all of them fixed */
	const char *release;
	const char *pocket;
};

#define SECDB "secdb.alpinelinux.org/"

static const struct corpus_case corpus_cases[] = {
	{ SECDB "edge/community.json", 1, 8, "edge", "community" },
	{ SECDB "edge/main.json", 1, 3, "edge", "main" },
	{ SECDB "v3.16/community.json", 1, 1, "3.16", "community" },
	{ SECDB "v3.16/main.json", 1, 2, "3.16", "main" },
	{ SECDB "v3.2/main.json", 1, 1, "3.2", "main" },
};

struct count {
	const struct corpus_case *expect;
	size_t n_records;
	size_t n_statements;
};

static int
count(void *ctx, const struct advisory *a, struct err *e)
{
	struct count *c = ctx;
	size_t i;

	(void)e;
	c->n_records++;
	for (i = 0; i < a->n_packages; i++) {
		const struct advisory_package *p = &a->packages[i];

		assert_int_equal(p->state, ADVISORY_FIXED);
		assert_true(span_is(p->distribution, "alpine"));
		assert_true(span_is(p->release, c->expect->release));
		assert_true(span_is(p->pocket, c->expect->pocket));
		c->n_statements++;
	}
	return 0;
}

static void
test_corpus(void **state)
{
	const struct corpus_case *expect = *state;
	struct stream *in = corpus_open(expect->name);
	struct count c = { .expect = expect };
	const struct advisory_sink sink = { &c, count };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	if (secdb_read(in, &sink, &a, &about, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(c.n_records, expect->n_records);
	assert_int_equal(c.n_statements, expect->n_statements);
	stream_close(in);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(corpus_cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_secdb);
	TABLE_ADD(tests, &n, corpus_cases, test_corpus);
	return _cmocka_run_group_tests("secdb", tests, n, NULL, NULL);
}
