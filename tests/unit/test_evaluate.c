/* SPDX-License-Identifier: Apache-2.0 */
/* The test algorithm, states, criteria; what reports ask an evaluation. */
#include "tests/unit/oval_world.h"

#define ONE "check='at least one'"
#define NAMED(n, name) \
	W_OBJECT("linux", "dpkginfo", n, "<linux:name>" name "</linux:name>")
#define EVR(n, op, v)                                                       \
	W_STATE("linux", "dpkginfo", n, "",                                 \
	    "<linux:evr datatype='debian_evr_string' operation='" op "'>" v \
	    "</linux:evr>")
#define DPKG(n, attrs, refs) W_TEST("linux", "dpkginfo", n, attrs, refs)
#define O(n) W_OBJ("linux", n)
#define S(n) W_STE("linux", n)

/* --- check over items of one name: versions 1, 2, 3 stand for them --- */

#define CHECK(attrs)                             \
	W_TESTS(DPKG("1", attrs, O("1") S("1"))) \
	W_OBJECTS(NAMED("1", "a")) W_STATES(EVR("1", "less than", "2"))

static const struct oval_world_case check_rows[] = {
	{ "all: every item", CHECK("check='all'"),
	    { .packages = "dpkg a all 1;dpkg a all 0.5" }, "1=true" },
	{ "all: one item not", CHECK("check='all'"),
	    { .packages = "dpkg a all 1;dpkg a all 3" }, "1=false" },
	{ "all: no items", CHECK("check='all'"), { 0 }, "1=false" },
	{ "at least one", CHECK(ONE),
	    { .packages = "dpkg a all 1;dpkg a all 3" }, "1=true" },
	{ "only one", CHECK("check='only one'"),
	    { .packages = "dpkg a all 1;dpkg a all 3" }, "1=true" },
	{ "only one: two", CHECK("check='only one'"),
	    { .packages = "dpkg a all 1;dpkg a all 0.5" }, "1=false" },
	{ "none satisfy", CHECK("check='none satisfy'"),
	    { .packages = "dpkg a all 3" }, "1=true" },
	{ "none satisfy: one does", CHECK("check='none satisfy'"),
	    { .packages = "dpkg a all 1;dpkg a all 3" }, "1=false" },
	{ "none satisfy: no items", CHECK("check='none satisfy'"), { 0 },
	    "1=false" },
	{ "any exist: no items",
	    CHECK("check='all' check_existence='any_exist'"), { 0 }, "1=true" },
	{ "any exist: the states decide",
	    CHECK("check='all' check_existence='any_exist'"),
	    { .packages = "dpkg a all 3" }, "1=false" },
	{ "none exist: no items",
	    CHECK("check='all' check_existence='none_exist'"), { 0 },
	    "1=true" },
	{ "none exist: an item, whatever its state",
	    CHECK("check='all' check_existence='none_exist'"),
	    { .packages = "dpkg a all 1" }, "1=false" },
	{ "all exist: as at least one exists",
	    CHECK("check='all' check_existence='all_exist'"), { 0 },
	    "1=false" },
	{ "only one exists: two",
	    CHECK(ONE " check_existence='only_one_exists'"),
	    { .packages = "dpkg a all 1;dpkg a all 0.5" }, "1=false" },
	{ "any exist: no database",
	    CHECK("check='all' check_existence='any_exist'"),
	    { .databases = "dpkg none" }, "1=unknown" },
	{ "none exist: no database",
	    CHECK("check='all' check_existence='none_exist'"),
	    { .databases = "dpkg none" }, "1=unknown" },
	{ "incomplete: none exist and one does",
	    CHECK("check='all' check_existence='none_exist'"),
	    { .packages = "dpkg a all 1", .databases = "dpkg incomplete" },
	    "1=false" },
	{ "incomplete: none exist and none does",
	    CHECK("check='all' check_existence='none_exist'"),
	    { .databases = "dpkg incomplete" }, "1=unknown" },
	{ "incomplete: only one exists and two do",
	    CHECK(ONE " check_existence='only_one_exists'"),
	    { .packages = "dpkg a all 1;dpkg a all 1.1",
		.databases = "dpkg incomplete" },
	    "1=false" },
	{ "incomplete: only one exists and one does",
	    CHECK(ONE " check_existence='only_one_exists'"),
	    { .packages = "dpkg a all 1", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "incomplete: all, one item not", CHECK("check='all'"),
	    { .packages = "dpkg a all 3", .databases = "dpkg incomplete" },
	    "1=false" },
	{ "incomplete: all so far", CHECK("check='all'"),
	    { .packages = "dpkg a all 1", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "incomplete: at least one", CHECK(ONE),
	    { .packages = "dpkg a all 1", .databases = "dpkg incomplete" },
	    "1=true" },
	{ "incomplete: none so far", CHECK(ONE),
	    { .packages = "dpkg a all 3", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "incomplete: only one, two", CHECK("check='only one'"),
	    { .packages = "dpkg a all 1;dpkg a all 1.1",
		.databases = "dpkg incomplete" },
	    "1=false" },
	{ "incomplete: only one, none so far", CHECK("check='only one'"),
	    { .packages = "dpkg a all 3", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "incomplete: none satisfy, one does", CHECK("check='none satisfy'"),
	    { .packages = "dpkg a all 1", .databases = "dpkg incomplete" },
	    "1=false" },
	{ "incomplete: none satisfies so far", CHECK("check='none satisfy'"),
	    { .packages = "dpkg a all 3", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "incomplete: at least one exists, no state",
	    W_TESTS(DPKG("1", ONE, O("1"))) W_OBJECTS(NAMED("1", "a")),
	    { .packages = "dpkg a all 3", .databases = "dpkg incomplete" },
	    "1=true" },
};

/* --- states --- */

#define TWO_STATES(attrs)                                       \
	W_TESTS(DPKG("1", ONE " " attrs, O("1") S("1") S("2"))) \
	W_OBJECTS(NAMED("1", "a"))                              \
	W_STATES(EVR("1", "less than", "2") EVR("2", "greater than", "1"))
#define STATE(attrs, body)                     \
	W_TESTS(DPKG("1", ONE, O("1") S("1"))) \
	W_OBJECTS(NAMED("1", "a"))             \
	W_STATES(W_STATE("linux", "dpkginfo", "1", attrs, body))

/* The item's values are 1 and 2, and so are the variable's. */
#define MANY(attrs)                                                            \
	W_TESTS(W_TEST(                                                        \
	    "ind", "variable", "1", ONE, W_OBJ("ind", "1") W_STE("ind", "1"))) \
	W_OBJECTS(W_OBJECT("ind", "variable", "1",                             \
	    "<ind:var_ref>oval:t:var:1</ind:var_ref>"))                        \
	W_STATES(W_STATE("ind", "variable", "1", "",                           \
	    "<ind:value datatype='int' operation='equals' "                    \
	    "var_ref='oval:t:var:1' " attrs "/>"))                             \
	W_VARIABLES(W_CONSTANT("1", "int", "<value>1</value><value>2</value>"))

static const struct oval_world_case state_rows[] = {
	{ "no state: existence",
	    W_TESTS(DPKG("1", "check='all'", O("1")))
		W_OBJECTS(NAMED("1", "a")),
	    { .packages = "dpkg a all 1" }, "1=true" },
	{ "two states, AND", TWO_STATES(""), { .packages = "dpkg a all 1" },
	    "1=false" },
	{ "two states, AND, both", TWO_STATES(""),
	    { .packages = "dpkg a all 1.5" }, "1=true" },
	{ "two states, OR", TWO_STATES("state_operator='OR'"),
	    { .packages = "dpkg a all 1" }, "1=true" },
	{ "two states, XOR", TWO_STATES("state_operator='XOR'"),
	    { .packages = "dpkg a all 1.5" }, "1=false" },
	{ "two states, ONE", TWO_STATES("state_operator='ONE'"),
	    { .packages = "dpkg a all 3" }, "1=true" },
	{ "entities, AND",
	    STATE("",
		"<linux:arch>all</linux:arch>"
		"<linux:version>2</linux:version>"),
	    { .packages = "dpkg a all 1" }, "1=false" },
	{ "entities, OR",
	    STATE("operator='OR'",
		"<linux:arch>all</linux:arch>"
		"<linux:version>2</linux:version>"),
	    { .packages = "dpkg a all 1" }, "1=true" },
	{ "a state that asks for nothing", STATE("", ""),
	    { .packages = "dpkg a all 1" }, "1=true" },
	{ "an operation that the type does not have",
	    STATE("", "<linux:evr operation='less than'>2</linux:evr>"),
	    { .packages = "dpkg a all 1" }, "1=error" },
	{ "an entity that must not be there",
	    STATE("", "<linux:version check_existence='none_exist'/>"),
	    { .packages = "dpkg a all 1" }, "1=false" },
	/* Each value of the item meets all of the variable first. */
	{ "many values against many, none satisfy",
	    MANY("entity_check='all' var_check='none satisfy'"), { 0 },
	    "1=false" },
	{ "many values against many, only one",
	    MANY("entity_check='all' var_check='only one'"), { 0 }, "1=true" },
	{ "many values against many, at least one",
	    MANY("entity_check='all' var_check='at least one'"), { 0 },
	    "1=true" },
	{ "many values against many, all",
	    MANY("entity_check='at least one' var_check='all'"), { 0 },
	    "1=false" },
	{ "an entity without a value",
	    STATE("", "<linux:version xsi:nil='true'/>"),
	    { .packages = "dpkg a all 1" }, "1=not evaluated" },
};

/* --- criteria --- */

#define DEFINITION(n, body)                                            \
	"<definition id='oval:t:def:" n "' version='1' class='patch'>" \
	"<metadata><title>t</title><description/></metadata>" body     \
	"</definition>"
#define CRITERIA(attrs, body) "<criteria " attrs ">" body "</criteria>"
#define TRUE "<criterion test_ref='oval:t:tst:1'/>"
#define FALSE "<criterion test_ref='oval:t:tst:2'/>"
#define UNKNOWN "<criterion test_ref='oval:t:tst:3'/>"
#define ERROR "<criterion test_ref='oval:t:tst:4'/>"
#define NA "<criterion test_ref='oval:t:tst:5'/>"
#define MISSING "<criterion test_ref='oval:t:tst:7'/>"
#define NOT(n) "<criterion negate='true' test_ref='oval:t:tst:" n "'/>"
#define EXTEND(n, attrs) \
	"<extend_definition definition_ref='oval:t:def:" n "' " attrs "/>"
#define FIVE                                                              \
	W_TESTS(DPKG("1", ONE, O("1")) DPKG("2", ONE, O("2")) W_TEST(     \
	    "ind", "unknown", "3", ONE, "") DPKG("4", ONE, O("1") S("4")) \
		W_TEST("unix", "uname", "5", ONE, W_OBJ("unix", "5")))    \
	W_OBJECTS(NAMED("1", "a") NAMED("2", "b")                         \
		W_OBJECT("unix", "uname", "5", ""))                       \
	W_STATES(W_STATE("linux", "dpkginfo", "4", "",                    \
	    "<linux:evr operation='less than'>2</linux:evr>"))
#define TREE(body) "<definitions>" DEFINITION("1", body) "</definitions>" FIVE
#define A_ALL                              \
	{                                  \
		.packages = "dpkg a all 1" \
	}

static const struct oval_world_case criteria_rows[] = {
	{ "AND", TREE(CRITERIA("", TRUE FALSE ERROR)), A_ALL, "1=false" },
	{ "AND of true", TREE(CRITERIA("", TRUE NA)), A_ALL, "1=true" },
	{ "AND, error before unknown", TREE(CRITERIA("", TRUE UNKNOWN ERROR)),
	    A_ALL, "1=error" },
	{ "OR", TREE(CRITERIA("operator='OR'", ERROR TRUE)), A_ALL, "1=true" },
	{ "OR of nothing true", TREE(CRITERIA("operator='OR'", FALSE NA)),
	    A_ALL, "1=false" },
	{ "ONE", TREE(CRITERIA("operator='ONE'", TRUE FALSE)), A_ALL,
	    "1=true" },
	{ "ONE of two", TREE(CRITERIA("operator='ONE'", TRUE TRUE UNKNOWN)),
	    A_ALL, "1=false" },
	{ "XOR of three", TREE(CRITERIA("operator='XOR'", TRUE TRUE TRUE)),
	    A_ALL, "1=true" },
	{ "nothing applies", TREE(CRITERIA("", NA NA)), A_ALL,
	    "1=not applicable" },
	{ "negated criterion", TREE(CRITERIA("", NOT("2"))), A_ALL, "1=true" },
	{ "negated unknown", TREE(CRITERIA("", NOT("3"))), A_ALL, "1=unknown" },
	{ "negated criteria",
	    TREE(CRITERIA("negate='true' operator='OR'", FALSE FALSE)), A_ALL,
	    "1=true" },
	{ "nested",
	    TREE(CRITERIA("operator='OR'",
		CRITERIA("", TRUE FALSE)
		    CRITERIA("", TRUE CRITERIA("operator='OR'", FALSE TRUE)))),
	    A_ALL, "1=true" },
	{ "no criteria", TREE(""), A_ALL, "1=not evaluated" },
	{ "a test that the document lacks", TREE(CRITERIA("", TRUE MISSING)),
	    A_ALL, "1=unknown" },
	{ "a test that it lacks, negated", TREE(CRITERIA("", TRUE NOT("7"))),
	    A_ALL, "1=unknown" },
	{ "a test that it lacks beside one that decides",
	    TREE(CRITERIA("", FALSE MISSING)), A_ALL, "1=false" },
	{ "the kernel is not known",
	    TREE(CRITERIA("", TRUE CRITERIA("", NA UNKNOWN))), A_ALL,
	    "1=unknown" },
	{ "extended, forward and negated",
	    "<definitions>" DEFINITION("1",
		CRITERIA("",
		    EXTEND("2", "negate='true'")
			EXTEND("3", ""))) DEFINITION("2",
		CRITERIA("", FALSE)) DEFINITION("3",
		CRITERIA("",
		    EXTEND("2",
			"negate='true' applicability_check='true'"))) "</definitions>" FIVE,
	    A_ALL, "1=true 2=false 3=true" },
	{ "extended without criteria",
	    "<definitions>" DEFINITION("1", CRITERIA("", TRUE EXTEND("2", "")))
		DEFINITION("2", "") "</definitions>" FIVE,
	    A_ALL, "1=not evaluated 2=not evaluated" },
};

/* --- what is refused when it is indexed --- */

struct refused_case {
	const char *name;
	const char *body;
	const char *expect;
};

static const struct refused_case refused_rows[] = {
	{ "a definition that extends itself",
	    "<definitions>" DEFINITION("1", CRITERIA("", EXTEND("2", "")))
		DEFINITION(
		    "2", CRITERIA("", EXTEND("1", ""))) "</definitions>" FIVE,
	    "itself" },
	{ "a set that is part of itself",
	    W_TESTS(DPKG("1", ONE, O("1")))
		W_OBJECTS(W_OBJECT("linux", "dpkginfo", "1",
		    "<set><object_reference>oval:t:obj:1</object_reference>"
		    "</set>")),
	    "itself" },
	{ "a variable that is computed from itself",
	    W_TESTS(W_TEST("ind", "variable", "1", ONE, W_OBJ("ind", "1")))
		W_OBJECTS(W_OBJECT("ind", "variable", "1",
		    "<ind:var_ref>oval:t:var:1</ind:var_ref>"))
		    W_VARIABLES(W_LOCAL("1", "string",
			"<variable_component var_ref='oval:t:var:1'/>")),
	    "itself" },
};

static void
test_refused(void **state)
{
	const struct refused_case *c = *state;
	struct oval_world w;
	struct err e = { 0 };

	assert_int_equal(oval_world_open(&w, c->body, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	if (strstr(e.msg, c->expect) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.msg, c->expect);
	oval_world_close(&w);
}

/* --- the kernel --- */

#define KERNEL_WORLD                                                           \
	"<definitions>" DEFINITION(                                            \
	    "1", CRITERIA("", TRUE CRITERIA("", NA VARIABLE)))                 \
	    DEFINITION("2", CRITERIA("", TRUE UNKNOWN VARIABLE)) DEFINITION(   \
		"3", CRITERIA("", TRUE EXTEND("1", ""))) DEFINITION("4",       \
		CRITERIA("", FALSE VARIABLE)) DEFINITION("5",                  \
		CRITERIA("", UNKNOWN)) "</definitions>" W_TESTS(DPKG("1", ONE, \
		O("1")) DPKG("2", ONE, O("2")) W_TEST("ind", "unknown", "3",   \
		ONE, "") W_TEST("unix", "uname", "5", ONE, W_OBJ("unix", "5")) \
		    W_TEST("ind", "variable", "6", ONE, W_OBJ("ind", "6")))    \
		W_OBJECTS(NAMED("1", "a") NAMED("2", "b") W_OBJECT(            \
		    "unix", "uname", "5", "") W_OBJECT("ind", "variable", "6", \
		    "<ind:var_ref>oval:t:var:1</ind:var_ref>"))                \
		    W_VARIABLES(W_LOCAL("1", "string",                         \
			"<concat><literal_component>0:</literal_component>"    \
			"<object_component object_ref='oval:t:obj:5' "         \
			"item_field='os_release'/></concat>"))
#define VARIABLE "<criterion test_ref='oval:t:tst:6'/>"

static void
test_kernel(void **state)
{
	static const struct oval_world_system spec = A_ALL;
	struct oval_world w;
	struct evaluation *ev;
	struct buf got = { 0 };
	struct err e;
	uint32_t ord;
	char id[] = "oval:t:def:0";

	(void)state;
	if (oval_world_open(&w, KERNEL_WORLD, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	if (evaluation_run(&ev, w.machine, &w.system, EVALUATE_FAST, &e) != 0)
		fail_msg("%s", e.msg);
	for (id[11] = '1'; id[11] <= '5'; id[11]++) {
		ord = machine_find_definition(w.machine, span_of(id), &e);
		buf_printf(&got, "%c=%s%s ", id[11],
		    result_name(evaluation_definition(ev, ord)),
		    evaluation_is_kernel(ev, ord) ? ", kernel" : "");
	}
	assert_string_equal(buf_str(&got),
	    "1=unknown, kernel 2=unknown 3=unknown, kernel 4=false "
	    "5=unknown ");
	buf_cleanup(&got);
	evaluation_free(ev);
	oval_world_close(&w);
}

/* --- content that doubles at every step --- */

#define STEPS 100

static void
doubling_document(struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<definitions>");
	buf_add_str(b, DEFINITION("1", CRITERIA("", UNKNOWN)));
	for (i = 2; i <= STEPS; i++)
		buf_printf(b,
		    "<definition id='oval:t:def:%u' version='1' "
		    "class='patch'><metadata><title>t</title><description/>"
		    "</metadata><criteria><extend_definition "
		    "definition_ref='oval:t:def:%u'/><extend_definition "
		    "definition_ref='oval:t:def:%u'/></criteria>"
		    "</definition>",
		    i, i - 1, i - 1);
	buf_add_str(b, "</definitions>");
	buf_add_str(b,
	    W_TESTS(W_TEST("ind", "unknown", "3", ONE, "")
		    W_TEST("ind", "variable", "6", ONE, W_OBJ("ind", "6"))));
	buf_printf(b,
	    "<objects><ind:variable_object id='oval:t:obj:6' version='1'>"
	    "<ind:var_ref>oval:t:var:%u</ind:var_ref></ind:variable_object>"
	    "</objects><variables>",
	    STEPS);
	buf_add_str(b, W_CONSTANT("1", "string", "<value>x</value>"));
	for (i = 2; i <= STEPS; i++)
		buf_printf(b,
		    "<local_variable id='oval:t:var:%u' version='1' "
		    "comment='t' datatype='string'><concat>"
		    "<variable_component var_ref='oval:t:var:%u'/>"
		    "<variable_component var_ref='oval:t:var:%u'/>"
		    "</concat></local_variable>",
		    i, i - 1, i - 1);
	buf_add_str(b, "</variables>");
}

static void
test_doubling(void **state)
{
	static const struct oval_world_system spec = { 0 };
	struct buf body = { 0 };
	struct oval_world w;
	struct evaluation *ev;
	struct err e;
	uint32_t ord;

	(void)state;
	doubling_document(&body);
	if (oval_world_open(&w, buf_str(&body), &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	if (evaluation_run(&ev, w.machine, &w.system, EVALUATE_PLAIN, &e) != 0)
		fail_msg("%s", e.msg);
	ord =
	    machine_find_definition(w.machine, SPAN_LIT("oval:t:def:100"), &e);
	assert_int_equal(evaluation_definition(ev, ord), RESULT_UNKNOWN);
	assert_false(evaluation_is_kernel(ev, ord));
	/* The second test is the variable's: too long a text. */
	assert_int_equal(evaluation_test(ev, 1), RESULT_ERROR);
	evaluation_free(ev);
	oval_world_close(&w);
	buf_cleanup(&body);
}

/* --- what reports ask --- */

#define REPORT                                                                \
	W_TESTS(DPKG("1", ONE, O("1") S("1")))                                \
	W_OBJECTS(W_OBJECT("linux", "dpkginfo", "1",                          \
	    "<linux:name var_ref='oval:t:var:1' var_check='at least one'/>")) \
	W_STATES(EVR("1", "less than", "2"))                                  \
	W_VARIABLES(                                                          \
	    W_CONSTANT("1", "string", "<value>a</value><value>b</value>"))

static int
print_comparison(void *ctx, const struct comparison *c, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, " %.*s: %.*s %s %.*s = %s", SPAN_ARG(c->entity->name),
	    SPAN_ARG(c->collected), oval_operation_name(c->entity->operation),
	    SPAN_ARG(c->stated), result_name(c->result));
	return 0;
}

static void
print_item(struct buf *b, struct evaluation *ev, const struct item *item)
{
	struct err e;
	size_t i;

	buf_printf(b, "\nitem %u %s %s:", item->id, oval_kind_name(item->kind),
	    item_status_name(item->status));
	for (i = 0; i < item->n_entities; i++)
		buf_printf(b, " %.*s=%.*s", SPAN_ARG(item->entities[i].name),
		    SPAN_ARG(item->entities[i].value));
	buf_printf(b, " -> %s", result_name(evaluation_item(ev, 0, item, &e)));
	if (evaluation_compare(ev, 0, item, print_comparison, b, &e) != 0)
		fail_msg("%s", e.msg);
}

static void
test_report(void **state)
{
	static const struct oval_world_system spec = {
		.packages = "dpkg a all 3;dpkg b amd64 1:1-1"
	};
	const struct collected *c;
	struct oval_world w;
	struct evaluation *ev;
	struct buf got = { 0 };
	struct err e;
	size_t i;

	(void)state;
	if (oval_world_open(&w, REPORT, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	if (evaluation_run(&ev, w.machine, &w.system, EVALUATE_PLAIN, &e) != 0)
		fail_msg("%s", e.msg);
	c = evaluation_object(ev, 0, &e);
	assert_non_null(c);
	buf_printf(&got, "%s, values", flag_name(c->flag));
	for (i = 0; i < c->n_values; i++)
		buf_printf(&got, " %.*s", SPAN_ARG(c->values[i].value));
	for (i = 0; i < c->n_items; i++)
		print_item(&got, ev, c->items[i]);
	assert_string_equal(buf_str(&got),
	    "complete, values a b"
	    "\nitem 1 dpkginfo exists: name=a arch=all epoch=(none) release= "
	    "version=3 evr=0:3 -> false evr: 0:3 less than 2 = false"
	    "\nitem 2 dpkginfo exists: name=b arch=amd64 epoch=1 release=1 "
	    "version=1 evr=1:1-1 -> false evr: 1:1-1 less than 2 = false");
	assert_ptr_equal(c->items[0]->package, &w.system.packages[0]);
	buf_cleanup(&got);
	evaluation_free(ev);
	oval_world_close(&w);
}

/* Comments, titles and sources of a definition come from the stored text. */
static void
test_text(void **state)
{
	struct oval_definition d;
	struct arena a = { 0 };
	struct oval_world w;
	struct err e;

	(void)state;
	if (oval_world_open(&w,
		"<definitions><definition id='oval:t:def:1' version='3' "
		"class='patch'><metadata><title>a title</title>"
		"<description>words</description></metadata><criteria>"
		"<criterion test_ref='oval:t:tst:1' comment='why'/>"
		"</criteria></definition></definitions>" FIVE,
		&e) != 0)
		fail_msg("%s", e.msg);
	if (machine_definition_text(w.machine, 0, &a, &d, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(span_is(d.metadata.title, "a title"));
	assert_true(span_is(d.metadata.description, "words"));
	assert_true(span_is(d.nodes[0].comment, "why"));
	assert_int_equal(
	    machine_find_definition(w.machine, SPAN_LIT("oval:t:def:2"), &e),
	    OVAL_ORD_NONE);
	assert_null(machine_definition(w.machine, 7, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg, "the index is damaged: no definition 7");
	arena_cleanup(&a);
	oval_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[128];
	size_t n = 0;

	TABLE_ADD(tests, &n, check_rows, oval_world_test);
	TABLE_ADD(tests, &n, state_rows, oval_world_test);
	TABLE_ADD(tests, &n, criteria_rows, oval_world_test);
	TABLE_ADD(tests, &n, refused_rows, test_refused);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_kernel);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_doubling);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_report);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_text);
	return _cmocka_run_group_tests("evaluate", tests, n, NULL, NULL);
}
