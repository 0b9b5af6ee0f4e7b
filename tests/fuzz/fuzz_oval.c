/* SPDX-License-Identifier: Apache-2.0 */
/* A document; and each definition again, from its own bytes. */
#include "content/oval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct oval_definition again;
	struct arena arena = { 0 };

	(void)ctx;
	(void)e;
	(void)oval_read_definition(d->raw, &arena, &again, &(struct err){ 0 });
	arena_cleanup(&arena);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct oval_sink sink = { .definition = on_definition };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)oval_read(in, &sink, &e);
	stream_close(in);
	return 0;
}
