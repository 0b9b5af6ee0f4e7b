/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/pkgdb_rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct want_list none = { 0 };
	struct arena arena = { 0 };
	struct package_list list = { .arena = &arena };
	struct wanted wanted;
	struct err e;

	wanted_init(&wanted, &none);
	(void)rpm_ndb_read(&list, span_make(data, size), &wanted, &e);
	wanted_cleanup(&wanted);
	package_list_cleanup(&list);
	arena_cleanup(&arena);
	return 0;
}
