/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of an export: what goes in, where it goes to. */
#ifndef BUNDLE_EXPORT_IMPL_H
#define BUNDLE_EXPORT_IMPL_H

#include "base/state.h"
#include "bundle/export.h"

/* A part, and where its bytes are. */
struct export_item {
	struct digest base; /* of a patch that could be made */
	bool has_base;
	uint64_t spool_offset; /* of a patch that was made */
	bool is_first;         /* the blob was not written before */
};

struct export_plan {
	struct arena arena;
	const struct repository *repository;
	const struct store *store;
	struct layout_part *parts;
	struct export_item *items; /* one a part */
	size_t n;
	size_t parts_cap;
	size_t items_cap;
	int spool; /* of patches; -1: none was made */
	struct layout layout;
	struct buf manifest;
	struct digest manifest_digest;
	uint64_t n_targets; /* that the receiver will have */
	uint64_t n_whole;
	uint64_t n_patches;
};

/* What the catalog names, less what the receiver has. */
int export_plan_make(struct export_plan *p, struct db *catalog,
    const struct export_options *o, struct err *e);
/* Patches in place of whole files, where there is a base; into a file of
 * statefd's file system that has no name. */
int export_plan_patches(struct export_plan *p, struct db *catalog, int statefd,
    const struct export_options *o, struct err *e);
/* The manifest of what is planned. */
int export_plan_manifest(
    struct export_plan *p, const struct export_options *o, struct err *e);
void export_plan_cleanup(struct export_plan *p);
/* Is the digest among those that the receiver has? */
bool export_has(const struct export_options *o, const struct digest *d);

/* --- the file, or its parts --- */

struct export_out {
	const char *path; /* "-": standard output */
	char *final;      /* the path that is replaced, where it is one file */
	uint64_t split;   /* 0: one file */
	bool in_place;    /* a device or a pipe: nothing to rename */
	int fd;
	uint64_t in_part;   /* bytes of the part at hand */
	uint64_t written;   /* of all */
	unsigned n_parts;   /* begun */
	struct buf digests; /* of the parts, as sha256sum writes them */
	struct digest_ctx *digest;
	struct buf pending;
};

/* size_bytes: of all; there must be room for it. */
int export_out_open(struct export_out *out, const char *path, uint64_t split,
    uint64_t size_bytes, struct err *e);
int export_out_write(struct export_out *out, struct span bytes, struct err *e);
/* Syncs and renames; *n_files with the list of digests. */
int export_out_commit(struct export_out *out, unsigned *n_files, struct err *e);
/* Leaves nothing; harmless after export_out_commit(). */
void export_out_abandon(struct export_out *out);

#endif
