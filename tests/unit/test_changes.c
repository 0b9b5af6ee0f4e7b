/* SPDX-License-Identifier: Apache-2.0 */
/* What changed from one generation to another, record by record. */
#include "indexer/changes.h"
#include "tests/unit/site.h"

#define A SITE_CVE("CVE-2024-0001", "first")
#define A2 SITE_CVE("CVE-2024-0001", "first, in other words")
#define C SITE_CVE("CVE-2024-0003", "third")
#define D SITE_CVE("CVE-2024-0004", "fourth")

static const struct changes_case {
	const char *name;
	const char *before; /* NULL: the document is not there */
	const char *after;
	const char *counts; /* added, changed, removed; NULL: not listed */
	const char *records;
} cases[] = {
	{ "the same bytes", SITE_FEED("2", A "," C), SITE_FEED("2", A "," C),
	    NULL, "" },
	{ "another order", SITE_FEED("2", A "," C), SITE_FEED("2", C "," A),
	    "0 0 0", "" },
	{ "one added", SITE_FEED("1", C), SITE_FEED("2", C "," A), "1 0 0",
	    "added CVE-2024-0001;" },
	{ "one changed", SITE_FEED("2", A "," C), SITE_FEED("2", A2 "," C),
	    "0 1 0", "changed CVE-2024-0001;" },
	{ "one removed", SITE_FEED("2", A "," C), SITE_FEED("1", A), "0 0 1",
	    "removed CVE-2024-0003;" },
	{ "of each, by id", SITE_FEED("2", C "," A), SITE_FEED("2", D "," A2),
	    "1 1 1",
	    "changed CVE-2024-0001;removed CVE-2024-0003;"
	    "added CVE-2024-0004;" },
	{ "a new document", NULL, SITE_FEED("1", A), "1 0 0",
	    "added CVE-2024-0001;" },
	{ "a document that is gone", SITE_FEED("1", A), NULL, "0 0 1",
	    "removed CVE-2024-0001;" },
};

#define SCORES(rows) "cve,epss,percentile\n" rows
#define KEV(rows) "{\"count\":1,\"vulnerabilities\":[" rows "]}"
#define REPOSITORY(rows) "{\"data\":{" rows "}}"
#define SECDB(rows)                                           \
	"{\"distroversion\":\"v3.20\",\"reponame\":\"main\"," \
	"\"packages\":[{\"pkg\":{\"name\":\"a\",\"secfixes\":{" rows "}}}]}"

#define DEFINITION(id, criteria)                                            \
	"<definition class='patch' id='oval:t:def:" id "' version='1'>"     \
	"<metadata><title>t</title><description>d</description></metadata>" \
	"<criteria>" criteria "</criteria></definition>"
#define TEST(id, state)                                              \
	"<linux:dpkginfo_test id='oval:t:tst:" id "' version='1' "   \
	"check='all' comment='c'><linux:object "                     \
	"object_ref='oval:t:obj:1'/><linux:state state_ref='oval:t:" \
	"ste:" state "'/></linux:dpkginfo_test>"
#define STATE(id, version)                                                         \
	"<linux:dpkginfo_state id='oval:t:ste:" id "' version='1'>"                \
	"<linux:evr datatype='debian_evr_string' operation='less than'>0:" version \
	"</linux:evr></linux:dpkginfo_state>"
/* 1 asks for test 1, 2 extends 1, 3 asks for test 2. */
#define OVAL(day, tests, states)                                                                                        \
	"<oval_definitions xmlns='" FAMILY_OVAL "' xmlns:linux='" FAMILY_OVAL                                           \
	"#linux' xmlns:oval='http://oval.mitre.org/XMLSchema/"                                                          \
	"oval-common-5'><generator><oval:schema_version>5.11.1"                                                         \
	"</oval:schema_version><oval:timestamp>2024-01-" day                                                            \
	"T00:00:00</oval:timestamp></generator><definitions>" DEFINITION(                                               \
	    "1", "<criterion test_ref='oval:t:tst:1'/>") DEFINITION("2",                                                \
	    "<extend_definition definition_ref='oval:t:def:1'/>") DEFINITION("3",                                       \
	    "<criterion test_ref='oval:t:tst:2'/>") "</definitions><tests>" tests                                       \
						    "</tests><objects><linux:dpkginfo_object id='oval:t:obj:1' "        \
						    "version='1'><linux:name>bash</linux:name></linux:dpkginfo_object>" \
						    "</objects><states>" states                                         \
						    "</states></oval_definitions>"

/* Formats that have their records in tables of their own. */
static const struct format_case {
	struct changes_case c;
	enum document_format format;
} format_cases[] = {
	{ { "scores: whoever's score moved",
	      SCORES("CVE-2020-0001,0.1,0.1\nCVE-2020-0002,0.2,0.2\n"
		     "CVE-2021-12345,0.3,0.3\n"),
	      SCORES("CVE-2020-0001,0.1,0.9\nCVE-2020-0002,0.25,0.2\n"
		     "CVE-2022-0009,0.3,0.3\n"),
	      "1 1 1",
	      "changed CVE-2020-0002;removed CVE-2021-12345;"
	      "added CVE-2022-0009;" },
	    DOCUMENT_EPSS },
	{ { "known exploited", KEV("{\"cveID\":\"CVE-2020-0001\"}"),
	      KEV("{\"cveID\":\"CVE-2020-0001\",\"dueDate\":\"2025-01-01\"}"),
	      "0 1 0", "changed CVE-2020-0001;" },
	    DOCUMENT_KEV },
	{ { "repositories",
	      REPOSITORY("\"a\":{\"cpes\":[\"cpe:/o:x\"]},"
			 "\"b\":{\"cpes\":[\"cpe:/o:x\"]}"),
	      REPOSITORY("\"b\":{\"cpes\":[\"cpe:/o:y\"]},"
			 "\"c\":{\"cpes\":[\"cpe:/o:x\"]}"),
	      "1 1 1", "removed a;changed b;added c;" },
	    DOCUMENT_REPOSITORY_CPE },
	{ { "OVAL published again",
	      OVAL("01", TEST("1", "1") TEST("2", "2"),
		  STATE("1", "1") STATE("2", "2")),
	      OVAL("02", TEST("2", "2") TEST("1", "1"),
		  STATE("2", "2") STATE("1", "1")),
	      "0 0 0", "" },
	    DOCUMENT_OVAL },
	{ { "OVAL: a state below",
	      OVAL("01", TEST("1", "1") TEST("2", "2"),
		  STATE("1", "1") STATE("2", "2")),
	      OVAL("01", TEST("1", "1") TEST("2", "2"),
		  STATE("1", "1.5") STATE("2", "2")),
	      "0 2 0", "changed oval:t:def:1;changed oval:t:def:2;" },
	    DOCUMENT_OVAL },
	{ { "OVAL: a test below",
	      OVAL("01", TEST("1", "1") TEST("2", "2"),
		  STATE("1", "1") STATE("2", "2")),
	      OVAL("01", TEST("1", "1") TEST("2", "1"),
		  STATE("1", "1") STATE("2", "2")),
	      "0 1 0", "changed oval:t:def:3;" },
	    DOCUMENT_OVAL },
	{ { "advisories", SECDB("\"1.0-r0\":[\"CVE-2020-0001\"]"),
	      SECDB("\"1.0-r1\":[\"CVE-2020-0001\"]"), "0 1 0", "changed a;" },
	    DOCUMENT_SECDB },
};

/* Made from nothing, so that no generation comes from the one before. */
static void
make_generation_as(struct site *s, const char *folder,
    enum document_format format, const char *text)
{
	struct generation_builder *g = NULL;

	if (generation_begin(&g, s->state.dirfd, 0, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	site_index(s, g, "nvd", "other", SITE_FEED("1", D));
	if (text != NULL)
		site_index_as(s, g, format, "nvd", "feed", text);
	if (generation_publish(g, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_int_equal(
	    renameat(s->state.dirfd, "index/1", s->state.dirfd, folder), 0);
	assert_int_equal(unlinkat(s->state.dirfd, "index/current", 0), 0);
}

static void
make_generation(struct site *s, const char *folder, const char *text)
{
	make_generation_as(s, folder, DOCUMENT_NVD, text);
}

/* "0 0 0" and "added ID;…" out of what is printed. */
static void
parse_text(struct span text, struct buf *counts, struct buf *records)
{
	char change[16], document[64], id[64];
	unsigned long long n[3];
	struct span line;
	char copy[256];

	while (span_next(&text, '\n', &line)) {
		snprintf(copy, sizeof(copy), "%.*s", SPAN_ARG(line));
		if (sscanf(copy, "feed %llu %llu %llu", &n[0], &n[1], &n[2]) ==
		    3)
			buf_printf(counts, "%llu %llu %llu", n[0], n[1], n[2]);
		else if (sscanf(copy, "%15s %63s %63s", change, document, id) ==
			3 &&
		    strcmp(document, "feed") == 0)
			buf_printf(records, "%s %s;", change, id);
	}
}

static void
expect_changes(
    struct site *s, const struct changes *c, const struct changes_case *expect)
{
	struct buf counts = { 0 }, records = { 0 };
	struct out out;
	uint64_t n = 0;

	out_init(&out, -1);
	if (changes_write(c, &out, &n, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	parse_text(buf_span(&out.buf), &counts, &records);
	assert_string_equal(
	    buf_str(&counts), expect->counts == NULL ? "" : expect->counts);
	assert_string_equal(buf_str(&records), expect->records);
	out_cleanup(&out);
	buf_cleanup(&counts);
	buf_cleanup(&records);
}

/* Ordinals tell nothing of what was there before. */
static void
test_one(const struct changes_case *c, enum document_format format)
{
	char before[128], after[128];
	struct changes changes = { .limit = 100 };
	struct site s;

	site_open(&s);
	make_generation_as(&s, "before", format, c->before);
	make_generation_as(&s, "after", format, c->after);
	snprintf(before, sizeof(before), "%s/before", s.tmp.path);
	snprintf(after, sizeof(after), "%s/after", s.tmp.path);
	changes.since.path = before;
	changes.now.path = after;
	expect_changes(&s, &changes, c);
	site_close(&s);
}

static void
test_case(void **state)
{
	test_one(*state, DOCUMENT_NVD);
}

static void
test_format(void **state)
{
	const struct format_case *c = *state;

	test_one(&c->c, c->format);
}

/* The second was made from the first, as a sync does it. */
static void
test_successor(void **state)
{
	const struct changes_case *c = *state;
	char before[128], after[128];
	struct changes changes = { .limit = 100 };
	struct site s;

	if (c->before == NULL || c->after == NULL)
		return;
	site_open(&s);
	site_publish(&s, "nvd", "feed", c->before);
	site_publish(&s, "nvd", "feed", c->after);
	snprintf(before, sizeof(before), "%s/index/1", s.tmp.path);
	snprintf(after, sizeof(after), "%s/index/2", s.tmp.path);
	changes.since.path = before;
	changes.now.path = after;
	expect_changes(&s, &changes, c);
	site_close(&s);
}

/* A family that is one file is not even opened. */
static void
test_same_file(void **state)
{
	struct changes changes = { .limit = 100 };
	const struct changes_case none = { "", NULL, NULL, NULL, "" };
	char before[128], after[128];
	struct site s;

	(void)state;
	site_open(&s);
	for (int i = 0; i < 2; i++)
		assert_int_equal(file_make_dirs(s.tmp.dirfd,
				     i == 0 ? "before" : "after", &s.e),
		    0);
	assert_int_equal(file_replace(s.tmp.dirfd, "before/x.sqlite",
			     SPAN_LIT("no database"), &s.e),
	    0);
	assert_int_equal(linkat(s.tmp.dirfd, "before/x.sqlite", s.tmp.dirfd,
			     "after/x.sqlite", 0),
	    0);
	snprintf(before, sizeof(before), "%s/before", s.tmp.path);
	snprintf(after, sizeof(after), "%s/after", s.tmp.path);
	changes.since.path = before;
	changes.now.path = after;
	expect_changes(&s, &changes, &none);
	site_close(&s);
}

static void
test_limit_and_document(void **state)
{
	struct changes changes = { .limit = 1, .as_json = true };
	char before[128], after[128];
	struct out out;
	struct site s;
	uint64_t n;

	(void)state;
	site_open(&s);
	make_generation(&s, "before", SITE_FEED("1", A));
	make_generation(&s, "after", SITE_FEED("2", C "," D));
	snprintf(before, sizeof(before), "%s/before", s.tmp.path);
	snprintf(after, sizeof(after), "%s/after", s.tmp.path);
	changes.since.path = before;
	changes.now.path = after;
	out_init(&out, -1);
	assert_int_equal(changes_write(&changes, &out, &n, &s.e), 0);
	assert_int_equal(n, 3);
	assert_non_null(strstr(buf_str(&out.buf), "\"CVE-2024-0001\""));
	assert_null(strstr(buf_str(&out.buf), "\"CVE-2024-0003\""));
	assert_non_null(strstr(buf_str(&out.buf), "\"removed\": 1"));
	assert_non_null(strstr(buf_str(&out.buf), "\"found\": 3"));
	out_cleanup(&out);
	changes.offset = 2;
	out_init(&out, -1);
	assert_int_equal(changes_write(&changes, &out, &n, &s.e), 0);
	assert_int_equal(n, 3);
	assert_null(strstr(buf_str(&out.buf), "\"CVE-2024-0001\""));
	assert_non_null(strstr(buf_str(&out.buf), "\"CVE-2024-0004\""));
	out_cleanup(&out);
	changes.document = "other";
	out_init(&out, -1);
	assert_int_equal(changes_write(&changes, &out, &n, &s.e), 0);
	assert_int_equal(n, 0);
	out_cleanup(&out);
	site_close(&s);
}

static void
test_folder_gone(void **state)
{
	struct changes changes = { .limit = 1 };
	struct out out;
	struct site s;
	uint64_t n;

	(void)state;
	site_open(&s);
	changes.since.path = "/nonexistent/index/1";
	changes.now.path = s.tmp.path;
	out_init(&out, -1);
	assert_int_equal(changes_write(&changes, &out, &n, &s.e), -1);
	assert_int_equal(s.e.code, ERR_MISSING);
	out_cleanup(&out);
	site_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_same_file),
		cmocka_unit_test(test_limit_and_document),
		cmocka_unit_test(test_folder_gone),
	};
	struct CMUnitTest tests[2 * TABLE_N(cases) + TABLE_N(format_cases) +
	    TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	TABLE_ADD(tests, &n, cases, test_successor);
	TABLE_ADD(tests, &n, format_cases, test_format);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "changes", tests, n + TABLE_N(others), NULL, NULL);
}
