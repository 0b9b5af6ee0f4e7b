/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small random documents and systems from a seed, with everything in them
 * that the plan tells apart: literal and other names, sets, filters,
 * variables of every kind, release checks, chains of extends.
 */
#ifndef TESTS_UNIT_RANDOM_OVAL_H
#define TESTS_UNIT_RANDOM_OVAL_H

#include "tests/unit/oval_world.h"
#include "tests/unit/random.h"

#define RANDOM_NAMES 8u
#define RANDOM_OBJECTS 14u
#define RANDOM_STATES 10u
#define RANDOM_VARIABLES 8u
#define RANDOM_TESTS 30u
#define RANDOM_DEFINITIONS 60u

static inline const char *
random_check(struct random *r)
{
	return RANDOM_WORD(r, "at least one", "at least one", "all", "only one",
	    "none satisfy");
}

/* --- the document --- */

/*
 * Variables 0–3 are constant, 4 and 5 computed from objects (which refer to
 * constants only), 6 is external, 7 in error.
 */
static inline void
random_variables(struct random *r, struct buf *b)
{
	unsigned i, j;

	buf_add_str(b, "<variables>");
	for (i = 0; i < 4; i++) {
		buf_printf(b,
		    "<constant_variable id='oval:t:var:%u' version='1' "
		    "comment='t' datatype='string'>",
		    i + 1);
		for (j = random_below(r, 3) + 1; j > 0; j--)
			buf_printf(b, "<value>n%u</value>",
			    random_below(r, RANDOM_NAMES));
		buf_add_str(b, "</constant_variable>");
	}
	for (i = 4; i < 6; i++)
		buf_printf(b,
		    "<local_variable id='oval:t:var:%u' version='1' "
		    "comment='t' datatype='string'><object_component "
		    "object_ref='oval:t:obj:%u' item_field='%s'/>"
		    "</local_variable>",
		    i + 1, random_below(r, 4) + 1,
		    RANDOM_WORD(r, "name", "version"));
	buf_add_str(b,
	    "<external_variable id='oval:t:var:7' version='1' comment='t' "
	    "datatype='string'/><constant_variable id='oval:t:var:8' "
	    "version='1' comment='t' datatype='int'><value>x</value>"
	    "</constant_variable></variables>");
}

static inline const char *
random_kind(unsigned object)
{
	return object % 2 == 0 ? "dpkginfo" : "rpminfo";
}

static inline void
random_name(struct random *r, struct buf *b, bool any_variable)
{
	switch (random_below(r, 6)) {
	case 0:
		buf_printf(b,
		    "<linux:name operation='pattern match'>n[%u%u]"
		    "</linux:name>",
		    random_below(r, RANDOM_NAMES),
		    random_below(r, RANDOM_NAMES));
		break;
	case 1:
		buf_printf(b, "<linux:name operation='%s'>n%u</linux:name>",
		    RANDOM_WORD(r, "not equal", "case insensitive equals"),
		    random_below(r, RANDOM_NAMES));
		break;
	case 2:
	case 3:
		buf_printf(b,
		    "<linux:name var_ref='oval:t:var:%u' var_check='%s'/>",
		    random_below(r, any_variable ? 8 : 4) + 1, random_check(r));
		break;
	default:
		buf_printf(b, "<linux:name>n%u</linux:name>",
		    random_below(r, RANDOM_NAMES));
		break;
	}
}

/* The first four are plain; sets join objects of one kind before them. */
static inline void
random_object(struct random *r, struct buf *b, unsigned i)
{
	unsigned other;

	buf_printf(b, "<linux:%s_object id='oval:t:obj:%u' version='1'>",
	    random_kind(i), i + 1);
	if (i >= 4 && random_below(r, 4) == 0) {
		other = random_below(r, i / 2) * 2 + i % 2;
		buf_printf(b,
		    "<set set_operator='%s'><object_reference>oval:t:obj:%u"
		    "</object_reference><object_reference>oval:t:obj:%u"
		    "</object_reference></set>",
		    RANDOM_WORD(r, "UNION", "INTERSECTION", "COMPLEMENT"),
		    i % 2 + 1, other + 1);
	} else {
		random_name(r, b, i >= 4);
		if (random_below(r, 5) == 0)
			buf_printf(b,
			    "<filter action='%s'>oval:t:ste:%u</filter>",
			    RANDOM_WORD(r, "include", "exclude"),
			    random_below(r, 4) * 2 + i % 2 + 1);
	}
	buf_printf(b, "</linux:%s_object>", random_kind(i));
}

/* The first eight have no variables, so that filters may use them. */
static inline void
random_state(struct random *r, struct buf *b, unsigned i)
{
	buf_printf(b,
	    "<linux:%s_state id='oval:t:ste:%u' version='1' operator='%s'>",
	    random_kind(i), i + 1, RANDOM_WORD(r, "AND", "AND", "OR"));
	if (random_below(r, 4) > 0)
		buf_printf(b,
		    "<linux:evr datatype='%s' operation='%s'>0:%u"
		    "</linux:evr>",
		    i % 2 == 0 ? "debian_evr_string" : "evr_string",
		    RANDOM_WORD(
			r, "less than", "less than", "equals", "greater than"),
		    random_below(r, 4));
	if (i >= 8)
		buf_printf(b,
		    "<linux:version var_ref='oval:t:var:%u' var_check='%s'/>",
		    random_below(r, 8) + 1, random_check(r));
	else if (random_below(r, 3) == 0)
		buf_printf(b, "<linux:arch>%s</linux:arch>",
		    RANDOM_WORD(r, "all", "amd64"));
	buf_printf(b, "</linux:%s_state>", random_kind(i));
}

static inline void
random_package_test(struct random *r, struct buf *b, unsigned i)
{
	unsigned object = random_below(r, RANDOM_OBJECTS);
	unsigned n;

	buf_printf(b,
	    "<linux:%s_test id='oval:t:tst:%u' version='1' comment='t' "
	    "check='%s' check_existence='%s' state_operator='%s'>"
	    "<linux:object object_ref='oval:t:obj:%u'/>",
	    random_kind(object), i + 1, random_check(r),
	    RANDOM_WORD(r, "at_least_one_exists", "at_least_one_exists",
		"any_exist", "none_exist", "only_one_exists", "all_exist"),
	    RANDOM_WORD(r, "AND", "OR", "XOR"), object + 1);
	for (n = random_below(r, 3); n > 0; n--)
		buf_printf(b, "<linux:state state_ref='oval:t:ste:%u'/>",
		    random_below(r, RANDOM_STATES / 2) * 2 + object % 2 + 1);
	buf_printf(b, "</linux:%s_test>", random_kind(object));
}

/* Test 1 is the release check; three more are of other kinds. */
static inline void
random_tests(struct random *r, struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<tests>");
	buf_add_str(b,
	    W_TEST("ind", "textfilecontent54", "1", "check='at least one'",
		W_OBJ("ind", "100") W_STE("ind", "100")));
	buf_add_str(b,
	    W_TEST("unix", "uname", "2", "check='all'", W_OBJ("unix", "101")));
	buf_add_str(b,
	    W_TEST("ind", "variable", "3", "check='all'", W_OBJ("ind", "102")));
	buf_add_str(b, W_TEST("ind", "unknown", "4", "check='all'", ""));
	for (i = 4; i < RANDOM_TESTS; i++)
		random_package_test(r, b, i);
	buf_add_str(b, "</tests>");
}

static inline void
random_objects(struct random *r, struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<objects>");
	for (i = 0; i < RANDOM_OBJECTS; i++)
		random_object(r, b, i);
	buf_add_str(b,
	    W_OBJECT("ind", "textfilecontent54", "100",
		"<ind:filepath>/etc/release</ind:filepath>"
		"<ind:pattern operation='pattern match'>^(.*)$"
		"</ind:pattern><ind:instance datatype='int'>1"
		"</ind:instance>"));
	buf_add_str(b, W_OBJECT("unix", "uname", "101", ""));
	buf_printf(b,
	    "<ind:variable_object id='oval:t:obj:102' version='1'>"
	    "<ind:var_ref>oval:t:var:%u</ind:var_ref></ind:variable_object>"
	    "</objects>",
	    random_below(r, RANDOM_VARIABLES) + 1);
}

static inline void
random_criteria(struct random *r, struct buf *b, unsigned i, unsigned depth)
{
	unsigned n = random_below(r, 3) + 1;

	buf_printf(b, "<criteria operator='%s' negate='%s'>",
	    RANDOM_WORD(r, "AND", "OR", "OR", "ONE", "XOR"),
	    RANDOM_WORD(r, "false", "false", "false", "true"));
	for (; n > 0; n--) {
		if (depth < 2 && random_below(r, 3) == 0)
			random_criteria(r, b, i, depth + 1);
		else if (i > 1 && random_below(r, 6) == 0)
			buf_printf(b,
			    "<extend_definition negate='%s' "
			    "definition_ref='oval:t:def:%u'/>",
			    RANDOM_WORD(r, "false", "true"),
			    random_below(r, i) + 1);
		else
			buf_printf(b,
			    "<criterion negate='%s' "
			    "test_ref='oval:t:tst:%u'/>",
			    RANDOM_WORD(r, "false", "false", "true"),
			    random_below(r, RANDOM_TESTS) + 1);
	}
	buf_add_str(b, "</criteria>");
}

/* Two in three documents have a definition 1 that most others extend. */
static inline void
random_definitions(struct random *r, struct buf *b)
{
	bool checks_release = random_below(r, 3) > 0;
	unsigned wide = random_below(r, RANDOM_TESTS) + 1;
	unsigned i;

	buf_add_str(b, "<definitions>");
	for (i = 0; i < RANDOM_DEFINITIONS; i++) {
		buf_printf(b,
		    "<definition id='oval:t:def:%u' version='1' "
		    "class='patch'><metadata><title>t</title><description/>"
		    "</metadata>",
		    i + 1);
		if (i == 0 && checks_release)
			buf_printf(b,
			    "<criteria operator='%s'><criterion "
			    "test_ref='oval:t:tst:1'/><criterion "
			    "test_ref='oval:t:tst:%u'/></criteria>",
			    RANDOM_WORD(r, "AND", "OR"), wide);
		else if (random_below(r, 20) > 0 && checks_release) {
			buf_add_str(b,
			    "<criteria><extend_definition "
			    "definition_ref='oval:t:def:1'/>");
			random_criteria(r, b, i, 0);
			buf_add_str(b, "</criteria>");
		} else if (random_below(r, 20) > 0)
			random_criteria(r, b, i, 0);
		buf_add_str(b, "</definition>");
	}
	buf_add_str(b, "</definitions>");
}

static inline void
random_document(struct random *r, struct buf *b)
{
	unsigned i;

	random_definitions(r, b);
	random_tests(r, b);
	random_objects(r, b);
	buf_add_str(b, "<states>");
	for (i = 0; i < RANDOM_STATES; i++)
		random_state(r, b, i);
	buf_add_str(b,
	    W_STATE("ind", "textfilecontent54", "100", "",
		"<ind:subexpression>focal</ind:subexpression>"));
	buf_add_str(b, "</states>");
	random_variables(r, b);
}

/* --- the system --- */

struct random_system {
	struct buf packages;
	struct oval_world_system spec;
};

static inline void
random_system_make(struct random *r, struct random_system *s)
{
	static const char *const databases[] = { NULL, NULL, NULL, NULL, NULL,
		"dpkg none", "rpm none", "dpkg incomplete", "rpm error",
		"rpm incomplete;dpkg incomplete" };
	static const char *const releases[] = { "focal", "focal", "focal",
		"xenial", NULL };
	unsigned n = random_below(r, 7);

	buf_reset(&s->packages);
	for (; n > 0; n--)
		buf_printf(&s->packages, "%s n%u %s %u;",
		    RANDOM_WORD(r, "dpkg", "rpm"),
		    random_below(r, RANDOM_NAMES + 2),
		    RANDOM_WORD(r, "all", "amd64"), random_below(r, 4));
	s->spec = (struct oval_world_system){
		.packages = buf_str(&s->packages),
		.databases = databases[random_below(r, 10)],
	};
	if (random_below(r, 5) > 0)
		s->spec.files[0] = (struct oval_world_file){ "/etc/release",
			releases[random_below(r, 5)] };
}

#endif
