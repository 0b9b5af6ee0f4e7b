/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "tests/unit/table.h"

struct utf8_case {
	const char *name;
	const char *text;
	size_t len; /* of the first character; 0: none */
	uint32_t c;
	bool cut; /* more bytes could make it one */
};

/* The ends of each row of RFC 3629's table, and what lies beside them. */
static const struct utf8_case cases[] = {
	{ "nothing", "", 0, 0, false },
	{ "ASCII", "a", 1, 'a', false },
	{ "last of one", "\x7f", 1, 0x7f, false },
	{ "a continuation", "\x80", 0, 0, false },
	{ "overlong two", "\xc1\xbf", 0, 0, false },
	{ "first of two", "\xc2\x80", 2, 0x80, false },
	{ "last of two", "\xdf\xbf", 2, 0x7ff, false },
	{ "half of two", "\xc3", 0, 0, true },
	{ "two without its second", "\xc3(", 0, 0, false },
	{ "overlong three", "\xe0\x9f\xbf", 0, 0, false },
	{ "overlong three, cut", "\xe0\x9f", 0, 0, false },
	{ "first of three", "\xe0\xa0\x80", 3, 0x800, false },
	{ "first of three, cut", "\xe0", 0, 0, true },
	{ "before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff, false },
	{ "before the surrogates, cut", "\xed\x9f", 0, 0, true },
	{ "surrogate", "\xed\xa0\x80", 0, 0, false },
	{ "surrogate, cut", "\xed\xa0", 0, 0, false },
	{ "last of three", "\xef\xbf\xbf", 3, 0xffff, false },
	{ "overlong four", "\xf0\x8f\xbf\xbf", 0, 0, false },
	{ "first of four", "\xf0\x90\x80\x80", 4, 0x10000, false },
	{ "first of four, cut", "\xf0\x90\x80", 0, 0, true },
	{ "last of four", "\xf4\x8f\xbf\xbf", 4, 0x10ffff, false },
	{ "last of four, cut", "\xf4", 0, 0, true },
	{ "beyond the last", "\xf4\x90\x80\x80", 0, 0, false },
	{ "beyond the last, cut", "\xf4\x90", 0, 0, false },
	{ "no first byte", "\xf5", 0, 0, false },
};

static void
test_char(void **state)
{
	const struct utf8_case *c = *state;
	uint32_t v = 0;

	assert_int_equal(utf8_char(span_of(c->text), &v), c->len);
	assert_int_equal(v, c->c);
	assert_int_equal(utf8_is_cut(span_of(c->text)), c->cut);
	assert_int_equal(utf8_valid_len(span_of(c->text)), c->len);
}

static void
test_valid_len(void **state)
{
	char text[64];
	size_t i;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(utf8_valid_len(SPAN_NONE), 0);
	for (i = 0; i < sizeof(text) - 3; i++) {
		memcpy(text + i, "\xe2\x82\xac", 3);
		assert_int_equal(
		    utf8_valid_len(span_make(text, sizeof(text))), 64);
		assert_int_equal(utf8_valid_len(span_make(text, i + 2)), i);
		text[i + 2] = 'a';
		assert_int_equal(
		    utf8_valid_len(span_make(text, sizeof(text))), i);
		memset(text + i, 'a', 3);
	}
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_char);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_valid_len);
	return _cmocka_run_group_tests("utf8", tests, n, NULL, NULL);
}
