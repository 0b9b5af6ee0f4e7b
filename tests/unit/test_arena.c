/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: arenas, and the buffers that grow. */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "tests/unit/table.h"

static void
test_arena(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 64, 4096, 100000, 3, 70000 };
	unsigned char *p[TABLE_N(sizes)];
	struct arena a = { 0 };
	size_t round, i, k;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < TABLE_N(sizes); i++) {
			p[i] = arena_alloc(&a, sizes[i]);
			assert_int_equal(
			    (uintptr_t)p[i] % alignof(max_align_t), 0);
			for (k = 0; k < sizes[i]; k++)
				assert_int_equal(p[i][k], 0);
			memset(p[i], (int)i + 1, sizes[i]);
		}
		/* None lies in another. */
		for (i = 0; i < TABLE_N(sizes); i++)
			for (k = 0; k < sizes[i]; k++)
				assert_int_equal(p[i][k], i + 1);
		assert_true(a.total >= 174171);
		arena_reset(&a);
		assert_int_equal(a.total, 0);
	}
	arena_cleanup(&a);
	arena_cleanup(&a);
}

static void
test_arena_text(void **state)
{
	struct arena a = { 0 };
	char text[] = "abc";
	struct span s = arena_span(&a, span_of(text));
	const char *str = arena_str(&a, SPAN_NONE);
	uint64_t *array = arena_array(&a, 3, sizeof(*array));

	(void)state;
	text[0] = 'x';
	assert_true(span_is(s, "abc"));
	assert_int_equal(s.ptr[3], 0);
	assert_string_equal(str, "");
	assert_int_equal(array[2], 0);
	s = arena_lower(&a, SPAN_LIT("Pro-22:[Z]\xc3\x84"));
	assert_true(span_is(s, "pro-22:[z]\xc3\x84"));
	arena_cleanup(&a);
}

static void
test_buf(void **state)
{
	struct buf b = { 0 };
	size_t i;

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_span(&b).len, 0);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, "a");
	buf_add_char(&b, 'b');
	buf_add_span(&b, SPAN_LIT("cd"));
	buf_printf(&b, "-%d-%s", 42, "e");
	assert_string_equal(buf_str(&b), "abcd-42-e");
	buf_reset(&b);
	assert_string_equal(buf_str(&b), "");
	for (i = 0; i < 100000; i++)
		buf_add_char(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 100000);
	assert_int_equal(strlen(buf_str(&b)), 100000);
	assert_int_equal(b.ptr[99999], 'a' + 99999 % 26);
	buf_cleanup(&b);
	assert_null(b.ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_text),
		cmocka_unit_test(test_buf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
