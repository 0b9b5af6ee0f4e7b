/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/printable.h"
#include "tests/unit/table.h"

struct printable_case {
	const char *name;
	const char *input;
	size_t cut; /* 0: not cut */
	const char *expect;
	size_t width;
};

static const struct printable_case cases[] = {
	{ "plain text", "openssl 1:3.0~rc1", 0, "openssl 1:3.0~rc1", 17 },
	{ "letters beyond ASCII", "sjöng \xe2\x82\xac", 0, "sjöng \xe2\x82\xac",
	    7 },
	{ "empty", "", 0, "", 0 },
	{ "escape sequence", "a\033[2Jb", 0, "a\\x1b[2Jb", 9 },
	{ "line break and tab", "a\nb\tc", 0, "a\\x0ab\\x09c", 11 },
	{ "delete", "\x7f", 0, "\\x7f", 4 },
	{ "C1 control, as UTF-8",
	    "\xc2\x9b"
	    "31m",
	    0, "\\u009b31m", 9 },
	{ "C1 control, as a byte",
	    "\x9b"
	    "31m",
	    0, "\\x9b31m", 7 },
	{ "right-to-left override",
	    "\xe2\x80\xae"
	    "abc",
	    0, "\\u202eabc", 9 },
	{ "zero-width space",
	    "a\xe2\x80\x8b"
	    "b",
	    0, "a\\u200bb", 8 },
	{ "cut short sequence", "a\xe2\x82", 0, "a\\xe2\\x82", 9 },
	{ "overlong slash", "\xc0\xaf", 0, "\\xc0\\xaf", 8 },
	{ "surrogate", "\xed\xa0\x80", 0, "\\xed\\xa0\\x80", 12 },
	{ "fits", "abcde", 5, "abcde", 5 },
	{ "cut", "abcdef", 5, "abcd…", 6 },
	{ "cut before an escape", "abc\033def", 5, "abc…", 10 },
	{ "cut to one", "abc", 1, "…", 3 },
};

static void
test_printable(void **state)
{
	const struct printable_case *c = *state;
	struct buf b = { 0 };

	if (c->cut > 0)
		printable_add_cut(&b, span_of(c->input), c->cut);
	else
		printable_add(&b, span_of(c->input));
	assert_string_equal(buf_str(&b), c->expect);
	assert_int_equal(printable_width(span_of(c->input)), c->width);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_printable);
	return cmocka_run_group_tests_name("printable", tests, NULL, NULL);
}
