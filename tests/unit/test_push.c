/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is to be pushed is held against its manifest to the byte, in
 * however many parts it lies.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bundle/plan.h"
#include "bundle/push.h"
#include "bundle/refusal.h"
#include "bundle/tar.h"
#include "tests/unit/table.h"

/* Two files with the same bytes, one that is the configuration's. */
static const struct {
	enum layout_kind kind;
	const char *name;
	const char *body;
} parts[] = {
	{ LAYOUT_IS_METADATA, "1.root.json", "root" },
	{ LAYOUT_IS_METADATA, "timestamp.json", "{}" },
	{ LAYOUT_IS_TARGET, "index/manifest.json", "same" },
	{ LAYOUT_IS_TARGET, "nvd/a", "same" },
	{ LAYOUT_IS_PATCH, "nvd/b", "patch" },
};

#define N_PARTS TABLE_N(parts)

/* The tar as its plan has it; the manifest's blob is at *manifest. */
static void
make_bundle(struct buf *tar, size_t *manifest)
{
	struct layout_part p[N_PARTS];
	const struct layout l = { .parts = p, .n_parts = N_PARTS };
	struct buf bytes = { 0 };
	struct plan plan;
	struct plan_step s;
	size_t i;

	for (i = 0; i < N_PARTS; i++) {
		p[i] = (struct layout_part){ .kind = parts[i].kind,
			.name = span_of(parts[i].name),
			.size_bytes = strlen(parts[i].body) };
		digest_of(span_of(parts[i].body), &p[i].sha256);
	}
	layout_manifest(&bytes, &l);
	plan_init(&plan, &l, buf_span(&bytes));
	*manifest = 0;
	while (plan_next(&plan, &s) == 1) {
		buf_add_span(tar, s.frame);
		*manifest = *manifest == 0 ? tar->len : *manifest;
		buf_add_span(tar, s.known);
		for (i = 0; s.known.ptr == NULL && s.has_blob; i++)
			if (digest_eq(&p[i].sha256, &s.sha256))
				break;
		if (s.known.ptr == NULL && s.has_blob)
			buf_add_str(tar, parts[i].body);
	}
	assert_int_equal(plan_size(&l, buf_span(&bytes)), tar->len);
	plan_cleanup(&plan);
	buf_cleanup(&bytes);
}

static int
memory_file(struct span bytes)
{
	int fd = memfd_create("part", MFD_CLOEXEC);

	assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
	return fd;
}

static void
cut_parts(struct push_file *f, struct span bytes, size_t size)
{
	*f = (struct push_file){ .size_bytes = bytes.len };
	while (bytes.len > 0) {
		struct span s = span_first(bytes, size);

		f->parts[f->n_parts].fd = memory_file(s);
		f->parts[f->n_parts++].size_bytes = s.len;
		bytes = span_from(bytes, s.len);
	}
}

static int
read_list(struct push_list *list, const struct push_file *f, struct arena *a,
    struct err *e)
{
	struct ipc here, there;
	struct transfer_child c = { .ipc = &here };
	int rc;

	assert_int_equal(ipc_pair(&here, &there, e), 0);
	ipc_close(&there); /* nobody looks at its progress */
	rc = push_list_read(list, f, &c, a, e);
	ipc_close(&here);
	return rc;
}

/* --- the plan --- */

struct rest {
	struct span bytes;
};

static int
give(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct rest *r = ctx;

	(void)e;
	*n = size < r->bytes.len ? size : r->bytes.len;
	memcpy(ptr, r->bytes.ptr, *n);
	r->bytes = span_from(r->bytes, *n);
	return 0;
}

/* Without the digests in it. */
static void
add_name(struct buf *out, struct span name)
{
	struct digest d;
	size_t i;

	for (i = 0; i < name.len; i++)
		if (digest_parse(span_first(span_from(name, i), 64), &d))
			i += 63;
		else
			buf_add_char(out, name.ptr[i]);
}

/* What the tar's reader makes of it. */
static void
test_plan(void **state)
{
	struct buf tar = { 0 }, got = { 0 };
	struct rest rest;
	const struct stream_pull pull = { &rest, give };
	struct tar_reader *r = tar_reader_new(&pull);
	struct tar_entry entry;
	struct err e = { 0 };
	size_t manifest;
	int rc;

	(void)state;
	make_bundle(&tar, &manifest);
	rest.bytes = buf_span(&tar);
	while ((rc = tar_next(r, &entry, &e)) == 1) {
		add_name(&got, entry.path);
		buf_add_str(&got, entry.link.len > 0 ? "> " : " ");
	}
	assert_int_equal(rc, 0);
	assert_string_equal(buf_str(&got),
	    "oci-layout index.json blobs/sha256/ blobs/sha256/ blobs/sha256/ "
	    "metadata/1.root.json> metadata/timestamp.json> blobs/sha256/ "
	    "targets/index/.manifest.json> content/index/manifest.json> "
	    "targets/nvd/.a> content/nvd/a> blobs/sha256/ ");
	tar_reader_free(r);
	buf_cleanup(&tar);
	buf_cleanup(&got);
}

/* --- the file --- */

struct file_case {
	const char *name;
	size_t part;      /* bytes of one; 0: all */
	size_t at;        /* of the byte that is changed; 0: none */
	bool in_manifest; /* counted from its first byte on */
	size_t cut;       /* bytes that are left out at the end */
	const char *more; /* behind the end */
	enum refusal code;
	const char *expect;
};

#define SHAPE REFUSAL_SHAPE

static const struct file_case files[] = {
	{ "whole", 0 },
	{ "in parts", 1000 },
	{ "in many parts", 100 },
	{ "another layout", .at = 512, .code = SHAPE,
	    .expect = "byte 0 and on: not what the manifest" },
	{ "another index", .at = 1540, .code = SHAPE,
	    .expect = "byte 0 and on: not what the manifest" },
	{ "a manifest of other bytes", .at = 2, .in_manifest = true,
	    .code = SHAPE, .expect = "the manifest of the bundle: " },
	{ "a blob of other bytes", .part = 500, .at = TAR_BLOCK,
	    .in_manifest = true, .code = REFUSAL_UNTRUSTED,
	    .expect = "blobs/sha256/" },
	{ "cut", .cut = 1, .code = REFUSAL_INCOMPLETE,
	    .expect = "the file ends at byte " },
	{ "cut in its parts", .part = 700, .cut = 2000,
	    .code = REFUSAL_INCOMPLETE, .expect = "the file ends at byte " },
	{ "goes on", .more = "x", .code = SHAPE,
	    .expect = "1 bytes stand behind the end of the bundle" },
};

/* A changed byte of the first blob behind manifest and configuration. */
static size_t
changed_at(const struct file_case *c, size_t manifest, struct span tar)
{
	size_t i;

	if (!c->in_manifest)
		return c->at;
	if (c->at < TAR_BLOCK)
		return manifest + c->at;
	/* A body begins a block. */
	for (i = manifest; !span_has_prefix(span_from(tar, i), "root");)
		i += TAR_BLOCK;
	return i;
}

static void
check_list(const struct push_list *list, const struct push_file *f)
{
	struct http_piece pieces[HTTP_PIECES_MAX];
	size_t i, j, n;
	uint64_t sum;
	struct err e = { 0 };

	assert_int_equal(list->n, 5); /* manifest, {}, root, same, patch */
	for (i = 0; i < list->n; i++) {
		const struct registry_bytes *b = &list->blobs[i];

		assert_int_equal(push_file_pieces(f, b->offset, b->size_bytes,
				     pieces, &n, &e),
		    0);
		for (sum = j = 0; j < n; j++)
			sum += pieces[j].size_bytes;
		assert_int_equal(sum, b->size_bytes);
	}
}

static void
test_file(void **state)
{
	const struct file_case *c = *state;
	struct push_list list = { .n = 0 };
	struct push_file f;
	struct buf tar = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t manifest;

	make_bundle(&tar, &manifest);
	if (c->at > 0)
		tar.ptr[changed_at(c, manifest, buf_span(&tar))] ^= 1;
	if (c->more != NULL)
		buf_add_str(&tar, c->more);
	cut_parts(&f, span_first(buf_span(&tar), tar.len - c->cut),
	    c->part == 0 ? tar.len : c->part);
	if (read_list(&list, &f, &a, &e) == 0)
		check_list(&list, &f);
	assert_int_equal(refusal_of(&e), c->code);
	if (c->expect != NULL)
		assert_true(span_has_prefix(span_of(e.msg), c->expect));
	push_file_close(&f);
	arena_cleanup(&a);
	buf_cleanup(&tar);
}

/* --- its pieces --- */

struct piece_case {
	const char *name;
	uint64_t offset;
	uint64_t size_bytes;
	const char *expect; /* part:offset+size */
};

static const struct piece_case pieces[] = {
	{ "nothing", 3, 0, "" },
	{ "of one part", 1, 2, "0:1+2 " },
	{ "all of one", 4, 4, "1:0+4 " },
	{ "of two", 3, 2, "0:3+1 1:0+1 " },
	{ "of all", 0, 10, "0:0+4 1:0+4 2:0+2 " },
	{ "beyond", 8, 3, "the bundle has no such bytes" },
	{ "far beyond", UINT64_MAX, 1, "the bundle has no such bytes" },
};

static void
test_pieces(void **state)
{
	const struct piece_case *c = *state;
	struct http_piece out[HTTP_PIECES_MAX];
	struct push_file f;
	struct buf got = { 0 };
	struct err e = { 0 };
	size_t i, part, n;

	cut_parts(&f, SPAN_LIT("0123456789"), 4);
	if (push_file_pieces(&f, c->offset, c->size_bytes, out, &n, &e) != 0)
		buf_add_str(&got, e.msg);
	for (i = 0; e.code == ERR_NONE && i < n; i++) {
		for (part = 0; f.parts[part].fd != out[i].fd; part++)
			;
		buf_printf(&got, "%zu:%ju+%ju ", part, (uintmax_t)out[i].offset,
		    (uintmax_t)out[i].size_bytes);
	}
	assert_string_equal(buf_str(&got), c->expect);
	push_file_close(&f);
	buf_cleanup(&got);
}

/* One file of the bundle in more parts than are sent in one go. */
static void
test_many_pieces(void **state)
{
	struct http_piece out[HTTP_PIECES_MAX];
	char bytes[HTTP_PIECES_MAX + 1];
	struct push_file f;
	struct err e = { 0 };
	size_t n;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	cut_parts(&f, span_make(bytes, sizeof(bytes)), 1);
	assert_int_equal(
	    push_file_pieces(&f, 0, HTTP_PIECES_MAX, out, &n, &e), 0);
	assert_int_equal(n, HTTP_PIECES_MAX);
	assert_int_equal(
	    push_file_pieces(&f, 0, sizeof(bytes), out, &n, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	push_file_close(&f);
}

static void
test_open(void **state)
{
	const char *const missing[] = { "/nonexistent/bundle.tar", NULL };
	const char *const device[] = { "/dev/null", NULL };
	const char *const input[] = { "-", NULL };
	struct push_file f = { .n_parts = 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(push_file_open(&f, missing, &e), -1);
	assert_string_equal(
	    e.msg, "/nonexistent/bundle.tar: No such file or directory");
	assert_int_equal(push_file_open(&f, device, &e), -1);
	assert_string_equal(e.msg,
	    "/dev/null: is no file: a bundle that is pushed is read twice");
	assert_int_equal(push_file_open(&f, input, &e), -1);
	assert_string_equal(e.msg,
	    "standard input: is no file: a bundle that is pushed is read "
	    "twice");
	push_file_close(&f);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(files) + TABLE_N(pieces) + 3] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_many_pieces),
		cmocka_unit_test(test_open),
	};
	size_t n = 3;

	TABLE_ADD(tests, &n, files, test_file);
	TABLE_ADD(tests, &n, pieces, test_pieces);
	return cmocka_run_group_tests_name("push", tests, NULL, NULL);
}
