/* SPDX-License-Identifier: Apache-2.0 */
/* index.json of an OCI layout, and indexes, manifests, configurations below. */
#include "tests/fuzz/fuzz_documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_documents(span_make(data, size), "index.json", "blobs/sha256/",
	    manifest_read_oci);
	return 0;
}
