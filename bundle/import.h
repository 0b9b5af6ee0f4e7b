/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a bundle in one pass (DISTRIBUTION.md §2), in a bundle process: the
 * tar's grammar, trust before any body, every blob hashed as it streams, what
 * is wanted written to descriptors that main hands out, and nothing left over
 * or missing at the end. It writes nowhere else and opens nothing.
 */
#ifndef BUNDLE_IMPORT_H
#define BUNDLE_IMPORT_H

#include "bundle/custom.h"
#include "bundle/manifest.h"
#include "bundle/repository.h"

/* Limits of outside input. */
#define IMPORT_METADATA_MAX ((size_t)64 * 1024 * 1024) /* bytes, all files */
#define IMPORT_AHEAD_MAX_S 86400 /* that a manifest may be ahead of us */

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
	struct digest bundle; /* of its manifest */
	struct digest sha256;
	uint64_t size_bytes;
};

/* What import_sink.want() says. */
enum import_want {
	IMPORT_WRITE = 0, /* *fd is to write it */
	IMPORT_STORED,    /* the store has it */
	IMPORT_KEPT,      /* an earlier try with this bundle has: pass it by */
};

/* What is asked of whoever holds the state directory; all may be NULL but
 * where verify_only says that nothing is kept. */
struct import_sink {
	void *ctx;
	/* Is it in the store? */
	bool (*has)(void *ctx, const struct digest *d);
	/* enum import_want, or -1. */
	int (*want)(
	    void *ctx, const struct import_blob *b, int *fd, struct err *e);
	/* It is written whole, and has been hashed: main does so again. */
	int (*done)(void *ctx, const struct import_blob *b, struct err *e);
	/* Opens a stored file that a patch is against; ERR_MISSING. */
	int (*stored)(
	    void *ctx, const struct digest *d, int *fd, struct err *e);
	/* An empty file that nobody else sees. */
	int (*scratch)(void *ctx, int *fd, struct err *e);
	/* Something that the bundle should have; REFUSAL_INCOMPLETE follows. */
	void (*missing)(void *ctx, struct span what);
	/* Bytes read so far; may be NULL. */
	void (*progress)(void *ctx, uint64_t bytes);
};

struct import_target {
	struct span path;
	struct span role;
	struct digest sha256;
	uint64_t size_bytes;
	struct target_custom custom;
};

struct import_metadata {
	struct span name; /* "7.redhat.json" */
	struct span bytes;
};

struct import; /* what was read and proved; owns all spans below */

struct import_result {
	bool is_replay; /* all of it was accepted before: nothing to do */
	bool is_gap;    /* versions were skipped: allowed, and logged */
	bool is_expired;
	struct manifest manifest;
	const struct import_target *targets; /* wanted, by path */
	size_t n_targets;
	const struct import_metadata *metadata; /* accepted */
	size_t n_metadata;
	uint64_t root_version;
	uint64_t timestamp_version;
	uint64_t snapshot_version;
	uint64_t snapshot_before; /* trusted until now; 0: nothing was */
	struct digest snapshot;
	struct digest bundle; /* of the OCI manifest */
	uint64_t size_bytes;  /* of the file */
	struct span base;     /* hex; empty: full */
	struct span sources;  /* that the bundle keeps to; empty: all */
	uint64_t n_new;       /* files that the store had not */
	uint64_t new_bytes;
};

/*
 * Reads the parts to their end. trust is closed (dirfd -1) where nothing is
 * trusted yet. The sink is called in the caller's process.
 */
int import_read(struct import **out, const struct import_options *o,
    const struct repository *trust, const struct import_sink *sink,
    struct err *e);
const struct import_result *import_result(const struct import *i);
void import_free(struct import *i); /* NULL is fine */

#endif
