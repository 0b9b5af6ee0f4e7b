/* SPDX-License-Identifier: Apache-2.0 */
/* A datatype, an operation, a collected value, a NUL, a stated one. */
#include <stdlib.h>

#include "eval/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct regex_cache *rx;
	struct span stated, collected;
	struct err why;
	enum result r;

	if (size < 2)
		return 0;
	stated = span_make(data + 2, size - 2);
	collected = span_first(stated, span_find(stated, '\0'));
	stated = span_from(stated, collected.len + 1);
	rx = regex_cache_new();
	r = value_compare(rx, (enum oval_datatype)(data[0] % (OVAL_RECORD + 1)),
	    (enum oval_operation)(data[1] % (OVAL_SUPERSET_OF + 1)), collected,
	    stated, &why);
	if (r != RESULT_TRUE && r != RESULT_FALSE && r != RESULT_ERROR)
		abort();
	regex_cache_free(rx);
	return 0;
}
