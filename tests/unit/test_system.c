/* SPDX-License-Identifier: Apache-2.0 */
/* Systems that are sorted and looked up; generations that are opened. */
#include "tests/unit/oval_world.h"

static struct span
path(const char *text)
{
	return span_of(text);
}

/* Sorted by kind, name, database order; what names a package follows it. */
static void
test_finish(void **state)
{
	static const struct {
		enum package_kind kind;
		const char *name;
		const char *version;
	} in[] = {
		{ PACKAGE_RPM, "kernel", "2" },
		{ PACKAGE_DPKG, "zsh", "1" },
		{ PACKAGE_RPM, "kernel", "1" },
		{ PACKAGE_RPM, "bash", "5" },
		{ PACKAGE_DPKG, "bash", "4" },
	};
	struct system s = { 0 };
	struct buf out = { 0 };
	size_t first;
	size_t i;

	(void)state;
	s.n_packages = sizeof(in) / sizeof(*in);
	s.packages = arena_array(&s.arena, s.n_packages, sizeof(*s.packages));
	for (i = 0; i < s.n_packages; i++) {
		s.packages[i].kind = in[i].kind;
		s.packages[i].name = span_of(in[i].name);
		s.packages[i].version = span_of(in[i].version);
	}
	s.n_package_files = 2;
	s.package_files = arena_array(&s.arena, 2, sizeof(*s.package_files));
	s.package_files[0] = (struct package_file){ 2, path("/b"), 0 };
	s.package_files[1] = (struct package_file){ 3, path("/a"), 0 };
	s.n_files = 2;
	s.files = arena_array(&s.arena, 2, sizeof(*s.files));
	s.files[0].path = path("/x/b");
	s.files[1].path = path("/x/a");
	system_finish(&s);

	for (i = 0; i < s.n_packages; i++)
		buf_printf(&out, "%s %.*s %.*s;",
		    package_kind_name(s.packages[i].kind),
		    SPAN_ARG(s.packages[i].name),
		    SPAN_ARG(s.packages[i].version));
	for (i = 0; i < s.n_package_files; i++)
		buf_printf(&out, " %.*s of %.*s",
		    SPAN_ARG(s.package_files[i].path),
		    SPAN_ARG(s.packages[s.package_files[i].package].version));
	assert_string_equal(buf_str(&out),
	    "dpkg bash 4;dpkg zsh 1;rpm bash 5;rpm kernel 2;rpm kernel 1;"
	    " /a of 5 /b of 1");
	assert_int_equal(
	    system_find(&s, PACKAGE_RPM, path("kernel"), &first), 2);
	assert_int_equal(first, 3);
	assert_int_equal(
	    system_find(&s, PACKAGE_DPKG, path("kernel"), &first), 0);
	assert_int_equal(system_find(&s, PACKAGE_APK, path("bash"), &first), 0);
	assert_ptr_equal(system_file(&s, path("/x/a")), &s.files[0]);
	assert_null(system_file(&s, path("/x")));
	buf_cleanup(&out);
	system_cleanup(&s);
}

static void
test_empty(void **state)
{
	struct system s = { 0 };
	size_t first;

	(void)state;
	system_finish(&s);
	assert_int_equal(system_find(&s, PACKAGE_DPKG, path("a"), &first), 0);
	assert_null(system_file(&s, path("/a")));
	system_cleanup(&s);
}

static void
test_open(void **state)
{
	const struct index_family *family = NULL;
	const struct document *d;
	struct oval_world w;
	struct err e;

	(void)state;
	if (oval_world_open(&w,
		W_TESTS(W_TEST("ind", "unknown", "1", "check='all'", "")),
		&e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(w.index.generation, 1);
	assert_int_equal(w.index.n_families, 1);
	assert_true(span_is(w.index.families[0].name, "t"));
	d = index_find(&w.index, SPAN_LIT("t"), &family);
	assert_non_null(d);
	assert_ptr_equal(family, &w.index.families[0]);
	assert_true(span_is(d->format, "oval"));
	assert_true(span_is(d->source, "t"));
	assert_int_equal(d->n_records, 1);
	assert_null(index_find(&w.index, SPAN_LIT("u"), NULL));
	assert_int_equal(machine_n_definitions(w.machine), 1);
	assert_int_equal(machine_n_tests(w.machine), 1);
	assert_int_equal(machine_n_objects(w.machine), 0);
	oval_world_close(&w);
}

/* A generation of nothing is fine; a file that is no index is not. */
static void
test_open_nothing(void **state)
{
	struct index_reader r;
	struct err e = { 0 };
	struct tmp tmp;
	char full[192];
	int fd;

	(void)state;
	tmp_init(&tmp);
	assert_int_equal(index_open(&r, tmp.dirfd, tmp.path, &e), 0);
	assert_int_equal(r.n_families, 0);
	assert_null(index_find(&r, SPAN_LIT("t"), NULL));
	index_close(&r);
	fd = openat(
	    tmp.dirfd, "bad.sqlite", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "this is no database at all", 26), 26);
	close(fd);
	assert_int_equal(index_open(&r, tmp.dirfd, tmp.path, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	snprintf(full, sizeof(full),
	    "%s/bad.sqlite: not an SQLite database: remove it, "
	    "then `scapcache sync` makes it anew",
	    tmp.path);
	assert_string_equal(e.msg, full);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_nothing),
	};

	return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
