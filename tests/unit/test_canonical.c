/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/canonical.h"
#include "tests/unit/table.h"

static const struct canonical_case {
	const char *name;
	const char *input;
	const char *expect; /* or the error's text */
	bool is_error;
} cases[] = {
	{ "every type",
	    " { \"b\" : [ true , false , null , 12 , -3 ] , \"a\" : { } }\n",
	    "{\"a\":{},\"b\":[true,false,null,12,-3]}", false },
	{ "keys by their bytes",
	    "{\"b\":1,\"a\":2,\"B\":3,\"aa\":4,\"\":5,\"\\u00e9\":6,\"z\":7}",
	    "{\"\":5,\"B\":3,\"a\":2,\"aa\":4,\"b\":1,\"z\":7,\"\xc3\xa9\":6}",
	    false },
	{ "two escapes and no other",
	    "[\"\\\"\\\\\\/\\n\\t\\u001f\\u00fc\\ud83d\\ude00\"]",
	    "[\"\\\"\\\\/\n\t\x1f\xc3\xbc\xf0\x9f\x98\x80\"]", false },
	{ "a key is escaped, too", "{\"a\\\"\\\\\":1}", "{\"a\\\"\\\\\":1}",
	    false },
	{ "numbers of any length", "[0,-0,123456789012345678901234567890]",
	    "[0,0,123456789012345678901234567890]", false },
	{ "canonical already", "{\"a\":[{\"b\":\"c\"}]}",
	    "{\"a\":[{\"b\":\"c\"}]}", false },
	{ "a fraction", "{\"a\":[1.5]}", "the number 1.5 is no integer", true },
	{ "a fraction of nothing", "[1.0]", "the number 1.0 is no integer",
	    true },
	{ "an exponent", "[1e3]", "the number 1e3 is no integer", true },
	{ "a name twice", "{\"a\":1,\"b\":2,\"a\":1}",
	    "the name \"a\" stands twice in one object", true },
	{ "a name twice, differently written", "{\"a\":1,\"\\u0061\":2}",
	    "the name \"a\" stands twice in one object", true },
	{ "a name twice, deep", "[{\"x\":{\"n\":1,\"m\":[],\"n\":2}}]",
	    "the name \"n\" stands twice in one object", true },
};

static void
test_canonical(void **state)
{
	const struct canonical_case *c = *state;
	const struct json_node *n = NULL;
	struct arena arena = { 0 };
	struct buf out = { 0 };
	struct err e = { 0 };
	int rc;

	assert_int_equal(json_parse(span_of(c->input), &arena, &n, &e), 0);
	rc = canonical_add(&out, n, &e);
	assert_int_equal(rc, c->is_error ? -1 : 0);
	assert_int_equal(e.code, c->is_error ? ERR_FORMAT : ERR_NONE);
	assert_string_equal(c->is_error ? e.msg : buf_str(&out), c->expect);
	buf_cleanup(&out);
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_canonical);
	return _cmocka_run_group_tests("canonical", tests, n, NULL, NULL);
}
