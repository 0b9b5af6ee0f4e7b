/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions with a NUL between them; every order is one both ways. */
#include <stdlib.h>

#include "eval/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const orders[])(struct span a, struct span b) = {
		version_rpm, version_dpkg, version_apk, version_plain
	};
	struct span b = span_make(data, size);
	struct span a = span_first(b, span_find(b, '\0'));
	size_t i;

	b = span_from(b, a.len + 1);
	for (i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		int order = orders[i](a, b);
		int back = orders[i](b, a);

		if ((order > 0) != (back < 0) || (order < 0) != (back > 0) ||
		    orders[i](a, a) != 0)
			abort();
	}
	return 0;
}
