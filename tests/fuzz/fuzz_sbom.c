/* SPDX-License-Identifier: Apache-2.0 */
/* Each input as a bill of materials of each format. */
#include "scanner/sbom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum sbom_format format;

	(void)sbom_format_of(span_make(data, size));
	for (format = SBOM_CYCLONEDX; format <= SBOM_SPDX_TEXT; format++) {
		struct arena arena = { 0 };
		struct package_list list = { .arena = &arena };
		struct sbom s = { .list = &list };
		struct stream *in = NULL;
		struct err e;

		if (stream_open_span(&in, span_make(data, size), NULL, &e) == 0)
			(void)sbom_read(&s, in, format, &e);
		stream_close(in);
		sbom_cleanup(&s);
		package_list_cleanup(&list);
		arena_cleanup(&arena);
	}
	return 0;
}
