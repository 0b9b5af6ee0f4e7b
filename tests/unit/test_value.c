/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The truth tables of OVAL 5.11.2, each against a second formulation: the
 * standard's rules as rows "this many of these → that", tried in order over
 * every list of up to four operands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "eval/value.h"

#define OPERANDS_MAX 4

/* At least lo and at most hi (0: any number) operands of that letter. */
struct need {
	char letter; /* T F E U N (not evaluated) A (not applicable) */
	unsigned lo;
	unsigned hi;
};

struct rule {
	struct need needs[2];
	char result;
};

#define RULES_MAX 8
#define ANY(l, r)                  \
	{                          \
		{ { l, 1, 0 } }, r \
	}
#define BLOCKED ANY('E', 'E'), ANY('U', 'U'), ANY('N', 'N')
#define ONLY_NA ANY('A', 'A')

static const struct rule and_rules[RULES_MAX] = { ANY('F', 'F'), BLOCKED,
	ANY('T', 'T'), ONLY_NA };
static const struct rule or_rules[RULES_MAX] = { ANY('T', 'T'), BLOCKED,
	ANY('F', 'F'), ONLY_NA };
static const struct rule one_rules[RULES_MAX] = { { { { 'T', 2, 0 } }, 'F' },
	BLOCKED, ANY('T', 'T'), ANY('F', 'F'), ONLY_NA };
static const struct rule none_rules[RULES_MAX] = { ANY('T', 'F'), BLOCKED,
	ANY('F', 'T'), ONLY_NA };
static const struct rule xor_rules[RULES_MAX] = { BLOCKED,
	{ { { 'T', 1, 1 } }, 'T' }, { { { 'T', 3, 3 } }, 'T' }, ANY('T', 'F'),
	ANY('F', 'F'), ONLY_NA };

static const char letters[] = "?TFUENA";

static bool
holds(const struct rule *r, const char *operands)
{
	const char *p;
	unsigned n;
	size_t i;

	for (i = 0; i < 2 && r->needs[i].letter != '\0'; i++) {
		n = 0;
		for (p = operands; *p != '\0'; p++)
			n += *p == r->needs[i].letter;
		if (n < r->needs[i].lo ||
		    (r->needs[i].hi > 0 && n > r->needs[i].hi))
			return false;
	}
	return true;
}

static char
expected(const struct rule *rules, const char *operands)
{
	size_t i;

	for (i = 0; i < RULES_MAX && rules[i].result != '\0'; i++)
		if (holds(&rules[i], operands))
			return rules[i].result;
	return 'E';
}

struct table_case {
	const char *name;
	const struct rule *rules;
	bool is_check;
	enum oval_operator op;
	enum oval_check check;
};

static struct table_case table_cases[] = {
	{ "AND", and_rules, false, OVAL_AND, 0 },
	{ "OR", or_rules, false, OVAL_OR, 0 },
	{ "ONE", one_rules, false, OVAL_ONE, 0 },
	{ "XOR", xor_rules, false, OVAL_XOR, 0 },
	{ "check all", and_rules, true, 0, OVAL_CHECK_ALL },
	{ "check at least one", or_rules, true, 0, OVAL_CHECK_AT_LEAST_ONE },
	{ "check only one", one_rules, true, 0, OVAL_CHECK_ONLY_ONE },
	{ "check none satisfy", none_rules, true, 0, OVAL_CHECK_NONE_SATISFY },
	{ "check none exist", none_rules, true, 0, OVAL_CHECK_NONE_EXIST },
};

/* The row's operands in words, then the result: "TTA T". */
static void
check_operands(const struct table_case *c, const char *operands)
{
	struct result_counts counts = { { 0 } };
	char got[OPERANDS_MAX + 3] = "";
	char want[OPERANDS_MAX + 3] = "";
	size_t n = strlen(operands);
	enum result r;
	size_t i;

	for (i = 0; i < n; i++)
		result_count(&counts,
		    (enum result)(strchr(letters, operands[i]) - letters));
	r = c->is_check ? result_check(&counts, c->check)
			: result_operator(&counts, c->op);
	memcpy(got, operands, n);
	memcpy(want, operands, n);
	got[n] = want[n] = ' ';
	got[n + 1] = letters[r];
	want[n + 1] = expected(c->rules, operands);
	assert_string_equal(got, want);
}

static void
test_table(void **state)
{
	const struct table_case *c = *state;
	char operands[OPERANDS_MAX + 1];
	unsigned i, code, total;
	unsigned n;

	for (n = 0, total = 1; n <= OPERANDS_MAX; n++, total *= 6)
		for (code = 0; code < total; code++) {
			unsigned left = code;

			for (i = 0; i < n; i++, left /= 6)
				operands[i] = letters[1 + left % 6];
			operands[n] = '\0';
			check_operands(c, operands);
		}
}

/* Conditions of FORMATS' existence table over counts of each status. */
struct existence_case {
	const char *name;
	enum oval_existence existence;
	char (*expect)(unsigned ex, unsigned de, unsigned er, unsigned nc);
};

static char
at_least_one(unsigned ex, unsigned de, unsigned er, unsigned nc)
{
	(void)de;
	if (ex >= 1)
		return 'T';
	if (er == 0 && nc == 0)
		return 'F';
	return er >= 1 ? 'E' : 'U';
}

static char
all_exist(unsigned ex, unsigned de, unsigned er, unsigned nc)
{
	if (ex >= 1 && de == 0 && er == 0 && nc == 0)
		return 'T';
	if (de >= 1 || ex + de + er + nc == 0)
		return 'F';
	return er >= 1 ? 'E' : 'U';
}

static char
any_exist(unsigned ex, unsigned de, unsigned er, unsigned nc)
{
	(void)de;
	(void)nc;
	return er == 0 || ex >= 1 ? 'T' : 'E';
}

static char
none_exist(unsigned ex, unsigned de, unsigned er, unsigned nc)
{
	(void)de;
	if (ex == 0 && er == 0 && nc == 0)
		return 'T';
	if (ex >= 1)
		return 'F';
	return er >= 1 ? 'E' : 'U';
}

static char
only_one(unsigned ex, unsigned de, unsigned er, unsigned nc)
{
	(void)de;
	if (ex == 1 && er == 0 && nc == 0)
		return 'T';
	if (ex >= 2 || (ex == 0 && er == 0 && nc == 0))
		return 'F';
	return er >= 1 ? 'E' : 'U';
}

static struct existence_case existence_cases[] = {
	{ "at_least_one_exists", OVAL_EXISTENCE_AT_LEAST_ONE, at_least_one },
	{ "all_exist", OVAL_EXISTENCE_ALL, all_exist },
	{ "any_exist", OVAL_EXISTENCE_ANY, any_exist },
	{ "none_exist", OVAL_EXISTENCE_NONE, none_exist },
	{ "only_one_exists", OVAL_EXISTENCE_ONLY_ONE, only_one },
};

static void
test_existence(void **state)
{
	const struct existence_case *c = *state;
	struct status_counts counts;
	unsigned code;
	unsigned n[4];
	enum result r;

	for (code = 0; code < 256; code++) {
		n[0] = code & 3;
		n[1] = code >> 2 & 3;
		n[2] = code >> 4 & 3;
		n[3] = code >> 6;
		counts.n[ITEM_EXISTS] = n[0];
		counts.n[ITEM_DOES_NOT_EXIST] = n[1];
		counts.n[ITEM_ERROR] = n[2];
		counts.n[ITEM_NOT_COLLECTED] = n[3];
		r = result_existence(&counts, c->existence);
		assert_int_equal(letters[r], c->expect(n[0], n[1], n[2], n[3]));
	}
}

/* Rows: the second operand; columns: the first; both in the order ECIDXA. */
struct flags_case {
	const char *name;
	enum oval_set_operator op;
	const char *rows[N_FLAGS];
};

static const char flag_letters[] = "ECIDXA";

static struct flags_case flags_cases[] = {
	{ "UNION flags", OVAL_SET_UNION,
	    { "EEEEEE", "ECICIC", "EIIIII", "ECIDID", "EIIIXX", "ECIDXA" } },
	{ "INTERSECTION flags", OVAL_SET_INTERSECTION,
	    { "EEEDEE", "ECIDXC", "EIIDXI", "DDDDDD", "EXXDXX", "ECIDXA" } },
	{ "COMPLEMENT flags", OVAL_SET_COMPLEMENT,
	    { "EEEDEE", "ECIDXE", "EEEDXE", "ECIDXE", "EXXDXE", "EEEEEE" } },
};

static void
test_flags(void **state)
{
	const struct flags_case *c = *state;
	unsigned first, second;
	char got[N_FLAGS + 1] = "";

	for (second = 0; second < N_FLAGS; second++) {
		for (first = 0; first < N_FLAGS; first++)
			got[first] = flag_letters[flag_set(
			    c->op, (enum flag)first, (enum flag)second)];
		assert_string_equal(got, c->rows[second]);
	}
}

static void
test_names(void **state)
{
	static const char *const results[] = { "none", "true", "false",
		"unknown", "error", "not evaluated", "not applicable" };
	static const char *const statuses[] = { "exists", "does not exist",
		"error", "not collected" };
	static const char *const flags[] = { "error", "complete", "incomplete",
		"does not exist", "not collected", "not applicable" };
	unsigned i;

	(void)state;
	for (i = 0; i < N_RESULTS; i++)
		assert_string_equal(result_name((enum result)i), results[i]);

	for (i = 0; i < N_ITEM_STATUSES; i++)
		assert_string_equal(
		    item_status_name((enum item_status)i), statuses[i]);
	for (i = 0; i < N_FLAGS; i++)
		assert_string_equal(flag_name((enum flag)i), flags[i]);
}

static void
test_negate(void **state)
{
	static const char want[] = "?FTUENA";
	unsigned i;

	(void)state;
	for (i = 0; i < N_RESULTS; i++)
		assert_int_equal(
		    letters[result_negate((enum result)i)], want[i]);
}

#define N_TABLES (sizeof(table_cases) / sizeof(*table_cases))
#define N_EXISTENCES (sizeof(existence_cases) / sizeof(*existence_cases))
#define N_SETS (sizeof(flags_cases) / sizeof(*flags_cases))

int
main(void)
{
	struct CMUnitTest tests[N_TABLES + N_EXISTENCES + N_SETS + 2];
	size_t n = 0;
	size_t i;

	for (i = 0; i < N_TABLES; i++)
		tests[n++] = (struct CMUnitTest){ table_cases[i].name,
			test_table, NULL, NULL, &table_cases[i] };
	for (i = 0; i < N_EXISTENCES; i++)
		tests[n++] = (struct CMUnitTest){ existence_cases[i].name,
			test_existence, NULL, NULL, &existence_cases[i] };
	for (i = 0; i < N_SETS; i++)
		tests[n++] = (struct CMUnitTest){ flags_cases[i].name,
			test_flags, NULL, NULL, &flags_cases[i] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_names);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_negate);
	return _cmocka_run_group_tests("value", tests, n, NULL, NULL);
}
