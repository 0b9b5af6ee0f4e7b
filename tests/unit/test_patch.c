/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/memfd.h"
#include "bundle/patch.h"
#include "bundle/refusal.h"
#include "tests/unit/random.h"
#include "tests/unit/recipe_packers.h"
#include "tests/unit/table.h"

#define N_LINES 2000

/* --- files --- */

/* An advisory a line; `changed` adds some and alters some. */
static void
add_text(struct buf *b, bool changed)
{
	struct random r = { 1 };
	uint32_t i;

	for (i = 0; i < N_LINES; i++) {
		uint32_t id = random_below(&r, 1000000);
		uint32_t version = random_below(&r, 1000);

		if (changed && i % 400 == 7)
			buf_printf(b, "<fixed id=\"%u\">1.%u</fixed>\n", id + 1,
			    version + 5);
		if (!changed || i % 500 != 9)
			buf_printf(
			    b, "<fixed id=\"%u\">1.%u</fixed>\n", id, version);
	}
}

static int
file_of(struct span bytes)
{
	struct err e = { 0 };
	int fd;

	if (memfd_of(bytes, &fd, &e) != 0)
		fail_msg("%s", e.msg);
	return fd;
}

static int
file_packed(packer *pack, bool changed, struct buf *bytes)
{
	struct buf text = { 0 };
	int fd;

	add_text(&text, changed);
	pack(bytes, buf_span(&text));
	fd = file_of(buf_span(bytes));
	buf_cleanup(&text);
	return fd;
}

static void
read_all(int fd, struct buf *out)
{
	struct err e = { 0 };

	if (file_read_fd(fd, (size_t)1 << 24, out, &e) != 0)
		fail_msg("%s", e.msg);
}

/* --- there and back --- */

struct make_case {
	const char *name;
	packer *base;
	packer *target;
	enum patch_recipe recipe; /* 0: it travels whole */
};

static const struct make_case make_cases[] = {
	{ "plain", pack_none, pack_none, PATCH_PLAIN },
	{ "bzip2 -9", pack_bzip2_9, pack_bzip2_9, PATCH_BZIP2_9 },
	{ "gzip as NVD has it", pack_gzip_nvd, pack_gzip_nvd, PATCH_GZIP_NVD },
	{ "gzip -9 without name and time", pack_gzip_9, pack_gzip_9,
	    PATCH_GZIP_9 },
	{ "xz -6", pack_xz_6, pack_xz_6, PATCH_XZ_6 },
	{ "packed since then", pack_none, pack_bzip2_9, PATCH_BZIP2_9 },
	{ "not packed any more", pack_xz_whole, pack_none, PATCH_PLAIN },
	{ "the old form packed as no recipe has it", pack_zstd, pack_gzip_nvd,
	    PATCH_GZIP_NVD },
	{ "bzip2 -1", pack_bzip2, pack_bzip2, 0 },
	{ "gzip -6 with the system's number", pack_gzip, pack_gzip, 0 },
	{ "zstd", pack_zstd, pack_zstd, 0 },
	{ "xz -1 with CRC32", pack_xz, pack_xz, 0 },
	{ "looks like xz -6", pack_xz_6, pack_xz_whole, 0 },
	{ "looks like bzip2 -9", pack_bzip2_9, pack_bzip2_twice, 0 },
	{ "looks like NVD's", pack_gzip_nvd, pack_gzip_small, 0 },
	{ "the new form breaks off", pack_bzip2_9, pack_half, 0 },
	{ "the old form breaks off", pack_half, pack_bzip2_9, 0 },
	{ "the new form is a bomb", pack_none, pack_zeros, 0 },
	{ "the old form is a bomb", pack_zeros, pack_none, 0 },
};

static void
check_applied(const struct make_case *c, int base, int patch, struct span want)
{
	struct patch_head head;
	struct patch_head first;
	struct buf got = { 0 };
	struct err e = { 0 };
	int out = file_of(SPAN_NONE);

	if (patch_apply(base, patch, out, &head, &e) != 0)
		fail_msg("%s", e.msg);
	read_all(out, &got);
	assert_true(span_eq(buf_span(&got), want));
	assert_int_equal(head.recipe, c->recipe);
	assert_int_equal(head.target_size_bytes, want.len);
	assert_int_equal(patch_read_head(patch, &first, &e), 0);
	assert_memory_equal(&head, &first, sizeof(head));
	close(out);
	buf_cleanup(&got);
}

static void
test_make(void **state)
{
	const struct make_case *c = *state;
	struct buf old = { 0 };
	struct buf new = { 0 };
	struct buf bytes[2] = { { 0 }, { 0 } };
	int base = file_packed(c->base, false, &old);
	int target = file_packed(c->target, true, &new);
	int i;

	/* Twice: the same again. */
	for (i = 0; i < 2; i++) {
		int patch = file_of(SPAN_NONE);
		uint64_t size = 0;
		struct err e = { 0 };

		assert_int_equal(
		    patch_make(base, target, patch, &size, &e), c->recipe != 0);
		read_all(patch, &bytes[i]);
		assert_int_equal(bytes[i].len, size);
		if (c->recipe != 0)
			check_applied(c, base, patch, buf_span(&new));
		close(patch);
	}
	assert_true(span_eq(buf_span(&bytes[0]), buf_span(&bytes[1])));
	assert_true(bytes[0].len < new.len / 5);
	close(base);
	close(target);
	buf_cleanup(&old);
	buf_cleanup(&new);
	buf_cleanup(&bytes[0]);
	buf_cleanup(&bytes[1]);
}

/* A patch that is no smaller than the file is none. */
static void
test_small(void **state)
{
	int base = file_of(SPAN_LIT("one line\n"));
	int target = file_of(SPAN_LIT("one line\nand another\n"));
	int patch = file_of(SPAN_NONE);
	struct buf got = { 0 };
	uint64_t size = 0;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(patch_make(base, target, patch, &size, &e), 0);
	read_all(patch, &got);
	assert_int_equal(got.len, 0);
	close(base);
	close(target);
	close(patch);
	buf_cleanup(&got);
}

/* --- patches that others made --- */

/* What is replaced in a patch from plain to plain, and what is said. */
struct apply_case {
	const char *name;
	const char *from;
	const char *to;
	enum refusal refusal;
	const char *expect;
};

static const struct apply_case apply_cases[] = {
	{ "nothing", "", "", REFUSAL_NONE, "" },
	{ "another base", "{\"base\":{\"length\":", "{\"base\":{\"length\":1",
	    REFUSAL_UNTRUSTED, "the patch is against another file than that" },
	{ "another recipe", "\"none\"", "\"bzip2 -9\"", REFUSAL_UNTRUSTED,
	    "it gives other bytes than it should" },
	{ "a longer target",
	    ",\"target\":{\"length\":", ",\"target\":{\"length\":1",
	    REFUSAL_UNTRUSTED, "it gives other bytes than it should" },
	{ "a shorter target", ",\"target\":{\"length\":6",
	    ",\"target\":{\"length\":5", REFUSAL_UNTRUSTED,
	    "it gives more than the 5" },
	{ "a target shorter than the patch", ",\"target\":{\"length\":",
	    ",\"target\":{\"length\":1,\"x\":", REFUSAL_SHAPE,
	    "its first line is not canonical" },
	{ "an unknown recipe", "\"none\"", "\"gzip\"", REFUSAL_SHAPE,
	    "no recipe is named \"gzip\"" },
	{ "a later format", "\"format\":1", "\"format\":2", REFUSAL_SHAPE,
	    "no patch of format 1" },
	{ "a format before the first", "\"format\":1", "\"format\":0",
	    REFUSAL_SHAPE, "no patch of format 1" },
	{ "more unpacked", ",\"unpacked\":", ",\"unpacked\":1", REFUSAL_SHAPE,
	    "behind its first line is no frame of 1" },
	{ "far more unpacked", ",\"unpacked\":", ",\"unpacked\":5369999",
	    REFUSAL_SHAPE, "it does not say what it makes" },
	{ "no base", "\"base\"", "\"bass\"", REFUSAL_SHAPE,
	    "it does not say of what file" },
	{ "white space", ",\"target\"", ", \"target\"", REFUSAL_SHAPE,
	    "its first line is not canonical" },
	{ "one member more", ",\"target\"", ",\"tar\":1,\"target\"",
	    REFUSAL_SHAPE, "its first line is not canonical" },
	{ "one member twice", "\"format\":1", "\"format\":1,\"format\":1",
	    REFUSAL_SHAPE, "its first line is not canonical" },
	{ "no JSON", "\"format\"", "format", REFUSAL_SHAPE,
	    "its first line is not JSON" },
	{ "no line", "}\n", "} ", REFUSAL_SHAPE, "not a patch" },
	{ "something between", "}\n", "}\n\n", REFUSAL_SHAPE,
	    "behind its first line is no frame of 6" },
	{ "nothing behind the line", "\x28\xb5\x2f\xfd", "", REFUSAL_SHAPE,
	    "behind its first line is no frame of 6" },
};

static void
replaced(struct buf *out, struct span in, const char *from, const char *to)
{
	size_t len = strlen(from);
	size_t i = 0;

	while (i + len <= in.len && memcmp(in.ptr + i, from, len) != 0)
		i++;
	assert_true(i + len <= in.len);
	buf_add_span(out, span_first(in, i));
	buf_add_str(out, to);
	buf_add_span(out, span_from(in, i + len));
}

struct world {
	int base;
	struct buf target;
	struct buf patch;
};

static void
world_open(struct world *w)
{
	struct buf old = { 0 };
	int target;
	int patch = file_of(SPAN_NONE);
	uint64_t size;
	struct err e = { 0 };

	*w = (struct world){ 0 };
	w->base = file_packed(pack_none, false, &old);
	target = file_packed(pack_none, true, &w->target);
	if (patch_make(w->base, target, patch, &size, &e) != 1)
		fail_msg("%s", e.msg);
	read_all(patch, &w->patch);
	buf_cleanup(&old);
	close(target);
	close(patch);
}

static void
world_close(struct world *w)
{
	close(w->base);
	buf_cleanup(&w->target);
	buf_cleanup(&w->patch);
}

/* Whether it is refused; what is not must give the target. */
static bool
refused(const struct world *w, struct span bytes, struct err *e)
{
	struct patch_head head;
	struct buf got = { 0 };
	int patch = file_of(bytes);
	int out = file_of(SPAN_NONE);
	int rc = patch_apply(w->base, patch, out, &head, e);

	if (rc == 0) {
		read_all(out, &got);
		assert_true(span_eq(buf_span(&got), buf_span(&w->target)));
		buf_cleanup(&got);
	}
	close(patch);
	close(out);
	return rc != 0;
}

static void
test_apply(void **state)
{
	const struct apply_case *c = *state;
	struct world w;
	struct buf bytes = { 0 };
	struct err e = { 0 };

	world_open(&w);
	replaced(&bytes, buf_span(&w.patch), c->from, c->to);
	assert_int_equal(
	    refused(&w, buf_span(&bytes), &e), c->refusal != REFUSAL_NONE);
	assert_string_equal(
	    span_has_prefix(span_of(e.msg), c->expect) ? c->expect : e.msg,
	    c->expect);
	assert_int_equal(refusal_of(&e), c->refusal);
	buf_cleanup(&bytes);
	world_close(&w);
}

/* What happens to it on its way makes no other file of it. */
static void
test_flipped(void **state)
{
	struct world w;
	size_t n_refused = 0;
	size_t i;

	(void)state;
	world_open(&w);
	for (i = 0; i < w.patch.len; i++) {
		struct err e = { 0 };

		w.patch.ptr[i] ^= (char)(1 << i % 8);
		if (refused(&w, buf_span(&w.patch), &e)) {
			n_refused++;
			assert_true(refusal_of(&e) == REFUSAL_SHAPE ||
			    refusal_of(&e) == REFUSAL_UNTRUSTED);
		}
		w.patch.ptr[i] ^= (char)(1 << i % 8);
	}
	/* Some bits of a frame mean nothing. */
	assert_true(n_refused > w.patch.len * 9 / 10);
	world_close(&w);
}

static void
test_cut(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	for (i = 0; i < w.patch.len; i++) {
		struct err e = { 0 };

		assert_true(refused(&w, span_first(buf_span(&w.patch), i), &e));
		assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
	}
	world_close(&w);
}

static void
test_longer(void **state)
{
	struct world w;
	struct err e = { 0 };

	(void)state;
	world_open(&w);
	buf_add_char(&w.patch, '\0');
	assert_true(refused(&w, buf_span(&w.patch), &e));
	assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
	world_close(&w);
}

/* A patch that is larger than the file is not even read. */
static void
test_larger(void **state)
{
	struct world w;
	struct err e = { 0 };

	(void)state;
	world_open(&w);
	buf_reserve(&w.patch, w.target.len);
	memset(w.patch.ptr + w.patch.len, 0, w.target.len);
	w.patch.len += w.target.len;
	assert_true(refused(&w, buf_span(&w.patch), &e));
	assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
	assert_true(span_has_prefix(span_of(e.msg), "a patch of "));
	world_close(&w);
}

/* --- first lines --- */

struct head_case {
	const char *name;
	const char *line;
	const char *expect; /* or what is said */
};

#define D1 "1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "2222222222222222222222222222222222222222222222222222222222222222"
#define HEAD(base, recipe, target, unpacked)                         \
	"{\"base\":{\"length\":" base ",\"sha256\":\"" D1            \
	"\"},\"format\":1,\"recipe\":\"" recipe                      \
	"\",\"target\":{\"length\":" target ",\"sha256\":\"" D2 "\"" \
	"},\"unpacked\":" unpacked "}\n"

static const struct head_case head_cases[] = {
	{ "bzip2", HEAD("159289", "bzip2 -9", "160088", "3423600"),
	    "2 159289 160088 3423600" },
	{ "the largest", HEAD("536870912", "none", "536870912", "536870912"),
	    "1 536870912 536870912 536870912" },
	{ "a large base", HEAD("536870913", "none", "1", "1"),
	    "it does not say of what file" },
	{ "a large target", HEAD("1", "none", "536870913", "1"),
	    "it does not say what it makes" },
	{ "large unpacked", HEAD("1", "gzip 6 8", "1", "536870913"),
	    "it does not say what it makes" },
	{ "a bomb", HEAD("1", "gzip 6 8", "1000", "536870912"),
	    "a file of 1000 bytes out of 536870912" },
	{ "negative", HEAD("-1", "xz -6", "1", "1"),
	    "it does not say of what file" },
	{ "a fraction", HEAD("1.0", "xz -6", "1", "1"),
	    "it does not say of what file" },
	{ "a number as text", HEAD("\"1\"", "gzip 9 8", "1", "1"),
	    "its first line is not canonical" },
	{ "leading zero", HEAD("1", "none", "1", "01"),
	    "its first line is not JSON" },
	{ "an array", "[]\n", "no patch of format 1" },
	{ "empty", "", "not a patch" },
	{ "an empty line", "\n", "its first line is not JSON" },
	{ "no end", "{\"base\":", "not a patch" },
};

static void
test_head(void **state)
{
	const struct head_case *c = *state;
	int fd = file_of(span_of(c->line));
	struct patch_head h;
	struct err e = { 0 };
	char got[ERR_MSG_SIZE];

	if (patch_read_head(fd, &h, &e) == 0)
		snprintf(got, sizeof(got), "%d %ju %ju %ju", (int)h.recipe,
		    (uintmax_t)h.base_size_bytes,
		    (uintmax_t)h.target_size_bytes,
		    (uintmax_t)h.unpacked_bytes);
	else
		snprintf(got, sizeof(got), "%s", e.msg);
	assert_string_equal(got, c->expect);
	assert_int_equal(
	    refusal_of(&e), e.code == ERR_NONE ? REFUSAL_NONE : REFUSAL_SHAPE);
	close(fd);
}

static void
test_long_line(void **state)
{
	struct buf b = { 0 };
	struct patch_head h;
	struct err e = { 0 };
	int fd;

	(void)state;
	while (b.len < PATCH_HEAD_MAX)
		buf_add_char(&b, ' ');
	buf_add_char(&b, '\n');
	fd = file_of(buf_span(&b));
	assert_int_equal(patch_read_head(fd, &h, &e), -1);
	assert_string_equal(e.msg, "not a patch");
	close(fd);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(make_cases) + TABLE_N(apply_cases) +
	    TABLE_N(head_cases) + 6] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_longer),
		cmocka_unit_test(test_larger),
		cmocka_unit_test(test_long_line),
	};
	size_t n = 6;

	TABLE_ADD(tests, &n, make_cases, test_make);
	TABLE_ADD(tests, &n, apply_cases, test_apply);
	TABLE_ADD(tests, &n, head_cases, test_head);
	return _cmocka_run_group_tests("patch", tests, n, NULL, NULL);
}
