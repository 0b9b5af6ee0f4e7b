/* SPDX-License-Identifier: Apache-2.0 */
/* base/json: what is handed over as a record's source is valid by itself. */
#include <stdlib.h>

#include "base/json.h"

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct arena a = { 0 };
	int rc = json_parse(raw, &a, &n, e);

	if (rc != 0 || ctx == NULL || offset > *(size_t *)ctx - raw.len)
		abort();
	arena_cleanup(&a);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_sink sink = { .ctx = &size, .record = on_record };
	struct stream_options alone = { .threads = 1, .out_max = 1 << 20 };
	struct stream *in = NULL;
	struct err e;

	sink.array = size > 0 && data[0] == '[' ? "" : "r";
	/* Not packed: offsets are compared with the size. */
	if (size > 0 && data[0] < 0x80 && data[0] != 0x1f && data[0] != 'B' &&
	    stream_open_span(&in, span_make(data, size), &alone, &e) == 0)
		json_read(in, &sink, &e);
	stream_close(in);
	return 0;
}
