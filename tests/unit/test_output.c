/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/output.h"
#include "tests/unit/tmp.h"

struct place {
	struct tmp tmp;
	char path[128];
	size_t n_files;
};

static void
place_init(struct place *p)
{
	tmp_init(&p->tmp);
	snprintf(p->path, sizeof(p->path), "%s/report", p->tmp.path);
	p->n_files = 0;
}

static void
write_before(struct place *p)
{
	struct err e = { 0 };

	assert_int_equal(
	    file_replace(p->tmp.dirfd, "report", SPAN_LIT("before"), &e), 0);
}

static int
count_file(void *ctx, const char *name, struct err *e)
{
	struct place *p = ctx;

	(void)name;
	(void)e;
	p->n_files++;
	return 0;
}

/* The folder holds the report with this text, and nothing else. */
static void
expect(struct place *p, const char *text)
{
	struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_list(p->tmp.dirfd, ".", count_file, p, &e), 0);
	assert_int_equal(p->n_files, text == NULL ? 0 : 1);
	if (text != NULL) {
		assert_int_equal(
		    file_read(p->tmp.dirfd, "report", 100, &b, &e), 0);
		assert_string_equal(buf_str(&b), text);
	}
	buf_cleanup(&b);
	tmp_cleanup(&p->tmp);
}

static void
test_commit(void **state)
{
	struct err e = { 0 };
	struct output o;
	struct place p;

	(void)state;
	place_init(&p);
	write_before(&p);
	assert_int_equal(output_open(&o, p.path, &e), 0);
	assert_int_equal(file_write_all(o.fd, SPAN_LIT("after"), &e), 0);
	assert_int_equal(output_commit(&o, &e), 0);
	output_abandon(&o);
	expect(&p, "after");
}

/* As /dev/stdout may be one: its target is written, and it stays. */
static void
test_link_stays(void **state)
{
	struct err e = { 0 };
	struct output o;
	struct place p;
	struct stat st;
	char link[160];

	(void)state;
	place_init(&p);
	write_before(&p);
	snprintf(link, sizeof(link), "%s.link", p.tmp.path);
	assert_int_equal(symlink(p.path, link), 0);
	assert_int_equal(output_open(&o, link, &e), 0);
	assert_int_equal(file_write_all(o.fd, SPAN_LIT("after"), &e), 0);
	assert_int_equal(output_commit(&o, &e), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(link);
	expect(&p, "after");
}

static void
test_abandon_keeps_what_was(void **state)
{
	struct err e = { 0 };
	struct output o;
	struct place p;

	(void)state;
	place_init(&p);
	write_before(&p);
	assert_int_equal(output_open(&o, p.path, &e), 0);
	assert_int_equal(file_write_all(o.fd, SPAN_LIT("half"), &e), 0);
	output_abandon(&o);
	expect(&p, "before");
}

static void
test_abandon_leaves_nothing(void **state)
{
	struct err e = { 0 };
	struct output o;
	struct place p;

	(void)state;
	place_init(&p);
	assert_int_equal(output_open(&o, p.path, &e), 0);
	output_abandon(&o);
	expect(&p, NULL);
}

/* A device is written to; replacing it would be a surprise. */
static void
test_device(void **state)
{
	struct err e = { 0 };
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "/dev/null", &e), 0);
	assert_null(o.temp);
	assert_int_equal(file_write_all(o.fd, SPAN_LIT("x"), &e), 0);
	assert_int_equal(output_commit(&o, &e), 0);
	assert_true(file_exists(AT_FDCWD, "/dev/null"));
}

static void
test_no_folder(void **state)
{
	struct err e = { 0 };
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "/dev/null/report", &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg, "/dev/null/report: Not a directory");
	output_abandon(&o);
}

static void
test_standard_output(void **state)
{
	struct err e = { 0 };
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, NULL, &e), 0);
	assert_int_equal(o.fd, STDOUT_FILENO);
	assert_int_equal(output_commit(&o, &e), 0);
	assert_int_equal(output_open(&o, "-", &e), 0);
	assert_int_equal(o.fd, STDOUT_FILENO);
	output_abandon(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_link_stays),
		cmocka_unit_test(test_abandon_keeps_what_was),
		cmocka_unit_test(test_abandon_leaves_nothing),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_no_folder),
		cmocka_unit_test(test_standard_output),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
