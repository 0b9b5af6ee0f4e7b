/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct receipt r;

	(void)receipt_read(span_make(data, size), &a, &r, &e);
	arena_cleanup(&a);
	return 0;
}
