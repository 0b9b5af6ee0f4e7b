/* SPDX-License-Identifier: Apache-2.0 */
#include "content/csaf_deletions.h"
#include "tests/fuzz/fuzz_advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_advisories(csaf_deletions_read, data, size);
}
