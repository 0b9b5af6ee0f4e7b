/* SPDX-License-Identifier: Apache-2.0 */
/* Each input as a header, with its files looked at, and as a signature. */
#include "scanner/pkgdb_rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct want owner = { .is_owner = true, .path = SPAN_LIT("/a/b") };
	struct want_list wants = { .wants = &owner, .n = 1 };
	struct arena arena = { 0 };
	struct package_list list = { .arena = &arena };
	struct wanted wanted;
	struct err e;
	char keyid[17];

	wanted_init(&wanted, &wants);
	(void)rpm_package_read(&list, span_make(data, size), &wanted, &e);
	(void)rpm_signature_keyid(span_make(data, size), keyid);
	wanted_cleanup(&wanted);
	package_list_cleanup(&list);
	arena_cleanup(&arena);
	return 0;
}
