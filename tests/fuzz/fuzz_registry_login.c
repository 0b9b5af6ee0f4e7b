/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "content/registry_login.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registry_reference r;
	struct registry_login login;
	struct arena a = { 0 };
	struct err e;
	int rc;

	registry_reference_parse(&r, SPAN_LIT("example.org/a/b"), &a, &e);
	rc = registry_login_parse(&login, span_make(data, size), &r, &a, &e);
	if (rc == 1 && login.basic.len == 0 && login.token.len == 0)
		abort();
	arena_cleanup(&a);
	return 0;
}
