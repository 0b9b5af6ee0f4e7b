/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the stream checks share. */
#ifndef BUNDLE_IMPORT_READING_H
#define BUNDLE_IMPORT_READING_H

#include "base/map.h"
#include "bundle/import_trust.h"
#include "bundle/layout.h"
#include "bundle/tar.h"

/* Where the bytes of a part go, beside the hash. */
struct import_into {
	int fd;          /* -1: nowhere */
	struct buf *buf; /* NULL: nowhere */
	bool pass_by;    /* they are known: not even hashed */
};

struct reading {
	const struct import_stream *in;
	struct arena *arena;
	struct import_result *out;
	struct tar_reader *tar;
	struct digest_ctx *hash;
	struct layout layout;
	struct import_trust trust;
	size_t next;     /* part */
	struct map seen; /* digests of blobs that came */
	/* Of all targets; those that are wanted, by digest. */
	const struct import_target *targets;
	size_t n_targets;
	struct map by_path;
	struct map wanted;
	struct map made;     /* by patches, or had before them */
	bool has_config;     /* the target that is "{}" was seen to */
	struct buf manifest; /* of the generation */
	struct buf line;     /* for one name */
	size_t n_missing;
	uint64_t told; /* bytes that were reported */
};

/* --- import_entry.c: entries of the tar --- */

/* The head of the stream: what makes it a bundle, and its list of parts. */
int import_read_head(struct reading *r, struct err *e);
/* The blob of a part, unless it came before; then its further names. */
int import_read_part(struct reading *r, const struct layout_part *p,
    const struct import_into *into, struct err *e);
bool import_has_come(const struct reading *r, const struct digest *d);
int import_read_end(struct reading *r, struct err *e);

/* --- import_body.c: targets and patches --- */

/* Notes that a wanted file is not to be had. */
void import_miss(struct reading *r, struct span what);
/* One part, kept if it is wanted. */
int import_take(struct reading *r, const struct layout_part *p, struct err *e);

#endif
