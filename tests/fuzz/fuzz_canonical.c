/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of a canonical form is itself. */
#include <stdlib.h>

#include "bundle/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct json_node *n;
	struct arena arena = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	struct err e;

	/* Raw control characters in a text are canonical and no JSON. */
	if (json_parse(span_make(data, size), &arena, &n, &e) == 0 &&
	    canonical_add(&once, n, &e) == 0 &&
	    json_parse(buf_span(&once), &arena, &n, &e) == 0 &&
	    (canonical_add(&twice, n, &e) != 0 ||
		!span_eq(buf_span(&once), buf_span(&twice))))
		abort();
	buf_cleanup(&once);
	buf_cleanup(&twice);
	arena_cleanup(&arena);
	return 0;
}
