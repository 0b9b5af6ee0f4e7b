/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the heads of answers, and the pace of hosts. */
#include <stdio.h>
#include <string.h>

#include "syncd/fetch_hosts.h"
#include "syncd/fetch_resume.h"
#include "tests/unit/table.h"

struct range_case {
	const char *name;
	const char *text;
	const char *expect; /* as printed below, or NULL: none */
};

static const struct range_case ranges[] = {
	{ "the rest", "bytes 5-9/10", "5-9/10" },
	{ "of unknown size", "bytes 5-9/*", "5-9/0" },
	{ "the unit in capitals", "Bytes 0-0/1", "0-0/1" },
	{ "the answer 416", "bytes */10", "*/10" },
	{ "nothing", "", NULL },
	{ "nothing at all", "bytes */*", NULL },
	{ "another unit", "lines 5-9/10", NULL },
	{ "no unit", "5-9/10", NULL },
	{ "no total", "bytes 5-9", NULL },
	{ "an empty total", "bytes 5-9/", NULL },
	{ "no last byte", "bytes 5-/10", NULL },
	{ "no first byte", "bytes -9/10", NULL },
	{ "backwards", "bytes 9-5/10", NULL },
	{ "past the end", "bytes 5-10/10", NULL },
	{ "a negative number", "bytes 5--9/10", NULL },
	{ "two ranges", "bytes 5-6,8-9/10", NULL },
	{ "a number beyond all files", "bytes 5-9223372036854775808/*", NULL },
	{ "two blanks", "bytes  5-9/10", NULL },
};

static void
test_range(void **state)
{
	const struct range_case *c = *state;
	struct content_range r;
	char text[80];

	if (!content_range_parse(span_of(c->text), &r)) {
		assert_null(c->expect);
		return;
	}
	if (r.has_bytes)
		snprintf(text, sizeof(text), "%llu-%llu/%llu",
		    (unsigned long long)r.first, (unsigned long long)r.last,
		    (unsigned long long)r.total);
	else
		snprintf(
		    text, sizeof(text), "*/%llu", (unsigned long long)r.total);
	assert_non_null(c->expect);
	assert_string_equal(text, c->expect);
}

struct validator_case {
	const char *name;
	struct resume_head head;
	const char *expect;
};

#define DAY "Tue, 02 Jan 2024 03:04:05 GMT"
#define HEAD(etag, modified, date)                                    \
	{                                                             \
		{ etag, sizeof(etag) - 1 }, { DAY, sizeof(DAY) - 1 }, \
		    modified, date                                    \
	}

static const struct validator_case validators[] = {
	{ "a strong tag", HEAD("\"a\"", 1000, 1000), "\"a\"" },
	{ "an empty strong tag", HEAD("\"\"", 1000, 1000), "\"\"" },
	{ "a weak tag", HEAD("W/\"a\"", 1000, 1000), "" },
	{ "a weak tag hides an old date", HEAD("W/\"a\"", 1000, 9000), "" },
	{ "a tag without quotes", HEAD("a", 1000, 9000), "" },
	{ "half a tag", HEAD("\"", 1000, 9000), "" },
	{ "two tags", HEAD("\"a\", \"b\"", 1000, 9000), "" },
	{ "an old date", HEAD("", 1000, 1060), DAY },
	{ "a young date", HEAD("", 1000, 1059), "" },
	{ "a date of the future", HEAD("", 1000, 900), "" },
	{ "a date that is none", HEAD("", -1, 9000), "" },
	{ "an answer without a date", HEAD("", 1000, -1), "" },
};

static void
test_validator(void **state)
{
	const struct validator_case *c = *state;
	struct span v = resume_validator(&c->head);

	assert_int_equal(v.len, strlen(c->expect));
	assert_true(span_is(v, c->expect) || v.len == 0);
}

static void
test_pace(void **state)
{
	struct fetch_hosts h = { 0 };

	(void)state;
	assert_int_equal(hosts_due(&h, "http://a", 6000), 0);
	hosts_asked(&h, "http://a", 1000);
	assert_int_equal(hosts_due(&h, "http://a", 6000), 7000);
	assert_int_equal(hosts_due(&h, "http://a", 0), 1000);
	assert_int_equal(hosts_due(&h, "http://b", 6000), 0);
	hosts_rest(&h, "http://a", 9000);
	hosts_rest(&h, "http://a", 8000);
	assert_int_equal(hosts_due(&h, "http://a", 6000), 9000);
	hosts_rest(&h, "http://b", 5000);
	assert_int_equal(hosts_due(&h, "http://b", 6000), 5000);
	hosts_cleanup(&h);
}

static void
test_hosts_without_end(void **state)
{
	struct fetch_hosts h = { 0 };
	char name[32];
	int i;

	(void)state;
	for (i = 1; i <= 3 * FETCH_HOSTS_MAX; i++) {
		snprintf(name, sizeof(name), "http://%d", i);
		hosts_asked(&h, name, i);
	}
	assert_int_equal(h.n, FETCH_HOSTS_MAX);
	assert_int_equal(hosts_due(&h, "http://1", 1000), 0);
	assert_int_equal(hosts_due(&h, name, 1000), i - 1 + 1000);
	hosts_cleanup(&h);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(ranges) + TABLE_N(validators) + 2] = {
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_hosts_without_end),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, ranges, test_range);
	TABLE_ADD(tests, &n, validators, test_validator);
	return cmocka_run_group_tests_name("fetch_text", tests, NULL, NULL);
}
