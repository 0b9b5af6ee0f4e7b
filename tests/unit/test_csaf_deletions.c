/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/csaf_deletions.h"
#include "tests/unit/corpus.h"

struct deletions_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

#define LINE_VEX "\"2023/cve-2023-6237.json\",\"2024-08-04T16:17:31+00:00\""
#define LINE_RHSA "\"2023/rhsa-2023_7434.json\",\"2024-08-11T22:58:49+02:00\""

static const struct deletions_case cases[] = {
	{ "both kinds; the last line lacks its LF", LINE_VEX "\n" LINE_RHSA,
	    ERR_NONE,
	    "CVE-2023-6237 1722788251 0 " LINE_VEX "\n"
	    "RHSA-2023:7434 1723409929 54 " LINE_RHSA "\n" },
	{ "deleted twice: the newest",
	    LINE_VEX
	    "\n\"2023/cve-2023-6237.json\",\"2023-08-04T16:17:31+00:00\"\n",
	    ERR_NONE, "CVE-2023-6237 1722788251 0 " LINE_VEX "\n" },
	{ "a sidecar",
	    "\"2023/cve-1.json.asc\",\"2024-08-04T16:17:31Z\"\n" LINE_VEX,
	    ERR_NONE, "CVE-2023-6237 1722788251 45 " LINE_VEX "\n" },
	{ "a document without a name",
	    "\"2023/.json\",\"2024-08-04T16:17:31Z\"", ERR_NONE, "" },
	{ "nothing was deleted", "", ERR_NONE, "" },
	{ "a page instead", "<!DOCTYPE html>\n", ERR_FORMAT,
	    "line 1: not \"path\",\"time\"" },
	{ "not a time", LINE_VEX "\n\"2023/cve-1.json\",\"today\"\n",
	    ERR_FORMAT, "line 2: \"today\" is no time with a zone" },
};

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%.*s %jd %ju %.*s\n", SPAN_ARG(a->id),
	    (intmax_t)a->modified, (uintmax_t)a->offset, SPAN_ARG(a->raw));
	assert_true(a->withdrawn);
	assert_int_equal(a->n_packages, 0);
	return 0;
}

static int
read_all(struct stream *in, struct buf *got, struct err *e)
{
	struct advisory_sink sink = { got, on_advisory };
	struct advisory_about about = { 0 };
	struct arena arena = { 0 };
	int rc = csaf_deletions_read(in, &sink, &arena, &about, e);

	assert_int_equal(about.published.len, 0);
	stream_close(in);
	arena_cleanup(&arena);
	return rc;
}

static void
test_deletions(void **state)
{
	const struct deletions_case *c = *state;
	struct buf got = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (read_all(in, &got, &e) != 0) {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&got);
}

static void
test_corpus(void **state)
{
	struct buf got = { 0 };
	struct err e = { 0 };

	(void)state;
	if (read_all(corpus_open("security.access.redhat.com/data/csaf/v2/"
				 "vex/deletions.csv"),
		&got, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&got),
	    "CVE-2024-44943 1724837961 0 \"2024/cve-2024-44943.json\","
	    "\"2024-08-28T09:39:21+00:00\"\n"
	    "CVE-2023-6237 1722788251 55 " LINE_VEX "\n"
	    "CVE-2024-5480 1720626028 109 \"2024/cve-2024-5480.json\","
	    "\"2024-07-10T15:40:28+00:00\"\n");
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_corpus),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_deletions);
	return _cmocka_run_group_tests("csaf deletions", tests, n, NULL, NULL);
}
