/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the record; what unpacks packs again, and unpacks. */
#include <stdlib.h>

#include "content/oval_pack.h"

#define TRY(kind, type)                                                       \
	if (size > 0 && data[0] % 5 == (kind)) {                              \
		struct oval_##type r;                                         \
		if (oval_unpack_##type(packed, &a, &r, &e) == 0) {            \
			oval_pack_##type(&again, &r);                         \
			if (oval_unpack_##type(buf_span(&again), &a, &r, &e)) \
				abort();                                      \
		}                                                             \
	}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span packed = span_from(span_make(data, size), 1);
	struct arena a = { 0 };
	struct buf again = { 0 };
	struct err e = { 0 };
	struct oval_node *nodes;
	size_t n;

	TRY(0, test)
	TRY(1, object)
	TRY(2, state)
	TRY(3, variable)
	if (size > 0 && data[0] % 5 == 4)
		(void)oval_unpack_nodes(packed, &a, &nodes, &n, &e);
	arena_cleanup(&a);
	buf_cleanup(&again);
	return 0;
}
