/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/cve_number.h"
#include "tests/unit/table.h"

static const struct number_case {
	const char *id;
	uint32_t number; /* 0: a word */
} cases[] = {
	{ "CVE-1990-0000", 0x80000000u },
	{ "CVE-1999-0001", 0x89000001u },
	{ "CVE-2024-6387", 0xa20018f3u },
	{ "CVE-2021-44228", 0x9f00acc4u },
	{ "CVE-2117-16777215", 0xffffffffu },
	{ "CVE-2117-16777216", 0 },
	{ "CVE-2118-0001", 0 },
	{ "CVE-1989-0001", 0 },
	{ "CVE-2024-00001", 0 },
	{ "CVE-2024-000001", 0 },
	{ "CVE-2024-100001", 0xa20186a1u },
	{ "CVE-2024-001", 0 },
	{ "CVE-2024-", 0 },
	{ "CVE-2024", 0 },
	{ "CVE-2024_6387", 0 },
	{ "CVE-2024-6387 ", 0 },
	{ "CVE-2024-+387", 0 },
	{ "cve-2024-6387", 0 },
	{ "CVE-24-16387", 0 },
	{ "CVE-2024-99999999999999999999", 0 },
	{ "UBUNTU-CVE-2024-6387", 0 },
	{ "", 0 },
};

/* A number is written as the id that it came from. */
static void
test_number(void **state)
{
	const struct number_case *c = *state;
	char text[CVE_TEXT_SIZE];

	assert_int_equal(cve_number(span_of(c->id)), c->number);
	if (c->number != 0)
		assert_string_equal(cve_text(c->number, text), c->id);
	assert_int_equal(is_cve_number(c->number), c->number != 0);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_number);
	return _cmocka_run_group_tests("cve_number", tests, n, NULL, NULL);
}
