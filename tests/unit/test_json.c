/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds documents in and compares what was handed over, one line each. */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "tests/unit/table.h"

struct printer {
	struct buf out;
	struct span text; /* the document */
};

static void
print_node(struct buf *b, const struct json_node *n)
{
	static const char *const names[] = { "null", "false", "true", "number",
		"string", "array", "object" };
	const struct json_node *child;

	if (n->name.ptr != NULL)
		buf_printf(b, "%.*s=", SPAN_ARG(n->name));
	if (n->type == JSON_NUMBER)
		buf_add_span(b, n->text);
	else if (n->type == JSON_STRING)
		buf_printf(b, "'%.*s'", SPAN_ARG(n->text));
	else
		buf_add_str(b, names[n->type]);
	if (n->type != JSON_ARRAY && n->type != JSON_OBJECT)
		return;
	buf_add_char(b, '(');
	for (child = n->child; child != NULL; child = child->next) {
		print_node(b, child);
		if (child->next != NULL)
			buf_add_char(b, ' ');
	}
	buf_add_char(b, ')');
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct printer *p = ctx;

	/* The source is the document's own bytes, wherever they were cut. */
	assert_true(span_eq(
	    raw, span_first(span_from(p->text, (size_t)offset), raw.len)));
	if (json_is_true(json_get(n, "bad")))
		return err_set(e, ERR_FORMAT, "a bad record");
	if (json_is_true(json_get(n, "full")))
		return err_set(e, ERR_SYSTEM, "the disk is full");
	print_node(&p->out, n);
	buf_printf(&p->out, " <%.*s>\n", SPAN_ARG(raw));
	return 0;
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct printer *p = ctx;

	if (span_is(json_text(n), "bad"))
		return err_set(e, ERR_LIMIT, "a bad member");
	buf_add_str(&p->out, "member ");
	print_node(&p->out, n);
	buf_add_char(&p->out, '\n');
	return 0;
}

struct json_case {
	const char *name;
	const char *array;
	const char *text;
	enum err_code code;
	const char *expect;
};

#define DEEP8(x) x x x x x x x x

static const struct json_case cases[] = {
	{ "records in an array, members beside it", "list",
	    "{ \"a\": 1, \"list\": [ {\"x\": [1, -2.5e3]} ,\n"
	    " 7,\"s\" , null], \"z\": {\"y\": true} }\n",
	    ERR_NONE,
	    "member a=1\n"
	    "object(x=array(1 -2.5e3)) <{\"x\": [1, -2.5e3]}>\n"
	    "7 <7>\n"
	    "'s' <\"s\">\n"
	    "null <null>\n"
	    "member z=object(y=true)\n" },
	{ "members as records", NULL,
	    "{\"a\" : {\"b\":[]} ,\"c\":false,\"d\":\" x \"}", ERR_NONE,
	    "a=object(b=array()) <{\"b\":[]}>\n"
	    "c=false <false>\n"
	    "d=' x ' <\" x \">\n" },
	{ "names that stand twice stay as they are", NULL,
	    "{\"a\":{\"b\":1,\"b\":2},\"a\":3}", ERR_NONE,
	    "a=object(b=1 b=2) <{\"b\":1,\"b\":2}>\n"
	    "a=3 <3>\n" },
	{ "escapes", NULL,
	    "{\"\\u0061\":\"\\\"\\\\\\/\\n\\u00fc\\ud83d\\ude00\xc3\xbc\"}",
	    ERR_NONE,
	    "a='\"\\/\n\xc3\xbc\xf0\x9f\x98\x80\xc3\xbc' "
	    "<\"\\\"\\\\\\/\\n\\u00fc\\ud83d\\ude00\xc3\xbc\">\n" },
	{ "half a surrogate pair is replaced", NULL, "{\"a\":\"x\\udc00y\"}",
	    ERR_NONE, "a='x\xef\xbf\xbdy' <\"x\\udc00y\">\n" },
	{ "the array may be missing", "list", "{\"a\":1}", ERR_NONE,
	    "member a=1\n" },
	{ "an empty object", NULL, " {} ", ERR_NONE, "" },
	{ "the array is none", "list", "{\"list\":{\"a\":1}}", ERR_FORMAT,
	    "byte 9: the records do not stand in an array" },
	{ "not an object", NULL, "[1]", ERR_FORMAT,
	    "byte 1: not a JSON object" },
	{ "the document is an array", "",
	    " [ {\"x\": [1]},\n\n7 ,[ ],null ] \n", ERR_NONE,
	    "object(x=array(1)) <{\"x\": [1]}>\n"
	    "7 <7>\n"
	    "array() <[ ]>\n"
	    "null <null>\n" },
	{ "an empty array", "", "[]", ERR_NONE, "" },
	{ "not an array", "", "{\"\":[1]}", ERR_FORMAT,
	    "byte 1: not a JSON array" },
	{ "a lone text is no array", "", "\"x\"", ERR_FORMAT,
	    "byte 3: not a JSON array" },
	{ "an element's error says where it begins", "",
	    "[1,\n{\"a\":2,\n\"bad\":true}]", ERR_FORMAT,
	    "line 2: a bad record" },
	{ "ends between elements", "", "[1,\n2,", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "something follows an array", "", "[1]\n[2]", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "an array of deep nesting", "",
	    "[\n" DEEP8(DEEP8("[")) DEEP8(DEEP8("]")) "]", ERR_LIMIT,
	    "line 2: values are nested too deep" },
	{ "a record's error says where it begins", "list",
	    "{\"list\":[1,\n\n{\"a\":2,\n\"bad\":true}]}", ERR_FORMAT,
	    "line 3: a bad record" },
	{ "in one line the byte says where", "list",
	    "{\"list\":[1, {\"bad\":true}]}", ERR_FORMAT,
	    "byte 12: a bad record" },
	{ "what is no fault of the document has no place", "list",
	    "{\"list\":[1, {\"full\":true}]}", ERR_SYSTEM, "the disk is full" },
	{ "a member's error", "list", "{\"a\":1,\n\"b\":\"bad\"}", ERR_LIMIT,
	    "line 2: a bad member" },
	{ "empty", NULL, "", ERR_FORMAT, "the document is empty" },
	{ "blank", NULL, " \n ", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "ends in a record", NULL, "{\"a\":\n[1,", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "ends in a text", NULL, "{\"a\":\"b", ERR_FORMAT,
	    "byte 7: the document ends early" },
	{ "ends behind a comma", NULL, "{\"a\":1,", ERR_FORMAT,
	    "byte 7: the document ends early" },
	{ "something follows", NULL, "{}\n{}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "comments are no JSON", NULL, "{\n/* a */}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "numbers with a leading zero", NULL, "{\"a\":\n01}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "line end in a text", NULL, "{\n\"a\":\"\n\"}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "vertical tab", NULL, "{\n\"a\":\v1}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "form feed", NULL, "\f{}", ERR_FORMAT, "byte 0: not valid JSON" },
	{ "a comma too many", NULL, "{\n\"a\":[1,]}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "byte that is not UTF-8", NULL, "{\n\"a\":\"\xfc\"}", ERR_FORMAT,
	    "line 2: not valid JSON" },
	{ "overlong character", NULL, "{\n\"a\":\"\xc0\xaf\"}", ERR_FORMAT,
	    "line 2: the text is not UTF-8" },
	{ "name that is not UTF-8", NULL, "{\n\"\xe0\x80\x80\":1}", ERR_FORMAT,
	    "line 2: the text is not UTF-8" },
	{ "deep nesting", NULL,
	    "{\"a\":\n" DEEP8(DEEP8("[")) DEEP8(DEEP8("]")) "}", ERR_LIMIT,
	    "line 2: values are nested too deep" },
};

/* In the place of base/stream: gives the document in pieces of `step` bytes. */
struct stream {
	struct span rest;
	size_t step;
	struct buf piece;
};

int
stream_next(struct stream *s, struct span *bytes, struct err *e)
{
	(void)e;
	buf_cleanup(&s->piece);
	*bytes = SPAN_NONE;
	if (s->rest.len == 0)
		return 0;
	buf_add_span(&s->piece, span_first(s->rest, s->step));
	s->rest = span_from(s->rest, s->piece.len);
	*bytes = buf_span(&s->piece);
	return 1;
}

static int
read_pieces(struct printer *p, const char *array, size_t step, struct err *e)
{
	struct json_sink sink = { array, p, on_record, on_member, false };
	struct stream in = { .rest = p->text, .step = step };
	int rc = json_read(&in, &sink, e);

	buf_cleanup(&in.piece);
	return rc;
}

static void
test_case(void **state)
{
	static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 3, 7 };
	const struct json_case *c = *state;
	size_t i;

	for (i = 0; i < TABLE_N(steps); i++) {
		struct printer p = { .text = span_of(c->text) };
		struct err e = { 0 };
		int rc = read_pieces(&p, c->array, steps[i], &e);

		assert_int_equal(e.code, c->code);
		assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
		assert_string_equal(
		    c->code == ERR_NONE ? buf_str(&p.out) : e.msg, c->expect);
		buf_cleanup(&p.out);
	}
}

/* Names and sources of large records, without what they hold. */
static void
test_raw_only(void **state)
{
	struct printer p = { .text = SPAN_LIT(
				 "{\"a\":{\"x\":[1,{\"y\":2}],\"z\":3},\n"
				 "\"b\": [4,[5]],\"c\":\"d\"}") };
	struct json_sink sink = { NULL, &p, on_record, NULL, true };
	size_t step;

	(void)state;
	for (step = 1; step < 50; step++) {
		struct stream in = { .rest = p.text, .step = step };
		struct err e = { 0 };

		assert_int_equal(json_read(&in, &sink, &e), 0);
		assert_string_equal(buf_str(&p.out),
		    "a=object() <{\"x\":[1,{\"y\":2}],\"z\":3}>\n"
		    "b=array() <[4,[5]]>\n"
		    "c='d' <\"d\">\n");
		buf_cleanup(&in.piece);
		buf_cleanup(&p.out);
	}
}

struct parse_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect;
};

static const struct parse_case parse_cases[] = {
	{ "an array", "[1,{\"a\":[]}]", ERR_NONE,
	    "array(1 object(a=array()))" },
	{ "a text", " \"x\" ", ERR_NONE, "'x'" },
	{ "a number at the end", "12", ERR_NONE, "12" },
	{ "not JSON", "x", ERR_FORMAT, "byte 1: not valid JSON" },
	{ "nothing", "", ERR_FORMAT, "the document is empty" },
	{ "ends early", "[\n1", ERR_FORMAT, "line 2: the document ends early" },
};

static void
test_parse(void **state)
{
	const struct parse_case *c = *state;
	const struct json_node *n = NULL;
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct err e = { 0 };
	int rc = json_parse(span_of(c->text), &a, &n, &e);

	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	assert_int_equal(e.code, c->code);
	if (rc == 0)
		print_node(&b, n);
	assert_string_equal(rc == 0 ? buf_str(&b) : e.msg, c->expect);
	buf_cleanup(&b);
	arena_cleanup(&a);
}

static void
test_access(void **state)
{
	const struct json_node *n = NULL;
	struct arena a = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(json_parse(SPAN_LIT("{\"a\":{\"b\":{\"c\":\"x\"},"
					     "\"n\":7},\"t\":true}"),
			     &a, &n, &e),
	    0);
	assert_true(span_is(json_text(json_path(n, "a.b.c")), "x"));
	assert_true(span_is(json_text(json_path(n, "a.n")), "7"));
	assert_null(json_path(n, "a.b.d"));
	assert_null(json_path(n, "a.n.c"));
	assert_null(json_path(NULL, "a"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get(json_get(n, "t"), "a"));
	assert_true(json_is_true(json_get(n, "t")));
	assert_false(json_is_true(json_get(n, "a")));
	assert_false(json_is_true(NULL));
	assert_null(json_text(NULL).ptr);
	assert_null(json_text(n).ptr);
	arena_cleanup(&a);
}

static void
check_limit(struct buf *b, const char *expect)
{
	struct printer p = { .text = buf_span(b) };
	struct err e = { 0 };

	assert_int_equal(read_pieces(&p, NULL, 100000, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, expect);
	buf_cleanup(&p.out);
	buf_cleanup(b);
}

static void
test_too_many_values(void **state)
{
	struct buf b = { 0 };
	size_t i;

	(void)state;
	buf_add_str(&b, "{\"a\":[1");
	for (i = 0; i < JSON_NODES_MAX; i++)
		buf_add_str(&b, ",1");
	buf_add_str(&b, "]}");
	check_limit(&b, "byte 2097157: a record with too many values");
}

/* Blanks make no value, but they are kept as the record's source. */
static void
test_too_large(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add_str(&b, "{\"a\":[");
	buf_reserve(&b, JSON_RECORD_MAX + 200000);
	memset(b.ptr + b.len, ' ', JSON_RECORD_MAX + 200000);
	b.len += JSON_RECORD_MAX + 200000;
	buf_add_str(&b, "]}");
	check_limit(&b, "byte 67200000: a record is too large");
}

int
main(void)
{
	static struct CMUnitTest
	    tests[TABLE_N(cases) + TABLE_N(parse_cases) + 5];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_raw_only),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_too_large),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, cases, test_case);
	TABLE_ADD(tests, &n, parse_cases, test_parse);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("json", tests, n, NULL, NULL);
}
