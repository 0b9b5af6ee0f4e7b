/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A family made anew from the files in the store, as the list of its
 * documents says: what `index verify` compares with, and what answers for a
 * generation that was removed.
 */
#ifndef INDEXER_REBUILD_H
#define INDEXER_REBUILD_H

#include "base/store.h"
#include "indexer/family.h"

/* Spans live as long as the list; format and digest as text. */
struct rebuild_document {
	struct span name;
	struct span format;
	struct span source;
	struct span path;
	struct span sha256;
	struct span distribution;
	struct span release;
	struct span flavour;
};

/*
 * Builds the family at path, in an index process. Fails if a file is not in
 * the store, or is not what its digest says, or if this program refuses it.
 */
int rebuild_family(const struct store *store, const char *path,
    const struct rebuild_document *documents, size_t n, struct err *e);

#endif
