/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a bundle in one pass (DISTRIBUTION.md §2), in a bundle process: the
 * tar's grammar, trust before any body, every blob hashed as it streams, what
 * is wanted written to descriptors that main hands out, and nothing left over
 * or missing at the end. It writes nowhere else and opens nothing.
 */
#ifndef BUNDLE_IMPORT_H
#define BUNDLE_IMPORT_H

#include "bundle/manifest.h"
#include "bundle/repository.h"

struct import_options {
	const char *const *parts; /* files, in order; NULL-terminated; "-" */
	const char *root;         /* --root; NULL: what is trusted already */
	bool accept_expired;
	bool verify_only; /* hashes everything, keeps nothing */
	/* Only these sources; NULL: all that the manifest has. */
	const struct span *sources;
	size_t n_sources;
	int64_t now; /* not below the newest time that was ever accepted */
};

/* One file of the bundle that is to be kept. */
struct import_blob {
	struct digest sha256;
	uint64_t size_bytes;
};

struct import_sink {
	void *ctx;
	/* 1: the store has it; 0: *fd is to write it; -1. */
	int (*want)(
	    void *ctx, const struct import_blob *b, int *fd, struct err *e);
	/* It is written whole, and has been hashed: main does so again. */
	int (*done)(void *ctx, const struct import_blob *b, struct err *e);
	/* Opens a stored file that a patch is against; ERR_MISSING. */
	int (*stored)(
	    void *ctx, const struct digest *d, int *fd, struct err *e);
	void (*progress)(void *ctx, uint64_t bytes);
};

struct import; /* what was read and proved; owns all spans below */

struct import_result {
	bool is_replay; /* all of it was accepted before: nothing to do */
	bool is_gap;    /* versions were skipped: allowed, and logged */
	bool is_expired;
	const struct manifest *manifest;
	const struct tuf_target *targets; /* of all roles, by path */
	const struct span *target_roles;
	size_t n_targets;
	const struct span *metadata_names; /* "7.redhat.json" … */
	const struct span *metadata;
	size_t n_metadata;
	uint64_t root_version;
	uint64_t timestamp_version;
	uint64_t snapshot_version;
	struct digest snapshot;
	struct digest bundle; /* of the OCI manifest */
	uint64_t size_bytes;  /* of the file */
	struct span base;     /* hex; empty: full */
};

/* trust is closed (dirfd -1) where nothing is trusted yet. */
int import_read(struct import **out, const struct import_options *o,
    const struct repository *trust, const struct import_sink *sink,
    struct err *e);
const struct import_result *import_result(const struct import *i);
void import_free(struct import *i); /* NULL is fine */

#endif
