/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/pkgdb_apk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct package_list list = { .arena = &arena };
	struct apk_reader r = { .list = &list };
	struct err e;

	(void)apk_read(&r, span_make(data, size), &e);
	(void)apk_read(&r, span_make(data, size), &e);
	apk_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&arena);
	return 0;
}
