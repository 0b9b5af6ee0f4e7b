/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/pack.h"
#include "tests/unit/table.h"

static void
test_round(void **state)
{
	static const uint64_t uints[] = { 0, 1, 127, 128, 16383, 16384,
		UINT32_MAX, UINT64_MAX };
	static const int64_t ints[] = { 0, 1, -1, 63, -64, 64, INT64_MAX,
		INT64_MIN };
	struct buf b = { 0 };
	struct unpack u;
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(uints); i++)
		pack_uint(&b, uints[i]);
	for (i = 0; i < TABLE_N(ints); i++)
		pack_int(&b, ints[i]);
	pack_span(&b, SPAN_LIT("a\0b"));
	pack_span(&b, SPAN_LIT(""));
	u = unpack_of(buf_span(&b));
	for (i = 0; i < TABLE_N(uints); i++)
		assert_true(unpack_uint(&u) == uints[i]);
	for (i = 0; i < TABLE_N(ints); i++)
		assert_true(unpack_int(&u) == ints[i]);
	assert_true(span_eq(unpack_span(&u), SPAN_LIT("a\0b")));
	assert_false(unpack_done(&u));
	assert_int_equal(unpack_span(&u).len, 0);
	assert_true(unpack_done(&u));
	buf_cleanup(&b);
}

static void
test_bytes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pack_uint(&b, 300);
	pack_int(&b, -2);
	pack_span(&b, SPAN_LIT("x"));
	assert_true(span_eq(buf_span(&b), SPAN_LIT("\xac\x02\x03\x01x")));
	buf_cleanup(&b);
}

/* The first error sticks: nothing but zeros comes after it. */
static void
check_fails(struct unpack *u)
{
	assert_true(u->failed);
	assert_int_equal(unpack_uint(u), 0);
	assert_int_equal(unpack_span(u).len, 0);
	assert_int_equal(unpack_count(u), 0);
	assert_false(unpack_done(u));
}

static void
test_ends_early(void **state)
{
	struct unpack u;

	(void)state;
	u = unpack_of(SPAN_LIT(""));
	assert_int_equal(unpack_uint(&u), 0);
	check_fails(&u);
	u = unpack_of(SPAN_LIT("\x80"));
	assert_int_equal(unpack_int(&u), 0);
	check_fails(&u);
	u = unpack_of(SPAN_LIT("\x05zzzz"));
	assert_int_equal(unpack_span(&u).len, 0);
	check_fails(&u);
}

static void
test_too_large(void **state)
{
	struct unpack u;

	(void)state;
	u = unpack_of(SPAN_LIT("\x05zzzz"));
	assert_int_equal(unpack_max(&u, 4), 0);
	check_fails(&u);
	/* More items than bytes are left. */
	u = unpack_of(SPAN_LIT("\x05zzzz"));
	assert_int_equal(unpack_count(&u), 0);
	check_fails(&u);
	u = unpack_of(SPAN_LIT("\x04zzzz"));
	assert_int_equal(unpack_count(&u), 4);
	/* Eleven bytes of one number. */
	u = unpack_of(SPAN_LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	assert_int_equal(unpack_uint(&u), 0);
	check_fails(&u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_ends_early),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
