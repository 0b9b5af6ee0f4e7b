/* SPDX-License-Identifier: Apache-2.0 */
#include "content/datastream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_item(void *ctx, const struct datastream_part *item, struct err *e)
{
	(void)ctx;
	(void)item;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct datastream_sink sink = { NULL, on_item };
	struct datastream_collection head;
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)datastream_read(in, &sink, &arena, &head, &e);
	stream_close(in);
	arena_cleanup(&arena);
	return 0;
}
