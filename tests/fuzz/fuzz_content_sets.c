/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/content_sets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct content_sets l = { 0 };
	struct arena arena = { 0 };
	struct err e;

	(void)content_sets_read(&l, span_make(data, size), &arena, &e);
	content_sets_cleanup(&l);
	arena_cleanup(&arena);
	return 0;
}
