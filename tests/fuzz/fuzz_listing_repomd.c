/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "content/listing.h"
#include "content/pulp_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* No path that gets through leads out. */
static int
on_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	(void)e;
	if (ctx != NULL ? !pulp_path_is_safe(entry->path)
			: !span_has_prefix(entry->path, "http"))
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct listing_sink mirrors = { NULL, on_entry };
	const struct listing_sink repomd = { &size, on_entry };
	struct err e = { 0 };

	(void)listing_read(
	    span_make(data, size), LISTING_MIRRORS, &mirrors, &e);
	(void)listing_read(span_make(data, size), LISTING_REPOMD, &repomd, &e);
	return 0;
}
