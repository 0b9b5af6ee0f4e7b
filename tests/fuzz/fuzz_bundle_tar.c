/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's tar; what is taken is written again, and must be the same. */
#include <stdlib.h>

#include "bundle/tar.h"
#include "tests/fuzz/fuzz_pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char zeros[TAR_BLOCK];
	struct span rest = span_make(data, size), body;
	struct stream_pull pull = { &rest, fuzz_pull };
	struct tar_reader *r = tar_reader_new(&pull);
	struct buf again = { 0 };
	struct tar_entry entry;
	struct err e;
	int rc;

	while ((rc = tar_next(r, &entry, &e)) == 1) {
		tar_head(&again, &entry);
		while (tar_body(r, &body, &e) == 1)
			buf_add_span(&again, body);
		buf_add(&again, zeros, tar_padding(again.len));
	}
	tar_end(&again);
	if (rc == 0 && !span_eq(buf_span(&again), span_make(data, size)))
		abort();
	buf_cleanup(&again);
	tar_reader_free(r);
	return 0;
}
