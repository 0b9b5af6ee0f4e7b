/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/module_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module_list l = { 0 };
	struct arena arena = { 0 };
	struct err e;

	(void)module_list_read(&l, span_make(data, size), &arena, &e);
	module_list_cleanup(&l);
	arena_cleanup(&arena);
	return 0;
}
