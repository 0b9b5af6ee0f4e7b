/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memfd.h"
#include "tests/unit/table.h"

static void
assert_holds(int fd, struct span bytes)
{
	struct buf b = { 0 };
	struct err e;

	assert_int_equal(file_read_fd(fd, bytes.len, &b, &e), 0);
	assert_true(span_eq(buf_span(&b), bytes));
	buf_cleanup(&b);
}

/* The same descriptors again, with nothing of what stood there before. */
static void
test_ring(void **state)
{
	static const char *const texts[] = { "a longer one", "short", "" };
	struct memfd_ring r;
	int first[MEMFD_RING_SIZE];
	struct err e;
	size_t i;
	int fd = -1;

	(void)state;
	memfd_ring_init(&r);
	for (i = 0; i < MEMFD_RING_SIZE * 3; i++) {
		struct span text = span_of(texts[i / MEMFD_RING_SIZE]);

		assert_int_equal(memfd_ring_fill(&r, text, &fd, &e), 0);
		if (i < MEMFD_RING_SIZE)
			first[i] = fd;
		assert_int_equal(fd, first[i % MEMFD_RING_SIZE]);
		assert_holds(fd, text);
	}
	memfd_ring_cleanup(&r);
}

/* A large one is let go of when the next is filled. */
static void
test_ring_large(void **state)
{
	struct buf large = { 0 };
	struct memfd_ring r;
	struct stat st;
	struct err e;
	int fd = -1;
	int next = -1;

	(void)state;
	while (large.len <= MEMFD_RING_KEEP)
		buf_add_str(&large, "one line of many\n");
	memfd_ring_init(&r);
	assert_int_equal(memfd_ring_fill(&r, buf_span(&large), &fd, &e), 0);
	assert_holds(fd, buf_span(&large));
	assert_int_equal(memfd_ring_fill(&r, SPAN_LIT("x"), &next, &e), 0);
	assert_int_equal(r.fds[0], -1);
	assert_int_equal(fstat(next, &st), 0);
	assert_int_equal(st.st_size, 1);
	memfd_ring_cleanup(&r);
	assert_int_equal(r.fds[1], -1);
	buf_cleanup(&large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_ring_large),
	};

	return cmocka_run_group_tests_name("memfd", tests, NULL, NULL);
}
