/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "syncd/proc_verify.h"
#include "tests/unit/tmp.h"

/* "hello\n", packed. */
#define GZIP                                                           \
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9" \
	"\xe7\x02\x00\x20\x30\x3a\x36\x06\x00\x00\x00"
#define HELLO_SHA256 \
	"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define OTHER_SHA256 \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define BYTES(s)                 \
	{                        \
		s, sizeof(s) - 1 \
	}

/* The processes of these tests have no files and no network. */
static const struct role_rights roles[N_ROLES] = {
	[ROLE_VERIFY] = { .name = "verify" },
};

struct file_case {
	const char *name;
	struct span bytes;
	enum verify_packing packing;
	enum proof_kind proof;
	const char *sha256;
	uint64_t size;
	uint64_t unpacked_max;
	enum err_code code;
	const char *expect;
};

static const struct file_case files[] = {
	{ "nothing proves it", BYTES("hello\n"), VERIFY_PACKING_ANY, PROOF_TLS,
	    OTHER_SHA256, 0, 0, ERR_NONE, "" },
	{ "empty", BYTES(""), VERIFY_PACKING_ANY, PROOF_TLS, OTHER_SHA256, 0, 0,
	    ERR_FORMAT, "is empty" },
	{ "a page in place of bzip2", BYTES("<html>"), VERIFY_PACKING_BZIP2,
	    PROOF_LOCAL, OTHER_SHA256, 0, 0, ERR_FORMAT, "is no bzip2 file" },
	{ "a page in place of gzip", BYTES("<html>"), VERIFY_PACKING_GZIP,
	    PROOF_LOCAL, OTHER_SHA256, 0, 0, ERR_FORMAT, "is no gzip file" },
	{ "as the manifest says", BYTES("hello\n"), VERIFY_PACKING_ANY,
	    PROOF_PULP_MANIFEST, HELLO_SHA256, 6, 0, ERR_NONE, "" },
	{ "not the manifest's size", BYTES("hello\n"), VERIFY_PACKING_ANY,
	    PROOF_PULP_MANIFEST, HELLO_SHA256, 7, 0, ERR_UNTRUSTED,
	    "has 6 bytes where PULP_MANIFEST says 7" },
	{ "not the manifest's digest", BYTES("hello\n"), VERIFY_PACKING_ANY,
	    PROOF_PULP_MANIFEST, OTHER_SHA256, 6, 0, ERR_UNTRUSTED,
	    "has the sha256 5891b5b522d5df08… where PULP_MANIFEST says "
	    "0000000000000000…" },
	{ "as the .meta says", BYTES(GZIP), VERIFY_PACKING_GZIP,
	    PROOF_META_SHA256, HELLO_SHA256, 6, 0, ERR_NONE, "" },
	{ "not the .meta's size", BYTES(GZIP), VERIFY_PACKING_GZIP,
	    PROOF_META_SHA256, HELLO_SHA256, 5, 0, ERR_UNTRUSTED,
	    "has 6 unpacked bytes where .meta says 5" },
	{ "not the .meta's digest", BYTES(GZIP), VERIFY_PACKING_GZIP,
	    PROOF_META_SHA256, OTHER_SHA256, 6, 0, ERR_UNTRUSTED,
	    "has the unpacked sha256 5891b5b522d5df08… where .meta says "
	    "0000000000000000…" },
};

static void
start(struct tmp *t, struct proc_verify *v)
{
	tmp_init(t);
	proc_init(roles, t->path);
	proc_verify_init(v);
}

static int
file_of(const struct tmp *t, struct span bytes)
{
	struct err e = { 0 };
	int fd;

	assert_int_equal(file_replace(t->dirfd, "x", bytes, &e), 0);
	fd = openat(t->dirfd, "x", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void
test_file(void **state)
{
	const struct file_case *c = *state;
	struct verify_expect x = { .packing = c->packing,
		.proof = c->proof,
		.size_bytes = c->size,
		.unpacked_max = c->unpacked_max };
	struct digest own;
	struct proc_verify v;
	struct proof proof;
	struct err e = { 0 };
	struct tmp t;
	int fd, rc;

	assert_true(digest_parse(span_of(c->sha256), &x.sha256));
	start(&t, &v);
	fd = file_of(&t, c->bytes);
	rc = proc_verify_file(&v, fd, &x, &proof, &e);
	assert_string_equal(e.msg, c->expect);
	assert_int_equal(e.code, c->code);
	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	if (rc == 0) {
		digest_of(c->bytes, &own);
		assert_int_equal(proof.kind, c->proof);
		assert_int_equal(proof.size_bytes, c->bytes.len);
		assert_true(digest_eq(&proof.sha256, &own));
	}
	close(fd);
	proc_verify_close(&v);
	tmp_cleanup(&t);
}

static void
test_bomb(void **state)
{
	struct verify_expect x = { .packing = VERIFY_PACKING_GZIP,
		.proof = PROOF_META_SHA256,
		.size_bytes = 6,
		.unpacked_max = 5 };
	struct proc_verify v;
	struct proof proof;
	struct err e = { 0 };
	struct tmp t;
	int fd;

	(void)state;
	start(&t, &v);
	fd = file_of(&t, (struct span)BYTES(GZIP));
	assert_int_equal(proc_verify_file(&v, fd, &x, &proof, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	close(fd);
	proc_verify_close(&v);
	tmp_cleanup(&t);
}

static void
test_meta(void **state)
{
	static const char good[] =
	    "lastModifiedDate:2025-08-07T03:01:41-04:00\r\n"
	    "size:6\r\nzipSize:9\r\ngzSize:26\r\nsha256:" HELLO_SHA256 "\r\n";
	struct proc_verify v;
	struct meta meta;
	struct digest want;
	struct err e = { 0 };
	struct tmp t;
	int fd;

	(void)state;
	start(&t, &v);
	fd = file_of(&t, span_of(good));
	assert_int_equal(proc_verify_meta(&v, fd, &meta, &e), 0);
	assert_true(digest_parse(SPAN_LIT(HELLO_SHA256), &want));
	assert_true(digest_eq(&meta.sha256, &want));
	assert_int_equal(meta.size_bytes, 6);
	assert_int_equal(meta.gz_size_bytes, 26);
	assert_int_equal(meta.last_modified_time, 1754550101);
	close(fd);
	/* A refusal does not end the process. */
	fd = file_of(&t, SPAN_LIT("<html>"));
	assert_int_equal(proc_verify_meta(&v, fd, &meta, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	close(fd);
	fd = file_of(&t, span_of(good));
	assert_int_equal(proc_verify_meta(&v, fd, &meta, &e), 0);
	close(fd);
	proc_verify_close(&v);
	tmp_cleanup(&t);
}

static int
count_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	unsigned *n = ctx;
	char path[64];

	snprintf(path, sizeof(path), "RHEL8/s-%u.oval.xml.bz2", *n);
	assert_true(span_is(entry->path, path));
	assert_int_equal(entry->size_bytes, *n);
	++*n;
	return *n == 3000 ? err_set(e, ERR_LIMIT, "enough") : 0;
}

static void
manifest_of(struct buf *b, unsigned lines)
{
	unsigned i;

	for (i = 0; i < lines; i++)
		buf_printf(
		    b, "RHEL8/s-%u.oval.xml.bz2,%s,%u\n", i, HELLO_SHA256, i);
}

/* More entries than one message holds; and one that the caller refuses. */
static void
test_manifest(void **state)
{
	struct buf text = { 0 };
	struct proc_verify v;
	unsigned n = 0;
	const struct listing_sink sink = { &n, count_entry };
	struct err e = { 0 };
	struct tmp t;
	int fd;

	(void)state;
	start(&t, &v);
	manifest_of(&text, 2000);
	fd = file_of(&t, buf_span(&text));
	assert_int_equal(
	    proc_verify_listing(&v, fd, LISTING_PULP_MANIFEST, &sink, &e), 0);
	assert_int_equal(n, 2000);
	close(fd);
	n = 0;
	buf_reset(&text);
	manifest_of(&text, 5000);
	fd = file_of(&t, buf_span(&text));
	assert_int_equal(
	    proc_verify_listing(&v, fd, LISTING_PULP_MANIFEST, &sink, &e), -1);
	assert_string_equal(e.msg, "enough");
	close(fd);
	/* The process that was stopped is followed by another. */
	n = 0;
	buf_reset(&text);
	manifest_of(&text, 1);
	fd = file_of(&t, buf_span(&text));
	assert_int_equal(
	    proc_verify_listing(&v, fd, LISTING_PULP_MANIFEST, &sink, &e), 0);
	assert_int_equal(n, 1);
	close(fd);
	proc_verify_close(&v);
	buf_cleanup(&text);
	tmp_cleanup(&t);
}

/* A file that ends the process is refused; the next one is not. */
static void
test_killed(void **state)
{
	const struct verify_expect x = { .proof = PROOF_TLS };
	struct proc_verify v;
	struct proof proof;
	struct err e = { 0 };
	struct tmp t;
	int fd;

	(void)state;
	start(&t, &v);
	fd = file_of(&t, SPAN_LIT("x"));
	assert_int_equal(proc_verify_file(&v, fd, &x, &proof, &e), 0);
	kill(v.proc.pid, SIGKILL);
	assert_int_equal(proc_verify_file(&v, fd, &x, &proof, &e), -1);
	assert_string_equal(
	    e.msg, "the verify process was ended by signal 9 (Killed)");
	assert_int_equal(proc_verify_file(&v, fd, &x, &proof, &e), 0);
	close(fd);
	proc_verify_close(&v);
	tmp_cleanup(&t);
}

static void
test_packing(void **state)
{
	(void)state;
	assert_int_equal(verify_packing_of(SPAN_LIT("a/b.oval.xml.bz2")),
	    VERIFY_PACKING_BZIP2);
	assert_int_equal(
	    verify_packing_of(SPAN_LIT("a/b.json.gz")), VERIFY_PACKING_GZIP);
	assert_int_equal(
	    verify_packing_of(SPAN_LIT("PULP_MANIFEST")), VERIFY_PACKING_ANY);
}

int
main(void)
{
	enum { N = sizeof(files) / sizeof(*files) };
	struct CMUnitTest tests[N + 5] = { 0 };
	size_t i;

	for (i = 0; i < N; i++)
		tests[i] = (struct CMUnitTest){ files[i].name, test_file, NULL,
			NULL, (void *)(uintptr_t)&files[i] };
	tests[N] = (struct CMUnitTest)cmocka_unit_test(test_bomb);
	tests[N + 1] = (struct CMUnitTest)cmocka_unit_test(test_meta);
	tests[N + 2] = (struct CMUnitTest)cmocka_unit_test(test_manifest);
	tests[N + 3] = (struct CMUnitTest)cmocka_unit_test(test_packing);
	tests[N + 4] = (struct CMUnitTest)cmocka_unit_test(test_killed);
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
