/* SPDX-License-Identifier: Apache-2.0 */
#include "content/csaf_deletions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	(void)ctx;
	(void)a;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct advisory_sink sink = { NULL, on_advisory };
	struct advisory_about about = { 0 };
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)csaf_deletions_read(in, &sink, &arena, &about, &e);
	stream_close(in);
	arena_cleanup(&arena);
	return 0;
}
