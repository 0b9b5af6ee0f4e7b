/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that faces the network may say to a desk. */
#include <stdlib.h>

#include "server/desk_results.h"
#include "server/desk_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	struct results_question q;
	struct desk_rows rows;
	struct err e = { 0 };

	if (desk_rows_unpack(&rows, bytes, &e) == 0 &&
	    (rows.limit > DESK_ROWS_MAX || rows.before == 0))
		abort();
	if (results_question_unpack(&q, bytes, &e) == 0 &&
	    (q.limit == 0 || q.limit > RESULTS_LIMIT_MAX || q.id.len > size ||
		q.state.len > size - q.id.len))
		abort();
	return 0;
}
