/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct layout l;
	struct err e;

	(void)layout_read(span_make(data, size), &arena, &l, &e);
	arena_cleanup(&arena);
	return 0;
}
