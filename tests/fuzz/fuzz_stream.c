/* SPDX-License-Identifier: Apache-2.0 */
/* base/stream: with threads the same must come out as without. */
#include <stdlib.h>

#include "base/stream.h"

static uint64_t
unpack(struct span in, unsigned threads)
{
	struct stream_options o = { .out_max = 1 << 20, .threads = threads };
	struct stream *s = NULL;
	struct span bytes;
	struct err e = { 0 };
	uint64_t sum = 0;

	if (stream_open_span(&s, in, &o, &e) != 0)
		abort();
	while (stream_next(s, &bytes, &e) == 1)
		for (; bytes.len > 0; bytes = span_from(bytes, 1))
			sum = sum * 31 + (uint8_t)bytes.ptr[0];
	stream_close(s);
	return e.code == ERR_NONE ? sum : e.code;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (unpack(span_make(data, size), 1) !=
	    unpack(span_make(data, size), 2))
		abort();
	return 0;
}
