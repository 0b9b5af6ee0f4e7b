/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every mirrored file that a generation shows: those that its documents were
 * made of, and what stands beside them upstream (.meta, manifests, lists of
 * changes). The catalog knows the newest of the latter; which of them belongs
 * to a generation is written down here, with the run that brought it.
 */
#ifndef INDEXER_MIRRORED_H
#define INDEXER_MIRRORED_H

#include "base/catalog.h"

struct mirrored_file {
	int64_t id;       /* in the catalog; 0: it is not written down */
	struct span path; /* <host>/<path> */
	struct span source;
	struct span sha256; /* hex */
	uint64_t size_bytes;
	struct span last_modified; /* as upstream wrote it; or empty */
	int64_t fetched; /* when it first came like this; 0: unknown */
};

struct mirrored_files {
	struct mirrored_file *items; /* by path, each path once; in an arena */
	size_t n;
};

/* As they were written down; none: by an older version, or not at all. */
int mirrored_read(struct db *catalog, uint64_t generation, struct arena *a,
    struct mirrored_files *out, struct err *e);

/*
 * As the catalog would have them now: the generation's documents, and every
 * other file that was accepted. Of a source whose documents are not those that
 * were accepted last, because of a rollback, the other files are those that
 * the generation, or the one before it, had; where that is not known a .meta
 * stays out whose feed is another one.
 */
int mirrored_derive(struct db *catalog, uint64_t generation, struct arena *a,
    struct mirrored_files *out, struct err *e);

/*
 * Writes down what the current generation shows from now on; without news no
 * row is written. Call it within the transaction that says which files were
 * accepted, after history_record().
 */
int mirrored_record(struct db *catalog, struct err *e);

#endif
