/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that stays open for many systems judges each as one that was
 * opened for it alone, in any order.
 */
#include "tests/unit/oval_world.h"

#define OBJECT(n, name) \
	W_OBJECT("linux", "dpkginfo", n, "<linux:name>" name "</linux:name>")
#define STATE(n, version)                                              \
	W_STATE("linux", "dpkginfo", n, "",                            \
	    "<linux:evr datatype='debian_evr_string' operation='less " \
	    "than'>" version "</linux:evr>")
#define TEST(n)                                                \
	W_TEST("linux", "dpkginfo", n, "check='at least one'", \
	    W_OBJ("linux", n) W_STE("linux", n))
#define CRITERION(n) "<criterion test_ref='oval:t:tst:" n "'/>"
#define DEFINITION(n, criteria)                                      \
	"<definition id='oval:t:def:" n "' version='1' "             \
	"class='vulnerability'><metadata><title>CVE-" n "</title>"   \
	"<description/></metadata><criteria operator='OR'>" criteria \
	"</criteria></definition>"
#define BODY                                                                  \
	"<definitions>" DEFINITION("1", CRITERION("1")) DEFINITION(           \
	    "2", CRITERION("2") CRITERION("3"))                               \
	    DEFINITION("3", CRITERION("3")) "</definitions>" W_TESTS(         \
		TEST("1") TEST("2") TEST("3"))                                \
		W_OBJECTS(OBJECT("1", "a") OBJECT("2", "b") OBJECT("3", "c")) \
		    W_STATES(                                                 \
			STATE("1", "0:1") STATE("2", "0:2") STATE("3", "0:3"))

struct keep_case {
	const char *packages;
	const char *expect;
};

static const struct keep_case systems[] = {
	{ "dpkg a amd64 0.5", "1=true 2=false 3=false" },
	{ "dpkg c amd64 2.9", "1=false 2=true 3=true" },
	{ "dpkg x amd64 1;dpkg y amd64 2", "1=false 2=false 3=false" },
	{ "dpkg a amd64 1;dpkg b amd64 1.9;dpkg c amd64 3",
	    "1=false 2=true 3=false" },
	{ "dpkg a amd64 0.5", "1=true 2=false 3=false" },
	{ "dpkg x amd64 1", "1=false 2=false 3=false" },
};

static void
test_keep(void **state)
{
	const struct oval_definition *text;
	struct oval_world w;
	struct buf out = { 0 };
	struct err e;
	size_t i;

	(void)state;
	if (oval_world_open(&w, BODY, &e) != 0)
		fail_msg("%s", e.msg);
	machine_keep(w.machine);
	for (i = 0; i < 2 * TABLE_N(systems); i++) {
		const struct keep_case *c = &systems[i % TABLE_N(systems)];
		struct oval_world_system spec = { .packages = c->packages };

		oval_world_system(&w, &spec);
		oval_world_results(&w, EVALUATE_FAST, &out, NULL);
		assert_string_equal(buf_str(&out), c->expect);
		oval_world_results(&w, EVALUATE_PLAIN, &out, NULL);
		assert_string_equal(buf_str(&out), c->expect);
		assert_int_equal(
		    machine_definition_kept(w.machine, 1, &text, &e), 0);
		assert_true(span_is(text->metadata.title, "CVE-2"));
	}
	buf_cleanup(&out);
	oval_world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
