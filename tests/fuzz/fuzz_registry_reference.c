/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "content/registry_reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registry_reference r, again;
	struct arena a = { 0 };
	struct err e;

	/* What is taken can be put into a URL, and says the same again. */
	if (registry_reference_parse(&r, span_make(data, size), &a, &e) == 0 &&
	    (strpbrk(r.host, "/@?# \r\n") != NULL ||
		strpbrk(r.name, "@?#: \r\n") != NULL ||
		registry_reference_parse(
		    &again, registry_reference_text(&r, &a), &a, &e) != 0 ||
		strcmp(r.host, again.host) != 0 ||
		strcmp(r.name, again.name) != 0))
		abort();
	arena_cleanup(&a);
	return 0;
}
