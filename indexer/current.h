/* SPDX-License-Identifier: Apache-2.0 */
/* The published generation that is current, opened for reading. */
#ifndef INDEXER_CURRENT_H
#define INDEXER_CURRENT_H

#include "base/state.h"
#include "eval/index.h"

/*
 * r->generation is 0, and r empty, where none is published yet. Ended by
 * index_close() either way.
 */
int
current_open(struct index_reader *r, const struct state *state, struct err *e);

#endif
