/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer: a tar, perhaps packed, read once from front to end. What it says
 * of the paths that matter is recorded, with the bytes of the files that are
 * wanted, and then applied to the tree; so whiteouts never touch entries of
 * their own layer, whatever their order (FORMATS §12.3).
 */
#ifndef SCANNER_IMAGE_LAYER_H
#define SCANNER_IMAGE_LAYER_H

#include "scanner/image_tar.h"
#include "scanner/watch.h"

/* Limits of outside input. */
#define LAYER_UNPACKED_MAX ((uint64_t)64 * 1024 * 1024 * 1024) /* bytes */
#define LAYER_RECORDED_MAX ((size_t)16 * 1024 * 1024)          /* of memory */

/* Shared by all who use it; freed with the last. */
struct layer {
	_Atomic unsigned n_users;
	struct arena arena;
	struct entry *entries;
	size_t n;
	size_t cap;
	size_t recorded;      /* bytes of memory, about */
	struct digest packed; /* of the bytes as they are stored */
	uint64_t packed_bytes;
	struct digest diff_id;
	bool has_trailer;  /* what a digest proves may do without */
	struct err failed; /* code not 0: the entries are not all of it */
};

/* What of a layer is gathered. */
struct layer_filter {
	const struct watch *watch;
	struct spool *spool;        /* for large files */
	_Atomic uint64_t *gathered; /* bytes of small ones, of all layers */
};

struct layer *layer_new(void);
struct layer *layer_use(struct layer *l); /* one user more */
void layer_drop(struct layer *l);         /* NULL is fine */
/* Memory that an entry takes, about: what LAYER_RECORDED_MAX counts. */
size_t layer_entry_cost(const struct entry *entry);
/*
 * Reads the bytes that pull gives. Whatever is wrong with them stands in
 * failed; packed, packed_bytes and diff_id are set if they could be read to
 * their end.
 */
void layer_read(struct layer *l, const struct stream_pull *pull,
    const struct layer_filter *filter);

/*
 * Puts a layer onto those below it; `index` is its place, from 0. ERR_FORMAT,
 * ERR_LIMIT: the tree then holds a part of it.
 */
int layer_apply(
    struct tree *t, const struct layer *l, uint16_t index, struct err *e);
/* One entry that is no whiteout. */
int entry_apply(
    struct tree *t, const struct entry *entry, uint16_t index, struct err *e);

#endif
