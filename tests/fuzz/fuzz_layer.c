/* SPDX-License-Identifier: Apache-2.0 */
/* A layer, put twice onto an empty tree. */
#include "tests/fuzz/fuzz_pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make(data, size);
	struct stream_pull pull = { &rest, fuzz_pull };
	struct want_list none = { 0 };
	struct layer l = { 0 };
	struct wanted wanted;
	uint64_t gathered = 0;
	struct layer_filter filter = { .wanted = &wanted,
		.gathered = &gathered };
	struct tree tree;
	struct err e;

	wanted_init(&wanted, &none);
	tree_init(&tree);
	layer_read(&l, &pull, &filter);
	(void)layer_apply(&tree, &l, 0, &e);
	(void)layer_apply(&tree, &l, 1, &e);
	layer_cleanup(&l);
	tree_cleanup(&tree);
	wanted_cleanup(&wanted);
	return 0;
}
