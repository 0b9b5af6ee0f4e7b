/* SPDX-License-Identifier: Apache-2.0 */
/* INI to the byte: what each text comes to, or the line that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/ini.h"
#include "tests/unit/table.h"

struct ini_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect; /* "1[a]" a head, "2 a.k=v" a key; or the error */
};

static const struct ini_case cases[] = {
	{ "nothing", "", ERR_NONE, "" },
	{ "a head and a key", "[a]\nk = v\n", ERR_NONE, "1[a]\n2 a.k=v\n" },
	{ "no end of line", "[a]\nk=v", ERR_NONE, "1[a]\n2 a.k=v\n" },
	{ "lines of another system", "[a]\r\nk = v\r\n", ERR_NONE,
	    "1[a]\n2 a.k=v\n" },
	{ "a byte order mark", "\xEF\xBB\xBF[a]\n", ERR_NONE, "1[a]\n" },
	{ "comments", "# x\n; y\n[a] ; z\nk = v ; w\n", ERR_NONE,
	    "3[a]\n4 a.k=v\n" },
	{ "no comment inside a word", "[a]\nk = v;w#x # y\n", ERR_NONE,
	    "1[a]\n2 a.k=v;w#x # y\n" },
	{ "an empty value", "[a]\nk =\nl = ; x\n", ERR_NONE,
	    "1[a]\n2 a.k=\n3 a.l=\n" },
	{ "a value with =", "[a]\nk = a=b\n", ERR_NONE, "1[a]\n2 a.k=a=b\n" },
	{ "a value of three lines", "[a]\nk = x\n  y ; z\n\n\tw\nl = 1\n",
	    ERR_NONE, "1[a]\n2 a.k=x y w\n6 a.l=1\n" },
	{ "a value that begins below", "[a]\nk =\n  x\n", ERR_NONE,
	    "1[a]\n2 a.k=x\n" },
	{ "heads with blanks", "[ a b ]\n", ERR_NONE, "1[a b]\n" },
	{ "a key above all heads", "k = v\n", ERR_NONE, "1 .k=v\n" },
	{ "a key further in", "[a]\n  k = v\n", ERR_NONE, "1[a]\n2 a.k=v\n" },
	{ "two keys further in", "[a]\n  k = v\n  l = w\n", ERR_FORMAT,
	    "line 3: begins with a blank, which makes it part of the value of "
	    "k" },
	{ "a head further in", "[a]\nk = v\n [b]\n", ERR_FORMAT,
	    "line 3: begins with a blank, which makes it part of the value of "
	    "k" },
	{ "a head without its end", "[a\n", ERR_FORMAT,
	    "line 1: a [section] ends in ]" },
	{ "a head with more behind it", "\n[a] b\n", ERR_FORMAT,
	    "line 2: a [section] ends in ]" },
	{ "neither", "[a]\nk\n", ERR_FORMAT,
	    "line 2: neither a [section] nor \"key = value\"" },
	{ "no name", "[a]\n= v\n", ERR_FORMAT,
	    "line 2: neither a [section] nor \"key = value\"" },
	{ "no UTF-8", "[a]\nk = \xFF\n", ERR_FORMAT, "line 2: not UTF-8 text" },
	{ "the sink's refusal", "[a]\nk = v\nbad = x\n\nl = w\n", ERR_FORMAT,
	    "line 3: refused" },
};

static int
print_item(void *ctx, const struct ini_item *item, struct err *e)
{
	struct buf *b = ctx;

	if (item->key.ptr == NULL)
		buf_printf(
		    b, "%u[%.*s]\n", item->line, SPAN_ARG(item->section));
	else if (span_is(item->key, "bad"))
		return err_set(e, ERR_FORMAT, "refused");
	else
		buf_printf(b, "%u %.*s.%.*s=%.*s\n", item->line,
		    SPAN_ARG(item->section), SPAN_ARG(item->key),
		    SPAN_ARG(item->value));
	return 0;
}

static void
test_ini(void **state)
{
	const struct ini_case *c = *state;
	struct buf got = { 0 };
	const struct ini_sink sink = { .ctx = &got, .item = print_item };
	struct err e = { 0 };
	int rc = ini_read(span_of(c->text), &sink, &e);

	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	assert_int_equal(e.code, c->code);
	assert_string_equal(rc == 0 ? buf_str(&got) : e.msg, c->expect);
	buf_cleanup(&got);
}

/* What a library's line would hold is no limit here. */
static void
test_long_value(void **state)
{
	struct buf text = { 0 }, got = { 0 };
	const struct ini_sink sink = { .ctx = &got, .item = print_item };
	struct err e = { 0 };
	size_t i;

	(void)state;
	buf_add_str(&text, "k = ");
	for (i = 0; i < 5000; i++)
		buf_add_char(&text, 'x');
	assert_int_equal(ini_read(buf_span(&text), &sink, &e), 0);
	assert_int_equal(got.len, strlen("1 .k=\n") + 5000);
	buf_cleanup(&text);
	buf_cleanup(&got);
}

static void
test_nul(void **state)
{
	struct buf got = { 0 };
	const struct ini_sink sink = { .ctx = &got, .item = print_item };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(ini_read(SPAN_LIT("k = a\0b\n"), &sink, &e), -1);
	assert_string_equal(e.msg, "line 1: not UTF-8 text");
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_ini);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_long_value);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_nul);
	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
