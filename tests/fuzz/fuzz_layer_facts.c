/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a layer; its digest is put in, so that more is read. */
#include <stdlib.h>

#include "scanner/layer_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_Atomic uint64_t gathered = 0;
	struct spool spool;
	struct layer_filter filter = { NULL, &spool, &gathered };
	struct digest id = { { 0 } };
	struct layer *l = NULL;
	struct buf b = { 0 };
	struct err e;

	layer_facts_seal(span_make(data, size), &b);
	if (spool_open(&spool, &e) != 0)
		abort();
	if (layer_facts_decode(&l, buf_span(&b), &id, &filter, &e) == 0)
		layer_drop(l);
	spool_close(&spool);
	buf_cleanup(&b);
	return 0;
}
