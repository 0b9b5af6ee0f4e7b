/* SPDX-License-Identifier: Apache-2.0 */
#include "content/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct meta m;
	struct err e = { 0 };

	(void)meta_parse(span_make(data, size), &m, &e);
	return 0;
}
