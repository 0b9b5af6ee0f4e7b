/* SPDX-License-Identifier: Apache-2.0 */
#include "content/debian_tracker.h"
#include "tests/fuzz/fuzz_advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_advisories(debian_tracker_read, data, size);
}
