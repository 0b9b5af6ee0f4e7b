/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the host sends us is never a part of the name of another. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span base = SPAN_LIT("https://host:5000/v2/a/blobs/uploads/?x");
	struct span location = span_make(data, size);
	struct buf url = { 0 };
	size_t i;

	if (http_resolve(base, location, &url)) {
		if (url.len == 0 || url.len > HTTP_URL_MAX)
			abort();
		for (i = 0; i < url.len; i++)
			if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
				abort();
		if (location.ptr[0] == '/' && size > 1 &&
		    location.ptr[1] != '/' &&
		    !http_is_same_origin(buf_span(&url), base))
			abort();
	}
	buf_cleanup(&url);
	return 0;
}
