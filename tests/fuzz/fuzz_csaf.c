/* SPDX-License-Identifier: Apache-2.0 */
#include "content/csaf.h"
#include "tests/fuzz/fuzz_advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_advisories(csaf_read, data, size);
}
