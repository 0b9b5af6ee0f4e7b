/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "bundle/plan.h"
#include "bundle/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the manifest of a registry is, its tar is one of whole blocks. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span manifest = span_make(data, size);
	struct arena arena = { 0 };
	struct layout l;
	struct err e;

	if (layout_read(manifest, &arena, &l, &e) == 0 &&
	    plan_size(&l, manifest) % TAR_BLOCK != 0)
		abort();
	arena_cleanup(&arena);
	return 0;
}
