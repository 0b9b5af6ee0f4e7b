/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "bundle/refusal.h"
#include "bundle/repository.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

/* --- paths of targets --- */

static const struct path_case {
	const char *name;
	const char *path;
	const char *target;
} paths[] = {
	{ "plain", "h.org/a-b_c~1+2.json.gz", "f/h.org/a-b_c~1+2.json.gz" },
	{ "a query", "h/cves?from=2026-01-01T00:00:00",
	    "f/h/cves=3ffrom=3d2026-01-01T00:00:00" },
	{ "blanks and bytes", "h/a b\xc3\xa9%", "f/h/a=20b=c3=a9=25" },
	{ "what looks escaped", "h/=3f", "f/h/=3d3f" },
};

static void
test_path(void **state)
{
	const struct path_case *c = *state;
	struct arena arena = { 0 };
	struct span target =
	    repository_target_path(SPAN_LIT("f"), span_of(c->path), &arena);

	assert_true(span_is(target, c->target));
	assert_true(span_is(repository_mirror_path(target, &arena), c->path));
	arena_cleanup(&arena);
}

/* --- files --- */

static void
test_missing(void **state)
{
	struct repository r;
	struct buf b = { 0 };
	uint64_t version = 7;
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(repository_open(&r, t.dirfd, false, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(r.dirfd, -1);
	assert_int_equal(repository_root(&r, &version, &e), 0);
	assert_int_equal(version, 0);
	assert_int_equal(repository_read(&r, "timestamp.json", 9, &b, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	repository_close(&r);
	tmp_cleanup(&t);
}

static void
test_write(void **state)
{
	struct repository r;
	struct buf b = { 0 };
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(repository_open(&r, t.dirfd, true, &e), 0);
	assert_int_equal(
	    repository_write(&r, "1.nvd.json", SPAN_LIT("{}"), &e), 0);
	assert_int_equal(
	    repository_write(&r, "1.nvd.json", SPAN_LIT("{}"), &e), 0);
	assert_int_equal(
	    repository_write(&r, "1.nvd.json", SPAN_LIT("[]"), &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_FORK);
	assert_string_equal(e.msg,
	    "tuf/metadata/1.nvd.json is there already, with other bytes");
	assert_int_equal(
	    repository_write(&r, "1.nvd.json", SPAN_LIT("{"), &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_FORK);
	assert_int_equal(repository_commit(&r, SPAN_LIT("t1"), &e), 0);
	assert_int_equal(repository_commit(&r, SPAN_LIT("t2"), &e), 0);
	assert_int_equal(repository_read(&r, "timestamp.json", 2, &b, &e), 0);
	assert_string_equal(buf_str(&b), "t2");
	buf_reset(&b);
	assert_int_equal(repository_read(&r, "timestamp.json", 1, &b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	repository_close(&r);
	buf_cleanup(&b);
	tmp_cleanup(&t);
}

static void
test_metadata_names(void **state)
{
	static const char *const good[] = { "timestamp.json", "1.root.json",
		"12.redhat.json", "7.x-1.json" };
	static const char *const bad[] = { "", "root.json", "1.json",
		"01.root.json", "1.root.jso", "../1.root.json",
		"1.../root.json", "1.a/b.json", "a.root.json" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(repository_is_name(span_of(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(repository_is_name(span_of(bad[i])));
	assert_false(repository_is_name(SPAN_LIT("1.a\0b.json")));
}

static int
add_name(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, " %s", name);
	return 0;
}

static const struct clean_case {
	const char *name;
	unsigned keep;
	const char *files[12]; /* NULL-terminated */
	const char *left;
} cleans[] = {
	{ "nothing to do", 2,
	    { "1.root.json", "3.nvd.json", "2.snapshot.json" },
	    " 1.root.json 2.snapshot.json 3.nvd.json" },
	{ "older ones beyond their number", 2,
	    { "1.nvd.json", "2.nvd.json", "10.nvd.json", "11.nvd.json",
		"12.nvd.json", "9.nvd.json" },
	    " 10.nvd.json 11.nvd.json 12.nvd.json" },
	{ "none is to be kept", 0,
	    { "1.nvd.json", "12.nvd.json", "1.snapshot.json",
		"2.snapshot.json" },
	    " 12.nvd.json 2.snapshot.json" },
	{ "what a killed run left", 9,
	    { "12.nvd.json", "13.nvd.json", "14.nvd.json.new-7",
		"timestamp.json.new-7", "timestamp.json" },
	    " 12.nvd.json timestamp.json" },
	{ "roots and others", 0,
	    { "1.root.json", "2.root.json", "1.other.json", "x.nvd.json",
		"1.nvd.jso", "1nvd.json" },
	    " 1.nvd.jso 1.other.json 1.root.json 1nvd.json 2.root.json "
	    "x.nvd.json" },
};

static void
test_clean(void **state)
{
	static const struct repository_version now[] = {
		{ SPAN_LIT("nvd"), 12 },
		{ SPAN_LIT("root"), 1 },
		{ SPAN_LIT("snapshot"), 2 },
	};
	const struct clean_case *c = *state;
	const char *const *f = c->files;
	struct repository r;
	struct buf left = { 0 };
	uint64_t version;
	struct err e = { 0 };
	struct tmp t;

	tmp_init(&t);
	assert_int_equal(repository_open(&r, t.dirfd, true, &e), 0);
	for (; *f != NULL; f++)
		assert_int_equal(
		    file_replace(r.dirfd, *f, SPAN_LIT("x"), &e), 0);
	assert_int_equal(
	    repository_clean(&r, now, TABLE_N(now), c->keep, &e), 0);
	assert_int_equal(file_list(r.dirfd, ".", add_name, &left, &e), 0);
	assert_string_equal(buf_str(&left), c->left);
	assert_int_equal(repository_root(&r, &version, &e), 0);
	assert_int_equal(version,
	    file_exists(r.dirfd, "2.root.json")       ? 2
		: file_exists(r.dirfd, "1.root.json") ? 1
						      : 0);
	repository_close(&r);
	buf_cleanup(&left);
	tmp_cleanup(&t);
}

static void
test_names(void **state)
{
	char text[REPOSITORY_NAME_SIZE];
	size_t i;

	(void)state;
	assert_string_equal(repository_name(UINT64_MAX, SPAN_LIT("nvd"), text),
	    "18446744073709551615.nvd.json");
	/* `index` and each family of the sources, once, in order. */
	for (i = 0; repository_roles[i + 1] != NULL; i++)
		assert_true(
		    strcmp(repository_roles[i], repository_roles[i + 1]) < 0);
	assert_int_equal(i, 7);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(paths) + TABLE_N(cleans) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, paths, test_path);
	TABLE_ADD(tests, &n, cleans, test_clean);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_missing);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_write);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_names);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_metadata_names);
	return _cmocka_run_group_tests("repository", tests, n, NULL, NULL);
}
