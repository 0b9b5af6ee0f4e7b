/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle's tar as its manifest has it: bytes that follow from the manifest,
 * and blobs between them. Who has manifest and blobs can write the same file
 * as who exported it; who has the file can hold it against that.
 */
#ifndef BUNDLE_PLAN_H
#define BUNDLE_PLAN_H

#include "base/map.h"
#include "bundle/layout.h"

struct plan {
	const struct layout *layout;
	struct span manifest;
	struct map seen; /* blobs that stand in the tar already */
	struct buf frame;
	struct digest digest; /* of the manifest */
	unsigned n_known;     /* manifest and configuration: steps done */
	size_t next;          /* part */
	bool is_over;
};

/* The frame's bytes, then those of the blob, if there is one. */
struct plan_step {
	struct span frame; /* until the next call */
	bool has_blob;
	struct digest sha256;
	uint64_t size_bytes;
	struct span known; /* the blob's bytes, where the manifest has them */
};

/* The layout is that of the manifest; both must outlive the plan. */
void plan_init(struct plan *p, const struct layout *l, struct span manifest);
void plan_cleanup(struct plan *p);
/* 1: the next step; 0: that was all. The first blob is the manifest. */
int plan_next(struct plan *p, struct plan_step *out);
/* Bytes of the whole tar. */
uint64_t plan_size(const struct layout *l, struct span manifest);

#endif
