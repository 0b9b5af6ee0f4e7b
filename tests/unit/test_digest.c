/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the examples of FIPS 180-4's authors. */
#include <string.h>

#include "base/digest.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define OF_EMPTY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION_A \
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void
test_of(void **state)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	(void)state;
	digest_of(SPAN_NONE, &d);
	assert_string_equal(digest_hex(&d, hex), OF_EMPTY);
	digest_of(SPAN_LIT("abc"), &d);
	assert_string_equal(digest_hex(&d, hex), OF_ABC);
}

static void
test_streaming(void **state)
{
	struct digest_ctx *c = digest_new();
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		digest_update(c, "aaaaaaaaaa", 10);
	digest_final(c, &d);
	assert_string_equal(digest_hex(&d, hex), OF_MILLION_A);
	/* It begins again. */
	digest_update(c, "a", 1);
	digest_update(c, "bc", 2);
	digest_final(c, &d);
	assert_string_equal(digest_hex(&d, hex), OF_ABC);
	digest_free(c);
	digest_free(NULL);
}

static void
test_parse(void **state)
{
	struct digest a, b;

	(void)state;
	digest_of(SPAN_LIT("abc"), &a);
	assert_true(digest_parse(SPAN_LIT(OF_ABC), &b));
	assert_true(digest_eq(&a, &b));
	assert_true(digest_parse(
	    SPAN_LIT("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF6"
		     "1F20015AD"),
	    &b));
	assert_true(digest_eq(&a, &b));
	b.bytes[31] ^= 1;
	assert_false(digest_eq(&a, &b));
	assert_false(digest_parse(SPAN_LIT(OF_ABC "0"), &b));
	assert_false(digest_parse(span_first(SPAN_LIT(OF_ABC), 63), &b));
	assert_false(digest_parse(SPAN_LIT(""), &b));
}

static void
test_fd(void **state)
{
	struct err e = { 0 };
	struct digest a, b;
	uint64_t size = 0;
	struct tmp t;
	int fd;

	(void)state;
	tmp_init(&t);
	assert_int_equal(file_replace(t.dirfd, "x", SPAN_LIT("abc"), &e), 0);
	fd = openat(t.dirfd, "x", O_RDONLY | O_CLOEXEC);
	assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
	assert_int_equal(digest_of_fd(fd, &a, &size, &e), 0);
	assert_int_equal(size, 3);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 2);
	digest_of(SPAN_LIT("abc"), &b);
	assert_true(digest_eq(&a, &b));
	close(fd);
	assert_int_equal(digest_of_fd(t.dirfd, &a, &size, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg, "cannot read: Is a directory");
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_streaming),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_fd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
