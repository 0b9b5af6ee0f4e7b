/* SPDX-License-Identifier: Apache-2.0 */
/* Our own way to unpack a block: what it takes, it takes as libbz2 does. */
#include <string.h>

#include "base/bzip2_block.h"
#include "base/bzip2_scan.h"
#include "tests/unit/packers.h"
#include "tests/unit/table.h"

struct block_case {
	const char *name;
	/* Fills in a block's worth of bytes. */
	void (*make)(struct buf *b);
};

static void
make_words(struct buf *b)
{
	static const char *const words[] = { "<criterion ", "test_ref=\"",
		"oval:org:tst:", "1", "2", "37", "\" ", "comment=\"is fixed\"",
		"/>\n", "        ", "." };
	uint32_t seed = 7;

	while (b->len < 95000) {
		seed = seed * 1664525 + 1013904223;
		buf_add_str(b, words[(seed >> 16) % TABLE_N(words)]);
	}
}

static void
add_noise(struct buf *b, size_t len)
{
	uint32_t seed = 7;

	while (b->len < len) {
		seed = seed * 1664525 + 1013904223;
		buf_add_char(b, (char)(seed >> 24));
	}
}

static void
make_noise(struct buf *b)
{
	add_noise(b, 90000);
}

static void
make_one_byte(struct buf *b)
{
	buf_add_char(b, 'x');
}

static void
make_one_word(struct buf *b)
{
	buf_add_str(b, "mississippi");
}

static void
make_all_bytes(struct buf *b)
{
	unsigned i;

	for (i = 0; i < 256 * 16; i++)
		buf_add_char(b, (char)(i * 37));
}

static void
make_period(struct buf *b)
{
	while (b->len < 90000)
		buf_add_str(b, "abcabcab");
}

/* Every length of run around those that packing tells apart. */
static void
make_runs(struct buf *b)
{
	unsigned n, i;

	for (n = 1; n < 300; n++)
		for (i = 0; i < n; i++)
			buf_add_char(b, (char)('a' + n % 3));
}

static void
add_zeros(struct buf *b, size_t len)
{
	buf_reserve(b, len);
	memset(b->ptr, 0, len);
	b->len = len;
}

static void
make_zeros(struct buf *b)
{
	add_zeros(b, 400000);
}

static const struct block_case cases[] = {
	{ "words", make_words },
	{ "noise, a byte a run", make_noise },
	{ "one byte", make_one_byte },
	{ "one word", make_one_word },
	{ "all bytes", make_all_bytes },
	{ "a period", make_period },
	{ "runs", make_runs },
	{ "zeros", make_zeros },
};

/* The first piece of packed data. */
static void
first_piece(const struct buf *packed, struct bzip2_piece *piece)
{
	struct stream_input in = { .fd = -1, .whole = buf_span(packed) };
	struct bzip2_scan scan;
	struct err e;

	bzip2_scan_init(&scan, &in);
	assert_int_equal(bzip2_scan_next(&scan, piece, &e), 0);
	assert_int_equal(piece->kind, BZIP2_PIECE_BLOCK);
	bzip2_scan_cleanup(&scan);
}

static bool
unpack(struct bzip2_block *b, const struct bzip2_piece *p, struct buf *out)
{
	size_t len = 500000;

	buf_reset(out);
	buf_reserve(out, len);
	if (!bzip2_block_read(
		b, (const uint8_t *)p->packed.ptr, p->bit, p->end, p->level) ||
	    !bzip2_invert(b) || !bzip2_expand(b, out->ptr, &len))
		return false;
	out->len = len;
	return true;
}

static void
test_block(void **state)
{
	const struct block_case *c = *state;
	struct bzip2_piece piece = { 0 };
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	struct buf out = { 0 };
	struct bzip2_block b;

	bzip2_block_init(&b);
	c->make(&plain);
	pack_bzip2(&packed, buf_span(&plain));
	first_piece(&packed, &piece);
	assert_true(unpack(&b, &piece, &out));
	assert_true(span_eq(buf_span(&out), buf_span(&plain)));
	bzip2_block_cleanup(&b);
	buf_cleanup(&piece.packed);
	buf_cleanup(&plain);
	buf_cleanup(&packed);
	buf_cleanup(&out);
}

/* A block that ends elsewhere than at its mark is not one. */
static void
test_exact_end(void **state)
{
	struct bzip2_piece piece = { 0 };
	struct buf packed = { 0 };
	struct buf out = { 0 };
	struct bzip2_block b;
	size_t end;

	(void)state;
	bzip2_block_init(&b);
	pack_bzip2(&packed, SPAN_LIT("some text, some more text"));
	first_piece(&packed, &piece);
	end = piece.end;
	for (piece.end = end - 80; piece.end <= end + 80; piece.end++)
		assert_int_equal(unpack(&b, &piece, &out), piece.end == end);
	bzip2_block_cleanup(&b);
	buf_cleanup(&piece.packed);
	buf_cleanup(&packed);
	buf_cleanup(&out);
}

/* Whatever bit of it is wrong, the block is refused. */
static void
test_every_bit(void **state)
{
	struct bzip2_piece piece = { 0 };
	struct buf packed = { 0 };
	struct buf out = { 0 };
	struct bzip2_block b;
	size_t i;

	(void)state;
	bzip2_block_init(&b);
	pack_bzip2(&packed, SPAN_LIT("some text, some more text, and more"));
	first_piece(&packed, &piece);
	assert_true(unpack(&b, &piece, &out));
	for (i = piece.bit; i < piece.end; i++) {
		piece.packed.ptr[i / 8] ^= (char)(0x80 >> i % 8);
		if (unpack(&b, &piece, &out))
			assert_true(span_is(buf_span(&out),
			    "some text, some more text, and more"));
		piece.packed.ptr[i / 8] ^= (char)(0x80 >> i % 8);
	}
	bzip2_block_cleanup(&b);
	buf_cleanup(&piece.packed);
	buf_cleanup(&packed);
	buf_cleanup(&out);
}

static void
check_left_alone(const struct buf *plain)
{
	struct bzip2_piece piece = { 0 };
	struct buf packed = { 0 };
	struct buf out = { 0 };
	struct bzip2_block b;

	bzip2_block_init(&b);
	pack_bzip2_level(&packed, buf_span(plain), 9);
	first_piece(&packed, &piece);
	assert_false(unpack(&b, &piece, &out));
	bzip2_block_cleanup(&b);
	buf_cleanup(&piece.packed);
	buf_cleanup(&packed);
	buf_cleanup(&out);
}

/* More runs than pay, and more bytes than there is room for. */
static void
test_left_alone(void **state)
{
	struct buf plain = { 0 };

	(void)state;
	add_noise(&plain, 200000);
	check_left_alone(&plain);
	buf_reset(&plain);
	add_zeros(&plain, 700000);
	check_left_alone(&plain);
	buf_cleanup(&plain);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 3];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_block);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_exact_end);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_every_bit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_left_alone);
	return _cmocka_run_group_tests("bzip2", tests, n, NULL, NULL);
}
