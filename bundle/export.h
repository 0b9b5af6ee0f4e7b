/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a bundle of what tuf/metadata/ names: full, or without the blobs
 * that the receiver has (DISTRIBUTION.md §2). The same repository and the same
 * options give the same bytes. Reads nothing that came from outside but to
 * copy it; patches are made in a bundle process.
 */
#ifndef BUNDLE_EXPORT_H
#define BUNDLE_EXPORT_H

#include "base/catalog.h"
#include "bundle/layout.h"
#include "bundle/repository.h"

#define EXPORT_PARTS_MAX 1000u /* FILE.000 to FILE.999 */

struct export_options {
	const char *path; /* "-": standard output */
	uint64_t split;   /* bytes of a part; 0: one file */
	/* What the receiver has: digests, sorted; NULL: a full bundle. */
	const struct digest *has;
	size_t n_has;
	struct span base_snapshot;  /* hex, of a delta */
	const struct span *sources; /* NULL: all */
	size_t n_sources;
	void *ctx; /* of both below, which may be NULL */
	void (*progress)(void *ctx, uint64_t bytes, uint64_t of_bytes);
	void (*patching)(void *ctx, size_t done, size_t of);
};

struct export_result {
	struct digest manifest; /* the bundle's: what a registry calls it */
	uint64_t size_bytes;
	uint64_t n_targets;
	uint64_t n_whole;   /* of them in the file … */
	uint64_t n_patches; /* … as patches; the others the receiver has */
	unsigned n_files;   /* parts and list of digests, or 1 */
};

/*
 * What a receiver has that is at a generation of this side. ERR_MISSING: it
 * was not signed, or is forgotten. Spans live in a.
 */
int export_since_generation(struct db *catalog, uint64_t generation,
    struct arena *a, struct export_options *o, struct err *e);
/* As a receipt says, which is read in a bundle process. */
int export_since_receipt(
    int fd, struct arena *a, struct export_options *o, struct err *e);

/*
 * ERR_MISSING: nothing is signed here. Full disks and rotted files leave what
 * stood at the path as it was.
 */
int
export_run(const struct state *s, struct db *catalog, const struct store *store,
    const struct export_options *o, struct export_result *out, struct err *e);

#endif
