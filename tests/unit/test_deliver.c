/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/deliver.h"
#include "tests/unit/table.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define DATE_BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define DATE_AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

/* Of a file with 1000 bytes, the ETag "e" and the date DATE. */
struct deliver_case {
	const char *name;
	enum verb verb;         /* 0: GET */
	const char *headers[6]; /* name, value */
	const char *expect;     /* status, and what is sent of it */
};

static const struct deliver_case cases[] = {
	{ "all of it", 0, { NULL }, "200 0+1000" },
	{ "the same", 0, { "If-None-Match", "\"e\"" }, "304 0+1000" },
	{ "the same, HEAD", VERB_HEAD, { "If-None-Match", "\"e\"" },
	    "304 0+1000" },
	{ "a weak one of it", 0, { "If-None-Match", "W/\"e\"" }, "304 0+1000" },
	{ "in a list", 0, { "If-None-Match", "\"a\", W/\"b\" ,\"e\"" },
	    "304 0+1000" },
	{ "in a list with empty parts", 0, { "If-None-Match", ",, \"e\"" },
	    "304 0+1000" },
	{ "not in a list", 0, { "If-None-Match", "\"a\", \"b\"" },
	    "200 0+1000" },
	{ "any", 0, { "If-None-Match", "*" }, "304 0+1000" },
	{ "in a list of two lines", 0,
	    { "If-None-Match", "\"a\"", "If-None-Match", "\"e\"" },
	    "304 0+1000" },
	{ "no quotes", 0, { "If-None-Match", "e" }, "200 0+1000" },
	{ "half a quote", 0, { "If-None-Match", "\"e" }, "200 0+1000" },
	{ "a longer one", 0, { "If-None-Match", "\"ee\"" }, "200 0+1000" },
	{ "a comma within", 0, { "If-None-Match", "\"a,b\",\"e\"" },
	    "304 0+1000" },
	{ "not changed", 0, { "If-Modified-Since", DATE }, "304 0+1000" },
	{ "not changed for long", 0, { "If-Modified-Since", DATE_AFTER },
	    "304 0+1000" },
	{ "changed", 0, { "If-Modified-Since", DATE_BEFORE }, "200 0+1000" },
	{ "not changed, RFC 850", 0,
	    { "If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT" },
	    "304 0+1000" },
	{ "not changed, asctime", 0,
	    { "If-Modified-Since", "Sun Nov  6 08:49:37 1994" }, "304 0+1000" },
	{ "no date", 0, { "If-Modified-Since", "yesterday" }, "200 0+1000" },
	{ "ETag before date", 0,
	    { "If-None-Match", "\"x\"", "If-Modified-Since", DATE },
	    "200 0+1000" },
	{ "If-Match fits", 0, { "If-Match", "\"x\", \"e\"" }, "200 0+1000" },
	{ "If-Match any", 0, { "If-Match", "*" }, "200 0+1000" },
	{ "If-Match in two lines", 0,
	    { "If-Match", "\"x\"", "If-Match", "\"e\"" }, "200 0+1000" },
	{ "If-Match does not fit", 0, { "If-Match", "\"x\"" }, "412 0+1000" },
	{ "If-Match is strong", 0, { "If-Match", "W/\"e\"" }, "412 0+1000" },
	{ "If-Unmodified-Since", 0, { "If-Unmodified-Since", DATE },
	    "200 0+1000" },
	{ "If-Unmodified-Since, changed", 0,
	    { "If-Unmodified-Since", DATE_BEFORE }, "412 0+1000" },
	{ "If-Match before If-Unmodified-Since", 0,
	    { "If-Match", "\"e\"", "If-Unmodified-Since", DATE_BEFORE },
	    "200 0+1000" },
	{ "412 before 304", 0,
	    { "If-Match", "\"x\"", "If-None-Match", "\"e\"" }, "412 0+1000" },
	{ "a part", 0, { "Range", "bytes=10-19" }, "206 10+10" },
	{ "a part, HEAD", VERB_HEAD, { "Range", "bytes=10-19" }, "200 0+1000" },
	{ "304 before a part", 0,
	    { "Range", "bytes=10-19", "If-None-Match", "\"e\"" },
	    "304 0+1000" },
	{ "not there", 0, { "Range", "bytes=1000-" }, "416 0+1000" },
	{ "If-Range fits", 0, { "Range", "bytes=10-", "If-Range", "\"e\"" },
	    "206 10+990" },
	{ "If-Range does not fit", 0,
	    { "Range", "bytes=10-", "If-Range", "\"x\"" }, "200 0+1000" },
	{ "If-Range is strong", 0,
	    { "Range", "bytes=10-", "If-Range", "W/\"e\"" }, "200 0+1000" },
	{ "If-Range by date", 0, { "Range", "bytes=10-", "If-Range", DATE },
	    "206 10+990" },
	{ "If-Range by a later date", 0,
	    { "Range", "bytes=10-", "If-Range", DATE_AFTER }, "200 0+1000" },
	{ "an old If-Range asks for too much", 0,
	    { "Range", "bytes=1000-", "If-Range", "\"x\"" }, "200 0+1000" },
	{ "POST has no conditions", VERB_POST,
	    { "If-None-Match", "\"e\"", "Range", "bytes=1-2" }, "200 0+1000" },
};

static void
run(const struct deliver_case *c, const struct response *s, struct delivery *d,
    struct request *q)
{
	struct request_param headers[3];
	size_t n = 0;

	for (; c->headers[2 * n] != NULL; n++)
		headers[n] = (struct request_param){ span_of(c->headers[2 * n]),
			span_of(c->headers[2 * n + 1]) };
	*q = (struct request){ .verb = c->verb == 0 ? VERB_GET : c->verb,
		.headers = headers,
		.n_headers = n };
	deliver(q, s, d);
	q->headers = NULL;
	q->n_headers = 0;
}

static void
test_deliver(void **state)
{
	const struct deliver_case *c = *state;
	struct response s;
	struct delivery d;
	struct request q;
	char text[64];

	response_init(&s);
	s.type = "application/octet-stream";
	s.body = RESPONSE_FILE;
	s.verbatim = true;
	s.size_bytes = 1000;
	s.etag = SPAN_LIT("e");
	s.modified_at = 784111777;
	run(c, &s, &d, &q);
	snprintf(text, sizeof(text), "%u %" PRIu64 "+%" PRIu64, d.status,
	    d.offset, d.size);
	assert_string_equal(text, c->expect);
	assert_string_equal(d.etag, "\"e\"");
	assert_string_equal(d.modified, DATE);
	assert_int_equal(d.has_ranges, c->verb != VERB_POST);
	assert_false(d.is_varied);
	arena_cleanup(&q.arena);
}

/* A text has an ETag for each of its codings, and no ranges. */
static const struct deliver_case texts[] = {
	{ "plain", 0, { NULL }, "200 \"e\"" },
	{ "gzip", 0, { "Accept-Encoding", "gzip" }, "200 \"e-gzip\"" },
	{ "zstd", 0, { "Accept-Encoding", "gzip, zstd" }, "200 \"e-zstd\"" },
	{ "codings in two lines", 0,
	    { "Accept-Encoding", "br", "Accept-Encoding", "gzip" },
	    "200 \"e-gzip\"" },
	{ "the same, coded", 0,
	    { "Accept-Encoding", "gzip", "If-None-Match", "\"e-gzip\"" },
	    "304 \"e-gzip\"" },
	{ "the plain one is not the coded one", 0,
	    { "Accept-Encoding", "gzip", "If-None-Match", "\"e\"" },
	    "200 \"e-gzip\"" },
	{ "no range", 0, { "Range", "bytes=1-2" }, "200 \"e\"" },
};

static void
test_text(void **state)
{
	const struct deliver_case *c = *state;
	struct response s;
	struct delivery d;
	struct request q;
	char text[64];
	size_t i;

	response_init(&s);
	s.type = "text/html";
	s.etag = SPAN_LIT("e");
	for (i = 0; i < 1000; i++)
		out_char(&s.out, 'x');
	run(c, &s, &d, &q);
	snprintf(text, sizeof(text), "%u %s", d.status, d.etag);
	assert_string_equal(text, c->expect);
	assert_true(d.is_varied);
	assert_false(d.has_ranges);
	assert_null(d.modified);
	arena_cleanup(&q.arena);
	response_cleanup(&s);
}

/* What has neither ETag nor date is there all the same. */
static const struct deliver_case nameless[] = {
	{ "none but any", 0, { "If-Match", "*" }, "200" },
	{ "none of any", 0, { "If-None-Match", "*" }, "304" },
	{ "none of these", 0, { "If-Match", "\"e\"" }, "412" },
	{ "all but these", 0, { "If-None-Match", "\"e\"" }, "200" },
	{ "no date", 0, { "If-Unmodified-Since", DATE_BEFORE }, "200" },
};

static void
test_nameless(void **state)
{
	const struct deliver_case *c = *state;
	struct response s;
	struct delivery d;
	struct request q;
	char text[16];

	response_init(&s);
	s.type = "text/plain";
	out_str(&s.out, "ok\n");
	run(c, &s, &d, &q);
	snprintf(text, sizeof(text), "%u", d.status);
	assert_string_equal(text, c->expect);
	arena_cleanup(&q.arena);
	response_cleanup(&s);
}

/* An error has no conditions: it is not what the client has. */
static void
test_problem(void **state)
{
	static const struct deliver_case any = { "", 0,
		{ "If-None-Match", "*" }, NULL };
	struct response s;
	struct delivery d;
	struct request q;

	(void)state;
	response_init(&s);
	problem(&s, 404, "not-found", "nothing");
	run(&any, &s, &d, &q);
	assert_int_equal(d.status, 404);
	assert_null(d.etag);
	arena_cleanup(&q.arena);
	response_cleanup(&s);
}

/* --- ranges --- */

struct range_case {
	const char *header;
	uint64_t total;
	enum range_kind kind;
	uint64_t offset, size;
};

static const struct range_case ranges[] = {
	{ "bytes=0-0", 10, RANGE_PART, 0, 1 },
	{ "bytes=0-", 10, RANGE_PART, 0, 10 },
	{ "bytes=9-", 10, RANGE_PART, 9, 1 },
	{ "bytes=3-100", 10, RANGE_PART, 3, 7 },
	{ "bytes=-3", 10, RANGE_PART, 7, 3 },
	{ "bytes=-10", 10, RANGE_PART, 0, 10 },
	{ "bytes=-11", 10, RANGE_PART, 0, 10 },
	{ "Bytes= 1-2 ", 10, RANGE_PART, 1, 2 },
	{ "bytes=0-18446744073709551615", 10, RANGE_PART, 0, 10 },
	{ "bytes=-18446744073709551615", 10, RANGE_PART, 0, 10 },
	{ "bytes=10-", 10, RANGE_EMPTY, 0, 0 },
	{ "bytes=10-20", 10, RANGE_EMPTY, 0, 0 },
	{ "bytes=18446744073709551615-", 10, RANGE_EMPTY, 0, 0 },
	{ "bytes=-0", 10, RANGE_EMPTY, 0, 0 },
	{ "bytes=0-", 0, RANGE_EMPTY, 0, 0 },
	{ "bytes=-1", 0, RANGE_EMPTY, 0, 0 },
	{ "bytes=0-1,3-4", 10, RANGE_NONE, 0, 0 },
	{ "bytes=2-1", 10, RANGE_NONE, 0, 0 },
	{ "bytes=", 10, RANGE_NONE, 0, 0 },
	{ "bytes=-", 10, RANGE_NONE, 0, 0 },
	{ "bytes=1", 10, RANGE_NONE, 0, 0 },
	{ "bytes=a-b", 10, RANGE_NONE, 0, 0 },
	{ "bytes=1-b", 10, RANGE_NONE, 0, 0 },
	{ "bytes=+1-2", 10, RANGE_NONE, 0, 0 },
	{ "bytes=1 -2", 10, RANGE_NONE, 0, 0 },
	{ "bytes=1-2-3", 10, RANGE_NONE, 0, 0 },
	{ "bytes=18446744073709551616-", 10, RANGE_NONE, 0, 0 },
	{ "lines=1-2", 10, RANGE_NONE, 0, 0 },
	{ "", 10, RANGE_NONE, 0, 0 },
};

static void
test_range(void **state)
{
	const struct range_case *c = *state;
	uint64_t offset = 0, size = 0;

	assert_int_equal(
	    deliver_range(span_of(c->header), c->total, &offset, &size),
	    c->kind);
	assert_int_equal(offset, c->offset);
	assert_int_equal(size, c->size);
}

/* --- dates --- */

struct date_case {
	const char *text;
	int64_t expect; /* -1: it is none */
};

static const struct date_case dates[] = {
	{ DATE, 784111777 },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "Wednesday, 01-Jan-25 00:00:00 GMT", 1735689600 },
	{ "Wed Jan  1 00:00:00 2025", 1735689600 },
	{ "Sun Nov 16 08:49:37 1994", 784975777 },
	{ "Sunday, 06-Now-94 08:49:37 GMT", -1 },
	{ "Sunday, 06-Nov-94 08:49:37 UTC", -1 },
	{ "Sunday, 06-Nov-9x 08:49:37 GMT", -1 },
	{ "Sunday, 36-Nov-94 08:49:37 GMT", -1 },
	{ "Sun Now  6 08:49:37 1994", -1 },
	{ "Sun Nov  6 28:49:37 1994", -1 },
	{ "Sun Nov  6 08:49:37 199x", -1 },
	{ "1994-11-06", -1 },
	{ "", -1 },
	{ "Sunday,", -1 },
};

static void
test_date(void **state)
{
	const struct date_case *c = *state;
	int64_t t = -1;

	assert_int_equal(deliver_date(span_of(c->text), &t), c->expect != -1);
	assert_int_equal(t, c->expect);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(texts) +
	    TABLE_N(nameless) + TABLE_N(ranges) + TABLE_N(dates) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_deliver);
	TABLE_ADD(tests, &n, texts, test_text);
	TABLE_ADD(tests, &n, nameless, test_nameless);
	TABLE_ADD(tests, &n, ranges, test_range);
	TABLE_ADD(tests, &n, dates, test_date);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_problem);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
