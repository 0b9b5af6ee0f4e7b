/* SPDX-License-Identifier: Apache-2.0 */
#include "content/oval_variables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oval_given_list list;
	struct arena a = { 0 };
	struct err e;

	if (oval_variables_read(span_make(data, size), &a, &list, &e) == 0 &&
	    list.n > 0 &&
	    oval_given_find(&list, list.given[list.n - 1].id) == NULL)
		__builtin_trap();
	arena_cleanup(&a);
	return 0;
}
