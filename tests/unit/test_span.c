/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/span.h"
#include "tests/unit/table.h"

struct number_case {
	const char *name;
	const char *text;
	uint64_t max;
	bool ok;
	uint64_t value;
};

static const struct number_case number_cases[] = {
	{ "zero", "0", 9, true, 0 },
	{ "leading zeros", "007", 9, true, 7 },
	{ "the largest", "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "one more", "18446744073709551616", UINT64_MAX, false, 0 },
	{ "ten times more", "184467440737095516150", UINT64_MAX, false, 0 },
	{ "at the limit", "255", 255, true, 255 },
	{ "above the limit", "256", 255, false, 0 },
	{ "nothing", "", 9, false, 0 },
	{ "sign", "+1", 9, false, 0 },
	{ "blank", " 1", 9, false, 0 },
	{ "not only digits", "1a", 9, false, 0 },
};

static void
test_uint(void **state)
{
	const struct number_case *c = *state;
	uint64_t v = 42;

	assert_int_equal(parse_uint(span_of(c->text), c->max, &v), c->ok);
	assert_int_equal(v, c->ok ? c->value : 42);
}

struct int_case {
	const char *name;
	const char *text;
	bool ok;
	int64_t value;
};

static const struct int_case int_cases[] = {
	{ "positive", "12", true, 12 },
	{ "negative", "-12", true, -12 },
	{ "the smallest", "-9223372036854775808", true, INT64_MIN },
	{ "one less", "-9223372036854775809", false, 0 },
	{ "the largest", "9223372036854775807", true, INT64_MAX },
	{ "one more", "9223372036854775808", false, 0 },
	{ "only a sign", "-", false, 0 },
	{ "two signs", "--1", false, 0 },
};

static void
test_int(void **state)
{
	const struct int_case *c = *state;
	int64_t v = 42;

	assert_int_equal(parse_int(span_of(c->text), &v), c->ok);
	assert_true(v == (c->ok ? c->value : 42));
}

static void
test_hex(void **state)
{
	uint8_t out[3];

	(void)state;
	assert_true(parse_hex(SPAN_LIT("00fFa9"), out, 3));
	assert_memory_equal(out, "\x00\xff\xa9", 3);
	assert_false(parse_hex(SPAN_LIT("00fFa"), out, 3));
	assert_false(parse_hex(SPAN_LIT("00fFa9b"), out, 3));
	assert_false(parse_hex(SPAN_LIT("00fFag"), out, 3));
}

static void
test_compare(void **state)
{
	(void)state;
	assert_true(span_eq(SPAN_NONE, SPAN_LIT("")));
	assert_true(span_eq(SPAN_LIT("a\0b"), SPAN_LIT("a\0b")));
	assert_false(span_eq(SPAN_LIT("a\0b"), SPAN_LIT("a\0c")));
	assert_true(span_is(SPAN_LIT("ab"), "ab"));
	assert_false(span_is(SPAN_LIT("ab"), "abc"));
	assert_true(span_is_nocase(SPAN_LIT("UTF-8"), "utf-8"));
	assert_false(span_is_nocase(SPAN_LIT("[tf-8"), "{tf-8"));
	assert_true(span_cmp(SPAN_LIT("a"), SPAN_LIT("b")) < 0);
	assert_true(span_cmp(SPAN_LIT("ab"), SPAN_LIT("a")) > 0);
	assert_true(span_cmp(SPAN_LIT("\xff"), SPAN_LIT("a")) > 0);
	assert_int_equal(span_cmp(SPAN_NONE, SPAN_LIT("")), 0);
	assert_true(span_has_prefix(SPAN_LIT("abc"), "ab"));
	assert_false(span_has_prefix(SPAN_LIT("a"), "ab"));
	assert_true(span_has_suffix(SPAN_LIT("abc"), "bc"));
	assert_false(span_has_suffix(SPAN_LIT("c"), "bc"));
	assert_null(span_of(NULL).ptr);
}

static void
test_parts(void **state)
{
	struct span s = SPAN_LIT("a,,b");
	struct span part;

	(void)state;
	assert_int_equal(span_find(s, ','), 1);
	assert_int_equal(span_rfind(s, ','), 2);
	assert_int_equal(span_find(s, 'x'), 4);
	assert_int_equal(span_rfind(s, 'x'), 4);
	assert_int_equal(span_find(SPAN_NONE, 'x'), 0);
	assert_true(span_is(span_from(s, 3), "b"));
	assert_int_equal(span_from(s, 9).len, 0);
	assert_int_equal(span_first(s, 9).len, 4);
	assert_true(span_is(span_trim(SPAN_LIT(" \t a b\n")), "a b"));
	assert_int_equal(span_trim(SPAN_LIT(" \n ")).len, 0);
	assert_true(span_next(&s, ',', &part));
	assert_true(span_is(part, "a"));
	assert_true(span_next(&s, ',', &part));
	assert_true(span_is(part, ""));
	assert_true(span_next(&s, ',', &part));
	assert_true(span_is(part, "b"));
	assert_false(span_next(&s, ',', &part));
}

int
main(void)
{
	static struct CMUnitTest
	    tests[TABLE_N(number_cases) + TABLE_N(int_cases) + 3];
	size_t n = 0;

	TABLE_ADD(tests, &n, number_cases, test_uint);
	TABLE_ADD(tests, &n, int_cases, test_int);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_hex);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_compare);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_parts);
	return _cmocka_run_group_tests("span", tests, n, NULL, NULL);
}
