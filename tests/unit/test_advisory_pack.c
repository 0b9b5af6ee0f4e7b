/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "eval/advisory_pack.h"
#include "tests/unit/table.h"

/* name product cve version severity detail state */
static const struct advisory_fact facts[] = {
	{ 7, 1, 0, 0, 0, 0, ADVISORY_UNKNOWN },
	{ 7, 1, 0, 9, 0, 0, ADVISORY_FIXED },
	{ 7, 1, 0x7fffffffu, 3, 4, 0, ADVISORY_FIXED },
	{ 7, 1, 0xffffffffu, 0x7fffffffu, 0, 5, ADVISORY_END_OF_LIFE },
	{ 7, 2, 0x80000000u, 1, 0xffffffffu, 0xffffffffu,
	    ADVISORY_NEEDS_TRIAGE },
	{ 7, 0xffffffffu, 1, 1, 0, 0, ADVISORY_WILL_NOT_FIX },
};

static void
test_round(void **state)
{
	struct advisory_unpack u;
	struct advisory_fact f;
	struct buf b = { 0 };
	struct err e = { 0 };
	uint32_t product;
	size_t i = 0;

	(void)state;
	advisory_pack(&b, facts, TABLE_N(facts));
	u = advisory_unpack_of(buf_span(&b), 7);
	while (advisory_unpack_group(&u, &product, &e) == 1)
		while (advisory_unpack_fact(&u, &f, &e) == 1) {
			assert_int_equal(f.product, product);
			assert_int_equal(advisory_fact_cmp(&f, &facts[i]), 0);
			i++;
		}
	assert_int_equal(i, TABLE_N(facts));
	assert_int_equal(e.code, ERR_NONE);
	buf_cleanup(&b);
}

/* Groups that nobody asks for are passed over unread. */
static void
test_pass_over(void **state)
{
	static const uint32_t expect[] = { 1, 2, 0xffffffffu };
	struct advisory_unpack u;
	struct buf b = { 0 };
	struct err e = { 0 };
	uint32_t product;
	size_t i = 0;

	(void)state;
	advisory_pack(&b, facts, TABLE_N(facts));
	u = advisory_unpack_of(buf_span(&b), 7);
	while (advisory_unpack_group(&u, &product, &e) == 1)
		assert_int_equal(product, expect[i++]);
	assert_int_equal(i, 3);
	buf_cleanup(&b);
}

static void
test_order(void **state)
{
	struct advisory_fact mixed[TABLE_N(facts)];
	size_t i, n = TABLE_N(facts);

	(void)state;
	for (i = 0; i < n; i++)
		mixed[i] = facts[n - 1 - i];
	qsort(mixed, n, sizeof(*mixed), advisory_fact_cmp);
	for (i = 0; i < n; i++)
		assert_int_equal(advisory_fact_cmp(&mixed[i], &facts[i]), 0);
}

static const struct damage_case {
	const char *name;
	struct span bytes;
} damages[] = {
	{ "a product without its length", SPAN_LIT("\x01") },
	{ "a group that ends early", SPAN_LIT("\x01\x05\x02") },
	{ "a product above 32 bits", SPAN_LIT("\xff\xff\xff\xff\x7f\x01\x02") },
	{ "a fact that ends early", SPAN_LIT("\x01\x01\x02") },
	{ "a state that is none", SPAN_LIT("\x01\x03\x08\x00\x00") },
	{ "flags that are none", SPAN_LIT("\x01\x03\x42\x00\x00") },
	{ "a number below zero", SPAN_LIT("\x01\x03\x02\x01\x00") },
	{ "a number above 32 bits",
	    SPAN_LIT("\x01\x08\x02\xfe\xff\xff\xff\xff\x01\x00") },
	{ "a severity that is not there", SPAN_LIT("\x01\x03\x12\x00\x00") },
};

static void
test_damage(void **state)
{
	const struct damage_case *c = *state;
	struct advisory_unpack u = advisory_unpack_of(c->bytes, 7);
	struct advisory_fact f;
	struct err e = { 0 };
	uint32_t product;
	int rc = advisory_unpack_group(&u, &product, &e);

	if (rc == 1)
		rc = advisory_unpack_fact(&u, &f, &e);
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg, "the index is damaged");
}

static void
test_kept(void **state)
{
	struct span summary, raw;
	struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	advisory_pack_kept(&b, SPAN_LIT("few words"), SPAN_LIT("{\"a\":1}"));
	assert_int_equal(
	    advisory_unpack_kept(buf_span(&b), &summary, &raw, &e), 0);
	assert_true(span_is(summary, "few words"));
	assert_true(span_is(raw, "{\"a\":1}"));
	assert_int_equal(
	    advisory_unpack_kept(SPAN_LIT("\x05xx"), &summary, &raw, &e), -1);
	assert_string_equal(e.msg, "the index is damaged");
	buf_cleanup(&b);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_pass_over),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_kept),
	};
	struct CMUnitTest tests[TABLE_N(damages) + TABLE_N(others)] = { 0 };
	size_t i, n = 0;

	TABLE_ADD(tests, &n, damages, test_damage);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("advisory_pack", tests, n, NULL, NULL);
}
