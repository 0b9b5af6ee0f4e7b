/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static void
read_back(struct tmp *t, const char *name, const char *expect)
{
	struct buf b = { 0 };
	struct err e;

	assert_int_equal(file_read(t->dirfd, name, 100, &b, &e), 0);
	assert_string_equal(buf_str(&b), expect);
	buf_cleanup(&b);
}

static int
append_name(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s ", name);
	return 0;
}

static void
check_names(struct tmp *t, const char *expect)
{
	struct buf b = { 0 };
	struct err e;

	assert_int_equal(file_list(t->dirfd, ".", append_name, &b, &e), 0);
	assert_string_equal(buf_str(&b), expect);
	buf_cleanup(&b);
}

static void
test_replace(void **state)
{
	struct err e = { 0 };
	struct stat st;
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_replace(t.dirfd, "x", SPAN_LIT("one"), &e), 0);
	read_back(&t, "x", "one");
	assert_int_equal(
	    file_replace_mode(t.dirfd, "x", SPAN_LIT("two"), 0600, &e), 0);
	read_back(&t, "x", "two");
	assert_int_equal(fstatat(t.dirfd, "x", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* What cannot be made leaves nothing behind. */
	assert_int_equal(
	    file_replace(t.dirfd, "no/x", SPAN_LIT("one"), &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	check_names(&t, "x ");
	assert_int_equal(file_replace_link(t.dirfd, "l", "x", &e), 0);
	read_back(&t, "l", "two");
	assert_int_equal(file_replace_link(t.dirfd, "l", "none", &e), 0);
	assert_true(file_exists(t.dirfd, "l"));
	check_names(&t, "l x ");
	tmp_cleanup(&t);
}

static void
test_read(void **state)
{
	struct buf b = { 0 };
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_read(t.dirfd, "x", 9, &b, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_string_equal(e.msg, "x: No such file or directory");
	assert_int_equal(file_replace(t.dirfd, "x", SPAN_LIT("12345"), &e), 0);
	assert_int_equal(file_read(t.dirfd, "x", 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "x: larger than 4 bytes");
	buf_reset(&b);
	assert_int_equal(file_read(t.dirfd, "x", 5, &b, &e), 0);
	assert_string_equal(buf_str(&b), "12345");
	buf_cleanup(&b);
	tmp_cleanup(&t);
}

static void
test_copy(void **state)
{
	struct buf b = { 0 };
	struct err e = { 0 };
	struct tmp t;
	int from, to;

	(void)state;
	tmp_init(&t);
	while (b.len < 3000000)
		buf_printf(&b, "%zu\n", b.len);
	assert_int_equal(file_replace(t.dirfd, "a", buf_span(&b), &e), 0);
	from = openat(t.dirfd, "a", O_RDONLY | O_CLOEXEC);
	to = openat(t.dirfd, "b", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(file_copy_fd(from, to, &e), 0);
	close(from);
	close(to);
	{
		struct buf back = { 0 };

		assert_int_equal(
		    file_read(t.dirfd, "b", 4000000, &back, &e), 0);
		assert_true(span_eq(buf_span(&back), buf_span(&b)));
		buf_cleanup(&back);
	}
	buf_cleanup(&b);
	tmp_cleanup(&t);
}

static void
test_folders(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	int fd = -1;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_open_dir(t.dirfd, "a/b", false, &fd, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(file_open_dir(t.dirfd, "a/b/c", true, &fd, &e), 0);
	assert_int_equal(file_replace(fd, "x", SPAN_LIT("1"), &e), 0);
	close(fd);
	assert_int_equal(file_make_dirs(t.dirfd, "a/b", &e), 0);
	assert_int_equal(file_sync_dir(t.dirfd, "a", &e), 0);
	/* A link out of the tree goes, not what it points at. */
	assert_int_equal(file_replace(t.dirfd, "keep", SPAN_LIT("1"), &e), 0);
	assert_int_equal(symlinkat("../keep", t.dirfd, "a/l"), 0);
	assert_int_equal(file_remove_tree(t.dirfd, "a", &e), 0);
	check_names(&t, "keep ");
	assert_int_equal(file_remove_tree(t.dirfd, "a", &e), 0);
	tmp_cleanup(&t);
}

static int
stop_at_second(void *ctx, const char *name, struct err *e)
{
	int *n = ctx;

	return ++*n == 2 ? err_set(e, ERR_LIMIT, "stop at %s", name) : 0;
}

static void
test_list(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	int n = 0;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_replace(t.dirfd, "b", SPAN_NONE, &e), 0);
	assert_int_equal(file_replace(t.dirfd, "a", SPAN_NONE, &e), 0);
	assert_int_equal(file_replace(t.dirfd, "B", SPAN_NONE, &e), 0);
	check_names(&t, "B a b ");
	assert_int_equal(file_list(t.dirfd, ".", stop_at_second, &n, &e), -1);
	assert_string_equal(e.msg, "stop at a");
	assert_int_equal(n, 2);
	assert_int_equal(file_list(t.dirfd, "no", stop_at_second, &n, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	tmp_cleanup(&t);
}

static void
test_space(void **state)
{
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_need_space(t.dirfd, 1, &e), 0);
	assert_int_equal(file_need_space(t.dirfd, UINT64_MAX, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_memory_equal(
	    e.msg, "18014398509481984 KiB needed on the disk, ", 42);
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
