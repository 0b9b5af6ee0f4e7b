/* SPDX-License-Identifier: Apache-2.0 */
/* Each input as a list of packages, of a system that it names or not. */
#include "scanner/sbom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct package_list list = { .arena = &arena };
	struct sbom s = { .list = &list };
	struct span os = size % 2 == 0 ? SPAN_NONE : SPAN_LIT("ubuntu:24.04");
	struct stream *in = NULL;
	struct err e;

	if (stream_open_span(&in, span_make(data, size), NULL, &e) == 0)
		(void)sbom_list_read(&s, in, os, &e);
	stream_close(in);
	sbom_cleanup(&s);
	package_list_cleanup(&list);
	arena_cleanup(&arena);
	return 0;
}
