/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "tests/unit/table.h"

#define MANY 20000u

static struct span
key_of(unsigned i, char text[16])
{
	snprintf(text, 16, "key-%u", i * 7919u);
	return span_of(text);
}

static void
test_many(void **state)
{
	struct map m = { 0 };
	char text[16];
	uint32_t v, i;

	(void)state;
	for (i = 0; i < MANY; i++)
		assert_true(map_add(&m, key_of(i, text), i, NULL));
	assert_int_equal(m.n, MANY);
	for (i = 0; i < MANY; i++) {
		assert_true(map_get(&m, key_of(i, text), &v));
		assert_int_equal(v, i);
	}
	assert_false(map_get(&m, key_of(MANY, text), &v));
	map_cleanup(&m);
}

static void
test_add_and_set(void **state)
{
	struct map m = { 0 };
	uint32_t v = 0;

	(void)state;
	assert_false(map_get(&m, SPAN_LIT("a"), &v));
	assert_true(map_add(&m, SPAN_LIT("a"), 1, &v));
	assert_int_equal(v, 1);
	assert_false(map_add(&m, SPAN_LIT("a"), 2, &v));
	assert_int_equal(v, 1);
	map_set(&m, SPAN_LIT("a"), 3);
	map_set(&m, SPAN_LIT("b"), 4);
	assert_true(map_get(&m, SPAN_LIT("a"), &v));
	assert_int_equal(v, 3);
	assert_true(map_get(&m, SPAN_LIT("b"), &v));
	assert_int_equal(v, 4);
	assert_int_equal(m.n, 2);
	map_cleanup(&m);
	assert_int_equal(m.n, 0);
}

/* Keys are bytes: of any length, with zeros in them, or none at all. */
static void
test_odd_keys(void **state)
{
	static const char zeros[9];
	struct map m = { 0 };
	uint32_t v, i;

	(void)state;
	for (i = 0; i <= 9; i++)
		assert_true(map_add(&m, span_make(zeros, i), i, NULL));
	for (i = 0; i <= 9; i++) {
		assert_true(map_get(&m, span_make(zeros, i), &v));
		assert_int_equal(v, i);
	}
	map_cleanup(&m);
}

/* The map has its own copies. */
static void
test_copies(void **state)
{
	char text[] = "one";
	struct map m = { 0 };
	uint32_t v;

	(void)state;
	map_set(&m, span_of(text), 1);
	memcpy(text, "two", 3);
	assert_true(map_get(&m, SPAN_LIT("one"), &v));
	assert_false(map_get(&m, span_of(text), &v));
	map_cleanup(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_add_and_set),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
