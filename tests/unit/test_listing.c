/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/unit/corpus.h"
#include "tests/unit/listing_case.h"

#define SHA "d165e29d8d911f3f1e0919a5c1e8c423b14af1c38f57847dd0a8cc9dbd027618"
#define ARCHIVE LISTING_CSAF_ARCHIVE
#define CHANGES LISTING_CSAF_CHANGES

static const struct listing_case cases[] = {
	{ "PULP_MANIFEST", LISTING_PULP_MANIFEST, "a/b.bz2," SHA ",12\n",
	    ERR_NONE, "a/b.bz2 " SHA " 12\n" },
	{ "archive with its date", ARCHIVE, "csaf_vex_2024-08-04.tar.zst",
	    ERR_NONE, "csaf_vex_2024-08-04.tar.zst\n" },
	{ "archive with a constant name, LF", ARCHIVE, "vex-archive.tar.zst\n",
	    ERR_NONE, "vex-archive.tar.zst\n" },
	{ "archive, CR LF", ARCHIVE, "vex-archive.tar.zst\r\n", ERR_NONE,
	    "vex-archive.tar.zst\n" },
	{ "no archive", ARCHIVE, "", ERR_FORMAT, "names no archive" },
	{ "an empty line", ARCHIVE, "\n", ERR_FORMAT, "names no archive" },
	{ "two archives", ARCHIVE, "a.tar.zst\nb.tar.zst\n", ERR_FORMAT,
	    "names more than one archive" },
	{ "archive elsewhere", ARCHIVE, "https://example.com/a.tar.zst",
	    ERR_FORMAT,
	    "the path \"https://example.com/a.tar.zst\" is not safe" },
	{ "archive above", ARCHIVE, "../a.tar.zst", ERR_FORMAT,
	    "the path \"../a.tar.zst\" is not safe" },
	{ "archive from the root", ARCHIVE, "/a.tar.zst", ERR_FORMAT,
	    "the path \"/a.tar.zst\" is not safe" },
	{ "a page instead of an archive", ARCHIVE, "<html>", ERR_FORMAT,
	    "the path \"<html>\" is not safe" },
	{ "changes; the last line lacks its LF", CHANGES,
	    "\"2023/cve-2023-6240.json\",\"2024-08-04T10:17:22+00:00\"\n"
	    "\"2023/cve-2023-6212.json\",\"2024-08-04T12:17:22+02:00\"\n"
	    "\"2021/cve-2021-47343.json\",\"2024-07-29T18:39:58.5Z\"",
	    ERR_NONE,
	    "2023/cve-2023-6240.json at 1722766642\n"
	    "2023/cve-2023-6212.json at 1722766642\n"
	    "2021/cve-2021-47343.json at 1722278398\n" },
	{ "no change", CHANGES, "", ERR_NONE, "" },
	{ "changes, CR LF", CHANGES, "\"a.json\",\"1970-01-01T00:00:01Z\"\r\n",
	    ERR_NONE, "a.json at 1\n" },
	{ "no quotes", CHANGES, "a.json,1970-01-01T00:00:01Z\n", ERR_FORMAT,
	    "line 1: not \"path\",\"time\"" },
	{ "one column", CHANGES, "\"a.json\"\n", ERR_FORMAT,
	    "line 1: not \"path\",\"time\"" },
	{ "three columns", CHANGES,
	    "\"a.json\",\"1970-01-01T00:00:01Z\",\"x\"\n", ERR_FORMAT,
	    "line 1: not \"path\",\"time\"" },
	{ "a quote that does not end", CHANGES,
	    "\"a.json\",\"1970-01-01T00:00:01Z\n", ERR_FORMAT,
	    "line 1: not \"path\",\"time\"" },
	{ "an empty line between", CHANGES,
	    "\"a.json\",\"1970-01-01T00:00:01Z\"\n\n"
	    "\"b.json\",\"1970-01-01T00:00:01Z\"\n",
	    ERR_FORMAT, "line 2: not \"path\",\"time\"" },
	{ "a path above", CHANGES,
	    "\"2023/../../a\",\"1970-01-01T00:00:01Z\"\n", ERR_FORMAT,
	    "line 1: the path \"2023/../../a\" is not safe" },
	{ "an empty path", CHANGES, "\"\",\"1970-01-01T00:00:01Z\"\n",
	    ERR_FORMAT, "line 1: the path \"\" is not safe" },
	{ "a time without a zone", CHANGES,
	    "\"a.json\",\"1970-01-01T00:00:01\"\n", ERR_FORMAT,
	    "line 1: \"1970-01-01T00:00:01\" is no time with a zone" },
	{ "a date", CHANGES, "\"a.json\",\"1970-01-01\"\n", ERR_FORMAT,
	    "line 1: \"1970-01-01\" is no time with a zone" },
};

static void
test_path_too_long(void **state)
{
	static char path[LISTING_PATH_MAX + 1];
	const struct listing_sink sink = { NULL, listing_on_entry };
	struct err e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(path); i++)
		path[i] = 'a';
	assert_int_equal(listing_read(span_make(path, sizeof(path)),
			     LISTING_CSAF_ARCHIVE, &sink, &e),
	    -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static int
refuse(void *ctx, const struct listing_entry *entry, struct err *e)
{
	(void)ctx;
	return err_set(e, ERR_LIMIT, "no room for %.*s", SPAN_ARG(entry->path));
}

static void
test_sink_refuses(void **state)
{
	const struct listing_sink sink = { NULL, refuse };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    listing_read(SPAN_LIT("\"a.json\",\"1970-01-01T00:00:01Z\""),
		LISTING_CSAF_CHANGES, &sink, &e),
	    -1);
	assert_string_equal(e.msg, "no room for a.json");
	assert_int_equal(e.code, ERR_LIMIT);
}

struct corpus_case {
	const char *name;
	enum listing_kind kind;
	const char *expect;
};

#define DATA "security.access.redhat.com/data/csaf/v2/"

static const struct corpus_case files[] = {
	{ DATA "vex/archive_latest.txt", ARCHIVE,
	    "csaf_vex_2024-08-04.tar.zst\n" },
	{ DATA "vex-feed/archive_latest.txt", ARCHIVE,
	    "vex-archive.tar.zst\n" },
	{ DATA "advisories/archive_latest.txt", ARCHIVE,
	    "csaf_advisories_2024-08-11.tar.zst\n" },
	{ DATA "vex/changes.csv", CHANGES,
	    "2023/cve-2023-6240.json at 1722766642\n"
	    "2023/cve-2023-6212.json at 1722766642\n"
	    "2021/cve-2021-47343.json at 1722278398\n" },
	{ DATA "advisories/deletions.csv", CHANGES,
	    "2023/rhsa-2023_6202.json at 1723865011\n"
	    "2023/rhsa-2023_7434.json at 1723409929\n"
	    "2020/rhsa-2020_1344.json at 1714248296\n" },
};

static void
test_corpus(void **state)
{
	const struct corpus_case *c = *state;
	struct stream *in = corpus_open(c->name);
	struct buf got = { 0 };
	const struct listing_sink sink = { &got, listing_on_entry };
	struct span text;
	struct err e = { 0 };

	assert_int_equal(stream_next(in, &text, &e), 1);
	if (listing_read(text, c->kind, &sink, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&got), c->expect);
	stream_close(in);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(files) + 2] = {
		cmocka_unit_test(test_path_too_long),
		cmocka_unit_test(test_sink_refuses),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, cases, listing_case_test);
	TABLE_ADD(tests, &n, files, test_corpus);
	return _cmocka_run_group_tests("listing", tests, n, NULL, NULL);
}
