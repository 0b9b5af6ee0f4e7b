/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "content/cpe.h"
#include "tests/unit/image_make.h"
#include "tests/unit/table.h"

#define DAY1 "2026-06-25T03:01:03.1299776"
#define DAY2 "2026-06-26T03:01:03.1299776"
#define PAGE(day, products)                                       \
	"{\"totalResults\":1,\"format\":\"NVD_CPE\",\"version\":" \
	"\"2.0\",\"timestamp\":\"" day "\",\"products\":[" products "]}"
#define CPE(name, more) "{\"cpe\":{\"cpeName\":\"" name "\"" more "}}"
#define FOO(version) "cpe:2.3:a:acme:foo:" version ":*:*:*:*:*:*:*"

static const struct cpe_case {
	const char *name;
	bool tar;
	const char *input;
	enum err_code code;
	const char *expect;
} cases[] = {
	{ "a page of the API", false,
	    PAGE(DAY1,
		CPE(FOO("1.0"),
		    ",\"deprecated\":false,\"titles\":[{\"title\":\"fr\","
		    "\"lang\":\"fr\"},{\"title\":\"Acme Foo 1.0\",\"lang\":"
		    "\"en\"}]") "," CPE(FOO("1.1"),
		    ",\"deprecated\":true,\"deprecatedBy\":[{\"cpeName\":\"" FOO(
			"1.2") "\",\"cpeNameId\":\"A\"},{\"cpeName\":\"" FOO("1.3") "\"}]")),
	    ERR_NONE,
	    FOO("1.0") "|Acme Foo 1.0||\n" FOO("1.1") "||deprecated|" FOO(
		"1.2") "\n" FOO("1.3") "\n" DAY1 },
	{ "an archive, the latest time counts", true,
	    "d c\nf c/1.json " PAGE(DAY2,
		CPE(FOO("1.0"),
		    "")) "\nf c/README not JSON\nf c/2.json " PAGE(DAY1,
		CPE(FOO("1.1"), "")) "\n",
	    ERR_NONE, FOO("1.0") "|||\n" FOO("1.1") "|||\n" DAY2 },
	{ "an escaped colon", false,
	    PAGE(DAY1, CPE("cpe:2.3:o:a\\\\:b:c\\\\\\\\:-:*:*:*:*:*:*:*", "")),
	    ERR_NONE, "cpe:2.3:o:a\\:b:c\\\\:-:*:*:*:*:*:*:*|||\n" DAY1 },
	{ "no name at all", false, PAGE(DAY1, ""), ERR_FORMAT,
	    "there is no CPE name in it" },
	{ "an archive without JSON", true, "f README x\n", ERR_FORMAT,
	    "there is no CPE name in it" },
	{ "another feed of NVD's", true,
	    "f m.json {\"format\":\"NVD_CPEMatchString\",\"products\":[]}\n",
	    ERR_FORMAT,
	    "m.json: byte 30: the format is \"NVD_CPEMatchString\", not "
	    "NVD_CPE" },
	{ "a field is missing", false,
	    PAGE(DAY1, CPE("cpe:2.3:a:acme:foo:1.0:*:*:*:*:*:*", "")),
	    ERR_FORMAT,
	    "byte 107: \"cpe:2.3:a:acme:foo:1.0:*:*:*:*:*:*\" is not a CPE "
	    "name" },
	{ "an empty name", false, PAGE(DAY1, "{\"cpe\":{}}"), ERR_FORMAT,
	    "byte 107: \"\" is not a CPE name" },
	{ "deprecated by no name", true,
	    "f 1.json " PAGE(
		DAY1, CPE(FOO("1.1"), ",\"deprecatedBy\":[{}]")) "\n",
	    ERR_FORMAT,
	    "1.json: byte 107: " FOO(
		"1.1") ": deprecatedBy \"\" is not a CPE name" },
	{ "an archive that ends early, in its JSON", true,
	    "f 1.json {\"products\":[\n", ERR_FORMAT,
	    "1.json: byte 13: the document ends early" },
};

static int
on_name(void *ctx, const struct cpe_name *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%.*s|%.*s|%s|%.*s\n", SPAN_ARG(name->name),
	    SPAN_ARG(name->title), name->deprecated ? "deprecated" : "",
	    SPAN_ARG(name->deprecated_by));
	return 0;
}

static void
test_cpe(void **state)
{
	const struct cpe_case *c = *state;
	struct span recipe = span_of(c->input), timestamp;
	struct buf bytes = { 0 }, got = { 0 };
	struct cpe_sink sink = { &got, on_name };
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (c->tar)
		make_layer(&recipe, &bytes);
	else
		buf_add_span(&bytes, recipe);
	assert_int_equal(stream_open_span(&in, buf_span(&bytes), NULL, &e), 0);
	if (cpe_read(in, &sink, &arena, &timestamp, &e) == 0) {
		buf_add_span(&got, timestamp);
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&bytes);
	buf_cleanup(&got);
}

static const struct split_case {
	const char *name;
	const char *input;
	const char *expect; /* fields with blanks between */
} splits[] = {
	{ "an application", "cpe:2.3:a:apache:log4j:2.0:beta9:*:*:*:*:*:*",
	    "a apache log4j 2.0 beta9 * * * * * * " },
	{ "each field", "cpe:2.3:h:b:c:d:e:f:g:h:i:j:k",
	    "h b c d e f g h i j k " },
	{ "escapes stay", "cpe:2.3:a:x\\:y:c\\+\\+:-:*:*:*:*:*:*:*",
	    "a x\\:y c\\+\\+ - * * * * * * * " },
	{ "too many fields", "cpe:2.3:a:b:c:d:e:f:g:h:i:j:k:l", NULL },
	{ "too few fields", "cpe:2.3:a:b:c:d:e:f:g:h:i:j", NULL },
	{ "an empty field", "cpe:2.3:a:b::d:e:f:g:h:i:j:k", NULL },
	{ "an empty last field", "cpe:2.3:a:b:c:d:e:f:g:h:i:j:", NULL },
	{ "ends in an escape", "cpe:2.3:a:b:c:d:e:f:g:h:i:j:k\\", NULL },
	{ "a blank", "cpe:2.3:a:b c:d:e:f:g:h:i:j:k:l", NULL },
	{ "another part", "cpe:2.3:x:b:c:d:e:f:g:h:i:j:k", NULL },
	{ "a name of CPE 2.2", "cpe:/a:apache:log4j:2.0", NULL },
	{ "nothing", "", NULL },
};

static void
test_split(void **state)
{
	const struct split_case *c = *state;
	struct span fields[CPE_FIELDS];
	struct buf got = { 0 };
	size_t i;

	if (!cpe_split(span_of(c->input), fields)) {
		assert_null(c->expect);
		return;
	}
	for (i = 0; i < CPE_FIELDS; i++)
		buf_printf(&got, "%.*s ", SPAN_ARG(fields[i]));
	assert_non_null(c->expect);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(splits)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_cpe);
	TABLE_ADD(tests, &n, splits, test_split);
	return _cmocka_run_group_tests("cpe", tests, n, NULL, NULL);
}
