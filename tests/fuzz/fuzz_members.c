/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	(void)offset;
	(void)e;
	buf_reset(ctx);
	buf_add_span(ctx, name);
	buf_add_span(ctx, bytes);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	struct buf copy = { 0 };
	const struct member_sink sink = { &copy, on_member };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)members_read(in, &sink, &e);
	stream_close(in);
	buf_cleanup(&copy);
	return 0;
}
