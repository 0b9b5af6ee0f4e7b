/* SPDX-License-Identifier: Apache-2.0 */
/* Datatype × operation: each row is one comparison. */
#include <stdio.h>
#include <string.h>

#include "eval/compare.h"
#include "tests/unit/table.h"

#define DIGITS_64                          \
	"12345678901234567890123456789012" \
	"12345678901234567890123456789012"
#define DIGITS_256 DIGITS_64 DIGITS_64 DIGITS_64 DIGITS_64
#define DIGITS_1025 DIGITS_256 DIGITS_256 DIGITS_256 DIGITS_256 "1"

struct compare_case {
	const char *name;
	enum oval_datatype type;
	const char *collected;
	enum oval_operation op;
	const char *stated;
	const char *expect; /* "error: why" */
};

static const struct compare_case rows[] = {
	{ "string equals", OVAL_STRING, "a", OVAL_EQUALS, "a", "true" },
	{ "string is exact", OVAL_STRING, "a", OVAL_EQUALS, "A", "false" },
	{ "string keeps blanks", OVAL_STRING, "a", OVAL_EQUALS, "a ", "false" },
	{ "string loses line breaks at its ends", OVAL_STRING, "a b",
	    OVAL_EQUALS, "\n\t a b\n\t", "true" },
	{ "string loses only the end that has a line break", OVAL_STRING, " a",
	    OVAL_EQUALS, " a\n  ", "true" },
	{ "string of blanks", OVAL_STRING, "", OVAL_EQUALS, "\n ", "true" },
	{ "string, empty", OVAL_STRING, "", OVAL_EQUALS, "", "true" },
	{ "string not equal", OVAL_STRING, "a", OVAL_NOT_EQUAL, "b", "true" },
	{ "string case insensitive", OVAL_STRING, "aB", OVAL_NOCASE_EQUALS,
	    "Ab", "true" },
	{ "string case insensitive, length", OVAL_STRING, "aB",
	    OVAL_NOCASE_EQUALS, "Abc", "false" },
	{ "string case insensitive not equal", OVAL_STRING, "aB",
	    OVAL_NOCASE_NOT_EQUAL, "Ab", "false" },
	{ "string pattern", OVAL_STRING, "9.4", OVAL_PATTERN_MATCH, "^9[^\\d]",
	    "true" },
	{ "string pattern needs its character", OVAL_STRING, "9",
	    OVAL_PATTERN_MATCH, "^9[^\\d]", "false" },
	{ "string pattern is not anchored", OVAL_STRING, "xaarch64y",
	    OVAL_PATTERN_MATCH, "aarch64|x86_64", "true" },
	{ "string pattern, empty", OVAL_STRING, "", OVAL_PATTERN_MATCH, "",
	    "true" },
	{ "string pattern: ^ is the start of the text", OVAL_STRING, "a\nb",
	    OVAL_PATTERN_MATCH, "^b", "false" },
	{ "string pattern, characters", OVAL_STRING, "\xc3\xa9",
	    OVAL_PATTERN_MATCH, "^.$", "true" },
	{ "string pattern, bytes", OVAL_STRING, "\xe9", OVAL_PATTERN_MATCH,
	    "^.$", "true" },
	{ "string pattern that is none", OVAL_STRING, "a", OVAL_PATTERN_MATCH,
	    "(", "error: \"(\" is no Perl pattern (at byte 1)" },
	{ "string pattern that costs too much", OVAL_STRING,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", OVAL_PATTERN_MATCH,
	    "^(a+)+$",
	    "error: the pattern \"^(a+)+$\" takes too long to match" },
	{ "string has no order", OVAL_STRING, "a", OVAL_LESS_THAN, "b",
	    "error: values of type string have no operation \"less than\"" },

	{ "int equals", OVAL_INT, " 7\n", OVAL_EQUALS, "007", "true" },
	{ "int not equal", OVAL_INT, "7", OVAL_NOT_EQUAL, "8", "true" },
	{ "int less", OVAL_INT, "9", OVAL_LESS_THAN, "10", "true" },
	{ "int less or equal", OVAL_INT, "10", OVAL_LESS_THAN_OR_EQUAL, "10",
	    "true" },
	{ "int greater", OVAL_INT, "-2", OVAL_GREATER_THAN, "-3", "true" },
	{ "int greater or equal", OVAL_INT, "-3", OVAL_GREATER_THAN_OR_EQUAL,
	    "2", "false" },
	{ "int sign", OVAL_INT, "+5", OVAL_EQUALS, "5", "true" },
	{ "int minus zero", OVAL_INT, "-0", OVAL_EQUALS, "0", "true" },
	{ "int of any length", OVAL_INT, "99999999999999999999", OVAL_LESS_THAN,
	    "100000000000000000000", "true" },
	{ "int bits: all of the stated", OVAL_INT, "7", OVAL_BITWISE_AND, "5",
	    "true" },
	{ "int bits: not all", OVAL_INT, "4", OVAL_BITWISE_AND, "5", "false" },
	{ "int bits: none but the stated", OVAL_INT, "4", OVAL_BITWISE_OR, "5",
	    "true" },
	{ "int bits: another", OVAL_INT, "6", OVAL_BITWISE_OR, "5", "false" },
	{ "int bits: sign extended", OVAL_INT, "-1", OVAL_BITWISE_AND, "255",
	    "true" },
	{ "int bits: of any length", OVAL_INT, "36893488147419103233",
	    OVAL_BITWISE_AND, "36893488147419103232", "true" },
	{ "int bits: of any length, not all", OVAL_INT, "36893488147419103232",
	    OVAL_BITWISE_AND, "36893488147419103233", "false" },
	{ "int bits: a negative one has all high bits", OVAL_INT,
	    "-36893488147419103232", OVAL_BITWISE_AND, "73786976294838206464",
	    "true" },
	{ "int bits: -2 lacks the lowest", OVAL_INT, "-2", OVAL_BITWISE_AND,
	    "1", "false" },
	{ "int bits: a negative one is in none that is not", OVAL_INT, "-1",
	    OVAL_BITWISE_OR, "255", "false" },
	{ "int bits: none but those of -1", OVAL_INT, "99999999999999999999",
	    OVAL_BITWISE_OR, "-1", "true" },
	{ "int bits: too many", OVAL_INT, DIGITS_1025, OVAL_BITWISE_AND, "1",
	    "error: bitwise operations take 1024 digits" },
	{ "int collected is none", OVAL_INT, "4d1f", OVAL_EQUALS, "1",
	    "error: \"4d1f\" is no value of type int" },
	{ "int stated is none", OVAL_INT, "1", OVAL_EQUALS, "",
	    "error: \"\" is no value of type int" },
	{ "int sign alone", OVAL_INT, "-", OVAL_EQUALS, "1",
	    "error: \"-\" is no value of type int" },
	{ "int has no patterns", OVAL_INT, "1", OVAL_PATTERN_MATCH, "1",
	    "error: values of type int have no operation \"pattern match\"" },

	{ "float equals", OVAL_FLOAT, "1.50", OVAL_EQUALS, "1.5", "true" },
	{ "float less", OVAL_FLOAT, "1e2", OVAL_LESS_THAN, "1e3", "true" },
	{ "float infinite", OVAL_FLOAT, "INF", OVAL_GREATER_THAN, "1e308",
	    "true" },
	{ "float minus infinite", OVAL_FLOAT, "-INF", OVAL_LESS_THAN, "0",
	    "true" },
	{ "float that is no number equals nothing", OVAL_FLOAT, "NaN",
	    OVAL_EQUALS, "NaN", "false" },
	{ "float that is no number differs", OVAL_FLOAT, "NaN", OVAL_NOT_EQUAL,
	    "1", "true" },
	{ "float in hexadecimal", OVAL_FLOAT, "0x10", OVAL_EQUALS, "16",
	    "error: \"0x10\" is no value of type float" },

	{ "boolean words", OVAL_BOOLEAN, "1", OVAL_EQUALS, "true", "true" },
	{ "boolean false", OVAL_BOOLEAN, "0", OVAL_NOT_EQUAL, "true", "true" },
	{ "boolean of another word", OVAL_BOOLEAN, "yes", OVAL_EQUALS, "true",
	    "error: \"yes\" is no value of type boolean" },
	{ "boolean has no order", OVAL_BOOLEAN, "1", OVAL_LESS_THAN, "0",
	    "error: values of type boolean have no operation \"less than\"" },

	{ "binary either case", OVAL_BINARY, "0aFF", OVAL_EQUALS, "0Aff",
	    "true" },
	{ "binary not equal", OVAL_BINARY, "00", OVAL_NOT_EQUAL, "01", "true" },
	{ "binary of half a byte", OVAL_BINARY, "000", OVAL_EQUALS, "00",
	    "error: \"000\" is no value of type binary" },
	{ "binary has no order", OVAL_BINARY, "00", OVAL_LESS_THAN, "01",
	    "error: values of type binary have no operation \"less than\"" },

	{ "version", OVAL_VERSION, "1.9", OVAL_LESS_THAN, "1.10", "true" },
	{ "version padded", OVAL_VERSION, "1.0", OVAL_EQUALS, "1", "true" },
	{ "version of letters", OVAL_VERSION, "x", OVAL_EQUALS, "1",
	    "error: \"x\" is no value of type version" },

	{ "evr", OVAL_EVR_STRING, "0:1.0-1.el8", OVAL_LESS_THAN,
	    "0:1.0-1.el8_1", "true" },
	{ "evr, tilde", OVAL_EVR_STRING, "0:1.0~rc1-1",
	    OVAL_GREATER_THAN_OR_EQUAL, "0:1.0-1", "false" },
	{ "evr of nothing", OVAL_EVR_STRING, "", OVAL_LESS_THAN, "0:1",
	    "error: \"\" is no value of type evr_string" },
	{ "evr, earlier than 0 is never", OVAL_DEBIAN_EVR_STRING, "0:1.2-3",
	    OVAL_LESS_THAN, "0:0", "false" },
	{ "debian evr", OVAL_DEBIAN_EVR_STRING, "0:1.0-1ubuntu0.1~esm1",
	    OVAL_LESS_THAN, "0:1.0-1ubuntu0.1", "true" },
	{ "debian evr, epoch", OVAL_DEBIAN_EVR_STRING, "1:1.0",
	    OVAL_GREATER_THAN, "9.0", "true" },
	{ "debian evr of two words", OVAL_DEBIAN_EVR_STRING, "1.0 2",
	    OVAL_EQUALS, "1.0",
	    "error: \"1.0 2\" is no value of type debian_evr_string" },

	{ "ipv4 equals", OVAL_IPV4_ADDRESS, "192.0.2.1", OVAL_EQUALS,
	    "192.0.2.1/32", "true" },
	{ "ipv4 order", OVAL_IPV4_ADDRESS, "192.0.2.9", OVAL_LESS_THAN,
	    "192.0.2.10", "true" },
	{ "ipv4 networks", OVAL_IPV4_ADDRESS, "192.0.2.7/24", OVAL_EQUALS,
	    "192.0.2.0/255.255.255.0", "true" },
	{ "ipv4 subset", OVAL_IPV4_ADDRESS, "192.0.2.7", OVAL_SUBSET_OF,
	    "192.0.2.0/25", "true" },
	{ "ipv4 no subset", OVAL_IPV4_ADDRESS, "192.0.2.200", OVAL_SUBSET_OF,
	    "192.0.2.0/25", "false" },
	{ "ipv4 superset", OVAL_IPV4_ADDRESS, "192.0.2.0/25", OVAL_SUPERSET_OF,
	    "192.0.2.7", "true" },
	{ "ipv4 order across prefixes", OVAL_IPV4_ADDRESS, "192.0.2.0/24",
	    OVAL_LESS_THAN, "192.0.2.0/25",
	    "error: addresses with different prefixes have no order" },
	{ "ipv4 across prefixes differs", OVAL_IPV4_ADDRESS, "192.0.2.0/24",
	    OVAL_NOT_EQUAL, "192.0.2.0/25", "true" },
	{ "ipv4 mask with a hole", OVAL_IPV4_ADDRESS, "192.0.2.0/255.0.255.0",
	    OVAL_EQUALS, "192.0.2.0",
	    "error: \"192.0.2.0/255.0.255.0\" is no value of type "
	    "ipv4_address" },
	{ "ipv4 prefix too long", OVAL_IPV4_ADDRESS, "192.0.2.0/33",
	    OVAL_EQUALS, "192.0.2.0",
	    "error: \"192.0.2.0/33\" is no value of type ipv4_address" },
	{ "ipv6 equals", OVAL_IPV6_ADDRESS, "2001:db8::1", OVAL_EQUALS,
	    "2001:0db8:0:0:0:0:0:1", "true" },
	{ "ipv6 subset", OVAL_IPV6_ADDRESS, "2001:db8::1", OVAL_SUBSET_OF,
	    "2001:db8::/32", "true" },
	{ "ipv6 of another family", OVAL_IPV6_ADDRESS, "192.0.2.1", OVAL_EQUALS,
	    "::1", "error: \"192.0.2.1\" is no value of type ipv6_address" },

	{ "ios_version", OVAL_IOS_VERSION, "12.4", OVAL_EQUALS, "12.4",
	    "error: values of type ios_version cannot be compared here" },
	{ "fileset_revision", OVAL_FILESET_REVISION, "1", OVAL_EQUALS, "1",
	    "error: values of type fileset_revision cannot be compared here" },
	{ "record", OVAL_RECORD, "", OVAL_EQUALS, "",
	    "error: values of type record cannot be compared here" },
};

static void
test_row(void **state)
{
	const struct compare_case *c = *state;
	struct regex_cache *rx = regex_cache_new();
	struct err why = { 0 };
	char got[ERR_MSG_SIZE + 16];
	enum result r;

	r = value_compare(rx, c->type, c->op, span_of(c->collected),
	    span_of(c->stated), &why);
	snprintf(got, sizeof(got), "%s%s%s", result_name(r),
	    r == RESULT_ERROR ? ": " : "", r == RESULT_ERROR ? why.msg : "");
	assert_string_equal(got, c->expect);
	regex_cache_free(rx);
}

/* --- patterns over a whole text --- */

struct matches_case {
	const char *name;
	unsigned flags;
	const char *pattern;
	const char *text;
	const char *expect; /* "<match:group,group>…", - a group unused */
};

static const struct matches_case matches_rows[] = {
	{ "all matches", 0, "a(\\d)", "a1 a2", "<a1:1><a2:2>" },
	{ "empty matches move on", 0, "x*", "axb", "<><x><><>" },
	{ "empty matches move by characters", 0, "(?=.)", "\xc3\xa9z", "<><>" },
	{ "groups that take no part", 0, "(a)|(b)", "b", "<b:-,b>" },
	{ "lines", REGEX_MULTILINE, "^.", "ab\ncd", "<a><c>" },
	{ "one text", 0, "^.", "ab\ncd", "<a>" },
	{ "either case", REGEX_IGNORE_CASE, "A", "aA", "<a><A>" },
	{ "dots and line breaks", REGEX_DOT_ALL, "a.b", "a\nb", "<a\nb>" },
	{ "looking back behind the last match", 0, "(?<=a)b|a", "ab",
	    "<a><b>" },
	{ "literal start: its last character is optional", 0, "^ab*c", "ac",
	    "<ac>" },
	{ "literal start: counted", 0, "^ab{0,1}c", "ac", "<ac>" },
	{ "literal start: not there", 0, "^abc", "ab", "" },
	{ "literal start: in a later line", REGEX_MULTILINE, "^abc", "x\nabc",
	    "<abc>" },
	{ "literal start: one alternative has it", 0, "^foo|bar", "bar",
	    "<bar>" },
	{ "literal start: alternatives in a group", 0, "^foo(?:x|y)", "fooy",
	    "<fooy>" },
	{ "literal start: a bar in a class", 0, "^foo[|)]|bar", "bar",
	    "<bar>" },
	{ "literal start: a bracket in a class", 0, "^foo[]|]|bar", "bar",
	    "<bar>" },
	{ "literal start: either case", REGEX_IGNORE_CASE, "^foo", "FOO",
	    "<FOO>" },
	{ "literal start: options inside", 0, "^f(?i)oo", "fOO", "<fOO>" },
	{ "literal start: of the second match", REGEX_MULTILINE, "^ab.",
	    "ab1\nab2", "<ab1><ab2>" },
	{ "possessive quantifiers", 0, "^libstdc++6", "libstdc++6", "" },
};

static void
test_matches(void **state)
{
	const struct matches_case *c = *state;
	struct regex_cache *rx = regex_cache_new();
	struct regex_groups g = { .next = 0 };
	struct buf got = { 0 };
	struct err e;
	size_t i;

	while (regex_next(rx, span_of(c->pattern), c->flags, span_of(c->text),
		   &g, &e) == 1) {
		buf_printf(&got, "<%.*s", SPAN_ARG(g.match));
		for (i = 0; i < g.n_groups; i++)
			buf_printf(&got, "%c%.*s", i == 0 ? ':' : ',',
			    SPAN_ARG(g.groups[i].ptr == NULL ? SPAN_LIT("-")
							     : g.groups[i]));
		buf_add_char(&got, '>');
	}
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	regex_cache_free(rx);
}

/* Compiled to machine code on the way, patterns say the same. */
static void
test_warm(void **state)
{
	static const char line[] = "name-17\t1.0\n";
	struct regex_cache *rx = regex_cache_new();
	struct regex_groups g = { .next = 0 };
	struct buf text = { 0 };
	struct err e;
	int n = 0;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		buf_add_str(&text, line);
	while (regex_next(rx, SPAN_LIT("^name-(\\d+)\\s+(.*)$"),
		   REGEX_MULTILINE, buf_span(&text), &g, &e) == 1) {
		assert_true(span_is(g.groups[0], "17"));
		assert_true(span_is(g.groups[1], "1.0"));
		n++;
	}
	assert_int_equal(n, 20000);
	buf_cleanup(&text);
	regex_cache_free(rx);
}

static void
test_groups_limit(void **state)
{
	struct regex_cache *rx = regex_cache_new();
	struct buf pattern = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i <= REGEX_GROUPS_MAX; i++)
		buf_add_str(&pattern, "()");
	assert_int_equal(
	    regex_match(rx, buf_span(&pattern), 0, SPAN_LIT("x"), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.msg, "has more than 64 groups"));
	buf_cleanup(&pattern);
	regex_cache_free(rx);
}

static void
test_pattern_limit(void **state)
{
	struct regex_cache *rx = regex_cache_new();
	struct buf pattern = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i <= REGEX_PATTERN_MAX; i++)
		buf_add_char(&pattern, 'x');
	assert_int_equal(
	    regex_match(rx, buf_span(&pattern), 0, SPAN_LIT("x"), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "a pattern of 65537 bytes is too long");
	buf_cleanup(&pattern);
	regex_cache_free(rx);
}

/* No time is left: what is not over soon is an error. */
static void
test_time_limit(void **state)
{
	struct regex_cache *rx = regex_cache_new();
	struct buf text = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	regex_cache_limit(rx, 0);
	for (i = 0; i < 1000; i++)
		buf_add_char(&text, 'x');
	assert_int_equal(
	    regex_match(rx, SPAN_LIT(".y"), 0, buf_span(&text), &e), 0);
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("x(?=[yz]|q$)"), 0, buf_span(&text), &e),
	    -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(
	    e.msg, "the patterns of the content take too long together");
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("a"), 0, SPAN_LIT("a"), &e), -1);
	buf_cleanup(&text);
	regex_cache_free(rx);
}

/* The callout in front of a pattern does not show in what is wrong with it. */
static void
test_pattern_offset(void **state)
{
	struct regex_cache *rx = regex_cache_new();
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("*a"), 0, SPAN_LIT("a"), &e), -1);
	assert_string_equal(e.msg, "\"*a\" is no Perl pattern (at byte 0)");
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("ab)"), 0, SPAN_LIT("a"), &e), -1);
	assert_string_equal(e.msg, "\"ab)\" is no Perl pattern (at byte 2)");
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("(*UTF)^a"), 0, SPAN_LIT("a"), &e), 1);
	regex_cache_free(rx);
}

/* More patterns than are kept: the first ones are compiled again. */
static void
test_many_patterns(void **state)
{
	struct regex_cache *rx = regex_cache_new();
	char pattern[32];
	struct err e;
	unsigned i;

	(void)state;
	for (i = 0; i < REGEX_CACHE_MAX + 100; i++) {
		snprintf(pattern, sizeof(pattern), "^%u$", i);
		assert_int_equal(
		    regex_match(rx, span_of(pattern), 0, span_of(pattern), &e),
		    0);
	}
	assert_int_equal(
	    regex_match(rx, SPAN_LIT("^1$"), 0, SPAN_LIT("1"), &e), 1);
	regex_cache_free(rx);
}

static void
test_escape(void **state)
{
	struct buf b = { 0 };

	(void)state;
	regex_escape(&b, SPAN_LIT("^$\\.[](){}*+?|a-b/"));
	assert_string_equal(
	    buf_str(&b), "\\^\\$\\\\\\.\\[\\]\\(\\)\\{\\}\\*\\+\\?\\|a-b/");
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(rows) + TABLE_N(matches_rows) + 7];
	size_t n = 0;

	TABLE_ADD(tests, &n, rows, test_row);
	TABLE_ADD(tests, &n, matches_rows, test_matches);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_warm);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_groups_limit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pattern_limit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_many_patterns);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_time_limit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pattern_offset);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_escape);
	return _cmocka_run_group_tests("compare", tests, n, NULL, NULL);
}
