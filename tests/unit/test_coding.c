/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "server/coding.h"
#include "tests/unit/table.h"

struct accept_case {
	const char *accept;
	enum coding expect;
};

static const struct accept_case cases[] = {
	{ "", CODING_NONE },
	{ "identity", CODING_NONE },
	{ "br", CODING_NONE },
	{ "gzip", CODING_GZIP },
	{ "GZip", CODING_GZIP },
	{ "x-gzip", CODING_GZIP },
	{ "zstd", CODING_ZSTD },
	{ "gzip, deflate, br, zstd", CODING_ZSTD },
	{ "gzip, deflate, br", CODING_GZIP },
	{ "gzip;q=1.0, zstd;q=0.9", CODING_GZIP },
	{ "gzip;q=0.5,zstd;q=0.500", CODING_ZSTD },
	{ "gzip ; Q=0.5 , zstd ; q=0.4", CODING_GZIP },
	{ "gzip;q=0", CODING_NONE },
	{ "gzip;q=0.000, zstd;q=0", CODING_NONE },
	{ "gzip;q=0.001", CODING_GZIP },
	{ "*", CODING_ZSTD },
	{ "*;q=0", CODING_NONE },
	{ "*, zstd;q=0", CODING_GZIP },
	{ "identity;q=1, gzip;q=0.5", CODING_NONE },
	{ "identity;q=0.5, gzip;q=1", CODING_GZIP },
	{ "identity, gzip", CODING_GZIP },
	{ "gzip;q=", CODING_NONE },
	{ "gzip;q=0.12345", CODING_NONE },
	{ ",,;;q=1,gzip,", CODING_GZIP },
};

static void
test_choose(void **state)
{
	const struct accept_case *c = *state;

	assert_int_equal(coding_choose(span_of(c->accept)), c->expect);
}

struct fits_case {
	const char *type;
	enum response_body body;
	bool verbatim;
	size_t size;
	bool expect;
};

static const struct fits_case fits[] = {
	{ "text/html; charset=utf-8", RESPONSE_TEXT, false, 512, true },
	{ "text/html", RESPONSE_TEXT, false, 511, false },
	{ "text/html", RESPONSE_TEXT, true, 512, false },
	{ "text/html", RESPONSE_STREAM, false, 0, true },
	{ "text/html", RESPONSE_STREAM, true, 0, false },
	{ "text/html", RESPONSE_FILE, false, 512, false },
	{ "application/json", RESPONSE_TEXT, false, 512, true },
	{ "application/vnd.x+json", RESPONSE_TEXT, false, 512, true },
	{ "image/svg+xml", RESPONSE_TEXT, false, 512, true },
	{ "image/png", RESPONSE_TEXT, false, 512, false },
	{ "application/octet-stream", RESPONSE_TEXT, false, 512, false },
	{ NULL, RESPONSE_TEXT, false, 512, false },
};

static void
test_fits(void **state)
{
	struct response s;
	size_t i, k;

	(void)state;
	for (i = 0; i < TABLE_N(fits); i++) {
		response_init(&s);
		s.type = fits[i].type;
		s.body = fits[i].body;
		s.verbatim = fits[i].verbatim;
		for (k = 0; k < fits[i].size; k++)
			out_char(&s.out, 'x');
		assert_int_equal(coding_fits(&s), fits[i].expect);
		response_cleanup(&s);
	}
}

/* --- what comes out of it --- */

static void
fill(struct buf *b, size_t n)
{
	uint32_t x = 1;

	while (b->len < n) {
		x = x * 1664525 + 1013904223;
		buf_add_char(b, (char)(x >> 24 & 0x3f));
	}
}

static void
expand(enum coding c, struct span in, struct buf *out, size_t size)
{
	z_stream z = { 0 };

	buf_reserve(out, size + 1);
	if (c == CODING_ZSTD) {
		ZSTD_DCtx *d = ZSTD_createDCtx();
		ZSTD_inBuffer from = { in.ptr, in.len, 0 };
		ZSTD_outBuffer to = { out->ptr, size + 1, 0 };

		assert_int_equal(ZSTD_decompressStream(d, &to, &from), 0);
		assert_int_equal(from.pos, in.len);
		out->len = to.pos;
		ZSTD_freeDCtx(d);
		return;
	}
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	z.next_out = (Bytef *)out->ptr;
	z.avail_out = (uInt)size + 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	out->len = z.total_out;
	inflateEnd(&z);
}

static const size_t sizes[] = { 0, 1, 512, 100000, 3000000 };

static void
test_text(void **state)
{
	struct buf plain = { 0 }, text = { 0 }, back = { 0 };
	enum coding c;
	size_t i;

	(void)state;
	for (c = CODING_GZIP; c <= CODING_ZSTD; c++) {
		for (i = 0; i < TABLE_N(sizes); i++) {
			buf_reset(&plain);
			buf_reset(&text);
			buf_reset(&back);
			fill(&plain, sizes[i]);
			buf_add_span(&text, buf_span(&plain));
			coding_text(c, &text);
			expand(c, buf_span(&text), &back, sizes[i]);
			assert_true(span_eq(buf_span(&back), buf_span(&plain)));
		}
	}
	buf_cleanup(&plain);
	buf_cleanup(&text);
	buf_cleanup(&back);
}

struct source {
	struct span left;
	bool is_closed;
	bool is_broken;
};

/* An odd number of bytes at a time. */
static int
read_source(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;

	if (s->is_broken && s->left.len < 50000)
		return err_set(e, ERR_FORMAT, "it is broken");
	*n = size < 777 ? size : 777;
	if (s->left.len < *n)
		*n = s->left.len;
	if (*n > 0)
		memcpy(ptr, s->left.ptr, *n);
	s->left = span_from(s->left, *n);
	return 0;
}

static void
close_source(void *ctx)
{
	((struct source *)ctx)->is_closed = true;
}

static void
begin_stream(struct response *s, struct source *from, enum coding c)
{
	response_init(s);
	s->body = RESPONSE_STREAM;
	s->read = read_source;
	s->close = close_source;
	s->ctx = from;
	coding_stream(c, s);
}

static void
test_stream(void **state)
{
	struct buf plain = { 0 }, text = { 0 }, back = { 0 };
	struct source from = { 0 };
	struct response s;
	struct err e = { 0 };
	enum coding c;
	char part[100];
	size_t n;

	(void)state;
	fill(&plain, 300000);
	for (c = CODING_GZIP; c <= CODING_ZSTD; c++) {
		from = (struct source){ buf_span(&plain), false, false };
		begin_stream(&s, &from, c);
		buf_reset(&text);
		do {
			assert_int_equal(
			    s.read(s.ctx, part, sizeof(part), &n, &e), 0);
			buf_add(&text, part, n);
		} while (n > 0);
		buf_reset(&back);
		expand(c, buf_span(&text), &back, plain.len);
		assert_true(span_eq(buf_span(&back), buf_span(&plain)));
		response_cleanup(&s);
		assert_true(from.is_closed);
	}
	buf_cleanup(&plain);
	buf_cleanup(&text);
	buf_cleanup(&back);
}

static void
test_broken_stream(void **state)
{
	struct buf plain = { 0 };
	struct source from = { 0 };
	struct response s;
	struct err e = { 0 };
	char part[100];
	size_t n = 1;

	(void)state;
	fill(&plain, 300000);
	from = (struct source){ buf_span(&plain), false, true };
	begin_stream(&s, &from, CODING_GZIP);
	while (n > 0 && s.read(s.ctx, part, sizeof(part), &n, &e) == 0)
		;
	assert_true(n > 0);
	assert_string_equal(e.msg, "it is broken");
	response_cleanup(&s);
	assert_true(from.is_closed);
	buf_cleanup(&plain);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_choose);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_fits);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_text);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_stream);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_broken_stream);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
