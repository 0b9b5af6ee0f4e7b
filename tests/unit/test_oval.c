/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of tests/fixtures/oval are read and printed: good_x.xml must give
 * good_x.out. What is refused stands here with the exact words.
 */
#include "base/mem.h"
#include "content/oval_read.h"
#include "tests/unit/oval_print.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static int
on_generator(void *ctx, const struct oval_generator *g, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, "generator");
	print_span(b, "name", g->product_name);
	print_span(b, "version", g->product_version);
	print_span(b, "schema", g->schema_version);
	print_span(b, "timestamp", g->timestamp);
	buf_add_char(b, '\n');
	return 0;
}

/* Read again from its own bytes, a definition is what it was. */
static void
check_alone(const struct oval_definition *d)
{
	struct oval_definition copy = *d;
	struct oval_definition again;
	struct arena arena = { 0 };
	struct buf want = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };

	if (oval_read_definition(d->raw, &arena, &again, &e) != 0)
		fail_msg("%s", e.msg);
	copy.offset = again.offset = 0;
	copy.line = again.line = 0;
	print_definition(&want, &copy);
	print_definition(&got, &again);
	assert_string_equal(buf_str(&got), buf_str(&want));
	buf_cleanup(&want);
	buf_cleanup(&got);
	arena_cleanup(&arena);
}

static int
on_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	(void)e;
	print_definition(ctx, d);
	check_alone(d);
	return 0;
}

static int
on_test(void *ctx, const struct oval_test *t, struct err *e)
{
	(void)e;
	print_test(ctx, t);
	return 0;
}

static int
on_object(void *ctx, const struct oval_object *o, struct err *e)
{
	(void)e;
	print_object(ctx, o);
	return 0;
}

static int
on_state(void *ctx, const struct oval_state *s, struct err *e)
{
	(void)e;
	print_state(ctx, s);
	return 0;
}

static int
on_variable(void *ctx, const struct oval_variable *v, struct err *e)
{
	(void)e;
	print_variable(ctx, v);
	return 0;
}

typedef int
reader(struct stream *in, const struct oval_sink *sink, struct err *e);

static int
read_by(reader *read, struct span text, struct buf *out, struct err *e)
{
	const struct oval_sink sink = { out, on_generator, on_definition,
		on_test, on_object, on_state, on_variable };
	struct stream *s = NULL;
	int rc;

	assert_int_equal(stream_open_span(&s, text, NULL, e), 0);
	rc = read(s, &sink, e);
	stream_close(s);
	return rc;
}

/* A thread that parses ahead changes nothing. */
static int
read_text(struct span text, struct buf *out, struct err *e)
{
	int rc = read_by(oval_read, text, out, e);
	struct err e2 = { 0 };
	struct buf out2 = { 0 };

	assert_int_equal(read_by(oval_read_ahead, text, &out2, &e2), rc);
	assert_string_equal(buf_str(&out2), buf_str(out));
	if (rc != 0)
		assert_string_equal(e2.msg, e->msg);
	buf_cleanup(&out2);
	return rc;
}

static const struct good_case {
	const char *name;
} good[] = { { "ubuntu" }, { "redhat" }, { "suse" }, { "language" } };

static void
test_good(void **state)
{
	const struct good_case *c = *state;
	struct buf out = { 0 };
	struct buf text = { 0 };
	struct buf want = { 0 };
	struct err e = { 0 };
	char path[128];

	snprintf(
	    path, sizeof(path), "tests/fixtures/oval/good_%s.xml", c->name);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &text, &e), 0);
	if (read_text(buf_span(&text), &out, &e) != 0)
		fail_msg("%s", e.msg);
	snprintf(
	    path, sizeof(path), "tests/fixtures/oval/good_%s.out", c->name);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &want, &e), 0);
	assert_string_equal(buf_str(&out), buf_str(&want));
	buf_cleanup(&out);
	buf_cleanup(&text);
	buf_cleanup(&want);
}

struct bad_case {
	const char *name;
	const char *input; /* a fixture's name, or inside of the document */
	enum err_code code;
	const char *expect;
};

static const struct bad_case files[] = {
	{ "unknown check", "bad_check.xml", ERR_FORMAT,
	    "line 4: unknown check \"at least two\"" },
	{ "criteria nesting bomb", "bad_nesting.xml", ERR_LIMIT,
	    "line 52: definition oval:x:def:1: criteria nested deeper than "
	    "48" },
	{ "definition without id", "bad_no_id.xml", ERR_FORMAT,
	    "line 3: definition without an attribute \"id\"" },
	{ "truncated document", "bad_truncated.xml", ERR_FORMAT,
	    "line 6: the document ends early" },
	{ "truncated gzip", "bad_truncated.xml.gz", ERR_FORMAT,
	    "line 1: ends early: 400 bytes are only a part of it, fetch it "
	    "again" },
	{ "invalid UTF-8", "bad_utf8.xml", ERR_FORMAT,
	    "line 4: the text is not UTF-8" },
	{ "DOCTYPE", "bad_doctype.xml", ERR_FORMAT,
	    "line 2: DOCTYPE is refused" },
	{ "another kind of document", "bad_results.xml", ERR_FORMAT,
	    "line 2: the document is <oval_results>, not OVAL 5 "
	    "<oval_definitions>" },
};

#define DEFINITION(inside)                                        \
	"<definitions><definition id='oval:x:def:1' version='1' " \
	"class='patch'>" inside "</definition></definitions>"
#define TEST(attrs, inside)                                          \
	"<tests><l:rpminfo_test id='oval:x:tst:1' " attrs ">" inside \
	"</l:rpminfo_test></tests>"
#define OBJECT(inside)                                         \
	"<objects><l:rpminfo_object id='oval:x:obj:1'>" inside \
	"</l:rpminfo_object></objects>"
#define STATE(attrs, inside)                                           \
	"<states><l:rpminfo_state id='oval:x:ste:1' " attrs ">" inside \
	"</l:rpminfo_state></states>"
#define LOCAL(inside)                                                            \
	"<variables><local_variable id='oval:x:var:1' datatype='string'>" inside \
	"</local_variable></variables>"
#define REF "<object_reference>oval:x:obj:2</object_reference>"

static const struct bad_case insides[] = {
	{ "no document", "", ERR_NONE, "" },
	{ "unknown class",
	    "<definitions><definition id='oval:x:def:1' class='fine'/>"
	    "</definitions>",
	    ERR_FORMAT, "line 1: unknown class \"fine\"" },
	{ "no class",
	    "<definitions><definition id='oval:x:def:1'/></definitions>",
	    ERR_FORMAT, "line 1: definition without an attribute \"class\"" },
	{ "empty id", "<definitions><definition id='  ' class='patch'/>",
	    ERR_FORMAT, "line 1: id is empty" },
	{ "version is no number",
	    "<definitions><definition id='oval:x:def:1' version='-1' "
	    "class='patch'/></definitions>",
	    ERR_FORMAT, "line 1: unknown version \"-1\"" },
	{ "deprecated is no boolean",
	    "<definitions><definition id='oval:x:def:1' deprecated='yes' "
	    "class='patch'/></definitions>",
	    ERR_FORMAT, "line 1: unknown deprecated \"yes\"" },
	{ "unknown operator", DEFINITION("<criteria operator='NAND'/>"),
	    ERR_FORMAT, "line 1: unknown operator \"NAND\"" },
	{ "empty criteria", DEFINITION("<criteria/>"), ERR_FORMAT,
	    "line 1: definition oval:x:def:1: criteria without a "
	    "criterion" },
	{ "empty criteria inside",
	    DEFINITION("<criteria><criteria operator='OR'/><criterion "
		       "test_ref='oval:x:tst:1'/></criteria>"),
	    ERR_FORMAT,
	    "line 1: definition oval:x:def:1: criteria without a "
	    "criterion" },
	{ "two criteria",
	    DEFINITION("<criteria><criterion test_ref='oval:x:tst:1'/>"
		       "</criteria><criteria/>"),
	    ERR_FORMAT, "line 1: definition oval:x:def:1 has criteria twice" },
	{ "criterion without a test",
	    DEFINITION("<criteria><criterion/></criteria>"), ERR_FORMAT,
	    "line 1: criterion without an attribute \"test_ref\"" },
	{ "extend without a definition",
	    DEFINITION("<criteria><extend_definition/></criteria>"), ERR_FORMAT,
	    "line 1: extend_definition without an attribute "
	    "\"definition_ref\"" },
	{ "test without check", TEST("", ""), ERR_FORMAT,
	    "line 1: rpminfo_test without an attribute \"check\"" },
	{ "unknown check_existence",
	    TEST("check='all' check_existence='some_exist'", ""), ERR_FORMAT,
	    "line 1: unknown check_existence \"some_exist\"" },
	{ "unknown state_operator", TEST("check='all' state_operator='or'", ""),
	    ERR_FORMAT, "line 1: unknown state_operator \"or\"" },
	{ "test without an object", TEST("check='all'", ""), ERR_FORMAT,
	    "line 1: test oval:x:tst:1 has no object" },
	{ "test with two objects",
	    TEST("check='all'",
		"<l:object object_ref='oval:x:obj:1'/>"
		"<l:object object_ref='oval:x:obj:2'/>"),
	    ERR_FORMAT, "line 1: test oval:x:tst:1 has two objects" },
	{ "object without a reference", TEST("check='all'", "<l:object/>"),
	    ERR_FORMAT, "line 1: object without an attribute \"object_ref\"" },
	{ "state without a reference",
	    TEST("check='all'", "<l:state state_ref=''/>"), ERR_FORMAT,
	    "line 1: state_ref is empty" },
	{ "unknown operation", OBJECT("<l:name operation='like'>x</l:name>"),
	    ERR_FORMAT, "line 1: unknown operation \"like\"" },
	{ "unknown datatype", STATE("", "<l:evr datatype='evr'>0:1-1</l:evr>"),
	    ERR_FORMAT, "line 1: unknown datatype \"evr\"" },
	{ "unknown var_check",
	    OBJECT("<l:name var_ref='oval:x:var:1' var_check='any'/>"),
	    ERR_FORMAT, "line 1: unknown var_check \"any\"" },
	{ "unknown filter action", OBJECT("<filter action='drop'>x</filter>"),
	    ERR_FORMAT, "line 1: unknown action \"drop\"" },
	{ "empty filter", OBJECT("<filter> </filter>"), ERR_FORMAT,
	    "line 1: a reference is empty" },
	{ "unknown set operator", OBJECT("<set set_operator='MINUS'/>"),
	    ERR_FORMAT, "line 1: unknown set_operator \"MINUS\"" },
	{ "empty set", OBJECT("<set/>"), ERR_FORMAT,
	    "line 1: object oval:x:obj:1: a set needs objects or sets, not "
	    "both" },
	{ "set of three objects", OBJECT("<set>" REF REF REF "</set>"),
	    ERR_FORMAT,
	    "line 1: object oval:x:obj:1: a set of more than two objects" },
	{ "set of a set and an object",
	    OBJECT("<set><set>" REF "</set>" REF "</set>"), ERR_FORMAT,
	    "line 1: object oval:x:obj:1: a set needs objects or sets, not "
	    "both" },
	{ "behaviors twice", OBJECT("<l:behaviors a='1'/><l:behaviors/>"),
	    ERR_FORMAT, "line 1: object oval:x:obj:1 has behaviors twice" },
	{ "two sets", OBJECT("<set>" REF "</set><set/>"), ERR_FORMAT,
	    "line 1: object oval:x:obj:1 has two sets" },
	{ "variable object without a variable",
	    "<objects><i:variable_object id='oval:x:obj:1'><i:var_ref/>"
	    "</i:variable_object></objects>",
	    ERR_FORMAT, "line 1: object oval:x:obj:1: var_ref is empty" },
	{ "constant without a value",
	    "<variables><constant_variable id='oval:x:var:1' "
	    "datatype='string'/></variables>",
	    ERR_FORMAT, "line 1: variable oval:x:var:1 has no value" },
	{ "variable without a datatype",
	    "<variables><constant_variable id='oval:x:var:1'/></variables>",
	    ERR_FORMAT,
	    "line 1: constant_variable without an attribute \"datatype\"" },
	{ "local variable of nothing", LOCAL(""), ERR_FORMAT,
	    "line 1: variable oval:x:var:1 has no component or function" },
	{ "unknown function", LOCAL("<reverse/>"), ERR_FORMAT,
	    "line 1: variable oval:x:var:1: unknown function \"reverse\"" },
	{ "two components",
	    LOCAL("<variable_component var_ref='oval:x:var:2'/>"
		  "<variable_component var_ref='oval:x:var:2'/>"),
	    ERR_FORMAT, "line 1: variable oval:x:var:1 has two components" },
	{ "function of too little",
	    LOCAL("<concat><literal_component>a</literal_component></concat>"),
	    ERR_FORMAT,
	    "line 1: variable oval:x:var:1: concat cannot have 1 operands" },
	{ "unknown arithmetic",
	    LOCAL("<arithmetic arithmetic_operation='divide'/>"), ERR_FORMAT,
	    "line 1: arithmetic: unknown argument \"divide\"" },
	{ "function without its argument", LOCAL("<split/>"), ERR_FORMAT,
	    "line 1: split without an attribute \"delimiter\"" },
};

#define ROOT                                            \
	"<oval_definitions xmlns='" OVAL_NS_DEFINITIONS \
	"' xmlns:l='" OVAL_NS_DEFINITIONS               \
	"#linux' xmlns:i='" OVAL_NS_DEFINITIONS "#independent'>"

static void
check_refused(struct span text, const struct bad_case *c)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	int rc = read_text(text, &out, &e);

	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	assert_string_equal(e.msg, c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&out);
}

static void
test_bad_file(void **state)
{
	const struct bad_case *c = *state;
	struct buf text = { 0 };
	struct err e = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "tests/fixtures/oval/%s", c->input);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &text, &e), 0);
	check_refused(buf_span(&text), c);
	buf_cleanup(&text);
}

static void
test_bad_inside(void **state)
{
	const struct bad_case *c = *state;
	struct buf text = { 0 };

	buf_printf(&text, "%s%s</oval_definitions>", ROOT, c->input);
	check_refused(buf_span(&text), c);
	buf_cleanup(&text);
}

/* Nested sets and functions, one deeper than the limit. */
static void
test_bombs(void **state)
{
	static const struct {
		const char *open, *step, *expect;
		unsigned n;
	} rows[] = {
		{ "<objects><l:rpminfo_object id='oval:x:obj:1'>", "<set>",
		    "line 1: object oval:x:obj:1: sets nested deeper than 16",
		    OVAL_SET_DEPTH_MAX + 1 },
		{ "<variables><local_variable id='oval:x:var:1' "
		  "datatype='int'>",
		    "<concat>",
		    "line 1: variable oval:x:var:1: functions nested deeper "
		    "than 16",
		    OVAL_FUNCTION_DEPTH_MAX + 1 },
	};
	size_t i;
	unsigned k;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct bad_case c = { "", "", ERR_LIMIT, rows[i].expect };
		struct buf text = { 0 };

		buf_printf(&text, "%s%s", ROOT, rows[i].open);
		for (k = 0; k < rows[i].n; k++)
			buf_add_str(&text, rows[i].step);
		check_refused(buf_span(&text), &c);
		buf_cleanup(&text);
	}
}

static int
refuse_test(void *ctx, const struct oval_test *t, struct err *e)
{
	(void)ctx;
	return err_set(e, ERR_FORMAT, "no test %.*s", SPAN_ARG(t->id));
}

/* What a sink refuses has the line, too. */
static void
test_sink_refuses(void **state)
{
	const struct oval_sink sink = { .test = refuse_test };
	const char *text = ROOT "\n" TEST("check='all'",
	    "<l:object object_ref='oval:x:obj:1'/>") "</oval_definitions>";
	struct stream *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(stream_open_span(&s, span_of(text), NULL, &e), 0);
	assert_int_equal(oval_read(s, &sink, &e), -1);
	assert_string_equal(e.msg, "line 2: no test oval:x:tst:1");
	stream_close(s);
	assert_int_equal(stream_open_span(&s, span_of(text), NULL, &e), 0);
	assert_int_equal(oval_read_ahead(s, &sink, &e), -1);
	assert_string_equal(e.msg, "line 2: no test oval:x:tst:1");
	stream_close(s);
}

static const struct bad_case alone[] = {
	{ "no definition", "<x/>", ERR_FORMAT, "0 definitions instead of one" },
	{ "two definitions",
	    "<definition id='a' class='patch'/>"
	    "<definition id='b' class='patch'/>",
	    ERR_FORMAT, "2 definitions instead of one" },
	{ "an end of the section",
	    "<definition id='a' class='patch'/></definitions>", ERR_FORMAT,
	    "line 1: an end tag that does not fit" },
	{ "no class", "<d:definition id='a'/>", ERR_FORMAT,
	    "line 1: definition without an attribute \"class\"" },
	{ "nothing", "", ERR_FORMAT, "0 definitions instead of one" },
	{ "too many prefixes",
	    "<a:a/><b:a/><c:a/><d:a/><e:a/><f:a/><g:a/><h:a/><i:a/><j:a/>"
	    "<k:a/><l:a/><m:a/><n:a/><o:a/><p:a/><q:a/>",
	    ERR_LIMIT, "more than 16 prefixes in a definition" },
};

static void
test_alone(void **state)
{
	const struct bad_case *c = *state;
	struct oval_definition d;
	struct arena arena = { 0 };
	struct err e = { 0 };

	assert_int_equal(
	    oval_read_definition(span_of(c->input), &arena, &d, &e), -1);
	assert_string_equal(e.msg, c->expect);
	assert_int_equal(e.code, c->code);
	arena_cleanup(&arena);
}

#define IN " package in jammy"

static const struct {
	const char *comment;
	enum oval_status status;
} statuses[] = {
	{ "x" IN " was vulnerable but has been fixed (note: '1').",
	    OVAL_STATUS_RELEASED },
	{ "The 'x'" IN " was vulnerable but has been fixed (note: '1').",
	    OVAL_STATUS_RELEASED },
	{ "(CVE-2023-1) x" IN " was vulnerable but has been fixed.",
	    OVAL_STATUS_RELEASED },
	{ "x package in esm-apps/jammy was vulnerable but has been fixed.",
	    OVAL_STATUS_RELEASED },
	{ "x" IN " was vulnerable and has been fixed, but no release version "
	  "available for it.",
	    OVAL_STATUS_RELEASED },
	{ "x" IN " is affected and needs fixing.", OVAL_STATUS_NEEDED },
	{ "x" IN " is affected and may need fixing (note: 'was vulnerable but "
	  "has been fixed').",
	    OVAL_STATUS_NEEDS_TRIAGE },
	{ "x" IN " is affected, but a decision has been made to defer "
	  "addressing it (note: '2021-01-01').",
	    OVAL_STATUS_DEFERRED },
	{ "x: while related to the CVE in some way, a decision has been made "
	  "to ignore this issue.",
	    OVAL_STATUS_IGNORED },
	{ "(CVE-2023-1) x: while related to the CVE in some way, a decision "
	  "has been made to ignore this issue (note: 'why').",
	    OVAL_STATUS_IGNORED },
	{ "x" IN " is affected. An update containing the fix has been "
	  "completed and is pending publication (note: '1').",
	    OVAL_STATUS_PENDING },
	{ "x" IN ", is related to the CVE in some way and has been fixed "
	  "(note: '1').",
	    OVAL_STATUS_NOT_AFFECTED },
	{ "x" IN " has a vulnerability that is not known (status: 'odd'). It "
	  "is pending evaluation.",
	    OVAL_STATUS_UNKNOWN },
	{ "Long Term Support", OVAL_STATUS_NONE },
	{ "x is earlier than 0:1-1", OVAL_STATUS_NONE },
	{ "x" IN, OVAL_STATUS_NONE },
	{ "x:", OVAL_STATUS_NONE },
	{ "", OVAL_STATUS_NONE },
};

static void
test_status(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_int_equal(oval_status_of(span_of(statuses[i].comment)),
		    statuses[i].status);
}

/* Every value of every enumeration has its own word, and is found by it. */
static void
test_names(void **state)
{
	static const struct {
		const struct oval_words *words;
		unsigned first;
	} tables[] = {
		{ &oval_words_class, OVAL_CLASS_VULNERABILITY },
		{ &oval_words_operator, 0 },
		{ &oval_words_check, 0 },
		{ &oval_words_existence, 0 },
		{ &oval_words_operation, 0 },
		{ &oval_words_datatype, 0 },
	};
	struct buf b = { 0 };
	unsigned word = 0;
	unsigned i;
	unsigned k;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (k = tables[i].first; k < tables[i].words->n; k++) {
			assert_true(oval_word_parse(tables[i].words,
			    span_of(tables[i].words->names[k]), &word));
			assert_int_equal(word, k);
		}
	}
	for (i = 0; i <= OVAL_STATUS_UNKNOWN; i++)
		buf_printf(&b, "%s ", oval_status_name(i));
	for (i = 0; i < OVAL_N_KINDS; i++)
		buf_printf(&b, "%s=%s ", oval_kind_name(i),
		    oval_kind_element(i, OVAL_PART_STATE));
	for (i = OVAL_CLASS_NONE; i <= OVAL_CLASS_MISCELLANEOUS; i++)
		buf_printf(&b, "%s ", oval_class_name(i));
	assert_string_equal(buf_str(&b),
	    "none released needed needs-triage deferred ignored pending "
	    "not-affected unknown other= unknown=unknown_state "
	    "dpkginfo=dpkginfo_state rpminfo=rpminfo_state "
	    "rpmverifyfile=rpmverifyfile_state "
	    "textfilecontent54=textfilecontent54_state family=family_state "
	    "variable=variable_state uname=uname_state file=file_state "
	    "none vulnerability patch inventory compliance miscellaneous ");
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(good) + TABLE_N(files) +
	    TABLE_N(insides) + TABLE_N(alone) + 4] = {
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_sink_refuses),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_names),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, good, test_good);
	TABLE_ADD(tests, &n, files, test_bad_file);
	TABLE_ADD(tests, &n, insides, test_bad_inside);
	TABLE_ADD(tests, &n, alone, test_alone);
	return _cmocka_run_group_tests("oval", tests, n, NULL, NULL);
}
