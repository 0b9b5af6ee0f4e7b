/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of packages gives the same records, byte for byte, as judging
 * each image as a whole; and is not asked where that is not sure.
 * SCAPCACHE_ROUNDS=N and SCAPCACHE_SEED=N widen or repeat the random part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/memo_world.h"
#include "tests/unit/random_oval.h"

#define ROUNDS 40
#define SYSTEMS 25 /* of one document, one after the other */
#define NAMES 10u
#define TESTS 24u
#define DEFINITIONS 24u

/* --- what is separable --- */

#define NAME(n, name) \
	W_OBJECT("linux", "dpkginfo", n, "<linux:name>" name "</linux:name>")
#define OLDER(n, version)                                              \
	W_STATE("linux", "dpkginfo", n, "",                            \
	    "<linux:evr datatype='debian_evr_string' operation='less " \
	    "than'>" version "</linux:evr>")
#define TEST(n, attrs)                        \
	W_TEST("linux", "dpkginfo", n, attrs, \
	    W_OBJ("linux", n) W_STE("linux", n))
#define T(n) "<criterion test_ref='oval:t:tst:" n "'/>"
#define T_NOT(n) "<criterion negate='true' test_ref='oval:t:tst:" n "'/>"
#define E(n) "<extend_definition definition_ref='oval:t:def:" n "'/>"
#define C(op, body) "<criteria operator='" op "'>" body "</criteria>"
#define DEF(n, class, criteria)                                        \
	"<definition id='oval:t:def:" n                                \
	"' version='1' class='" class "'><metadata><title>CVE-2024-" n \
				      "</title><description/>"         \
				      "</metadata>" criteria "</definition>"
#define ONE "check='at least one'"
#define VARIABLE     \
	W_VARIABLES( \
	    W_CONSTANT("1", "string", "<value>a</value><value>b</value>"))
#define NAME_VAR(n)                               \
	W_OBJECT("linux", "dpkginfo", n,          \
	    "<linux:name var_ref='oval:t:var:1' " \
	    "var_check='at least one'/>")
#define NAME_ANY(n)                      \
	W_OBJECT("linux", "dpkginfo", n, \
	    "<linux:name operation='pattern match'>^a</linux:name>")
#define UNKNOWN W_TEST("ind", "unknown", "9", ONE, "")

#define DOCUMENT(definitions, tests, objects)              \
	"<definitions>" definitions                        \
	"</definitions>" W_TESTS(tests) W_OBJECTS(objects) \
	    W_STATES(OLDER("1", "0:2") OLDER("2", "0:2") OLDER("3", "0:2"))
#define OBJECTS NAME("1", "a") NAME("2", "b") NAME("3", "x-release")
#define THREE(attrs) TEST("1", attrs) TEST("2", attrs) TEST("3", attrs)

struct memo_case {
	const char *name;
	const char *body;
	bool by_package;
};

static const struct memo_case cases[] = {
	{ "a package",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))), THREE(ONE),
		OBJECTS),
	    true },
	{ "either package",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1") T("2"))),
		THREE(ONE), OBJECTS),
	    true },
	{ "both packages",
	    DOCUMENT(DEF("1", "vulnerability", C("AND", T("1") T("2"))),
		THREE(ONE), OBJECTS),
	    false },
	{ "one of them only",
	    DOCUMENT(DEF("1", "vulnerability", C("ONE", T("1") T("2"))),
		THREE(ONE), OBJECTS),
	    false },
	{ "one and not the other",
	    DOCUMENT(DEF("1", "vulnerability", C("AND", T("1") T_NOT("2"))),
		THREE(ONE), OBJECTS),
	    false },
	{ "a package twice",
	    DOCUMENT(DEF("1", "vulnerability", C("AND", T("1") T("1"))),
		THREE(ONE), OBJECTS),
	    true },
	{ "all builds of a package",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1") T("2"))),
		THREE("check='all'"), OBJECTS),
	    true },
	{ "where it is missing",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))),
		THREE(ONE " check_existence='none_exist'"), OBJECTS),
	    false },
	{ "whether it is there or not",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))),
		THREE(ONE " check_existence='any_exist'"), OBJECTS),
	    false },
	{ "of a release's package",
	    DOCUMENT(DEF("1", "vulnerability",
			 C("AND", T("3") C("OR", T("1") T("2")))),
		THREE(ONE), OBJECTS),
	    false }, /* it would be a finding */
	{ "of a definition",
	    DOCUMENT(DEF("1", "vulnerability", C("AND", E("2") T("1")))
			 DEF("2", "inventory", C("OR", T("9"))),
		THREE(ONE) UNKNOWN, OBJECTS),
	    false }, /* unknown */
	{ "of a definition that asks for a package",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", E("2") T("1")))
			 DEF("2", "inventory", C("OR", T("2"))),
		THREE(ONE), OBJECTS),
	    false },
	{ "names of a variable",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))), TEST("1", ONE),
		NAME_VAR("1")) VARIABLE,
	    true },
	{ "all of the names of a variable",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))),
		TEST("1", "check='all'"), NAME_VAR("1")) VARIABLE,
	    false },
	{ "names like that",
	    DOCUMENT(DEF("1", "vulnerability", C("OR", T("1"))), TEST("1", ONE),
		NAME_ANY("1")),
	    false },
};

static const char *const images[] = {
	"dpkg a amd64 1;dpkg b amd64 1;dpkg x-release all 1",
	"dpkg a amd64 1;dpkg b amd64 3;dpkg x-release all 1",
	"dpkg a amd64 3;dpkg b amd64 1;dpkg x-release all 1",
	"dpkg a amd64 1;dpkg a i386 3;dpkg b amd64 1;dpkg x-release all 1",
};

static void
test_case(void **state)
{
	const struct memo_case *c = *state;
	struct world w;
	size_t i;

	world_open(&w, c->body);
	for (i = 0; i < TABLE_N(images); i++) {
		const struct oval_world_system spec = { .packages = images[i] };

		assert_int_equal(
		    judge_both(&w, &spec, images[i]), c->by_package);
	}
	world_close(&w);
}

/* --- images that are judged as a whole --- */

static const struct oval_world_system wholes[] = {
	{ .packages = "" },
	{ .packages = "dpkg a amd64 1;rpm a x86_64 1" },
	{ .packages = "dpkg a amd64 1", .databases = "dpkg incomplete" },
	{ .packages = "dpkg a amd64 1", .is_oci_manifest = true },
};

static void
test_wholes(void **state)
{
	const struct oval_world_system good = { .packages = images[0] };
	struct world w;
	size_t i;

	(void)state;
	world_open(&w, cases[0].body);
	for (i = 0; i < TABLE_N(wholes); i++)
		assert_false(judge_both(&w, &wholes[i], "whole"));
	assert_true(judge_both(&w, &good, "by package"));
	w.options.mode = EVALUATE_PLAIN;
	assert_false(judge_both(&w, &good, "plain"));
	world_close(&w);
}

#define OF_MODULE                                                             \
	"<definitions>" DEF("1", "patch",                                     \
	    C("AND", T("1") T("2"))) "</definitions>" W_TESTS(W_TEST("ind",   \
	    "textfilecontent54", "1", "check='all'",                          \
	    W_OBJ("ind", "1") W_STE("ind", "1")) W_TEST("linux", "rpminfo",   \
	    "2", ONE,                                                         \
	    W_OBJ("linux", "2") W_STE("linux",                                \
		"2"))) W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",    \
	    "<ind:filepath>/etc/dnf/modules.d/m.module</ind:filepath>"        \
	    "<ind:pattern operation='pattern match'>[\\w\\W]+</ind:pattern>"  \
	    "<ind:instance datatype='int'>1</ind:instance>")                  \
		W_OBJECT("linux", "rpminfo", "2",                             \
		    "<linux:name>a</linux:name>")) W_STATES(W_STATE("ind",    \
	    "textfilecontent54", "1", "",                                     \
	    "<ind:text operation='pattern match'>\\nstream=18\\n</ind:text>") \
		W_STATE("linux", "rpminfo", "2", "",                          \
		    "<linux:evr datatype='evr_string' operation='less than'"  \
		    ">0:2-1</linux:evr>"))

/* One package's label says of another's erratum that its module is enabled. */
static void
test_label(void **state)
{
	struct oval_world_system spec = { .packages = "rpm a x86_64 0:1-1" };
	struct world w;

	(void)state;
	world_open(&w, OF_MODULE);
	w.os = "rhel";
	w.w.index.families[0].documents[0].distribution = span_of(w.os);
	assert_true(judge_both(&w, &spec, "of no module"));
	spec.packages = "rpm a x86_64 0:1-1;rpm b x86_64 0:1-1";
	w.label = "m:18:80:ab";
	assert_false(judge_both(&w, &spec, "of a module"));
	world_close(&w);
}

#define TEST_OF(n, object)                  \
	W_TEST("linux", "dpkginfo", n, ONE, \
	    W_OBJ("linux", object) W_STE("linux", object))
#define MANY 129 /* squared it is more than half of EVIDENCE_MAX */

static void
add_builds(struct buf *b, const char *name)
{
	unsigned i;

	for (i = 0; i < MANY; i++)
		buf_printf(
		    b, "%sdpkg %s m%u 1", b->len > 0 ? ";" : "", name, i);
}

/* Each with tests of its own: what many refer to is a condition. */
static void
many_definitions(struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<definitions>");
	for (i = 1; i <= MANY; i++)
		buf_printf(b,
		    DEF("%u", "vulnerability", C("OR", T("1%u") T("2%u"))), i,
		    i, i, i);
	buf_add_str(b, "</definitions><tests>");
	for (i = 1; i <= MANY; i++)
		buf_printf(b, TEST_OF("1%u", "1") TEST_OF("2%u", "2"), i, i);
	buf_add_str(b,
	    "</tests>" W_OBJECTS(OBJECTS)
		W_STATES(OLDER("1", "0:2") OLDER("2", "0:2")));
}

/* What a scan cuts off is cut off here, too. */
static void
test_too_much(void **state)
{
	static const struct {
		const char *first;
		const char *second;
		bool by_package;
	} rows[] = {
		{ "a", NULL, true },
		{ "b", NULL, true },
		{ "a", "b", false },
	};
	struct buf packages = { 0 };
	struct buf body = { 0 };
	struct world w;
	unsigned i;

	(void)state;
	many_definitions(&body);
	world_open(&w, buf_str(&body));
	for (i = 0; i < TABLE_N(rows); i++) {
		struct oval_world_system spec = { 0 };

		buf_reset(&packages);
		add_builds(&packages, rows[i].first);
		if (rows[i].second != NULL)
			add_builds(&packages, rows[i].second);
		spec.packages = buf_str(&packages);
		assert_int_equal(
		    judge_both(&w, &spec, rows[i].first), rows[i].by_package);
	}
	world_close(&w);
	buf_cleanup(&packages);
	buf_cleanup(&body);
}

/* Each package is judged once; other options are other answers. */
static void
test_once(void **state)
{
	struct oval_world_system spec = { .packages = images[0] };
	struct world w;

	(void)state;
	world_open(&w, cases[1].body);
	assert_true(judge_both(&w, &spec, "first"));
	assert_true(judge_both(&w, &spec, "again"));
	assert_int_equal(scan_memo_stats(w.memo).n_runs, 1);
	assert_int_equal(scan_memo_stats(w.memo).n_packages, 3);
	spec.packages = images[1];
	assert_true(judge_both(&w, &spec, "another b"));
	assert_int_equal(scan_memo_stats(w.memo).n_packages, 4);
	w.options.fail_on_set = true;
	w.options.fail_on = SEVERITY_HIGH;
	assert_true(judge_both(&w, &spec, "--fail-on"));
	assert_int_equal(scan_memo_stats(w.memo).n_packages, 7);
	spec.files[0] = (struct oval_world_file){ "/etc/release", "focal" };
	assert_true(judge_both(&w, &spec, "another file"));
	assert_int_equal(scan_memo_stats(w.memo).n_packages, 10);
	world_close(&w);
}

/* --- random documents --- */

static void
add_tests(struct random *r, struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<tests>");
	for (i = 1; i <= TESTS; i++)
		buf_printf(b,
		    "<linux:dpkginfo_test id='oval:t:tst:%u' version='1' "
		    "comment='t' check='%s' check_existence='%s'>"
		    "<linux:object object_ref='oval:t:obj:%u'/>"
		    "<linux:state state_ref='oval:t:ste:%u'/>"
		    "</linux:dpkginfo_test>",
		    i,
		    random_below(r, 40) == 0 ? random_check(r) : "at least one",
		    random_below(r, 150) == 0
			? RANDOM_WORD(r, "any_exist", "none_exist")
			: "at_least_one_exists",
		    i, random_below(r, 4) + 1);
	buf_add_str(b,
	    W_TEST("ind", "textfilecontent54", "100", ONE,
		W_OBJ("ind", "100") W_STE("ind", "100")) "</tests>");
}

static void
add_objects(struct random *r, struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<objects>");
	for (i = 1; i <= TESTS; i++) {
		buf_printf(b,
		    "<linux:dpkginfo_object id='oval:t:obj:%u' version='1'>",
		    i);
		if (random_below(r, 5) == 0)
			buf_printf(b,
			    "<linux:name var_ref='oval:t:var:%u' "
			    "var_check='at least one'/>",
			    random_below(r, 4) + 1);
		else
			buf_printf(b, "<linux:name>n%u</linux:name>",
			    random_below(r, NAMES));
		buf_add_str(b, "</linux:dpkginfo_object>");
	}
	buf_add_str(b,
	    W_OBJECT("ind", "textfilecontent54", "100",
		"<ind:filepath>/etc/release</ind:filepath>"
		"<ind:pattern operation='pattern match'>^(.*)$"
		"</ind:pattern><ind:instance datatype='int'>1"
		"</ind:instance>") "</objects>");
}

static void
add_states(struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<states>");
	for (i = 1; i <= 4; i++)
		buf_printf(b,
		    "<linux:dpkginfo_state id='oval:t:ste:%u' version='1'>"
		    "<linux:evr datatype='debian_evr_string' "
		    "operation='less than'>0:%u</linux:evr>"
		    "</linux:dpkginfo_state>",
		    i, i);
	buf_add_str(b,
	    W_STATE("ind", "textfilecontent54", "100", "",
		"<ind:subexpression>focal</ind:subexpression>") "</states>");
}

static void
add_variables(struct random *r, struct buf *b)
{
	unsigned i, n;

	buf_add_str(b, "<variables>");
	for (i = 1; i <= 4; i++) {
		buf_printf(b,
		    "<constant_variable id='oval:t:var:%u' version='1' "
		    "comment='t' datatype='string'>",
		    i);
		for (n = random_below(r, 3) + 1; n > 0; n--)
			buf_printf(
			    b, "<value>n%u</value>", random_below(r, NAMES));
		buf_add_str(b, "</constant_variable>");
	}
	buf_add_str(b, "</variables>");
}

static void
add_criteria(struct random *r, struct buf *b, unsigned depth)
{
	unsigned n = random_below(r, 3) + 1;

	buf_printf(b, "<criteria operator='%s' negate='%s'>",
	    random_below(r, 40) == 0 ? RANDOM_WORD(r, "AND", "ONE", "XOR")
				     : "OR",
	    random_below(r, 200) == 0 ? "true" : "false");
	for (; n > 0; n--)
		if (depth < 2 && random_below(r, 4) == 0)
			add_criteria(r, b, depth + 1);
		else
			buf_printf(b,
			    "<criterion negate='%s' "
			    "test_ref='oval:t:tst:%u'/>",
			    random_below(r, 200) == 0 ? "true" : "false",
			    random_below(r, TESTS) + 1);
	buf_add_str(b, "</criteria>");
}

/* Some beside each other that are separable, and some that are not. */
static void
add_document(struct random *r, struct buf *b)
{
	unsigned i;

	buf_add_str(
	    b, "<definitions>" DEF("1000", "inventory", C("OR", T("100"))));
	for (i = 1; i <= DEFINITIONS; i++) {
		buf_printf(b,
		    "<definition id='oval:t:def:%u' version='1' class='%s'>"
		    "<metadata><title>CVE-2024-%u</title><description/>"
		    "</metadata><criteria>%s",
		    i, RANDOM_WORD(r, "vulnerability", "patch"), i / 2,
		    random_below(r, 10) == 0 ? "" : E("1000"));
		add_criteria(r, b, 0);
		buf_add_str(b, "</criteria></definition>");
	}
	buf_add_str(b, "</definitions>");
	add_tests(r, b);
	add_objects(r, b);
	add_states(b);
	add_variables(r, b);
}

static void
add_packages(struct random *r, struct buf *b)
{
	const char *kind = random_below(r, 8) == 0 ? "rpm" : "dpkg";
	unsigned n = random_below(r, 6) + 1;

	buf_reset(b);
	for (; n > 0; n--)
		buf_printf(b, "%s n%u %s %u;", kind, random_below(r, NAMES + 2),
		    RANDOM_WORD(r, "all", "amd64"), random_below(r, 5));
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void
random_round(uint64_t seed, void (*document)(struct random *r, struct buf *b),
    size_t n[2])
{
	struct random r = { seed };
	struct buf packages = { 0 };
	struct buf body = { 0 };
	struct world w;
	char what[64];
	unsigned i;

	document(&r, &body);
	world_open(&w, buf_str(&body));
	for (i = 0; i < SYSTEMS; i++) {
		struct oval_world_system spec = { 0 };

		add_packages(&r, &packages);
		spec.packages = buf_str(&packages);
		if (random_below(&r, 5) > 0)
			spec.files[0] =
			    (struct oval_world_file){ "/etc/release", "focal" };
		snprintf(what, sizeof(what), "SCAPCACHE_SEED=%llu, image %u",
		    (unsigned long long)seed, i);
		n[judge_both(&w, &spec, what)]++;
	}
	world_close(&w);
	buf_cleanup(&packages);
	buf_cleanup(&body);
}

static void
test_random(void **state)
{
	uint64_t rounds = setting("SCAPCACHE_ROUNDS", ROUNDS);
	uint64_t seed = setting("SCAPCACHE_SEED", 1);
	size_t n[2] = { 0, 0 };
	size_t whole[2] = { 0, 0 };
	uint64_t i;

	(void)state;
	for (i = 0; i < rounds; i++) {
		random_round(seed + i, add_document, n);
		random_round(seed + i, random_document, whole);
	}
	print_message("%zu images by package, %zu as a whole; of the whole "
		      "language %zu and %zu\n",
	    n[1], n[0], whole[1], whole[0]);
	if (rounds < ROUNDS)
		return;
	assert_true(n[1] > 50);
	assert_true(n[0] > 50);
	assert_true(whole[0] > 50);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 5];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_wholes);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_label);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_too_much);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_once);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_random);
	return cmocka_run_group_tests_name("scan_memo", tests, NULL, NULL);
}
