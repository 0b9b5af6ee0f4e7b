/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "content/epss.h"
#include "tests/unit/corpus.h"

#define COMMENT \
	"#model_version:v2025.03.14,score_date:2025-03-17T00:00:00+0000\n"
#define COLUMNS "cve,epss,percentile\n"
#define ROW "CVE-1999-0005,0.91963,0.99030\n"
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512 X64 X64 X64 X64 X64 X64 X64 X64

static const struct epss_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
} cases[] = {
	{ "as published", COMMENT COLUMNS ROW "CVE-2018-19571,0.00113,0.43\n",
	    ERR_NONE,
	    "1999 5 91963 99030\n2018 19571 113 43000\n"
	    "v2025.03.14 2025-03-17T00:00:00+0000" },
	{ "without a comment", COLUMNS ROW, ERR_NONE, "1999 5 91963 99030\n " },
	{ "without percentiles", "cve,epss\nCVE-2020-5902,0.65117\n", ERR_NONE,
	    "2020 5902 65117 -1\n " },
	{ "no line end at the end, CRLF",
	    "cve,epss\r\nCVE-2020-5902,0.5\r\nCVE-2020-5903,0.25", ERR_NONE,
	    "2020 5902 50000 -1\n2020 5903 25000 -1\n " },
	{ "numbers as programs write them",
	    COLUMNS "CVE-2020-0001,1.0,1\nCVE-2020-0002,1e-05,0\n"
		    "CVE-2020-0003,0.000014999,0.9999951\n",
	    ERR_NONE, "2020 1 100000 100000\n2020 2 1 0\n2020 3 1 100000\n " },
	{ "order does not matter here",
	    COLUMNS "CVE-2020-0002,0,0\nCVE-2019-0001,0,0\n", ERR_NONE,
	    "2020 2 0 0\n2019 1 0 0\n " },
	{ "nothing", "", ERR_FORMAT, "there is no score in it" },
	{ "no row", COMMENT COLUMNS, ERR_FORMAT, "there is no score in it" },
	{ "no header", ROW, ERR_FORMAT,
	    "line 1: \"CVE-1999-0005,0.91963,0.99030\" is not the header of "
	    "EPSS scores" },
	{ "another header", COMMENT "cve,percentile,epss\n" ROW, ERR_FORMAT,
	    "line 2: \"cve,percentile,epss\" is not the header of EPSS "
	    "scores" },
	{ "a web page", "<html>\n</html>\n", ERR_FORMAT,
	    "line 1: \"<html>\" is not the header of EPSS scores" },
	{ "no CVE", COLUMNS "GHSA-1,0.1,0.1\n", ERR_FORMAT,
	    "line 2: \"GHSA-1\" is not the number of a CVE" },
	{ "zeros too many", COLUMNS ROW "CVE-1999-00005,0.1,0.1\n", ERR_FORMAT,
	    "line 3: \"CVE-1999-00005\" is not the number of a CVE" },
	{ "more than all", COLUMNS "CVE-1999-0005,1.1,0.1\n", ERR_FORMAT,
	    "line 2: the score \"1.1\" is none from 0 to 1" },
	{ "less than nothing", COLUMNS "CVE-1999-0005,0.1,-0.1\n", ERR_FORMAT,
	    "line 2: the percentile \"-0.1\" is none from 0 to 1" },
	{ "not a number", COLUMNS "CVE-1999-0005,nan,0.1\n", ERR_FORMAT,
	    "line 2: the score \"nan\" is none from 0 to 1" },
	{ "hexadecimal", COLUMNS "CVE-1999-0005,0x1,0.1\n", ERR_FORMAT,
	    "line 2: the score \"0x1\" is none from 0 to 1" },
	{ "cut in a row", COLUMNS "CVE-1999-0005,0.9", ERR_FORMAT,
	    "line 2: the percentile \"\" is none from 0 to 1" },
	{ "a column too many", COLUMNS "CVE-1999-0005,0.1,0.1,7\n", ERR_FORMAT,
	    "line 2: the percentile \"0.1,7\" is none from 0 to 1" },
	{ "a column that the header has not", "cve,epss\n" ROW, ERR_FORMAT,
	    "line 2: more columns than the header" },
	{ "a long line", COLUMNS "CVE-" X512 "\n" ROW, ERR_LIMIT,
	    "line 2: longer than 512 bytes" },
	{ "a line without an end", X512 X512 X512, ERR_LIMIT,
	    "line 1: longer than 512 bytes" },
};

static int
on_row(void *ctx, const struct epss_row *row, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%u %u %u %d\n", row->year, row->number, row->score,
	    row->percentile);
	return 0;
}

/* The input in pieces of `step` bytes: lines go over their borders. */
struct pieces {
	struct span rest;
	size_t step;
};

static int
read_piece(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct pieces *p = ctx;

	(void)e;
	*n = p->step < size ? p->step : size;
	*n = p->rest.len < *n ? p->rest.len : *n;
	memcpy(ptr, p->rest.ptr, *n);
	p->rest = span_from(p->rest, *n);
	return 0;
}

static void
read_in_pieces(const struct epss_case *c, size_t step)
{
	struct stream_options options = { .threads = 1 };
	struct pieces pieces = { span_of(c->input), step };
	struct stream_pull pull = { &pieces, read_piece };
	struct buf got = { 0 };
	struct epss_sink sink = { &got, on_row };
	struct epss_header header;
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_pull(&in, &pull, &options, &e), 0);
	if (epss_read(in, &sink, &arena, &header, &e) == 0) {
		buf_printf(&got, "%.*s %.*s", SPAN_ARG(header.model_version),
		    SPAN_ARG(header.score_date));
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

static void
test_epss(void **state)
{
	read_in_pieces(*state, 1 << 20);
	read_in_pieces(*state, 7);
	read_in_pieces(*state, 1);
}

static void
test_corpus(void **state)
{
	struct buf got = { 0 };
	struct epss_sink sink = { &got, on_row };
	struct epss_header header;
	struct arena arena = { 0 };
	struct err e = { 0 };
	struct stream *in = corpus_open(
	    "epss.empiricalsecurity.com/epss_scores-current.csv.gz");

	(void)state;
	if (epss_read(in, &sink, &arena, &header, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(
	    buf_str(&got), "2020 5902 97567 99995\n2018 19571 113 43131\n");
	assert_true(span_is(header.score_date, "2023-03-07T00:00:00+0000"));
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_epss);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_corpus);
	return _cmocka_run_group_tests("epss", tests, n, NULL, NULL);
}
