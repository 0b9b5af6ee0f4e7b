/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/digest.h"
#include "base/stream.h"
#include "tests/unit/corpus.h"
#include "tests/unit/packers.h"
#include "tests/unit/tmp.h"

#define MIB ((size_t)1024 * 1024)

/* Words in an order that repeats late: several blocks, well packed. */
static void
add_text(struct buf *b, size_t len)
{
	static const char *const words[] = { "package ", "affected, ",
		"kernel\n", "fixed in 1.2-3 ", "   ", "zlib ",
		"<criterion/> " };
	uint32_t seed = 1;
	size_t end = b->len + len;

	while (b->len < end) {
		seed = seed * 1664525 + 1013904223;
		buf_add_str(b, words[(seed >> 16) % TABLE_N(words)]);
	}
	b->len = end;
}

static void
add_zeros(struct buf *b, size_t len)
{
	buf_reserve(b, len);
	memset(b->ptr + b->len, 0, len);
	b->len += len;
}

/* All that comes out of packed, and how it ended. */
static enum err_code
unpack(struct span packed, unsigned threads, struct buf *out, struct err *e)
{
	struct stream_options options = { .threads = threads };
	struct stream *s = NULL;
	struct err again = { 0 };
	struct span bytes;
	int rc;

	*e = (struct err){ 0 };
	assert_int_equal(stream_open_span(&s, packed, &options, e), 0);
	while ((rc = stream_next(s, &bytes, e)) == 1) {
		assert_true(bytes.len > 0);
		buf_add_span(out, bytes);
	}
	if (rc == 0) {
		assert_int_equal(e->code, ERR_NONE);
		assert_int_equal(stream_next(s, &bytes, e), 0);
		assert_int_equal(stream_offset(s), out->len);
	} else {
		assert_int_equal(rc, -1);
		assert_int_equal(stream_next(s, &bytes, &again), -1);
		assert_string_equal(again.msg, e->msg);
	}
	stream_close(s);
	return e->code;
}

struct stream_case {
	const char *name;
	/* Fills both; returns nothing: expect tells. */
	void (*make)(struct buf *packed, struct buf *plain);
	enum err_code code;
	const char *expect; /* of the error */
};

static void
make_plain(struct buf *packed, struct buf *plain)
{
	add_text(plain, 3 * MIB);
	buf_add_span(packed, buf_span(plain));
}

static void
make_empty(struct buf *packed, struct buf *plain)
{
	(void)packed;
	(void)plain;
}

static void
make_two(struct buf *packed, struct buf *plain, packer *pack)
{
	add_text(plain, MIB);
	pack(packed, buf_span(plain));
	pack(packed, SPAN_LIT("and the end"));
	buf_add_str(plain, "and the end");
}

static void
make_gzip(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_gzip);
	add_zeros(packed, 512);
}

static void
make_gzip_cut(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_gzip);
	packed->len = 1000;
}

static void
make_gzip_junk(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_gzip);
	packed->len = 0;
	pack_gzip(packed, SPAN_LIT("x"));
	buf_add_str(packed, "junk");
}

static void
make_gzip_crc(struct buf *packed, struct buf *plain)
{
	(void)plain;
	pack_gzip(packed, SPAN_LIT("some text"));
	packed->ptr[packed->len - 8] ^= 1;
}

static void
make_bzip2(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_bzip2);
	pack_bzip2(packed, SPAN_LIT(""));
	pack_bzip2(packed, SPAN_LIT("."));
	buf_add_str(plain, ".");
}

/* A block of runs unpacks to 45 MB, far more than a buffer holds. */
static void
make_bzip2_runs(struct buf *packed, struct buf *plain)
{
	add_text(plain, 200000);
	add_zeros(plain, 9 * MIB);
	add_text(plain, 200000);
	pack_bzip2_level(packed, buf_span(plain), 9);
}

/*
 * The map of the bytes that occur stands in a block's head as bits. These
 * bytes make it hold the mark that blocks begin with, or that a stream ends
 * with: six bytes of it in the rows for 0x00.., 0x10.. and 0x20.. .
 */
static void
make_mark(struct buf *packed, struct buf *plain, const uint16_t rows[3])
{
	/* Head, mark, checksum, two more fields, and the map of the map. */
	enum { MAP_BIT = 32 + 48 + 32 + 1 + 24 + 16 };
	unsigned row, i, n;

	for (n = 0; n < 20000; n++)
		for (row = 0; row < 3; row++)
			for (i = 0; i < 16; i++)
				if ((rows[row] & (0x8000u >> i)) != 0)
					buf_add_char(
					    plain, (char)(row * 16 + i));
	pack_bzip2(packed, buf_span(plain));
	for (i = 0; i < 48; i++) {
		unsigned at = MAP_BIT + i;

		assert_int_equal(packed->ptr[at / 8] >> (7 - at % 8) & 1,
		    rows[i / 16] >> (15 - i % 16) & 1);
	}
}

static void
make_block_mark(struct buf *packed, struct buf *plain)
{
	make_mark(packed, plain, (const uint16_t[]){ 0x3141, 0x5926, 0x5359 });
}

static void
make_end_mark(struct buf *packed, struct buf *plain)
{
	make_mark(packed, plain, (const uint16_t[]){ 0x1772, 0x4538, 0x5090 });
}

static void
make_bzip2_cut(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_bzip2);
	packed->len = 30000;
}

static void
make_bzip2_junk(struct buf *packed, struct buf *plain)
{
	(void)plain;
	pack_bzip2(packed, SPAN_LIT("one"));
	buf_add_str(packed, "junk that is long enough");
}

/* The last four bytes are the checksum of all, shifted by some bits. */
static void
make_bzip2_crc(struct buf *packed, struct buf *plain)
{
	add_text(plain, 300000);
	pack_bzip2(packed, buf_span(plain));
	packed->ptr[packed->len - 3] ^= 1;
}

static void
make_zstd(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_zstd);
	buf_add(packed, "\x53\x2a\x4d\x18\4\0\0\0skip", 12);
	pack_zstd(packed, SPAN_LIT("."));
	buf_add_str(plain, ".");
}

static void
make_zstd_skip(struct buf *packed, struct buf *plain)
{
	buf_add(packed, "\x50\x2a\x4d\x18\0\0\0\0", 8);
	pack_zstd(packed, SPAN_LIT("after"));
	buf_add_str(plain, "after");
}

static void
make_zstd_cut(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_zstd);
	packed->len = 500;
}

static void
make_zstd_window(struct buf *packed, struct buf *plain)
{
	(void)plain;
	pack_zstd_window(packed, SPAN_LIT("small"), 27);
}

static void
make_zstd_crc(struct buf *packed, struct buf *plain)
{
	(void)plain;
	pack_zstd(packed, SPAN_LIT("some text"));
	packed->ptr[packed->len - 1] ^= 1;
}

static void
make_xz(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_xz);
}

static void
make_xz_cut(struct buf *packed, struct buf *plain)
{
	make_two(packed, plain, pack_xz);
	packed->len = 400;
}

/* 160 times 64 MiB. */
static void
make_bomb(struct buf *packed, packer *pack)
{
	struct buf zeros = { 0 };
	struct buf one = { 0 };
	unsigned i;

	add_zeros(&zeros, 64 * MIB);
	pack(&one, buf_span(&zeros));
	for (i = 0; i < 160; i++)
		buf_add_span(packed, buf_span(&one));
	buf_cleanup(&one);
	buf_cleanup(&zeros);
}

static void
make_bzip2_bomb(struct buf *packed, struct buf *plain)
{
	(void)plain;
	make_bomb(packed, pack_bzip2);
}

static void
make_zstd_bomb(struct buf *packed, struct buf *plain)
{
	(void)plain;
	make_bomb(packed, pack_zstd);
}

#define BOMB                                                      \
	"unpacks to more than 2000 times its size: refused as a " \
	"decompression bomb"

static const struct stream_case cases[] = {
	{ "plain", make_plain, ERR_NONE, NULL },
	{ "empty", make_empty, ERR_NONE, NULL },
	{ "gzip: two members, then zeros", make_gzip, ERR_NONE, NULL },
	{ "gzip: ends early", make_gzip_cut, ERR_FORMAT,
	    "ends early: 1000 bytes are only a part of it, fetch it again" },
	{ "gzip: something behind it", make_gzip_junk, ERR_FORMAT,
	    "something else follows the gzip data at byte 21" },
	{ "gzip: wrong checksum", make_gzip_crc, ERR_FORMAT,
	    "damaged gzip data before byte 25: fetch it again" },
	{ "bzip2: many blocks, several streams", make_bzip2, ERR_NONE, NULL },
	{ "bzip2: long runs", make_bzip2_runs, ERR_NONE, NULL },
	{ "bzip2: a block's mark inside a block", make_block_mark, ERR_NONE,
	    NULL },
	{ "bzip2: the end's mark inside a block", make_end_mark, ERR_NONE,
	    NULL },
	{ "bzip2: ends early", make_bzip2_cut, ERR_FORMAT,
	    "ends early: 30000 bytes are only a part of it, fetch it again" },
	{ "bzip2: something behind it", make_bzip2_junk, ERR_FORMAT,
	    "something else follows the bzip2 data at byte 38" },
	{ "bzip2: wrong checksum of the stream", make_bzip2_crc, ERR_FORMAT,
	    "damaged bzip2 data before byte 15362: fetch it again" },
	{ "bzip2: 10 GiB of zeros", make_bzip2_bomb, ERR_LIMIT, BOMB },
	{ "zstd: frames, one to skip", make_zstd, ERR_NONE, NULL },
	{ "zstd: begins with a frame to skip", make_zstd_skip, ERR_NONE, NULL },
	{ "zstd: ends early", make_zstd_cut, ERR_FORMAT,
	    "ends early: 500 bytes are only a part of it, fetch it again" },
	{ "zstd: window of 128 MiB", make_zstd_window, ERR_LIMIT,
	    "zstd data with a window of more than 64 MiB: refused" },
	{ "zstd: wrong checksum", make_zstd_crc, ERR_FORMAT,
	    "damaged zstd data before byte 0: fetch it again" },
	{ "zstd: 10 GiB of zeros", make_zstd_bomb, ERR_LIMIT, BOMB },
	{ "xz: two streams", make_xz, ERR_NONE, NULL },
	{ "xz: ends early", make_xz_cut, ERR_FORMAT,
	    "ends early: 400 bytes are only a part of it, fetch it again" },
};

static void
test_stream(const struct stream_case *c, unsigned threads)
{
	struct buf packed = { 0 };
	struct buf plain = { 0 };
	struct buf out = { 0 };
	struct err e;

	c->make(&packed, &plain);
	assert_int_equal(unpack(buf_span(&packed), threads, &out, &e), c->code);
	if (c->code == ERR_NONE) {
		assert_int_equal(out.len, plain.len);
		assert_true(span_eq(buf_span(&out), buf_span(&plain)));
	} else {
		assert_string_equal(e.msg, c->expect);
	}
	buf_cleanup(&packed);
	buf_cleanup(&plain);
	buf_cleanup(&out);
}

static void
test_alone(void **state)
{
	test_stream(*state, 1);
}

static void
test_threads(void **state)
{
	test_stream(*state, 3);
}

/*
 * Whatever single bit is wrong: the same bytes come out, or an error; with
 * threads just as without.
 */
static void
flip_all(packer *pack)
{
	struct buf packed = { 0 };
	struct buf alone = { 0 };
	struct buf threads = { 0 };
	struct span text = SPAN_LIT("every bit of this text matters, matters");
	struct err e1, e3;
	size_t i;

	pack(&packed, text);
	for (i = 0; i < packed.len * 8; i++) {
		packed.ptr[i / 8] ^= (char)(1 << i % 8);
		buf_reset(&alone);
		buf_reset(&threads);
		unpack(buf_span(&packed), 1, &alone, &e1);
		unpack(buf_span(&packed), 2, &threads, &e3);
		assert_int_equal(e1.code, e3.code);
		assert_string_equal(e1.msg, e3.msg);
		/* A head that is no head makes the file a plain one. */
		if (e1.code == ERR_NONE && i >= 80) {
			assert_true(span_eq(buf_span(&alone), text));
			assert_true(span_eq(buf_span(&threads), text));
		}
		packed.ptr[i / 8] ^= (char)(1 << i % 8);
	}
	buf_cleanup(&packed);
	buf_cleanup(&alone);
	buf_cleanup(&threads);
}

static void
test_flip_gzip(void **state)
{
	(void)state;
	flip_all(pack_gzip);
}

static void
test_flip_bzip2(void **state)
{
	(void)state;
	flip_all(pack_bzip2);
}

static void
test_flip_zstd(void **state)
{
	(void)state;
	flip_all(pack_zstd);
}

static void
test_flip_xz(void **state)
{
	(void)state;
	flip_all(pack_xz);
}

/* gzip cannot pack 2000 to 1; its bombs meet the limit of size. */
static void
test_out_max(void **state)
{
	struct stream_options options = { .out_max = 100 * MIB };
	struct buf packed = { 0 };
	struct stream *s = NULL;
	struct span bytes;
	struct err e = { 0 };

	(void)state;
	make_bomb(&packed, pack_gzip);
	assert_int_equal(
	    stream_open_span(&s, buf_span(&packed), &options, &e), 0);
	while (stream_next(s, &bytes, &e) == 1)
		assert_true(stream_offset(s) <= 100 * MIB);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg,
	    "unpacks to more than 100 MiB: refused as a decompression bomb");
	stream_close(s);
	buf_cleanup(&packed);
}

static void
test_plain_max(void **state)
{
	struct stream_options options = { .out_max = MIB };
	struct buf plain = { 0 };
	struct stream *s = NULL;
	struct span bytes;
	struct err e = { 0 };

	(void)state;
	add_text(&plain, MIB + 1);
	assert_int_equal(
	    stream_open_span(&s, buf_span(&plain), &options, &e), 0);
	assert_int_equal(stream_next(s, &bytes, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "is larger than 1 MiB: refused");
	stream_close(s);
	buf_cleanup(&plain);
}

/* Closing at any moment ends the threads, whatever they were doing. */
static void
test_close_early(void **state)
{
	static packer *const packers[] = { pack_gzip, pack_bzip2, pack_zstd,
		pack_xz };
	struct stream_options options = { .threads = 4 };
	struct buf plain = { 0 };
	size_t i, n;

	(void)state;
	add_text(&plain, 5 * MIB);
	for (i = 0; i < TABLE_N(packers); i++) {
		struct buf packed = { 0 };

		packers[i](&packed, buf_span(&plain));
		for (n = 0; n < 4; n++) {
			struct stream *s = NULL;
			struct span bytes;
			struct err e;
			size_t k;

			assert_int_equal(stream_open_span(&s, buf_span(&packed),
					     &options, &e),
			    0);
			for (k = 0; k < n; k++)
				assert_int_equal(stream_next(s, &bytes, &e), 1);
			stream_close(s);
		}
		buf_cleanup(&packed);
	}
	stream_close(NULL);
	buf_cleanup(&plain);
}

static void
test_fd(void **state)
{
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	struct stream *s = NULL;
	struct span bytes;
	struct err e = { 0 };
	struct tmp t;
	size_t n = 0;
	int fd;

	(void)state;
	tmp_init(&t);
	add_text(&plain, 2 * MIB);
	pack_bzip2(&packed, buf_span(&plain));
	assert_int_equal(
	    file_replace(t.dirfd, "x.bz2", buf_span(&packed), &e), 0);
	fd = openat(t.dirfd, "x.bz2", O_RDONLY | O_CLOEXEC);
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	assert_int_equal(stream_open_fd(&s, fd, NULL, &e), 0);
	while (stream_next(s, &bytes, &e) == 1) {
		assert_memory_equal(plain.ptr + n, bytes.ptr, bytes.len);
		n += bytes.len;
	}
	assert_int_equal(n, plain.len);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 7);
	stream_close(s);
	close(fd);
	tmp_cleanup(&t);
	buf_cleanup(&plain);
	buf_cleanup(&packed);
}

static void
test_fd_fails(void **state)
{
	struct stream *s = NULL;
	struct err e = { 0 };
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(stream_open_fd(&s, fd, NULL, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg, "cannot read: Is a directory");
	close(fd);
}

int
main(void)
{
	static struct CMUnitTest tests[2 * TABLE_N(cases) + 16];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_flip_gzip),
		cmocka_unit_test(test_flip_bzip2),
		cmocka_unit_test(test_flip_zstd),
		cmocka_unit_test(test_flip_xz),
		cmocka_unit_test(test_out_max),
		cmocka_unit_test(test_plain_max),
		cmocka_unit_test(test_close_early),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_fd_fails),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, cases, test_alone);
	TABLE_ADD(tests, &n, cases, test_threads);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("stream", tests, n, NULL, NULL);
}
