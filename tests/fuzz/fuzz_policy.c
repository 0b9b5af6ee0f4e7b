/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy *p = NULL;
	struct err e = { 0 };

	if (policy_read(&p, span_make(data, size), "policy.ini", &e) == 0)
		policy_free(p);
	else if (e.code == ERR_NONE || strncmp(e.msg, "policy.ini: ", 12) != 0)
		__builtin_trap();
	return 0;
}
