/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make(data, size);
	struct content_range r;

	if (content_range_parse(text, &r) &&
	    (r.first > r.last || (r.total != 0 && r.last >= r.total)))
		abort();
	return 0;
}
