/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte, '1' and on, is the kind. */
#include "content/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	(void)ctx;
	(void)entry;
	(void)e;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct listing_sink sink = { NULL, on_entry };
	struct err e = { 0 };
	unsigned kind = size == 0 ? 0 : data[0] - (unsigned)'0';

	if (kind > LISTING_NONE && kind < LISTING_KINDS)
		(void)listing_read(span_make(data + 1, size - 1),
		    (enum listing_kind)kind, &sink, &e);
	return 0;
}
