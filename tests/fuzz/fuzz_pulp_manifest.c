/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "content/pulp_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No path that gets through leads out. */
static int
on_entry(void *ctx, const struct pulp_entry *entry, struct err *e)
{
	(void)ctx;
	(void)e;
	if (entry->path.len == 0 || entry->path.ptr[0] == '/' ||
	    span_is(entry->path, "..") || span_has_prefix(entry->path, "../") ||
	    memmem(entry->path.ptr, entry->path.len, "/../", 4) != NULL)
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pulp_sink sink = { NULL, on_entry };
	struct err e = { 0 };

	(void)pulp_manifest_read(span_make(data, size), &sink, &e);
	return 0;
}
