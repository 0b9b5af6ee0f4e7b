/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories asked by package and by CVE; which of several records counts. */
#include "tests/unit/advisory_world.h"

#define TWO                                            \
	"record A-1 100\n"                             \
	"alias CVE-2024-0001\n"                        \
	"alias CVE-2024-0002\n"                        \
	"fixed curl 7.88-1\n"                          \
	"fixed src:curl 7.88-1\n"                      \
	"affected curl - - debian trixie\n"            \
	"record curl 0\n"                              \
	"fixed curl 7.1 CVE-2024-0001\n"               \
	"will-not-fix curl - CVE-2024-0003 - bullseye" \
	" x86_64 nodejs:18 eus low Won't_fix\n"        \
	"record W-1 0\n"                               \
	"affected zlib - - wolfi\n"                    \
	"affected zlib - - rhel 9\n"                   \
	"fixed zlib 2 - rhel 9.2\n"

static const struct ask_case {
	const char *name;
	const char *asked;
	const char *expect;
} asks[] = {
	{ "of a release", "debian/bookworm/curl",
	    "A-1 debian/bookworm curl fixed 7.88-1\n"
	    "A-1 debian/bookworm src:curl fixed 7.88-1\n"
	    "curl debian/bookworm curl fixed 7.1 cve=CVE-2024-0001\n" },
	{ "another release than the document's", "debian/trixie/curl",
	    "A-1 debian/trixie curl affected\n" },
	{ "the record names the release only", "debian/bullseye/curl",
	    "curl debian/bullseye curl will not fix cve=CVE-2024-0003 arch=x86_64 "
	    "module=nodejs:18 pocket=eus severity=low detail=Won't_fix\n" },
	{ "of any release", "debian//curl",
	    "A-1 debian/bookworm curl fixed 7.88-1\n"
	    "A-1 debian/bookworm src:curl fixed 7.88-1\n"
	    "A-1 debian/trixie curl affected\n"
	    "curl debian/bookworm curl fixed 7.1 cve=CVE-2024-0001\n"
	    "curl debian/bullseye curl will not fix cve=CVE-2024-0003 arch=x86_64 "
	    "module=nodejs:18 pocket=eus severity=low detail=Won't_fix\n" },
	{ "what names no release is about all", "wolfi/rolling/zlib",
	    "W-1 wolfi/ zlib affected\n" },
	{ "a minor release is part of its major one", "rhel/9.2/zlib",
	    "W-1 rhel/9 zlib affected\n"
	    "W-1 rhel/9.2 zlib fixed 2\n" },
	{ "but not the other way round", "rhel/9/zlib",
	    "W-1 rhel/9 zlib affected\n" },
	{ "but of no other distribution", "debian/bookworm/zlib", "" },
	{ "no such release", "debian/sid/curl", "" },
	{ "no such distribution", "ubuntu/bookworm/curl", "" },
	{ "no such package", "debian/bookworm/wget", "" },
	{ "a word, but no package", "debian/bookworm/7.88-1", "" },
	{ "a name without text", "debian/bookworm/", "" },
	{ "of a CVE: by alias, and by statement", "CVE-2024-0001",
	    "A-1 debian/bookworm curl fixed 7.88-1\n"
	    "A-1 debian/bookworm src:curl fixed 7.88-1\n"
	    "A-1 debian/trixie curl affected\n"
	    "curl debian/bookworm curl fixed 7.1 cve=CVE-2024-0001\n" },
	{ "of a CVE that one statement names", "CVE-2024-0003",
	    "curl debian/bullseye curl will not fix cve=CVE-2024-0003 arch=x86_64 "
	    "module=nodejs:18 pocket=eus severity=low detail=Won't_fix\n" },
	{ "of a record's own id", "A-1",
	    "A-1 debian/bookworm curl fixed 7.88-1\n"
	    "A-1 debian/bookworm src:curl fixed 7.88-1\n"
	    "A-1 debian/trixie curl affected\n" },
	{ "no such CVE", "CVE-9", "" },
};

/* Products are numbered as they come, and statements sorted by them. */
static void
test_ask(void **state)
{
	const struct ask_case *c = *state;
	struct family_text text = { "t", DOCUMENT_PHOTON, TWO, NULL, "debian",
		"bookworm" };
	struct family_world w;
	char got[1024];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	advisory_ask(&w, c->asked, got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

#define OLD DOCUMENT_CSAF_DELETIONS, "record C 100\naffected old\n", "s"
#define NEW DOCUMENT_CSAF_DELETIONS, "record C 200\nfixed new 2\n", "s"
#define GONE DOCUMENT_CSAF_DELETIONS, "record C 300 withdrawn\n", "s"

static const struct rival_case {
	const char *name;
	struct family_text texts[3];
	const char *expect;
} rivals[] = {
	{ "the newest stands for all", { { "a", OLD }, { "b", NEW } },
	    "C / new fixed 2\n" },
	{ "the newest came first", { { "a", NEW }, { "b", OLD } },
	    "C / new fixed 2\n" },
	{ "withdrawn", { { "a", OLD }, { "b", GONE }, { "c", NEW } }, "" },
	{ "withdrawn, and published again",
	    { { "a", GONE }, { "b", OLD },
		{ "c", DOCUMENT_CSAF_DELETIONS,
		    "record C 301\naffected again\n", "s" } },
	    "C / again affected\n" },
	{ "withdrawn before",
	    { { "a", NEW },
		{ "b", DOCUMENT_CSAF_DELETIONS, "record C 150 withdrawn\n",
		    "s" } },
	    "C / new fixed 2\n" },
	{ "withdrawn at the same time",
	    { { "a", DOCUMENT_CSAF_DELETIONS, "record C 200 withdrawn\n", "s" },
		{ "b", NEW } },
	    "C / new fixed 2\n" },
	{ "withdrawn without a time",
	    { { "a", DOCUMENT_CSAF_DELETIONS, "record C 0 withdrawn\n", "s" },
		{ "b", DOCUMENT_CSAF_DELETIONS, "record C 0\naffected x\n",
		    "s" } },
	    "C / x affected\n" },
	{ "of one time the first document",
	    { { "b", DOCUMENT_CSAF_DELETIONS, "record C 100\naffected x\n",
		  "s" },
		{ "a", OLD } },
	    "C / old affected\n" },
	{ "of another source",
	    { { "a", OLD },
		{ "b", DOCUMENT_CSAF_DELETIONS, "record C 300 withdrawn\n",
		    "other" } },
	    "C / old affected\n" },
	{ "another id",
	    { { "a", OLD },
		{ "b", DOCUMENT_CSAF_DELETIONS, "record D 300 withdrawn\n",
		    "s" } },
	    "C / old affected\n" },
	{ "documents that stand beside each other",
	    { { "a", DOCUMENT_PHOTON, "record C 100\naffected x\n", "s", "p",
		  "4.0" },
		{ "b", DOCUMENT_PHOTON, "record C 200\naffected x\n", "s", "p",
		    "5.0" } },
	    "C p/4.0 x affected\nC p/5.0 x affected\n" },
	{ "a format of the other kind does not take back",
	    { { "a", OLD },
		{ "b", DOCUMENT_PHOTON, "record C 300 withdrawn\n", "s" } },
	    "C / old affected\n" },
};

static size_t
n_texts(const struct rival_case *c)
{
	size_t n = 0;

	while (n < TABLE_N(c->texts) && c->texts[n].name != NULL)
		n++;
	return n;
}

static void
test_rivals(void **state)
{
	const struct rival_case *c = *state;
	struct family_world w;
	char got[256];

	family_world_open(&w);
	family_world_must(&w, c->texts, n_texts(c));
	advisory_ask(&w, "C", got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

/* By package, too, and each record's place of its own document. */
static void
test_superseded_by_package(void **state)
{
	static const struct family_text texts[] = { { "a", OLD },
		{ "b", NEW } };
	struct family_world w;
	char got[256];

	(void)state;
	family_world_open(&w);
	family_world_must(&w, texts, 2);
	advisory_ask(&w, "//old", got, sizeof(got));
	assert_string_equal(got, "");
	advisory_ask(&w, "//new", got, sizeof(got));
	assert_string_equal(got, "C / new fixed 2\n");
	family_world_must(
	    &w, &(struct family_text){ "b", DOCUMENT_CSAF_DELETIONS }, 1);
	advisory_ask(&w, "//old", got, sizeof(got));
	assert_string_equal(got, "C / old affected\n");
	family_world_close(&w);
}

static void
expect_record(struct advisories *a, int64_t key, const char *expect,
    int64_t expect_current)
{
	struct advisory_record r;
	struct buf b = { 0 };
	struct err e = { 0 };
	int64_t current;
	size_t i;

	assert_int_equal(advisories_record(a, key, &r, &e), 1);
	assert_int_equal(r.key, key);
	buf_printf(&b, "%.*s in %.*s: %.*s, %.*s, %jd%s", SPAN_ARG(r.id),
	    SPAN_ARG(r.document->name), SPAN_ARG(r.title), SPAN_ARG(r.severity),
	    (intmax_t)r.modified, r.withdrawn ? ", withdrawn" : "");
	for (i = 0; i < r.n_aliases; i++)
		buf_printf(&b, " %.*s", SPAN_ARG(r.aliases[i]));
	assert_string_equal(buf_str(&b), expect);
	assert_int_equal(advisories_current(a, key, &current, &e), 0);
	assert_int_equal(current, expect_current);
	buf_cleanup(&b);
}

static void
test_records(void **state)
{
	static const struct family_text texts[] = {
		{ "a", DOCUMENT_CSAF_DELETIONS,
		    "record B 1\naffected p - CVE-7\nrecord C 100\ntitle a "
		    "race\nseverity low\nalias CVE-2024-0002\nalias CVE-2024-0001\naffected "
		    "p\n" },
		{ "b", DOCUMENT_CSAF_DELETIONS, "record C 200 withdrawn\n" },
	};
	struct family_world w;
	struct index_reader index;
	struct advisory_record r;
	struct buf got = { 0 };
	struct advisories_sink sink = { &got, advisory_print_statement };
	struct advisories *a;
	struct err e = { 0 };
	int64_t old = (int64_t)1 << 32 | 1, gone = (int64_t)2 << 32;

	(void)state;
	family_world_open(&w);
	family_world_must(&w, texts, 2);
	assert_int_equal(index_open(&index, w.tmp.dirfd, w.tmp.path, &e), 0);
	a = advisories_new(&index.families[0]);
	expect_record(a, old - 1, "B in a: , , 1", old - 1);
	expect_record(a, old,
	    "C in a: a race, low, 100 CVE-2024-0002 CVE-2024-0001", gone);
	expect_record(a, gone, "C in b: , , 200, withdrawn", gone);
	assert_int_equal(advisories_record(a, old + 1, &r, &e), 0);
	assert_int_equal(
	    advisories_statements(a, old, SPAN_NONE, &sink, &e), 0);
	assert_string_equal(buf_str(&got), "C / p affected\n");
	buf_cleanup(&got);
	advisories_free(a);
	index_close(&index);
	family_world_close(&w);
}

static int
refuse(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	(void)r;
	(void)p;
	++*(int *)ctx;
	return err_set(e, ERR_LIMIT, "enough");
}

static void
test_sink_ends_it(void **state)
{
	struct family_text text = { "t", DOCUMENT_PHOTON, TWO, NULL, "debian",
		"bookworm" };
	struct advisories_query q = { .name = SPAN_LIT("curl") };
	struct index_reader index;
	struct family_world w;
	struct advisories *a;
	struct err e = { 0 };
	int n = 0;
	struct advisories_sink sink = { &n, refuse };

	(void)state;
	family_world_open(&w);
	family_world_must(&w, &text, 1);
	assert_int_equal(index_open(&index, w.tmp.dirfd, w.tmp.path, &e), 0);
	a = advisories_new(&index.families[0]);
	assert_int_equal(advisories_of_package(a, &q, &sink, &e), -1);
	assert_int_equal(
	    advisories_of_cve(a, SPAN_LIT("CVE-2024-0001"), &sink, &e), -1);
	assert_string_equal(e.msg, "enough");
	assert_int_equal(n, 2);
	advisories_free(a);
	index_close(&index);
	family_world_close(&w);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_superseded_by_package),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_sink_ends_it),
	};
	struct CMUnitTest
	    tests[TABLE_N(asks) + TABLE_N(rivals) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, asks, test_ask);
	TABLE_ADD(tests, &n, rivals, test_rivals);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "advisories", tests, n + TABLE_N(others), NULL, NULL);
}
