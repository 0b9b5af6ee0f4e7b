/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/pkgdb_dpkg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct package_list list = { .arena = &arena };
	struct dpkg_reader r = { .list = &list };
	struct err e;

	(void)dpkg_read(&r, span_make(data, size), DPKG_STATUS, &e);
	(void)dpkg_read(&r, span_make(data, size), DPKG_STATUS_D, &e);
	dpkg_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&arena);
	return 0;
}
