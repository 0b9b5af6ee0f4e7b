/* SPDX-License-Identifier: Apache-2.0 */
#include "content/purl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct purl p;
	struct err e;

	if (purl_parse(span_make(data, size), &a, &p, &e) == 0)
		(void)purl_get(&p, "distro");
	arena_cleanup(&a);
	return 0;
}
