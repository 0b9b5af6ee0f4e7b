/* SPDX-License-Identifier: Apache-2.0 */
/* Each input as a feed of both shapes. */
#include "content/nvd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_cve(void *ctx, const struct nvd_cve *cve, struct err *e)
{
	(void)ctx;
	(void)cve;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct nvd_sink sink = { NULL, on_cve };
	struct nvd_header header;
	struct arena arena = { 0 };
	enum nvd_shape shape;

	for (shape = NVD_SHAPE_20; shape <= NVD_SHAPE_11; shape++) {
		struct stream *in = NULL;
		struct err e = { 0 };

		if (stream_open_span(
			&in, span_make(data, size), &options, &e) == 0)
			(void)nvd_read(in, shape, &sink, &arena, &header, &e);
		stream_close(in);
	}
	arena_cleanup(&arena);
	return 0;
}
