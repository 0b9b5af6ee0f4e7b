/* SPDX-License-Identifier: Apache-2.0 */
#include "content/repository_cpe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_repository(void *ctx, const struct repository_cpe *r, struct err *e)
{
	(void)ctx;
	(void)r;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct repository_sink sink = { NULL, on_repository };
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct span updated;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)repository_cpe_read(in, &sink, &arena, &updated, &e);
	stream_close(in);
	arena_cleanup(&arena);
	return 0;
}
