/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "bundle/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read can be written, and that reads the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = { 0 }, twice = { 0 };
	struct arena arena = { 0 };
	struct manifest m;
	struct err e = { 0 };

	if (manifest_read(span_make(data, size), &arena, &m, &e) == 0) {
		manifest_write(&once, &m);
		if (manifest_read(buf_span(&once), &arena, &m, &e) != 0)
			abort();
		manifest_write(&twice, &m);
		if (!span_eq(buf_span(&once), buf_span(&twice)))
			abort();
	}
	buf_cleanup(&once);
	buf_cleanup(&twice);
	arena_cleanup(&arena);
	return 0;
}
