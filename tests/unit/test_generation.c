/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/generation.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct world {
	struct tmp tmp;
	struct err e;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	tmp_init(&w->tmp);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	tmp_cleanup(&w->tmp);
	free(w);
	return 0;
}

/* Builds and publishes one generation in which the family has the text. */
static void
publish(struct world *w, const char *family, const char *text)
{
	struct generation_builder *g = NULL;
	const char *path = NULL;
	FILE *f;

	if (generation_begin(&g, w->tmp.dirfd, 0, &w->e) != 0 ||
	    generation_family(g, span_of(family), &path, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	if (generation_publish(g, &w->e) != 0)
		fail_msg("%s", w->e.msg);
}

static void
expect_text(struct world *w, const char *path, const char *text)
{
	struct buf b = { 0 };

	if (file_read(w->tmp.dirfd, path, 1000, &b, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_string_equal(buf_str(&b), text);
	buf_cleanup(&b);
}

static uint64_t
current(struct world *w)
{
	uint64_t number;

	if (generation_current(w->tmp.dirfd, &number, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	return number;
}

static int
add_name(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s ", name);
	return 0;
}

static void
expect_names(struct world *w, const char *folder, const char *names)
{
	struct buf b = { 0 };

	if (file_list(w->tmp.dirfd, folder, add_name, &b, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_string_equal(buf_str(&b), names);
	buf_cleanup(&b);
}

static int
add_generation(
    void *ctx, uint64_t number, int64_t made, bool is_current, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%llu %lld%s;", (unsigned long long)number,
	    (long long)made, is_current ? " current" : "");
	return 0;
}

static void
expect_generations(struct world *w, const char *text)
{
	struct buf b = { 0 };

	if (generation_each(w->tmp.dirfd, add_generation, &b, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_string_equal(buf_str(&b), text);
	buf_cleanup(&b);
}

static nlink_t
links(struct world *w, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(w->tmp.dirfd, path, &st, 0), 0);
	return st.st_nlink;
}

static void
test_none_yet(void **state)
{
	struct world *w = *state;

	assert_int_equal(current(w), 0);
	assert_int_equal(generation_clean(w->tmp.dirfd, &w->e), 0);
	expect_generations(w, "");
	assert_int_equal(generation_rollback(w->tmp.dirfd, 1, &w->e), -1);
	assert_int_equal(w->e.code, ERR_MISSING);
	assert_string_equal(
	    w->e.msg, "there is no generation 1: see `scapcache index list`");
}

static void
test_publish(void **state)
{
	struct world *w = *state;
	char target[16] = "";

	publish(w, "ubuntu", "one");
	assert_int_equal(current(w), 1);
	assert_int_equal(
	    readlinkat(w->tmp.dirfd, "index/current", target, 15), 1);
	assert_string_equal(target, "1");
	expect_text(w, "index/current/ubuntu.sqlite", "one");
	publish(w, "nvd", "two");
	assert_int_equal(current(w), 2);
	expect_names(w, "index/2", "nvd.sqlite ubuntu.sqlite ");
	expect_names(w, "index", "1 2 current ");
	expect_generations(w, "1 1700000000;2 1700000000 current;");
}

static void
test_unchanged_is_linked(void **state)
{
	struct world *w = *state;

	publish(w, "ubuntu", "one");
	publish(w, "nvd", "two");
	assert_int_equal(links(w, "index/2/ubuntu.sqlite"), 2);
	assert_int_equal(links(w, "index/2/nvd.sqlite"), 1);
	publish(w, "nvd", "three");
	expect_text(w, "index/2/nvd.sqlite", "two");
	expect_text(w, "index/3/nvd.sqlite", "three");
	assert_int_equal(links(w, "index/3/ubuntu.sqlite"), 3);
}

static void
test_family_is_a_copy(void **state)
{
	struct world *w = *state;
	struct generation_builder *g = NULL;
	const char *path = NULL, *again = NULL;
	FILE *f;

	publish(w, "ubuntu", "one");
	if (generation_begin(&g, w->tmp.dirfd, 0, &w->e) != 0 ||
	    generation_family(g, SPAN_LIT("ubuntu"), &path, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_int_equal(generation_number(g), 2);
	f = fopen(path, "a");
	assert_non_null(f);
	assert_true(fputs(" more", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(
	    generation_family(g, SPAN_LIT("ubuntu"), &again, &w->e), 0);
	assert_ptr_equal(path, again);
	expect_text(w, "index/building-2/ubuntu.sqlite", "one more");
	expect_text(w, "index/1/ubuntu.sqlite", "one");
	generation_abandon(g);
	expect_names(w, "index", "1 current ");
}

static void
test_keep(void **state)
{
	struct world *w = *state;
	struct generation_builder *g = NULL;
	const char *path = NULL;

	publish(w, "ubuntu", "one");
	if (generation_begin(&g, w->tmp.dirfd, 0, &w->e) != 0 ||
	    generation_family(g, SPAN_LIT("ubuntu"), &path, &w->e) != 0 ||
	    generation_family(g, SPAN_LIT("nvd"), &path, &w->e) != 0 ||
	    generation_keep(g, SPAN_LIT("ubuntu"), &w->e) != 0 ||
	    generation_keep(g, SPAN_LIT("nvd"), &w->e) != 0 ||
	    generation_publish(g, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	expect_names(w, "index/2", "ubuntu.sqlite ");
	assert_int_equal(links(w, "index/2/ubuntu.sqlite"), 2);
}

static void
test_leftovers(void **state)
{
	struct world *w = *state;

	publish(w, "ubuntu", "one");
	assert_int_equal(
	    file_make_dirs(w->tmp.dirfd, "index/building-2/x", &w->e), 0);
	assert_int_equal(
	    file_make_dirs(w->tmp.dirfd, "index/verify-9", &w->e), 0);
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "index/old-0", &w->e), 0);
	assert_int_equal(
	    symlinkat("2", w->tmp.dirfd, "index/current.new-77"), 0);
	assert_int_equal(generation_clean(w->tmp.dirfd, &w->e), 0);
	expect_names(w, "index", "1 current ");
	expect_text(w, "index/current/ubuntu.sqlite", "one");
}

/* A run that died building does not stand in the way of the next. */
static void
test_killed_while_building(void **state)
{
	struct world *w = *state;

	publish(w, "ubuntu", "one");
	assert_int_equal(
	    file_make_dirs(w->tmp.dirfd, "index/building-2", &w->e), 0);
	assert_int_equal(
	    file_replace(w->tmp.dirfd, "index/building-2/ubuntu.sqlite-journal",
		SPAN_LIT("half"), &w->e),
	    0);
	publish(w, "ubuntu", "two");
	assert_int_equal(current(w), 2);
	expect_names(w, "index/2", "ubuntu.sqlite ");
}

/* Renamed but not yet current: the last one answers, numbers go on. */
static void
test_killed_before_the_link(void **state)
{
	struct world *w = *state;

	publish(w, "ubuntu", "one");
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "index/2", &w->e), 0);
	assert_int_equal(current(w), 1);
	publish(w, "ubuntu", "three");
	assert_int_equal(current(w), 3);
}

static void
test_unfinished_is_not_published(void **state)
{
	struct world *w = *state;
	struct generation_builder *g = NULL;

	publish(w, "ubuntu", "one");
	assert_int_equal(generation_begin(&g, w->tmp.dirfd, 0, &w->e), 0);
	assert_int_equal(
	    file_replace(w->tmp.dirfd, "index/building-2/nvd.sqlite-journal",
		SPAN_LIT("half"), &w->e),
	    0);
	assert_int_equal(generation_publish(g, &w->e), -1);
	assert_string_equal(w->e.msg,
	    "nvd.sqlite-journal: not a finished family: nothing was "
	    "published");
	assert_int_equal(current(w), 1);
	expect_names(w, "index", "1 current ");
}

static void
test_rollback(void **state)
{
	struct world *w = *state;

	publish(w, "ubuntu", "one");
	publish(w, "ubuntu", "two");
	assert_int_equal(generation_rollback(w->tmp.dirfd, 1, &w->e), 0);
	assert_int_equal(current(w), 1);
	expect_text(w, "index/current/ubuntu.sqlite", "one");
	publish(w, "nvd", "three");
	expect_text(w, "index/3/ubuntu.sqlite", "one");
	assert_int_equal(generation_rollback(w->tmp.dirfd, 2, &w->e), 0);
	expect_generations(w,
	    "1 1700000000;2 1700000000 current;"
	    "3 1700000000;");
}

static const struct broken_case {
	const char *name;
	const char *target;
	const char *expect;
} broken[] = {
	{ "names nothing", "nowhere",
	    "index/current: names \"nowhere\", not a generation: choose one "
	    "with `scapcache index rollback`" },
	{ "names a folder elsewhere", "../store",
	    "index/current: names \"../store\", not a generation: choose one "
	    "with `scapcache index rollback`" },
	{ "names one that is gone", "7",
	    "index/current: names generation 7, which is not there: choose "
	    "another with `scapcache index rollback`" },
};

static void
test_broken_link(void **state)
{
	const struct broken_case *c = *state;
	struct world w = { 0 };
	uint64_t number;

	tmp_init(&w.tmp);
	assert_int_equal(file_make_dirs(w.tmp.dirfd, "index", &w.e), 0);
	assert_int_equal(symlinkat(c->target, w.tmp.dirfd, "index/current"), 0);
	assert_int_equal(generation_current(w.tmp.dirfd, &number, &w.e), -1);
	assert_int_equal(w.e.code, ERR_FORMAT);
	assert_string_equal(w.e.msg, c->expect);
	tmp_cleanup(&w.tmp);
}

static void
test_family_names(void **state)
{
	struct world *w = *state;
	struct generation_builder *g = NULL;
	const char *path;

	assert_int_equal(generation_begin(&g, w->tmp.dirfd, 0, &w->e), 0);
	assert_int_equal(
	    generation_family(g, SPAN_LIT("../../x"), &path, &w->e), -1);
	assert_string_equal(w->e.msg, "\"../../x\": not a family's name");
	assert_int_equal(generation_family(g, SPAN_LIT(""), &path, &w->e), -1);
	generation_abandon(g);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		TEST(test_none_yet),
		TEST(test_publish),
		TEST(test_unchanged_is_linked),
		TEST(test_family_is_a_copy),
		TEST(test_keep),
		TEST(test_leftovers),
		TEST(test_killed_while_building),
		TEST(test_killed_before_the_link),
		TEST(test_unfinished_is_not_published),
		TEST(test_rollback),
		TEST(test_family_names),
	};
	struct CMUnitTest tests[TABLE_N(broken) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, broken, test_broken_link);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "generation", tests, n + TABLE_N(others), NULL, NULL);
}
