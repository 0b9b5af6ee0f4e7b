/* SPDX-License-Identifier: Apache-2.0 */
/* Listings of any kind: text in, a line an entry out, or the refusal. */
#ifndef TESTS_UNIT_LISTING_CASE_H
#define TESTS_UNIT_LISTING_CASE_H

#include "base/buf.h"
#include "content/listing.h"
#include "tests/unit/table.h"

struct listing_case {
	const char *name;
	enum listing_kind kind;
	const char *input;
	enum err_code code;
	const char *expect;
};

static inline int
listing_on_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];

	(void)e;
	buf_add_span(ctx, entry->path);
	if (entry->has_sha256)
		buf_printf(ctx, " %s", digest_hex(&entry->sha256, hex));
	if (entry->size_bytes != 0)
		buf_printf(ctx, " %ju", (uintmax_t)entry->size_bytes);
	if (entry->time != 0)
		buf_printf(ctx, " at %jd", (intmax_t)entry->time);
	buf_add_char(ctx, '\n');
	return 0;
}

static inline void
listing_case_test(void **state)
{
	const struct listing_case *c = *state;
	struct buf got = { 0 };
	const struct listing_sink sink = { &got, listing_on_entry };
	struct err e = { 0 };

	if (listing_read(span_of(c->input), c->kind, &sink, &e) != 0) {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&got);
}

#endif
