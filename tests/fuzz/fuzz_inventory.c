/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "scanner/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is encoded so again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = { 0 };
	struct facts f;
	struct err e;

	if (inventory_decode(&f, span_make(data, size), &e) == 0) {
		inventory_encode(&f, &again);
		if (span_cmp(buf_span(&again), span_make(data, size)) != 0)
			abort();
		(void)inventory_origin_decode(&f, span_make(data, size), &e);
	}
	facts_cleanup(&f);
	buf_cleanup(&again);
	return 0;
}
