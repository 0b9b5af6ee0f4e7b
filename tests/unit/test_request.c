/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/request.h"
#include "tests/unit/table.h"

struct target_case {
	const char *name;
	const char *target;
	enum err_code code;
	const char *expect; /* path, parameters; or the error's text */
};

#define BAD_CHAR                                                      \
	"the address has a character in it that is to be written as " \
	"\"%\" and two hex digits"
#define BAD_HEX                                                        \
	"the address has \"%\" without two hex digits of a printable " \
	"character behind it"
#define BAD_SLASH "the path has an encoded \"/\" or a backslash in it"
#define BAD_DOTS "the path has \".\" or \"..\" in it: write what it leads to"
#define BAD_UTF8 "the address is not UTF-8"

static const struct target_case cases[] = {
	{ "the root", "/", ERR_NONE, "/" },
	{ "a path", "/a/b", ERR_NONE, "/a/b" },
	{ "a slash at the end", "/v2/", ERR_NONE, "/v2/" },
	{ "decoded", "/a%20b/%C3%a4", ERR_NONE, "/a b/\xc3\xa4" },
	{ "decoded once", "/a%252e%252e", ERR_NONE, "/a%2e%2e" },
	{ "a plus is a plus", "/a+b", ERR_NONE, "/a+b" },
	{ "dots in a name", "/a..b/...", ERR_NONE, "/a..b/..." },
	{ "parameters", "/a?b=c&d=&e&f=g%26h", ERR_NONE, "/a b=c d= e= f=g&h" },
	{ "a form's blanks", "/a?q=a+b%2Bc", ERR_NONE, "/a q=a b+c" },
	{ "empty parameters", "/a?&&b=c&", ERR_NONE, "/a b=c" },
	{ "no parameters", "/a?", ERR_NONE, "/a" },
	{ "a value with = and /", "/a?b=c=d/../e", ERR_NONE, "/a b=c=d/../e" },
	{ "absolute", "http://h:80/a?b=c", ERR_NONE, "[h:80] /a b=c" },
	{ "absolute without a path", "HTTPS://h", ERR_NONE, "[h] /" },
	{ "absolute with a query only", "http://h?b=c", ERR_NONE, "[h] / b=c" },
	{ "absolute with dots", "http://h/../a", ERR_FORMAT, BAD_DOTS },
	{ "absolute with a user", "http://u@h/a", ERR_FORMAT,
	    "the address does not begin with \"/\"" },
	{ "absolute without a host", "http:///a", ERR_FORMAT,
	    "the address does not begin with \"/\"" },
	{ "an authority", "h:80", ERR_FORMAT,
	    "the address does not begin with \"/\"" },
	{ "a star", "*", ERR_FORMAT, "the address does not begin with \"/\"" },
	{ "nothing", "", ERR_FORMAT, "the address does not begin with \"/\"" },
	{ "..", "/../etc/passwd", ERR_FORMAT, BAD_DOTS },
	{ ".. at the end", "/a/..", ERR_FORMAT, BAD_DOTS },
	{ ".", "/a/./b", ERR_FORMAT, BAD_DOTS },
	{ "%2e%2e", "/a/%2e%2e/b", ERR_FORMAT, BAD_DOTS },
	{ ".%2E", "/.%2E/b", ERR_FORMAT, BAD_DOTS },
	{ "%2f", "/a%2fb", ERR_FORMAT, BAD_SLASH },
	{ "..%2f", "/..%2f..%2fetc", ERR_FORMAT, BAD_SLASH },
	{ "%5c", "/a%5Cb", ERR_FORMAT, BAD_SLASH },
	{ "a backslash", "/..\\..\\etc", ERR_FORMAT, BAD_SLASH },
	{ "an empty segment", "/a//b", ERR_FORMAT,
	    "the path has \"//\" in it: write \"/\"" },
	{ "a host's look", "//h/a", ERR_FORMAT,
	    "the path has \"//\" in it: write \"/\"" },
	{ "%00", "/a%00b", ERR_FORMAT, BAD_HEX },
	{ "%0a", "/a%0ab", ERR_FORMAT, BAD_HEX },
	{ "%7f", "/a%7f", ERR_FORMAT, BAD_HEX },
	{ "%zz", "/a%zz", ERR_FORMAT, BAD_HEX },
	{ "% at the end", "/a%", ERR_FORMAT, BAD_HEX },
	{ "%a at the end", "/a%a", ERR_FORMAT, BAD_HEX },
	{ "%00 in a parameter", "/a?b=%00", ERR_FORMAT, BAD_HEX },
	{ "an overlong slash", "/a/%c0%af", ERR_FORMAT, BAD_UTF8 },
	{ "an overlong dot", "/%c0%ae%c0%ae/a", ERR_FORMAT, BAD_UTF8 },
	{ "a surrogate", "/%ed%a0%80", ERR_FORMAT, BAD_UTF8 },
	{ "half a character", "/%c3", ERR_FORMAT, BAD_UTF8 },
	{ "half a character in a name", "/a?%c3=b", ERR_FORMAT, BAD_UTF8 },
	{ "a raw byte", "/\xc3\xa4", ERR_FORMAT, BAD_CHAR },
	{ "a blank", "/a b", ERR_FORMAT, BAD_CHAR },
	{ "a fragment", "/a#b", ERR_FORMAT, BAD_CHAR },
	{ "a control character", "/a\tb", ERR_FORMAT, BAD_CHAR },
};

static void
print(const struct request *q, struct buf *out)
{
	size_t i;

	if (q->host.len > 0)
		buf_printf(out, "[%.*s] ", SPAN_ARG(q->host));
	buf_add_span(out, q->path);
	for (i = 0; i < q->n_params; i++)
		buf_printf(out, " %.*s=%.*s", SPAN_ARG(q->params[i].name),
		    SPAN_ARG(q->params[i].value));
}

static void
test_target(void **state)
{
	const struct target_case *c = *state;
	struct request q = { .verb = VERB_GET };
	struct buf text = { 0 };
	struct err e = { 0 };

	if (request_parse_target(&q, span_of(c->target), &e) == 0)
		print(&q, &text);
	else
		buf_add_str(&text, e.msg);
	assert_string_equal(buf_str(&text), c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&text);
	arena_cleanup(&q.arena);
}

static void
test_limits(void **state)
{
	struct request q = { .verb = VERB_GET };
	struct buf text = { 0 };
	struct err e = { 0 };
	size_t i;

	(void)state;
	buf_add_char(&text, '/');
	while (text.len < REQUEST_TARGET_MAX)
		buf_add_char(&text, 'a');
	assert_int_equal(request_parse_target(&q, buf_span(&text), &e), 0);
	buf_add_char(&text, 'a');
	assert_int_equal(request_parse_target(&q, buf_span(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "the address is longer than 8192 bytes");

	buf_reset(&text);
	buf_add_str(&text, "/?");
	for (i = 0; i < REQUEST_PARAMS_MAX; i++)
		buf_add_str(&text, i == 0 ? "a=b" : "&a=b");
	assert_int_equal(request_parse_target(&q, buf_span(&text), &e), 0);
	assert_int_equal(q.n_params, REQUEST_PARAMS_MAX);
	buf_add_str(&text, "&");
	assert_int_equal(request_parse_target(&q, buf_span(&text), &e), -1);
	assert_string_equal(e.msg, "the address has more than 64 parameters");
	buf_cleanup(&text);
	arena_cleanup(&q.arena);
}

static void
test_options(void **state)
{
	struct request q = { .verb = VERB_OPTIONS };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(request_parse_target(&q, SPAN_LIT("*"), &e), 0);
	assert_true(span_is(q.path, "*"));
}

static void
test_verbs(void **state)
{
	enum verb v;

	(void)state;
	for (v = VERB_GET; v <= VERB_OPTIONS; v++)
		assert_int_equal(verb_parse(span_of(verb_name(v))), v);
	assert_int_equal(verb_parse(SPAN_LIT("get")), VERB_NONE);
	assert_int_equal(verb_parse(SPAN_LIT("TRACE")), VERB_NONE);
	assert_int_equal(verb_parse(SPAN_LIT("")), VERB_NONE);
}

static void
test_params(void **state)
{
	struct request q = { .verb = VERB_GET };
	struct err e = { 0 };
	uint64_t n = 50;

	(void)state;
	assert_int_equal(
	    request_parse_target(
		&q, SPAN_LIT("/?limit=7&big=1001&bad=x&limit=8&flag"), &e),
	    0);
	assert_true(request_uint(&q, "offset", 1000, &n));
	assert_int_equal(n, 50);
	assert_true(request_uint(&q, "limit", 1000, &n));
	assert_int_equal(n, 7);
	assert_false(request_uint(&q, "big", 1000, &n));
	assert_false(request_uint(&q, "bad", 1000, &n));
	assert_int_equal(n, 7);
	assert_true(request_has_param(&q, "flag"));
	assert_false(request_has_param(&q, "Flag"));
	assert_int_equal(request_param(&q, "nosuch").len, 0);
	arena_cleanup(&q.arena);
}

static void
test_headers(void **state)
{
	struct request_param headers[] = {
		{ SPAN_LIT("Accept"), SPAN_LIT("a") },
		{ SPAN_LIT("accept"), SPAN_LIT("b") },
	};
	struct request q = { .headers = headers, .n_headers = 2 };

	(void)state;
	assert_true(span_is(request_header(&q, "ACCEPT"), "a"));
	assert_null(request_header(&q, "Range").ptr);
	assert_true(span_is(request_list(&q, "Accept"), "a, b"));
	assert_null(request_list(&q, "Range").ptr);
	arena_cleanup(&q.arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 5];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_target);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_limits);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_options);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_verbs);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_params);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_headers);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
