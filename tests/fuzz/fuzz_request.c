/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "server/deliver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* First line: the target; the second is every field that we read ourselves. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request q = { .verb = VERB_GET };
	struct span rest = span_make(data, size), line = rest;
	uint64_t offset = 0, n = 0;
	struct err e;
	int64_t t;

	span_next(&rest, '\n', &line);
	if (request_parse_target(&q, line, &e) == 0 &&
	    (q.path.len == 0 || q.path.ptr[0] != '/'))
		abort();
	if (deliver_range(rest, 1000, &offset, &n) == RANGE_PART &&
	    (n == 0 || n > 1000 || offset > 1000 - n))
		abort();
	deliver_etag_fits(rest, "\"e\"", size % 2 == 0);
	deliver_date(rest, &t);
	coding_choose(rest);
	arena_cleanup(&q.arena);
	return 0;
}
