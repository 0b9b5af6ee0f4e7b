/* SPDX-License-Identifier: Apache-2.0 */
/* A generation that was removed, from the files in the store. */
#ifndef INDEXER_AS_OF_MAKE_H
#define INDEXER_AS_OF_MAKE_H

#include "indexer/as_of.h"

/*
 * Makes g->below from the documents that the catalog tells of, all of it or
 * nothing; the lock is held. A family that a generation which is kept has
 * from the same documents is a link to that. The others are built by this
 * version of the program: what they hold is proved by the digests of the
 * files.
 */
int as_of_make(const struct state *s, struct db *catalog, const struct as_of *g,
    struct err *e);

#endif
