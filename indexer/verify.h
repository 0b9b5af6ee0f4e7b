/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the current generation what its documents say? Every family is built
 * anew from the files in the store, beside the index, and the two content
 * digests are compared. Changes nothing.
 */
#ifndef INDEXER_VERIFY_H
#define INDEXER_VERIFY_H

#include "base/state.h"
#include "indexer/family.h"

struct verify_result {
	struct span family;
	bool same;
	struct family_digests current; /* of what is published */
	struct family_digests rebuilt;
	struct span reason; /* why it could not be rebuilt, or empty */
};

/*
 * Calls fn for each family. state must be locked: the folder that is built in
 * is one that a run of sync would clean away.
 */
int verify_run(const struct state *state,
    int (*fn)(void *ctx, const struct verify_result *r, struct err *e),
    void *ctx, struct err *e);

#endif
