/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_challenge c = { .scheme = HTTP_SCHEME_NONE };
	struct arena a = { 0 };
	size_t i;

	http_challenge_parse(span_make(data, size), &a, &c);
	if (c.scheme == HTTP_SCHEME_BEARER && c.realm.len == 0)
		abort();
	/* What is taken can go into a line of its own. */
	for (i = 0; i < c.realm.len; i++)
		if ((unsigned char)c.realm.ptr[i] < ' ')
			abort();
	arena_cleanup(&a);
	return 0;
}
