/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/scan.h"
#include "tests/unit/table.h"

struct severity_case {
	const char *name;
	bool known;
	const char *expect; /* its name */
};

static const struct severity_case cases[] = {
	{ "critical", true, "critical" },
	{ "High", true, "high" },
	{ "medium", true, "medium" },
	{ "LOW", true, "low" },
	{ "negligible", true, "negligible" },
	{ "unrated", true, "unrated" },
	{ "Important", true, "high" },
	{ "Moderate", true, "medium" },
	{ "None", true, "unrated" },
	{ "Untriaged", true, "unrated" },
	{ "unknown", true, "unrated" },
	{ "unimportant", true, "negligible" },
	{ "high**", true, "high" },
	{ "", false, "critical" },
	{ "hig", false, "critical" },
	{ "high ", false, "critical" },
};

/* An unknown word leaves the value alone. */
static void
test_parse(void **state)
{
	const struct severity_case *c = *state;
	enum severity s = SEVERITY_CRITICAL;

	assert_int_equal(severity_parse(span_of(c->name), &s), c->known);
	assert_string_equal(severity_name(s), c->expect);
}

static void
test_order(void **state)
{
	(void)state;
	assert_true(SEVERITY_NONE < SEVERITY_NEGLIGIBLE);
	assert_true(SEVERITY_LOW < SEVERITY_MEDIUM);
	assert_true(SEVERITY_MEDIUM < SEVERITY_HIGH);
	assert_true(SEVERITY_HIGH < SEVERITY_CRITICAL);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_parse);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_order);
	return cmocka_run_group_tests_name("severity", tests, NULL, NULL);
}
