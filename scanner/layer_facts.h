/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was recorded of a layer, as bytes that are kept, so that the layer need
 * not be read again. Version 1:
 *
 *	"scapcache layer 1\n"
 *	SHA-256 of all that follows
 *	a frame of zstd, its packed and its unpacked size before it; in it, made
 *	  with base/pack.h: diff id, number of entries; for each: kind, type,
 *	  path, link, has it a detail; if so: owner, group, mode, size, time,
 *	  link, why it has no bytes, has it bytes, and these; or the number of
 *	  its pieces and, for each, packed and unpacked size
 *	the pieces of large files, one after the other, as image_spool.h has
 *	  them
 *
 * Of a layer that could not be read whole nothing is kept.
 */
#ifndef SCANNER_LAYER_FACTS_H
#define SCANNER_LAYER_FACTS_H

#include "scanner/image_layer.h"

/* Limits. */
#define LAYER_FACTS_MAX ((size_t)16 * 1024 * 1024) /* bytes in all */
#define LAYER_FACTS_ENTRIES_MAX \
	((size_t)32 * 1024 * 1024) /* unpacked, but for large files */

/* Adds the bytes to out. ERR_LIMIT: it is too large to be kept. */
int layer_facts_encode(const struct layer *l, struct buf *out, struct err *e);
/* Puts name and digest of the form before what follows them. */
void layer_facts_seal(struct span body, struct buf *out);
/* Whether the bytes are what was sealed; what they say is not looked at. */
bool layer_facts_sealed(struct span bytes);
/*
 * The layer as it was recorded; large files go to the filter's spool. The
 * caller drops it. ERR_FORMAT for bytes that are not those of that diff id.
 */
int layer_facts_decode(struct layer **out, struct span bytes,
    const struct digest *diff_id, const struct layer_filter *filter,
    struct err *e);

#endif
