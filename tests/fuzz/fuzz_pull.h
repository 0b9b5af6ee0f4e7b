/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzzer's input, handed out as it is asked for. */
#ifndef TESTS_FUZZ_FUZZ_PULL_H
#define TESTS_FUZZ_FUZZ_PULL_H

#include <string.h>

#include "base/stream.h"

static inline int
fuzz_pull(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct span *rest = ctx;

	(void)e;
	*n = rest->len < size ? rest->len : size;
	if (*n > 0)
		memcpy(ptr, rest->ptr, *n);
	*rest = span_from(*rest, *n);
	return 0;
}

#endif
