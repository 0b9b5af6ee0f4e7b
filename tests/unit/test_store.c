/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/state.h"
#include "base/store.h"
#include "tests/unit/tmp.h"

static int
file_with(struct tmp *t, const char *text)
{
	struct err e;

	assert_int_equal(file_replace(t->dirfd, "f", span_of(text), &e), 0);
	return openat(t->dirfd, "f", O_RDONLY | O_CLOEXEC);
}

static void
proof_of(const char *text, struct proof *p)
{
	p->kind = PROOF_LOCAL;
	digest_of(span_of(text), &p->sha256);
	p->size_bytes = strlen(text);
}

static void
test_verified_refuses(void **state)
{
	struct verified_file *f = NULL;
	struct proof p;
	struct err e = { 0 };
	struct tmp t;
	int fd;

	(void)state;
	tmp_init(&t);
	fd = file_with(&t, "abc");
	proof_of("abd", &p);
	assert_int_equal(verified_open(&f, fd, &p, &e), -1);
	assert_int_equal(e.code, ERR_UNTRUSTED);
	assert_string_equal(e.msg,
	    "has the digest ba7816bf8f01… where a52d159f262b… was proved");
	proof_of("abcd", &p);
	assert_int_equal(verified_open(&f, fd, &p, &e), -1);
	assert_string_equal(e.msg, "has 3 bytes where 4 were proved");
	assert_null(f);
	close(fd);
	tmp_cleanup(&t);
}

static void
test_add_and_get(void **state)
{
	struct verified_file *f = NULL, *g = NULL;
	struct store s;
	struct proof p;
	struct err e = { 0 };
	struct tmp t;
	struct stat st;

	(void)state;
	tmp_init(&t);
	proof_of("abc", &p);
	assert_int_equal(store_open(&s, t.dirfd, &e), 0);
	assert_int_equal(store_get(&s, &p.sha256, &g, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(verified_open(&f, file_with(&t, "abc"), &p, &e), 0);
	assert_false(store_has(&s, &p.sha256));
	assert_int_equal(store_add(&s, f, &e), 0);
	assert_int_equal(store_add(&s, f, &e), 0);
	assert_true(store_has(&s, &p.sha256));
	assert_int_equal(store_get(&s, &p.sha256, &g, &e), 0);
	assert_int_equal(verified_proof(g)->kind, PROOF_STORE);
	assert_int_equal(fstat(verified_fd(g), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0444);
	assert_int_equal(st.st_size, 3);
	verified_close(f);
	verified_close(g);
	store_close(&s);
	tmp_cleanup(&t);
}

static void
test_rot_is_told_and_mended(void **state)
{
	static const char hex[] = "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad";
	struct verified_file *f = NULL, *g = NULL;
	struct store s;
	struct proof p;
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	proof_of("abc", &p);
	assert_int_equal(store_open(&s, t.dirfd, &e), 0);
	assert_int_equal(file_replace(s.dirfd, hex, SPAN_LIT("abX"), &e), 0);
	assert_int_equal(store_get(&s, &p.sha256, &g, &e), -1);
	assert_int_equal(e.code, ERR_UNTRUSTED);
	assert_non_null(strstr(e.msg, hex));
	assert_int_equal(verified_open(&f, file_with(&t, "abc"), &p, &e), 0);
	assert_int_equal(store_add(&s, f, &e), 0);
	assert_int_equal(store_get(&s, &p.sha256, &g, &e), 0);
	verified_close(f);
	verified_close(g);
	store_close(&s);
	tmp_cleanup(&t);
}

static void
test_halves_are_removed(void **state)
{
	static const char hex[] = "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad";
	char half[80];
	struct store s;
	struct err e;
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(store_open(&s, t.dirfd, &e), 0);
	snprintf(half, sizeof(half), "%s" STORE_HALF_SUFFIX, hex);
	assert_int_equal(file_replace(s.dirfd, half, span_of("a"), &e), 0);
	assert_int_equal(file_replace(s.dirfd, hex, span_of("abc"), &e), 0);
	assert_int_equal(file_replace(s.dirfd, "x.new", span_of("x"), &e), 0);
	assert_int_equal(store_clean(&s, &e), 0);
	assert_false(file_exists(s.dirfd, half));
	assert_true(file_exists(s.dirfd, hex));
	assert_true(file_exists(s.dirfd, "x.new"));
	store_close(&s);
	tmp_cleanup(&t);
}

static void
test_state_is_made_and_locked(void **state)
{
	struct state a, b;
	struct err e = { 0 };
	struct tmp t;
	char path[128], expect[256];

	(void)state;
	tmp_init(&t);
	snprintf(path, sizeof(path), "%s/s", t.path);
	assert_int_equal(state_open(&a, path, STATE_READ, 0, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(state_open(&a, path, STATE_WRITE, 0, &e), 0);
	assert_int_equal(state_open(&b, path, STATE_READ, 0, &e), 0);
	state_close(&b);
	assert_int_equal(state_open(&b, path, STATE_WRITE, 0, &e), -1);
	snprintf(expect, sizeof(expect),
	    "another scapcache (process %d) is changing this state directory: "
	    "wait for it to end",
	    (int)getpid());
	assert_string_equal(e.msg, expect);
	assert_int_equal(
	    file_replace(a.dirfd, "incoming/x", SPAN_LIT("x"), &e), 0);
	state_close(&a);
	assert_int_equal(state_open(&a, path, STATE_WRITE, 0, &e), 0);
	assert_false(file_exists(a.dirfd, "incoming/x"));
	state_close(&a);
	tmp_cleanup(&t);
}

static void
test_state_of_another_version(void **state)
{
	struct state s;
	struct err e = { 0 };
	struct tmp t;
	char expect[256];

	(void)state;
	tmp_init(&t);
	assert_int_equal(
	    file_replace(t.dirfd, "version", SPAN_LIT("99\n"), &e), 0);
	assert_int_equal(state_open(&s, t.path, STATE_READ, 0, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	snprintf(expect, sizeof(expect),
	    "%s: state directory of version 99, this program reads version "
	    "1: use the scapcache that wrote it",
	    t.path);
	assert_string_equal(e.msg, expect);
	tmp_cleanup(&t);
}

static void
test_foreign_folder_is_left_alone(void **state)
{
	struct state s;
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	assert_int_equal(
	    file_replace(t.dirfd, "thesis.odt", SPAN_LIT("x"), &e), 0);
	assert_int_equal(state_open(&s, t.path, STATE_WRITE, 0, &e), -1);
	assert_non_null(strstr(e.msg, "holds thesis.odt"));
	assert_false(file_exists(t.dirfd, "run"));
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verified_refuses),
		cmocka_unit_test(test_add_and_get),
		cmocka_unit_test(test_rot_is_told_and_mended),
		cmocka_unit_test(test_halves_are_removed),
		cmocka_unit_test(test_state_is_made_and_locked),
		cmocka_unit_test(test_state_of_another_version),
		cmocka_unit_test(test_foreign_folder_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
