/* SPDX-License-Identifier: Apache-2.0 */
/* What heads of answers say: challenges, hosts of URLs. */
#include "base/buf.h"
#include "base/http_head.h"
#include "tests/unit/table.h"

struct challenge_case {
	const char *name;
	const char *text;
	const char *also; /* another header, or NULL */
	const char *expect;
};

static const struct challenge_case challenges[] = {
	{ "a token's", "Bearer realm=\"https://a/t\",service=\"s\",scope=\"r\"",
	    NULL, "bearer <https://a/t> <s> <r>" },
	{ "a password's", "Basic realm=\"house\"", NULL,
	    "basic <house> <> <>" },
	{ "a password's alone", "Basic", NULL, "basic <> <> <>" },
	{ "small letters and blanks",
	    "bearer  REALM = \"https://a/t\" , service=s", NULL,
	    "bearer <https://a/t> <s> <>" },
	{ "of two the token's", "Basic realm=\"x\", Bearer realm=\"y\"", NULL,
	    "bearer <y> <> <>" },
	{ "whatever their order", "Bearer realm=\"y\", Basic realm=\"x\"", NULL,
	    "bearer <y> <> <>" },
	{ "in two headers", "Basic realm=\"x\"", "Bearer realm=\"y\"",
	    "bearer <y> <> <>" },
	{ "the first of two", "Bearer realm=\"y\"", "Bearer realm=\"z\"",
	    "bearer <y> <> <>" },
	{ "a comma and quotes in a value", "Basic realm=\"a, \\\"b\\\" \\\\\"",
	    NULL, "basic <a, \"b\" \\> <> <>" },
	{ "parameters that nobody knows",
	    "Bearer error=\"x\",realm=\"y\",error_description=\"z\"", NULL,
	    "bearer <y> <> <>" },
	{ "one that is there twice", "Bearer realm=\"y\",realm=\"z\"", NULL,
	    "bearer <y> <> <>" },
	{ "behind another scheme", "Negotiate abc==, Basic realm=\"x\"", NULL,
	    "basic <x> <> <>" },
	{ "another scheme's parameters",
	    "Digest realm=\"d\",nonce=\"n\", Basic realm=\"x\"", NULL,
	    "basic <x> <> <>" },
	{ "another scheme alone", "Digest realm=\"d\"", NULL, "none" },
	{ "a token's without a place", "Bearer service=\"s\"", NULL, "none" },
	{ "then a password's", "Bearer service=\"s\", Basic", NULL,
	    "basic <> <> <>" },
	{ "a quote that stays open", "Bearer realm=\"y", NULL, "none" },
	{ "a line's end in a value", "Bearer realm=\"y\r\nX: y\"", NULL,
	    "none" },
	{ "nothing", "", NULL, "none" },
	{ "signs alone", ",;= \"\"==,", NULL, "none" },
};

static const char *const schemes[] = { "none", "basic", "bearer" };

static void
test_challenge(void **state)
{
	const struct challenge_case *c = *state;
	struct http_challenge got = { .scheme = HTTP_SCHEME_NONE };
	struct arena a = { 0 };
	struct buf text = { 0 };

	http_challenge_parse(span_of(c->text), &a, &got);
	http_challenge_parse(span_of(c->also), &a, &got);
	buf_add_str(&text, schemes[got.scheme]);
	if (got.scheme != HTTP_SCHEME_NONE)
		buf_printf(&text, " <%.*s> <%.*s> <%.*s>", SPAN_ARG(got.realm),
		    SPAN_ARG(got.service), SPAN_ARG(got.scope));
	assert_string_equal(buf_str(&text), c->expect);
	buf_cleanup(&text);
	arena_cleanup(&a);
}

static void
test_long_value(void **state)
{
	struct http_challenge got = { .scheme = HTTP_SCHEME_NONE };
	struct arena a = { 0 };
	struct buf text = { 0 };
	size_t i;

	(void)state;
	buf_add_str(&text, "Bearer realm=\"");
	for (i = 0; i <= HTTP_CHALLENGE_VALUE_MAX; i++)
		buf_add_char(&text, 'x');
	buf_add_char(&text, '"');
	http_challenge_parse(buf_span(&text), &a, &got);
	assert_int_equal(got.scheme, HTTP_SCHEME_NONE);
	buf_cleanup(&text);
	arena_cleanup(&a);
}

struct url_case {
	const char *name;
	const char *url;
	const char *expect; /* origin, host, plain, in the list */
};

/* The list: a, b:1 and [::1]. */
static const struct url_case urls[] = {
	{ "a host of the list", "http://a/v2/?x", "http://a a plain listed" },
	{ "with any port", "http://a:5000/",
	    "http://a:5000 a:5000 plain listed" },
	{ "in capitals", "HTTPS://A", "HTTPS://A A tls listed" },
	{ "with its port", "https://b:1#x", "https://b:1 b:1 tls listed" },
	{ "with another port", "https://b:2/", "https://b:2 b:2 tls -" },
	{ "an address", "http://[::1]:5/",
	    "http://[::1]:5 [::1]:5 plain listed" },
	{ "an address without a port", "http://[::1]/",
	    "http://[::1] [::1] plain listed" },
	{ "another address", "http://[::2]/", "http://[::2] [::2] plain -" },
	{ "somebody at another host", "http://a:x@evil/",
	    "http://a:x@evil a:x@evil plain -" },
	{ "a query instead of a path", "https://c?http://a/",
	    "https://c c tls -" },
	{ "a longer name", "https://aa/", "https://aa aa tls -" },
};

static void
test_url(void **state)
{
	static const char *const list[] = { "a", "b:1", "[::1]", NULL };
	const struct url_case *c = *state;
	struct span url = span_of(c->url);
	struct buf text = { 0 };

	buf_printf(&text, "%.*s %.*s %s %s", SPAN_ARG(http_origin(url)),
	    SPAN_ARG(http_host(url)), http_is_plain(url) ? "plain" : "tls",
	    http_host_is_one_of(http_host(url), list) ? "listed" : "-");
	assert_string_equal(buf_str(&text), c->expect);
	assert_false(http_host_is_one_of(http_host(url), NULL));
	buf_cleanup(&text);
}

struct resolve_case {
	const char *name;
	const char *base;
	const char *reference;
	const char *expect; /* NULL: none */
};

static const struct resolve_case resolved[] = {
	{ "all of it", "https://a/b", "https://c:1/d?e", "https://c:1/d?e" },
	{ "a host", "https://a/b", "//c/d", "https://c/d" },
	{ "a path", "https://a:5/b/c?d", "/e?f=g", "https://a:5/e?f=g" },
	{ "a name", "https://a/b/c?d/e", "f", "https://a/b/f" },
	{ "a name where there is no path", "https://a", "f", NULL },
	{ "a path where there is none", "https://a?b", "/f", "https://a/f" },
	{ "a query", "https://a/b/c?d#e", "?f", "https://a/b/c?f" },
	{ "a fragment", "https://a/b", "/c#d", "https://a/c" },
	{ "a fragment alone", "https://a/b", "#d", NULL },
	{ "a colon in a path", "https://a/b/c", "d/e:f", "https://a/b/d/e:f" },
	{ "a port without a scheme", "https://a/b", "c:5/d", "c:5/d" },
	{ "nothing", "https://a/b", "", NULL },
	{ "a blank", "https://a/b", "/c d", NULL },
	{ "a line's end", "https://a/b", "/c\r\nX: y", NULL },
};

static void
test_resolve(void **state)
{
	const struct resolve_case *c = *state;
	struct buf got = { 0 };

	assert_int_equal(
	    http_resolve(span_of(c->base), span_of(c->reference), &got),
	    c->expect != NULL);
	assert_string_equal(buf_str(&got), c->expect == NULL ? "" : c->expect);
	buf_cleanup(&got);
}

struct origin_case {
	const char *name;
	const char *a;
	const char *b;
	bool same;
};

static const struct origin_case origins[] = {
	{ "paths do not count", "https://a/b", "https://a/c?d", true },
	{ "ports do", "https://a:1/b", "https://a:2/b", false },
	{ "one that goes without saying", "https://a:443/", "https://a/",
	    true },
	{ "and under http", "http://a", "http://a:80/b", true },
	{ "not the other's", "http://a:443/", "http://a/", false },
	{ "schemes do", "https://a/", "http://a/", false },
	{ "large letters do not", "HTTPS://A/b", "https://a/b", true },
	{ "one that is longer", "https://a/", "https://a.b/", false },
	{ "who asks does", "https://x@a/", "https://a/", false },
	{ "no URLs", "a/b", "https://a/b", false },
};

static void
test_origin(void **state)
{
	const struct origin_case *c = *state;

	assert_int_equal(
	    http_is_same_origin(span_of(c->a), span_of(c->b)), c->same);
	assert_int_equal(
	    http_is_same_origin(span_of(c->b), span_of(c->a)), c->same);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(challenges) + TABLE_N(urls) +
	    TABLE_N(resolved) + TABLE_N(origins) + 1] = {
		cmocka_unit_test(test_long_value),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, challenges, test_challenge);
	TABLE_ADD(tests, &n, urls, test_url);
	TABLE_ADD(tests, &n, resolved, test_resolve);
	TABLE_ADD(tests, &n, origins, test_origin);
	return cmocka_run_group_tests_name("http_head", tests, NULL, NULL);
}
