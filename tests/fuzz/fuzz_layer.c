/* SPDX-License-Identifier: Apache-2.0 */
/* A layer, put twice onto an empty tree. */
#include <stdlib.h>

#include "scanner/image_layer.h"
#include "tests/fuzz/fuzz_pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make(data, size);
	struct stream_pull pull = { &rest, fuzz_pull };
	struct layer *l = layer_new();
	_Atomic uint64_t gathered = 0;
	struct watch watch;
	struct spool spool;
	struct layer_filter filter = { &watch, &spool, &gathered };
	struct tree tree;
	struct err e;

	watch_init(&watch);
	if (spool_open(&spool, &e) != 0 ||
	    watch_add_below(&watch, SPAN_LIT(""), 1000, &e) != 1)
		abort();
	tree_init(&tree);
	layer_read(l, &pull, &filter);
	(void)layer_apply(&tree, l, 0, &e);
	(void)layer_apply(&tree, l, 1, &e);
	layer_drop(l);
	tree_cleanup(&tree);
	spool_close(&spool);
	watch_cleanup(&watch);
	return 0;
}
