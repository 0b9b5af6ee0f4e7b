/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json of `docker save`, and the configuration that it names. */
#include "tests/fuzz/fuzz_documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_documents(
	    span_make(data, size), "manifest.json", "", manifest_read_docker);
	return 0;
}
