/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands where in a bundle: an OCI image layout, a TUF repository and a
 * plain tree under content/, all in one tar (DISTRIBUTION.md §2). A bundle is
 * a list of parts in a fixed order; everything in the tar that is no part's
 * blob follows from the list, byte for byte.
 *
 *   oci-layout  index.json  blobs/sha256/<manifest>  blobs/sha256/44136fa3…
 *   roots from the oldest on, timestamp, snapshot, targets, roles by name,
 *   index/manifest.json, then targets and patches by path
 */
#ifndef BUNDLE_LAYOUT_H
#define BUNDLE_LAYOUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"

#define LAYOUT_ARTIFACT "application/vnd.scapcache.bundle.v1"
#define LAYOUT_METADATA "application/vnd.tuf.metadata+json"
#define LAYOUT_TARGET "application/vnd.tuf.target"
#define LAYOUT_PATCH "application/vnd.scapcache.patch.v1"
#define LAYOUT_BASE "io.scapcache.base-snapshot" /* annotations … */
#define LAYOUT_SOURCES "io.scapcache.sources"
#define LAYOUT_FILENAME "tuf.io/filename"
/* Limits of outside input: registries take no larger manifest. */
#define LAYOUT_MANIFEST_MAX ((size_t)4 * 1024 * 1024)

enum layout_kind {
	LAYOUT_IS_METADATA = 0, /* name: "7.snapshot.json" */
	LAYOUT_IS_TARGET,       /* name: the target's path */
	LAYOUT_IS_PATCH,        /* name: the path of the target it makes */
};

struct layout_part {
	enum layout_kind kind;
	struct span name;
	struct digest sha256;
	uint64_t size_bytes;
};

struct layout {
	const struct layout_part *parts;
	size_t n_parts;
	struct span base_snapshot; /* hex of its sha256; empty: a full one */
	struct span sources;       /* words; empty: all */
};

/* Appends the OCI manifest: parts with the same bytes are one layer each. */
void layout_manifest(struct buf *out, const struct layout *l);
/* Appends index.json, which names the manifest. */
void layout_index(
    struct buf *out, const struct digest *manifest, uint64_t size_bytes);
/* The bytes of oci-layout, and of the empty configuration "{}". */
struct span layout_oci(void);
struct span layout_config(void);
/* Reads a manifest back; REFUSAL_SHAPE unless writing it gives its bytes. */
int layout_read(
    struct span manifest, struct arena *a, struct layout *out, struct err *e);

/* --- names in the tar, appended --- */

void layout_blob_path(struct buf *out, const struct digest *sha256);
/* The further names of a part, one a call: 1; 0: there are no more than i. */
int layout_link_path(struct buf *out, const struct layout_part *p, unsigned i);

#endif
