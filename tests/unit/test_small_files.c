/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/small_files.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

/* Of "first", "second", "third 133" in the slot of the first, and of "". */
#define A                                  \
	SMALL_FILES_BELOW                  \
	"a7937b64b8caa58f03721bb6bacf5c78" \
	"cb235febe0e70b1b84cd99541461a08e"
#define B                                  \
	SMALL_FILES_BELOW                  \
	"16367aacb67a4a017c8da8ab95682ccb" \
	"390863780f7114dda0a0e0c55644c7c4"
#define A2                                 \
	SMALL_FILES_BELOW                  \
	"a7858452920f5149a32b950f8b005bee" \
	"4af2ce34c5eca992aa672ff07c16d635"
#define NONE                               \
	SMALL_FILES_BELOW                  \
	"e3b0c44298fc1c149afbf4c8996fb924" \
	"27ae41e4649b934ca495991b7852b855"

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
	write_file(&t, A2, "third 133");
	expect(&all, &t, A, 5, "first");
	expect(&all, &t, B, 6, "second");
	assert_int_equal(file_remove_tree(t.dirfd, "store", &e), 0);
	expect(&all, &t, A, 5, "first");
	expect(&all, &t, B, 6, "second");
	expect(&all, &t, A2, 9, NULL);
	write_file(&t, A2, "third 133");
	held = small_files_get(&all, t.dirfd, A, 5);
	expect(&all, &t, A2, 9, "third 133");
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
	write_file(&t, NONE, "");
	expect(&all, &t, NONE, 0, "");
	write_file(&t, A, "fir$t");
	expect(&all, &t, A, 5, NULL);
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
