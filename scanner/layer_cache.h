/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of layers that were read before, by diff id and the digest of what was
 * wanted of them. Who has the cache fills the functions in; an empty struct is
 * a cache that knows nothing and keeps nothing.
 */
#ifndef SCANNER_LAYER_CACHE_H
#define SCANNER_LAYER_CACHE_H

#include "base/buf.h"
#include "base/digest.h"

struct layer_cache {
	void *ctx;
	/* 1: added to bytes; 0: not known; -1. */
	int (*get)(void *ctx, const struct digest *diff_id,
	    const struct digest *wanted, struct buf *bytes, struct err *e);
	int (*put)(void *ctx, const struct digest *diff_id,
	    const struct digest *wanted, struct span bytes, struct err *e);
};

#endif
