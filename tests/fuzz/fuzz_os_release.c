/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/os_release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct os_release o;

	os_release_read(&o, span_make(data, size), &arena);
	arena_cleanup(&arena);
	return 0;
}
