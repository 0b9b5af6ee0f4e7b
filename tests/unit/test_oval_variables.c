/* SPDX-License-Identifier: Apache-2.0 */
/* OVAL variables documents, printed "id type value|value;…". */
#include "base/buf.h"
#include "content/oval_variables.h"
#include "tests/unit/table.h"

#define NS "http://oval.mitre.org/XMLSchema/oval-variables-5"
#define DOCUMENT(body)                                           \
	"<oval_variables xmlns='" NS "'><generator/><variables>" \
	"\n" body "</variables></oval_variables>"
#define VARIABLE(id, type, body)                                      \
	"<variable id='" id "' datatype='" type "' comment='t'>" body \
	"</variable>"

struct variables_case {
	const char *name;
	const char *xml;
	const char *expect; /* or the message */
};

static const struct variables_case rows[] = {
	{ "two, by id",
	    DOCUMENT(
		VARIABLE("oval:t:var:2", "int", "<value>7</value>") VARIABLE(
		    "oval:t:var:1", "string", "<value> a </value><value/>")),
	    "oval:t:var:1 string  a |;oval:t:var:2 int 7;" },
	{ "none", DOCUMENT(""), "" },
	{ "another namespace",
	    "<oval_variables xmlns='x'><variables/></oval_variables>",
	    "this is no OVAL variables document" },
	{ "no value", DOCUMENT(VARIABLE("a", "int", "")),
	    "line 2: variable a has no value" },
	{ "no id",
	    DOCUMENT("<variable datatype='int'><value>1</value></variable>"),
	    "line 2: a variable without an id" },
	{ "no datatype",
	    DOCUMENT("<variable id='a'><value>1</value></variable>"),
	    "line 2: variable a has no datatype that is known" },
	{ "an unknown datatype", DOCUMENT(VARIABLE("a", "tree", "")),
	    "line 2: variable a has no datatype that is known" },
	{ "twice",
	    DOCUMENT(VARIABLE("a", "int", "<value>1</value>")
		    VARIABLE("a", "int", "<value>2</value>")),
	    "variable a is there twice" },
	{ "elements that we do not know",
	    DOCUMENT("<x><variable id='b'/></x>" VARIABLE(
		"a", "int", "<y>2</y><value>1</value>")),
	    "a int 1;" },
};

static void
print(struct buf *b, const struct oval_given_list *l)
{
	size_t i, j;

	for (i = 0; i < l->n; i++) {
		buf_printf(b, "%.*s %s ", SPAN_ARG(l->given[i].id),
		    oval_datatype_name(l->given[i].datatype));
		for (j = 0; j < l->given[i].n_values; j++)
			buf_printf(b, "%s%.*s", j == 0 ? "" : "|",
			    SPAN_ARG(l->given[i].values[j]));
		buf_add_char(b, ';');
	}
}

static void
test_row(void **state)
{
	const struct variables_case *c = *state;
	struct oval_given_list list;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e;

	if (oval_variables_read(span_of(c->xml), &a, &list, &e) == 0) {
		print(&got, &list);
		assert_true(list.n == 0 ||
		    oval_given_find(&list, list.given[0].id) == list.given);
		assert_null(oval_given_find(&list, SPAN_LIT("zzz")));
	} else {
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(rows)];
	size_t n = 0;

	TABLE_ADD(tests, &n, rows, test_row);
	return _cmocka_run_group_tests("oval_variables", tests, n, NULL, NULL);
}
