/* SPDX-License-Identifier: Apache-2.0 */
/* Rising lists of ordinals as bytes: varints, each minus the one before. */
#ifndef EVAL_ORDS_H
#define EVAL_ORDS_H

#include "base/pack.h"

void ords_pack(struct buf *b, const uint32_t *ords, size_t n);

struct ords {
	struct unpack u;
	uint64_t last;
	uint32_t bound;
};

/* Ordinals are below bound. */
struct ords ords_of(struct span packed, size_t bound);
/* False at the end; then ords_done() says if it was a good one. */
bool ords_next(struct ords *o, uint32_t *ord);
bool ords_done(const struct ords *o);

#endif
