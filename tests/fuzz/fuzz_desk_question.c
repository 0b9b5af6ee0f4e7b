/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that faces the network may say to a desk. */
#include <stdlib.h>

#include "base/pack.h"
#include "server/desk_audit.h"
#include "server/desk_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	struct unpack u = unpack_of(bytes);
	struct desk_server d = { .state = { .path = "/nonexistent" } };
	const struct desk_deed deed = desk_deed_unpack(&u);
	struct desk_rows rows;
	struct err e = { 0 };

	if (desk_rows_unpack(&rows, bytes, &e) == 0 &&
	    (rows.limit > DESK_ROWS_MAX || rows.before == 0))
		abort();
	if (unpack_done(&u))
		desk_audit(&d, &deed, &e);
	return 0;
}
