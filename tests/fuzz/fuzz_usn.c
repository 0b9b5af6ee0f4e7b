/* SPDX-License-Identifier: Apache-2.0 */
#include "content/usn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_notice(void *ctx, const struct usn_notice *n, struct err *e)
{
	(void)ctx;
	(void)n;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1 };
	const struct usn_sink sink = { NULL, on_notice };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)usn_read(in, &sink, &e);
	stream_close(in);
	return 0;
}
