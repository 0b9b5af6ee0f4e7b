/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/unit/family_world.h"

#define DEFINITION(id, criteria)                                        \
	"<definition class='patch' id='oval:t:def:" id "' version='1'>" \
	"<metadata><title>t " id "</title><description>d</description>" \
	"</metadata><criteria>" criteria "</criteria></definition>\n"
#define DEFINITIONS(list) "<definitions>\n" list "</definitions>\n"
#define CRITERION(id) "<criterion test_ref='oval:t:tst:" id "'/>"
#define EXTEND(id) "<extend_definition definition_ref='oval:t:def:" id "'/>"
#define TEST(id, inner)                                            \
	"<linux:dpkginfo_test id='oval:t:tst:" id "' version='1' " \
	"check='all' comment='c'>" inner "</linux:dpkginfo_test>\n"
#define TESTS(list) "<tests>\n" list "</tests>\n"
#define OBJECT_REF(id) "<linux:object object_ref='oval:t:obj:" id "'/>"
#define STATE_REF(id) "<linux:state state_ref='oval:t:ste:" id "'/>"
#define OBJECT(id, name)                                             \
	"<linux:dpkginfo_object id='oval:t:obj:" id "' version='1'>" \
	"<linux:name" name "</linux:dpkginfo_object>\n"
#define OBJECTS(list) "<objects>\n" list "</objects>\n"
#define NAMED ">bash</linux:name>"
#define NAMED_BY(id) " var_ref='oval:t:var:" id "' var_check='all'/>"
#define LOCAL(id, inner)                                                  \
	"<local_variable id='oval:t:var:" id "' version='1' comment='c' " \
	"datatype='string'>" inner "</local_variable>\n"
#define VARIABLES(list) "<variables>\n" list "</variables>\n"
#define OF_VARIABLE(id) "<variable_component var_ref='oval:t:var:" id "'/>"
#define OF_OBJECT(id)                                       \
	"<object_component object_ref='oval:t:obj:" id "' " \
	"item_field='name'/>"

static const struct refusal_case {
	const char *name;
	const char *body;
	enum err_code code; /* ERR_NONE: taken */
	const char *expect;
} refusals[] = {
	{ "test missing", DEFINITIONS(DEFINITION("1", CRITERION("9"))),
	    ERR_NONE, "" },
	{ "extended definition missing",
	    DEFINITIONS(DEFINITION("1", EXTEND("2"))), ERR_FORMAT,
	    "t: line 4: extend_definition refers to definition oval:t:def:2, "
	    "which the document does not have" },
	{ "object missing",
	    DEFINITIONS(DEFINITION("1", CRITERION("1")))
		TESTS(TEST("1", OBJECT_REF("3"))),
	    ERR_FORMAT,
	    "t: line 7: test refers to object oval:t:obj:3, which the "
	    "document does not have" },
	{ "state missing",
	    DEFINITIONS(DEFINITION("1", CRITERION("1"))) TESTS(TEST("1",
		OBJECT_REF("1") STATE_REF("5"))) OBJECTS(OBJECT("1", NAMED)),
	    ERR_FORMAT,
	    "t: line 7: test refers to state oval:t:ste:5, which the "
	    "document does not have" },
	{ "variable missing",
	    DEFINITIONS(DEFINITION("1", CRITERION("1"))) TESTS(
		TEST("1", OBJECT_REF("1"))) OBJECTS(OBJECT("1", NAMED_BY("4"))),
	    ERR_FORMAT,
	    "t: line 10: object refers to variable oval:t:var:4, which the "
	    "document does not have" },
	{ "what nothing uses may lack its object",
	    DEFINITIONS(DEFINITION("1", CRITERION("1")))
		TESTS(TEST("1", OBJECT_REF("1"))) OBJECTS(OBJECT("1", NAMED))
		    VARIABLES(LOCAL("1", OF_OBJECT("6"))),
	    ERR_NONE, "" },
	{ "definition twice",
	    DEFINITIONS(
		DEFINITION("1", EXTEND("2")) DEFINITION("1", EXTEND("2"))),
	    ERR_FORMAT,
	    "t: line 5: definition oval:t:def:1 is in the document twice" },
	{ "test twice",
	    DEFINITIONS(DEFINITION("1", CRITERION("1")))
		TESTS(TEST("1", OBJECT_REF("1")) TEST("1", OBJECT_REF("1"))),
	    ERR_FORMAT,
	    "t: line 8: test oval:t:tst:1 is in the document twice" },
	{ "definition extends itself",
	    DEFINITIONS(DEFINITION("1", EXTEND("1"))), ERR_FORMAT,
	    "t: line 4: definition oval:t:def:1 refers to itself" },
	{ "definitions extend each other",
	    DEFINITIONS(DEFINITION("1", EXTEND("2"))
		    DEFINITION("2", EXTEND("3")) DEFINITION("3", EXTEND("1"))),
	    ERR_FORMAT, "t: line 4: definition oval:t:def:1 refers to itself" },
	{ "variable and object in a circle",
	    DEFINITIONS(DEFINITION("1", CRITERION("1"))) TESTS(
		TEST("1", OBJECT_REF("1"))) OBJECTS(OBJECT("1", NAMED_BY("1")))
		VARIABLES(LOCAL("1", OF_OBJECT("1"))),
	    ERR_FORMAT, "t: line 10: object oval:t:obj:1 refers to itself" },
	{ "variable of itself",
	    DEFINITIONS(DEFINITION("1", CRITERION("1")))
		TESTS(TEST("1", OBJECT_REF("1"))) OBJECTS(OBJECT("1", NAMED))
		    VARIABLES(LOCAL("1", OF_VARIABLE("1"))),
	    ERR_FORMAT, "t: line 13: variable oval:t:var:1 refers to itself" },
};

static void
test_refusal(void **state)
{
	const struct refusal_case *c = *state;
	struct family_text text = { "t", DOCUMENT_OVAL, NULL };
	struct family_world w;
	struct buf xml = { 0 };
	struct err e = { 0 };

	buf_printf(&xml, FAMILY_OVAL_DOCUMENT, "01", c->body);
	text.text = buf_str(&xml);
	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_string_equal(w.outcomes[0].error.msg, c->expect);
	assert_int_equal(w.outcomes[0].error.code, c->code);
	assert_int_equal(w.outcomes[0].refused, c->code != ERR_NONE);
	family_world_close(&w);
	buf_cleanup(&xml);
}

/* Criteria whose tests are not there: unknown, and counted. */
static void
test_missing(void **state)
{
	struct family_text text = { "t", DOCUMENT_OVAL, NULL };
	struct family_world w;
	struct buf xml = { 0 };
	struct err e = { 0 };
	char got[256];

	(void)state;
	buf_printf(&xml, FAMILY_OVAL_DOCUMENT, "01",
	    DEFINITIONS(DEFINITION("1", CRITERION("1")) DEFINITION("2",
		CRITERION("8")) DEFINITION("3", CRITERION("7") CRITERION("8")))
		TESTS(TEST("1", OBJECT_REF("1"))) OBJECTS(OBJECT("1", NAMED)));
	text.text = buf_str(&xml);
	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_false(w.outcomes[0].refused);
	assert_int_equal(w.outcomes[0].n_missing, 2);
	assert_string_equal(w.outcomes[0].missing,
	    "line 5: criterion refers to test oval:t:tst:8, which the "
	    "document does not have");
	family_world_query(&w, "SELECT id FROM test ORDER BY id", got, 256);
	assert_string_equal(got, "oval:t:tst:1;oval:t:tst:7;oval:t:tst:8;");
	/* The next publication has one of them. */
	buf_reset(&xml);
	buf_printf(&xml, FAMILY_OVAL_DOCUMENT, "02",
	    DEFINITIONS(
		DEFINITION("1", CRITERION("1")) DEFINITION("2", CRITERION("8")))
		TESTS(TEST("1", OBJECT_REF("1")) TEST("8", OBJECT_REF("1")))
		    OBJECTS(OBJECT("1", NAMED)));
	text.text = buf_str(&xml);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_int_equal(w.outcomes[0].n_missing, 0);
	assert_int_equal(w.outcomes[0].n_removed, 1);
	family_world_query(&w, "SELECT id FROM test ORDER BY id", got, 256);
	assert_string_equal(got, "oval:t:tst:1;oval:t:tst:8;");
	family_world_close(&w);
	buf_cleanup(&xml);
}

/* n definitions, each of which extends the next. */
static void
build_chain(unsigned n, struct index_outcome *outcome)
{
	struct family_text text = { "t", DOCUMENT_OVAL, NULL };
	struct buf body = { 0 }, xml = { 0 };
	struct family_world w;
	struct err e = { 0 };
	unsigned i;

	buf_add_str(&body, "<definitions>\n");
	for (i = 1; i < n; i++)
		buf_printf(&body,
		    "<definition class='patch' id='oval:t:def:%u' "
		    "version='1'><metadata><title>t</title><description/>"
		    "</metadata><criteria><extend_definition "
		    "definition_ref='oval:t:def:%u'/></criteria>"
		    "</definition>\n",
		    i, i + 1);
	buf_printf(&body,
	    "<definition class='patch' id='oval:t:def:%u' version='1'>"
	    "<metadata><title>t</title><description/></metadata>"
	    "</definition>\n</definitions>\n",
	    n);
	buf_printf(&xml, FAMILY_OVAL_DOCUMENT, "01", buf_str(&body));
	text.text = buf_str(&xml);
	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	*outcome = w.outcomes[0];
	family_world_close(&w);
	buf_cleanup(&body);
	buf_cleanup(&xml);
}

static void
test_chain(void **state)
{
	struct index_outcome outcome;

	(void)state;
	build_chain(256, &outcome);
	assert_string_equal(outcome.error.msg, "");
	assert_int_equal(outcome.n_records, 256);
	build_chain(257, &outcome);
	assert_int_equal(outcome.error.code, ERR_LIMIT);
	assert_string_equal(outcome.error.msg,
	    "t: line 260: definition oval:t:def:257: more than 256 references "
	    "behind each other");
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(refusals) + 2] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, refusals, test_refusal);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_chain);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_missing);
	return _cmocka_run_group_tests("oval_rows", tests, n, NULL, NULL);
}
