/* SPDX-License-Identifier: Apache-2.0 */
/* Values and flag of variable 1, printed "flag: value|value". */
#include "eval/function.h"
#include "tests/unit/oval_world.h"

struct variable_case {
	const char *name;
	const char *variables;
	struct oval_world_system system;
	const char *expect;
};

/* Something to take values from: packages, a file, the kernel. */
#define OBJECTS                                                                \
	W_TESTS(                                                               \
	    W_TEST("ind", "variable", "1", "check='all'", W_OBJ("ind", "1")))  \
	W_OBJECTS(W_OBJECT(                                                    \
	    "ind", "variable", "1", "<ind:var_ref>oval:t:var:1</ind:var_ref>") \
		W_OBJECT("linux", "dpkginfo", "2",                             \
		    "<linux:name operation='pattern match'>^p</linux:name>")   \
		    W_OBJECT("ind", "textfilecontent54", "3",                  \
			"<ind:filepath>/f</ind:filepath><ind:pattern "         \
			"operation='pattern match'>^(.*)$</ind:pattern>"       \
			"<ind:instance datatype='int'>1</ind:instance>")       \
			W_OBJECT("unix", "uname", "4", ""))

#define DIGITS_60                        \
	"123456789012345678901234567890" \
	"123456789012345678901234567890"
#define DIGITS_600                                                            \
	DIGITS_60 DIGITS_60 DIGITS_60 DIGITS_60 DIGITS_60 DIGITS_60 DIGITS_60 \
	    DIGITS_60 DIGITS_60 DIGITS_60

#define LITERAL(v) "<literal_component>" v "</literal_component>"
#define INT(v) "<literal_component datatype='int'>" v "</literal_component>"
#define FIELD(n, field)                                                      \
	"<object_component object_ref='oval:t:obj:" n "' item_field='" field \
	"'/>"
#define VARIABLE(n) "<variable_component var_ref='oval:t:var:" n "'/>"
#define STRING(body) W_LOCAL("1", "string", body)
#define TWO W_CONSTANT("2", "string", "<value>a</value><value>b</value>")
#define THREE W_CONSTANT("3", "string", "<value>x</value><value>y</value>")

static const struct variable_case rows[] = {
	{ "constant",
	    W_CONSTANT("1", "string",
		"<value>a</value><value>b</value><value>a</value>"),
	    { 0 }, "complete: a|b|a" },
	{ "constant, white space",
	    W_CONSTANT("1", "string", "<value>\n  a b \n</value>"), { 0 },
	    "complete: a b" },
	{ "constant that its type does not have",
	    W_CONSTANT("1", "int", "<value>1</value><value>x</value>"), { 0 },
	    "error: " },
	{ "external without a value",
	    "<external_variable id='oval:t:var:1' version='1' comment='t' "
	    "datatype='string'/>",
	    { 0 }, "not collected: " },
	{ "literal", STRING(LITERAL("a")), { 0 }, "complete: a" },
	{ "literal that its type does not have", STRING(INT("a")), { 0 },
	    "error: " },
	{ "variable of a variable", STRING(VARIABLE("2")) TWO, { 0 },
	    "complete: a|b" },
	{ "variable in error",
	    STRING(VARIABLE("2")) W_CONSTANT("2", "int", "<value>x</value>"),
	    { 0 }, "error: " },
	{ "field of items", STRING(FIELD("2", "name")),
	    { .packages = "dpkg p all 1;dpkg q all 1;dpkg pp all 1" },
	    "complete: p|pp" },
	{ "field of no items", STRING(FIELD("2", "name")), { 0 }, "error: " },
	{ "field of items that are not collected", STRING(FIELD("2", "name")),
	    { .databases = "dpkg none" }, "not collected: " },
	{ "field of items of a part", STRING(FIELD("2", "name")),
	    { .packages = "dpkg p all 1", .databases = "dpkg incomplete" },
	    "incomplete: p" },
	{ "field that items do not have", STRING(FIELD("2", "nme")),
	    { .packages = "dpkg p all 1" }, "error: " },
	{ "field of several values", STRING(FIELD("3", "subexpression")),
	    { .files = { { "/f", "v\n" } } }, "complete: v" },
	{ "field of the kernel", STRING(FIELD("4", "os_release")), { 0 },
	    "not collected: " },
	{ "type of the variable", W_LOCAL("1", "int", LITERAL(" 5 ")), { 0 },
	    "complete: 5" },
	{ "not of the variable's type", W_LOCAL("1", "int", LITERAL("v")),
	    { 0 }, "error: " },

	{ "add",
	    STRING("<arithmetic arithmetic_operation='add'>" INT("1") INT("2")
		    INT("-5") "</arithmetic>"),
	    { 0 }, "complete: -2" },
	{ "multiply",
	    STRING("<arithmetic arithmetic_operation='multiply'>" INT("3")
		    INT("-4") "</arithmetic>"),
	    { 0 }, "complete: -12" },
	{ "add what is read",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='add'>" INT("1")
		    FIELD("3", "text") "</arithmetic>"),
	    { .files = { { "/f", "2\n" } } }, "complete: 3" },
	{ "add what is no number",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='add'>" INT("1")
		    FIELD("3", "text") "</arithmetic>"),
	    { .files = { { "/f", "4d1fe-4.18.0\n" } } }, "error: " },
	{ "add what is not there",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='add'>" INT("1")
		    FIELD("3", "text") "</arithmetic>"),
	    { 0 }, "error: " },
	{ "add floats",
	    STRING("<arithmetic arithmetic_operation='add'>"
		   "<literal_component datatype='float'>1.5"
		   "</literal_component>" INT("2") "</arithmetic>"),
	    { 0 }, "complete: 3.5" },
	{ "a product of any length",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='multiply'>" INT(
		    "9223372036854775807") INT("-20") "</arithmetic>"),
	    { 0 }, "complete: -184467440737095516140" },
	{ "a sum of either sign",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='add'>" INT(
		    "-100000000000000000000") INT("99999999999999999999")
		    INT("1") "</arithmetic>"),
	    { 0 }, "complete: 0" },
	{ "a product that has too many digits",
	    W_LOCAL("1", "int",
		"<arithmetic arithmetic_operation='multiply'>" INT(DIGITS_600)
		    INT(DIGITS_600) "</arithmetic>"),
	    { 0 }, "error: " },
	{ "a float without end",
	    W_LOCAL("1", "float",
		"<arithmetic arithmetic_operation='multiply'>"
		"<literal_component datatype='float'>1e308"
		"</literal_component>" INT("-20") "</arithmetic>"),
	    { 0 }, "complete: -INF" },

	{ "begin", STRING("<begin character='^'>" LITERAL("a") "</begin>"),
	    { 0 }, "complete: ^a" },
	{ "begin, there already",
	    STRING("<begin character='^'>" LITERAL("^a") "</begin>"), { 0 },
	    "complete: ^a" },
	{ "end", STRING("<end character='$'>" LITERAL("a") "</end>"), { 0 },
	    "complete: a$" },
	{ "end, there already",
	    STRING("<end character='$'>" LITERAL("a$") "</end>"), { 0 },
	    "complete: a$" },
	{ "concat of every combination",
	    STRING("<concat>" VARIABLE("2") LITERAL("-")
		    VARIABLE("3") "</concat>") TWO THREE,
	    { 0 }, "complete: a-x|a-y|b-x|b-y" },
	{ "concat of the kernel",
	    W_LOCAL("1", "debian_evr_string",
		"<concat>" LITERAL("0:") "<regex_capture pattern='(.*)'>" FIELD(
		    "4", "os_release") "</regex_capture></concat>"),
	    { 0 }, "not collected: " },
	{ "an error outweighs what is not collected",
	    STRING("<concat>" FIELD("4", "os_release")
		    FIELD("2", "name") "</concat>"),
	    { 0 }, "error: " },
	{ "functions take no part of a database",
	    STRING("<concat>" LITERAL("x") FIELD("2", "name") "</concat>"),
	    { .packages = "dpkg p all 1", .databases = "dpkg incomplete" },
	    "error: " },
	{ "escape_regex",
	    STRING("<escape_regex>" LITERAL("libstdc++6.0") "</escape_regex>"),
	    { 0 }, "complete: libstdc\\+\\+6\\.0" },
	{ "split", STRING("<split delimiter=','>" LITERAL("a,b,,c") "</split>"),
	    { 0 }, "complete: a|b||c" },
	{ "split by more than one character",
	    STRING("<split delimiter='::'>" LITERAL("a::b:c") "</split>"),
	    { 0 }, "complete: a|b:c" },
	{ "split at nothing",
	    STRING("<split delimiter=','>" LITERAL("ab") "</split>"), { 0 },
	    "complete: ab" },
	{ "substring",
	    STRING(
		"<substring substring_start='2' substring_length='3'>" LITERAL(
		    "abcdef") "</substring>"),
	    { 0 }, "complete: bcd" },
	{ "substring from before the start, to the end",
	    STRING(
		"<substring substring_start='-1' substring_length='-1'>" LITERAL(
		    "abc") "</substring>"),
	    { 0 }, "complete: abc" },
	{ "substring longer than the text",
	    STRING(
		"<substring substring_start='3' substring_length='9'>" LITERAL(
		    "abc") "</substring>"),
	    { 0 }, "complete: c" },
	{ "substring behind the end",
	    STRING(
		"<substring substring_start='4' substring_length='1'>" LITERAL(
		    "abc") "</substring>"),
	    { 0 }, "error: " },
	{ "substring of nothing",
	    STRING("<substring substring_start='1' substring_length='1'>"
		   "<regex_capture pattern='(x)'>" LITERAL(
		       "abc") "</regex_capture></substring>"),
	    { 0 }, "error: " },
	{ "substring counts characters",
	    STRING(
		"<substring substring_start='2' substring_length='1'>" LITERAL(
		    "\xc3\xa9\xc3\xa8") "</substring>"),
	    { 0 }, "complete: \xc3\xa8" },
	{ "regex_capture",
	    STRING(
		"<regex_capture pattern='^([\\d|\\.]+-\\d+)[-|\\w]+$'>" LITERAL(
		    "5.15.0-91-generic") "</regex_capture>"),
	    { 0 }, "complete: 5.15.0-91" },
	{ "regex_capture without a match",
	    STRING("<regex_capture pattern='^x(.)'>" LITERAL(
		"abc") "</regex_capture>"),
	    { 0 }, "complete: " },
	{ "regex_capture without a group",
	    STRING("<regex_capture pattern='a'>" LITERAL(
		"abc") "</regex_capture>"),
	    { 0 }, "complete: " },
	{ "regex_capture by no pattern",
	    STRING("<regex_capture pattern='('>" LITERAL(
		"abc") "</regex_capture>"),
	    { 0 }, "error: " },
	{ "unique",
	    STRING("<unique>" VARIABLE("2") LITERAL("a") "</unique>") TWO,
	    { 0 }, "complete: a|b" },
	{ "count", STRING("<count>" VARIABLE("2") LITERAL("a") "</count>") TWO,
	    { 0 }, "complete: 3" },
	{ "glob_to_regex",
	    STRING("<glob_to_regex>" LITERAL(
		"/etc/*.d/a?[!b-d].conf") "</glob_to_regex>"),
	    { 0 }, "complete: ^/etc/(?=[^.])[^/]*\\.d/a[^/][^b-d]\\.conf$" },
	{ "glob_to_regex, quoted",
	    STRING("<glob_to_regex>" LITERAL("a\\*b") "</glob_to_regex>"),
	    { 0 }, "complete: ^a\\*b$" },
	{ "glob_to_regex, a backslash as it is",
	    STRING("<glob_to_regex glob_noescape='true'>" LITERAL(
		"a\\*") "</glob_to_regex>"),
	    { 0 }, "complete: ^a\\\\[^/]*$" },
#define DIFFERENCE(format1, first, format2, second)                         \
	STRING("<time_difference format_1='" format1 "' format_2='" format2 \
	       "'>" LITERAL(first) LITERAL(second) "</time_difference>")
	{ "time_difference of days",
	    DIFFERENCE(
		"year_month_day", "20240102", "year_month_day", "2024-01-01"),
	    { 0 }, "complete: 86400" },
	{ "time_difference of ways to write",
	    DIFFERENCE("day_month_year", "01/02/2024 00:00:10",
		"month_day_year", "February, 01 2024 00:00:00"),
	    { 0 }, "complete: 10" },
	{ "time_difference of a short month",
	    DIFFERENCE("month_day_year", "Feb, 01 2024", "month_day_year",
		"02-01-2024"),
	    { 0 }, "complete: 0" },
	{ "time_difference of seconds",
	    DIFFERENCE("seconds_since_epoch", "100", "year_month_day",
		"19700101T000001"),
	    { 0 }, "complete: 99" },
	{ "time_difference of a file's time",
	    DIFFERENCE(
		"win_filetime", "01CE9F1B26D52E00", "seconds_since_epoch", "0"),
	    { 0 }, "complete: 1377164220" },
	{ "time_difference of no day",
	    DIFFERENCE(
		"year_month_day", "20240230", "year_month_day", "20240101"),
	    { 0 }, "error: " },
	{ "time_difference of no time",
	    DIFFERENCE(
		"year_month_day", "yesterday", "year_month_day", "20240101"),
	    { 0 }, "error: " },
	{ "time_difference to now",
	    STRING("<time_difference format_2='seconds_since_epoch'>" LITERAL(
		"1699999000") "</time_difference>"),
	    { 0 }, "complete: 1000" },
};

static void
test_row(void **state)
{
	const struct variable_case *c = *state;
	struct buf body = { 0 };
	struct buf got = { 0 };
	struct oval_world w;
	struct evaluation *ev;
	const struct span *values;
	enum flag flag;
	struct err e;
	size_t n, i;

	buf_printf(&body, OBJECTS "<variables>%s</variables>", c->variables);
	if (oval_world_open(&w, buf_str(&body), &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &c->system);
	if (evaluation_run(&ev, w.machine, &w.system, EVALUATE_PLAIN, &e) != 0)
		fail_msg("%s", e.msg);
	for (i = 0; i < machine_n_variables(w.machine); i++)
		if (span_is(machine_variable(w.machine, (uint32_t)i, &e)->id,
			"oval:t:var:1"))
			break;
	flag = evaluation_variable(ev, (uint32_t)i, &values, &n);
	buf_printf(&got, "%s: ", flag_name(flag));
	for (i = 0; i < n; i++)
		buf_printf(
		    &got, "%s%.*s", i > 0 ? "|" : "", SPAN_ARG(values[i]));
	assert_string_equal(buf_str(&got), c->expect);
	evaluation_free(ev);
	oval_world_close(&w);
	buf_cleanup(&body);
	buf_cleanup(&got);
}

/* A variable_test over what an image does not have. */
#define KERNEL_TEST                                                            \
	W_TESTS(W_TEST("ind", "variable", "1",                                 \
	    "check='all' check_existence='all_exist'",                         \
	    W_OBJ("ind", "1") W_STE("ind", "1")))                              \
	W_OBJECTS(W_OBJECT(                                                    \
	    "ind", "variable", "1", "<ind:var_ref>oval:t:var:1</ind:var_ref>") \
		W_OBJECT("unix", "uname", "4", ""))                            \
	W_STATES(W_STATE("ind", "variable", "1", "",                           \
	    "<ind:value datatype='debian_evr_string' operation='less than'>"   \
	    "0:5.15.0-91</ind:value>"))
/* Patterns and states that take their values from variables. */
#define TEXT(state)                                                       \
	W_TESTS(W_TEST("ind", "textfilecontent54", "1",                   \
	    "check='at least one'", W_OBJ("ind", "1") W_STE("ind", "1"))) \
	W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",               \
	    "<ind:filepath>/f</ind:filepath><ind:pattern operation="      \
	    "'pattern match'>^(.*)$</ind:pattern><ind:instance "          \
	    "datatype='int'>1</ind:instance>")                            \
		W_OBJECT("unix", "uname", "4", "") W_OBJECT("linux",      \
		    "dpkginfo", "5", "<linux:name>absent</linux:name>"))  \
	W_STATES(W_STATE("ind", "textfilecontent54", "1", "",             \
	    "<ind:subexpression " state "/>"))

static const struct oval_world_case test_rows[] = {
	{ "variable_test of the kernel",
	    KERNEL_TEST W_VARIABLES(W_LOCAL("1", "debian_evr_string",
		"<concat>" LITERAL("0:") "<regex_capture pattern='(.*)'>" FIELD(
		    "4", "os_release") "</regex_capture></concat>")),
	    { 0 }, "1=unknown" },
	{ "variable_test of values",
	    KERNEL_TEST W_VARIABLES(W_CONSTANT("1", "debian_evr_string",
		"<value>0:5.15.0-25</value><value>0:5.15.0-90</value>")),
	    { 0 }, "1=true" },
	{ "variable_test, one value too new",
	    KERNEL_TEST W_VARIABLES(W_CONSTANT("1", "debian_evr_string",
		"<value>0:5.15.0-25</value><value>0:5.15.0-91</value>")),
	    { 0 }, "1=false" },
	{ "state: at least one value",
	    TEXT("var_ref='oval:t:var:2' var_check='at least one'")
		W_VARIABLES(TWO),
	    { .files = { { "/f", "b" } } }, "1=true" },
	{ "state: all values",
	    TEXT("var_ref='oval:t:var:2' var_check='all'") W_VARIABLES(TWO),
	    { .files = { { "/f", "b" } } }, "1=false" },
	{ "state: none of the values",
	    TEXT("var_ref='oval:t:var:2' var_check='none satisfy'")
		W_VARIABLES(TWO),
	    { .files = { { "/f", "c" } } }, "1=true" },
	{ "state: a variable in error",
	    TEXT("var_ref='oval:t:var:2'")
		W_VARIABLES(W_CONSTANT("2", "int", "<value>x</value>")),
	    { .files = { { "/f", "b" } } }, "1=error" },
	{ "state: a variable without items",
	    TEXT("var_ref='oval:t:var:2'")
		W_VARIABLES(W_LOCAL("2", "string", FIELD("5", "name"))),
	    { .files = { { "/f", "b" } } }, "1=error" },
	{ "state: a variable of the kernel",
	    TEXT("var_ref='oval:t:var:2'")
		W_VARIABLES(W_LOCAL("2", "string", FIELD("4", "os_release"))),
	    { .files = { { "/f", "b" } } }, "1=unknown" },
};

/* A boot loader's entry: the file that is not there comes first. */
#define BOOT                                                                 \
	W_TESTS(W_TEST("ind", "textfilecontent54", "1", "check='all'",       \
	    W_OBJ("ind", "1") W_STE("ind", "1")))                            \
	W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",                  \
	    "<ind:filepath>/boot/grub2/grub.cfg</ind:filepath><ind:pattern " \
	    "operation='pattern match'>^menuentry.*</ind:pattern>"           \
	    "<ind:instance datatype='int' var_ref='oval:t:var:1'/>")         \
		W_OBJECT("ind", "textfilecontent54", "2",                    \
		    "<ind:filepath>/boot/grub2/grubenv</ind:filepath>"       \
		    "<ind:pattern operation='pattern match'><![CDATA["       \
		    "(?<=^saved_entry=).*]]>\n</ind:pattern>"                \
		    "<ind:instance datatype='int'>1</ind:instance>"))        \
	W_STATES(W_STATE("ind", "textfilecontent54", "1", "",                \
	    "<ind:text operation='pattern match'>4\\.18\\.0-80</ind:text>")) \
	W_VARIABLES(W_LOCAL("1", "int",                                      \
	    "<arithmetic arithmetic_operation='add'>" INT("1")               \
		FIELD("2", "text") "</arithmetic>"))
#define GRUB_CFG                                                          \
	{                                                                 \
		"/boot/grub2/grub.cfg",                                   \
		    "menuentry 'a 4.18.0-147'\nmenuentry 'b 4.18.0-80'\n" \
	}

static const struct oval_world_case boot_rows[] = {
	{ "boot: neither file", BOOT, { 0 }, "1=false" },
	{ "boot: an old kernel is next", BOOT,
	    { .files = { GRUB_CFG,
		  { "/boot/grub2/grubenv", "# x\nsaved_entry=1\n" } } },
	    "1=true" },
	{ "boot: a new kernel is next", BOOT,
	    { .files = { GRUB_CFG,
		  { "/boot/grub2/grubenv", "# x\nsaved_entry=0\n" } } },
	    "1=false" },
	{ "boot: an entry that is no number", BOOT,
	    { .files = { GRUB_CFG,
		  { "/boot/grub2/grubenv", "saved_entry=4d1f-4.18\n" } } },
	    "1=error" },
	{ "boot: which entry is not known", BOOT, { .files = { GRUB_CFG } },
	    "1=error" },
};

/* The schema's own examples (GlobToRegexFunctionType); NULL: an error. */
static const struct glob_case {
	const char *name; /* the glob */
	const char *plain;
	const char *noescape;
} globs[] = {
	{ "\\*", "^\\*$", "^\\\\[^/]*$" },
	{ "\\?", "^\\?$", "^\\\\[^./]$" },
	{ "\\[hello\\]", "^\\[hello\\]$", "^\\\\[hello\\\\]$" },
	{ "/root/*", "^/root/(?=[^.])[^/]*$", "^/root/(?=[^.])[^/]*$" },
	{ "/root/.*", "^/root/\\.[^/]*$", "^/root/\\.[^/]*$" },
	{ "/root/x*", "^/root/x[^/]*$", "^/root/x[^/]*$" },
	{ "/root/?", "^/root/[^./]$", "^/root/[^./]$" },
	{ "/root/.?", "^/root/\\.[^/]$", "^/root/\\.[^/]$" },
	{ "/root/x?", "^/root/x[^/]$", "^/root/x[^/]$" },
	{ "list.?", "^list\\.[^/]$", "^list\\.[^/]$" },
	{ "project.*", "^project\\.[^/]*$", "^project\\.[^/]*$" },
	{ "*old", "^(?=[^.])[^/]*old$", "^(?=[^.])[^/]*old$" },
	{ "type*.[ch]", "^type[^/]*\\.[ch]$", "^type[^/]*\\.[ch]$" },
	{ "*.*", "^(?=[^.])[^/]*\\.[^/]*$", "^(?=[^.])[^/]*\\.[^/]*$" },
	{ "*", "^(?=[^.])[^/]*$", "^(?=[^.])[^/]*$" },
	{ "?", "^[^./]$", "^[^./]$" },
	{ "x[[:digit:]]\\*", "^x[[:digit:]]\\*$", "^x[[:digit:]]\\\\[^/]*$" },
	{ "", "^$", "^$" },
	{ "~/files/*.txt", "^~/files/(?=[^.])[^/]*\\.txt$",
	    "^~/files/(?=[^.])[^/]*\\.txt$" },
	{ "\\", "^\\\\$", "^\\\\$" },
	{ "[ab", NULL, NULL },
	{ "a*b?[", NULL, NULL },
	{ ".*.conf", "^\\.[^/]*\\.conf$", "^\\.[^/]*\\.conf$" },
	{ "docs/?b", "^docs/[^./]b$", "^docs/[^./]b$" },
	{ "xy/??z", "^xy/[^./][^/]z$", "^xy/[^./][^/]z$" },
	{ "[!]a]", "^[^\\]a]$", "^[^\\]a]$" },
	{ "[[:x]", "^[\\[:x]$", "^[\\[:x]$" },
};

static void
test_glob(void **state)
{
	const struct glob_case *c = *state;
	struct buf b = { 0 };
	const char *want;
	int i;

	for (i = 0; i < 2; i++) {
		want = i == 0 ? c->plain : c->noescape;
		buf_reset(&b);
		assert_int_equal(
		    function_glob(&b, span_of(c->name), i == 1), want != NULL);
		if (want != NULL)
			assert_string_equal(buf_str(&b), want);
	}
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[160];
	size_t n = 0;

	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	TABLE_ADD(tests, &n, rows, test_row);
	TABLE_ADD(tests, &n, test_rows, oval_world_test);
	TABLE_ADD(tests, &n, globs, test_glob);
	TABLE_ADD(tests, &n, boot_rows, oval_world_test);
	return _cmocka_run_group_tests("variable", tests, n, NULL, NULL);
}
