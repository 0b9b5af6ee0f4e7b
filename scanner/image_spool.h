/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where large files that were gathered wait until they are read: packed, in
 * a file without a name that lies in memory, not in ours. Threads may write
 * to one at the same time.
 */
#ifndef SCANNER_IMAGE_SPOOL_H
#define SCANNER_IMAGE_SPOOL_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/err.h"

/* Limits of outside input. */
#define SPOOL_SIZE_MAX ((uint64_t)512 * 1024 * 1024) /* packed bytes */
#define SPOOL_PIECE_MAX ((size_t)1024 * 1024)        /* bytes of an extent */

struct spool {
	int fd; /* -1: not made yet */
	_Atomic uint64_t used;
};

/* A piece of a file: one frame of zstd. */
struct extent {
	uint64_t offset;
	uint32_t packed;
	uint32_t size;
};

int spool_open(struct spool *s, struct err *e);
void spool_close(struct spool *s);
/* Keeps at most SPOOL_PIECE_MAX bytes. ERR_LIMIT when there is no room. */
int spool_write(
    struct spool *s, struct span bytes, struct extent *out, struct err *e);
/* Adds the piece to out. */
int spool_read(const struct spool *s, const struct extent *x, struct buf *out,
    struct err *e);
/* As it lies there. */
int spool_read_packed(const struct spool *s, const struct extent *x,
    struct buf *out, struct err *e);
int spool_write_packed(struct spool *s, struct span packed, uint32_t size,
    struct extent *out, struct err *e);

#endif
