/* SPDX-License-Identifier: Apache-2.0 */
/* A generation's folder, opened for reading. */
#ifndef INDEXER_CURRENT_H
#define INDEXER_CURRENT_H

#include "base/state.h"
#include "eval/index.h"

/*
 * The published one that is current. r->generation is 0, and r empty, where
 * none is published yet. Ended by index_close() either way.
 */
int
current_open(struct index_reader *r, const struct state *state, struct err *e);
/* The one in a folder of the state directory: "index/7". */
int generation_open(struct index_reader *r, const struct state *state,
    const char *below, struct err *e);
/*
 * Takes what this program cannot read, damaged or of an older one, out of the
 * current generation: the next one gets it anew from the store. Each is told
 * and audited. One writer at a time.
 */
int current_mend(const struct state *s, struct db *catalog, struct err *e);

#endif
