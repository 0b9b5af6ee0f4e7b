/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over bytes that can be read only once. */
#include <string.h>

#include "base/stream.h"
#include "tests/unit/packers.h"
#include "tests/unit/table.h"

struct source {
	struct span rest;
	bool fails; /* at its end */
};

/* A few bytes at a time, so that heads and marks are cut anywhere. */
static int
pull_some(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;

	if (s->rest.len == 0 && s->fails)
		return err_set(e, ERR_NETWORK, "the peer is gone");
	*n = size < 7 ? size : 7;
	if (*n > s->rest.len)
		*n = s->rest.len;
	memcpy(ptr, s->rest.ptr, *n);
	s->rest = span_from(s->rest, *n);
	return 0;
}

struct pull_case {
	const char *name;
	packer *pack;
};

static void
pack_nothing(struct buf *to, struct span from)
{
	buf_add_span(to, from);
}

static const struct pull_case cases[] = {
	{ "plain", pack_nothing },
	{ "gzip", pack_gzip },
	{ "bzip2", pack_bzip2 },
	{ "zstd", pack_zstd },
	{ "xz", pack_xz },
};

/* Text whose bytes make a bzip2 block hold the mark of a block. */
static void
make_text(struct buf *b)
{
	static const char bytes[] = "\x02\x03\x07\x09\x0f\x11\x13\x14\x17\x1a"
				    "\x1d\x1e\x21\x23\x26\x27\x29\x2b\x2c\x2f";

	while (b->len < 200000)
		buf_add(b, bytes, sizeof(bytes) - 1);
}

static void
test_pull(void **state)
{
	const struct pull_case *c = *state;
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	unsigned threads;

	make_text(&plain);
	c->pack(&packed, buf_span(&plain));
	for (threads = 0; threads < 3; threads++) {
		struct stream_options options = { .threads = threads };
		struct source from = { .rest = buf_span(&packed) };
		struct stream_pull pull = { &from, pull_some };
		struct stream *s = NULL;
		struct span bytes;
		struct err e = { 0 };
		size_t n = 0;

		assert_int_equal(stream_open_pull(&s, &pull, &options, &e), 0);
		while (stream_next(s, &bytes, &e) == 1) {
			assert_memory_equal(
			    plain.ptr + n, bytes.ptr, bytes.len);
			n += bytes.len;
		}
		assert_int_equal(e.code, ERR_NONE);
		assert_int_equal(n, plain.len);
		stream_close(s);
	}
	buf_cleanup(&plain);
	buf_cleanup(&packed);
}

/* The source's own error comes through as it is. */
static void
test_source_fails(void **state)
{
	struct buf packed = { 0 };
	struct source from = { .fails = true };
	struct stream_pull pull = { &from, pull_some };
	struct stream *s = NULL;
	struct span bytes;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(stream_open_pull(&s, &pull, NULL, &e), -1);
	assert_string_equal(e.msg, "the peer is gone");
	pack_gzip(&packed, SPAN_LIT("some text that is cut off here"));
	from.rest = span_first(buf_span(&packed), packed.len - 9);
	assert_int_equal(stream_open_pull(&s, &pull, NULL, &e), 0);
	while (stream_next(s, &bytes, &e) == 1)
		assert_true(bytes.len > 0);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_string_equal(e.msg, "the peer is gone");
	stream_close(s);
	buf_cleanup(&packed);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_pull);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_source_fails);
	return _cmocka_run_group_tests("stream_pull", tests, n, NULL, NULL);
}
