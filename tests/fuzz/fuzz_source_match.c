/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files, as trees and manifests give them. */
#include <stdlib.h>

#include "syncd/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span path = span_make(data, size);
	struct arena a = { 0 };
	struct source_file f;

	/* What is taken can be put behind a folder or a URL as it is. */
	if (source_match_any(path, &a, &f) &&
	    (f.name.len == 0 || span_has_prefix(f.name, ".") ||
		span_find(f.flavour, '/') < f.flavour.len ||
		span_has_prefix(f.flavour, ".")))
		abort();
	arena_cleanup(&a);
	return 0;
}
