/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/small_files.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define A SMALL_FILES_BELOW "aa01"
#define B SMALL_FILES_BELOW "bb01"
#define A2 SMALL_FILES_BELOW "aa02" /* the same slot as A */

static void
write_file(const struct tmp *t, const char *name, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_make_dirs(t->dirfd, "store/blobs/sha256", &e), 0);
	assert_int_equal(file_replace(t->dirfd, name, span_of(text), &e), 0);
}

static void
expect(struct small_files *all, const struct tmp *t, const char *name,
    size_t size, const char *text)
{
	struct small_file *f = small_files_get(all, t->dirfd, name, size);

	if (text == NULL) {
		assert_null(f);
		return;
	}
	assert_non_null(f);
	assert_int_equal(f->size, strlen(text));
	assert_memory_equal(f->data, text, f->size);
	small_file_drop(f);
}

/* What is kept stays when the file goes; another one takes its place. */
static void
test_kept(void **state)
{
	struct small_files all;
	struct small_file *held;
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	small_files_init(&all);
	write_file(&t, A, "first");
	write_file(&t, B, "second");
	write_file(&t, A2, "third");
	expect(&all, &t, A, 5, "first");
	expect(&all, &t, B, 6, "second");
	assert_int_equal(file_remove_tree(t.dirfd, "store", &e), 0);
	expect(&all, &t, A, 5, "first");
	expect(&all, &t, B, 6, "second");
	expect(&all, &t, A2, 5, NULL);
	write_file(&t, A2, "third");
	held = small_files_get(&all, t.dirfd, A, 5);
	expect(&all, &t, A2, 5, "third");
	expect(&all, &t, A, 5, NULL);
	assert_memory_equal(held->data, "first", 5);
	small_files_cleanup(&all);
	assert_memory_equal(held->data, "first", 5);
	small_file_drop(held);
	tmp_cleanup(&t);
}

static void
test_refused(void **state)
{
	struct small_files all;
	struct tmp t;

	(void)state;
	tmp_init(&t);
	small_files_init(&all);
	write_file(&t, A, "first");
	write_file(&t, "store/other", "other");
	expect(&all, &t, A, 6, NULL);
	expect(&all, &t, A, SMALL_FILE_MAX + 1, NULL);
	expect(&all, &t, "store/other", 5, NULL);
	expect(&all, &t, SMALL_FILES_BELOW "zz", 5, NULL);
	expect(&all, &t, SMALL_FILES_BELOW, 0, NULL);
	expect(&all, &t, B, 6, NULL);
	write_file(&t, B, "");
	expect(&all, &t, B, 0, "");
	small_files_cleanup(&all);
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
