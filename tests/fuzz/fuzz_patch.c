/* SPDX-License-Identifier: Apache-2.0 */
/* bundle/patch: what is applied gives the file that the patch names. */
#include <stdlib.h>
#include <unistd.h>

#include "base/memfd.h"
#include "bundle/patch.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int base, patch, out;
	struct patch_head head;
	struct digest got;
	uint8_t old[2048];
	uint64_t n;
	struct err e = { 0 };

	for (n = 0; n < sizeof(old); n++)
		old[n] = (uint8_t)(n * n * n >> 7);
	if (memfd_of(span_make(old, sizeof(old)), &base, &e) != 0 ||
	    memfd_of(span_make(data, size), &patch, &e) != 0 ||
	    memfd_of(SPAN_NONE, &out, &e) != 0)
		abort();
	if (patch_apply(base, patch, out, &head, &e) == 0 &&
	    (digest_of_fd(out, &got, &n, &e) != 0 ||
		!digest_eq(&got, &head.target)))
		abort();
	return close(base) + close(patch) + close(out);
}
