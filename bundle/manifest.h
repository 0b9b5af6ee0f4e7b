/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a generation: target index/manifest.json, canonical JSON,
 * signed by role `index`. It says which documents the generation was made
 * from, what its families' content digests are, and when each source was last
 * asked: whoever imports it builds the same index and compares.
 */
#ifndef BUNDLE_MANIFEST_H
#define BUNDLE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/catalog.h"
#include "base/digest.h"

#define MANIFEST_FORMAT 1u
/* Limits of outside input. */
#define MANIFEST_SIZE_MAX ((uint64_t)64 * 1024 * 1024) /* bytes */
#define MANIFEST_DOCUMENTS_MAX 200000u
#define MANIFEST_FAMILIES_MAX 32u
#define MANIFEST_SOURCES_MAX 1024u
/* The importing side goes on counting from it. */
#define MANIFEST_GENERATION_MAX UINT32_MAX

struct manifest_family {
	struct span name;
	struct digest content; /* struct family_digests */
};

struct manifest_source {
	struct span name;
	int64_t checked;
	int64_t changed;
	struct span result; /* ok failed held */
	struct span message;
	uint64_t n_failed; /* runs in a row */
};

struct manifest {
	uint64_t generation;
	int64_t made;                           /* when it was published */
	const struct manifest_family *families; /* by name */
	size_t n_families;
	/* By name. proof is empty, proved 0 where the catalog has moved on
	 * since: after a rollback. */
	const struct catalog_document *documents;
	/* When a generation first had each of them so: its age, if it has no
	 * date of its own. */
	const int64_t *seen;
	size_t n_documents;
	const struct manifest_source *sources; /* by name */
	size_t n_sources;
};

/* Appends it. */
void manifest_write(struct buf *out, const struct manifest *m);
/* In a bundle process. REFUSAL_SHAPE; spans live in a. */
int manifest_read(
    struct span json, struct arena *a, struct manifest *out, struct err *e);

#endif
