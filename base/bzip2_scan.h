/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a bzip2 file into its blocks by the marks between them, which stand at
 * any bit, and makes each a stream of its own. A mark may also occur inside a
 * block, by chance or by design: a piece is good only if libbz2 takes all of
 * it, to the last byte.
 */
#ifndef BASE_BZIP2_SCAN_H
#define BASE_BZIP2_SCAN_H

#include "base/buf.h"
#include "base/stream_impl.h"

enum bzip2_piece_kind {
	BZIP2_PIECE_BLOCK = 1,
	BZIP2_PIECE_STREAM, /* a stream ends, with its checksum */
	BZIP2_PIECE_END,    /* the file ends, after a whole stream */
	BZIP2_PIECE_ODD,    /* not what we look for: leave it to libbz2 */
};

struct bzip2_piece {
	enum bzip2_piece_kind kind;
	struct buf packed; /* of a block: a stream that holds just it */
	size_t bit, end;   /* in packed: behind the block's mark, its end */
	unsigned level;
	uint32_t crc;         /* of the block or stream, when unpacked */
	uint64_t stream_at;   /* where its stream begins, bytes */
	uint64_t packed_size; /* of the file, up to the piece's end */
};

struct bzip2_scan {
	struct stream_source source;
	struct buf window;  /* not scanned away yet */
	uint64_t window_at; /* its offset */
	size_t bit;         /* in the window: of the mark that is next */
	unsigned level;     /* 0: a stream's head is next */
	uint64_t stream_at;
	bool ended; /* no more input */
};

void bzip2_scan_init(struct bzip2_scan *s, const struct stream_input *in);
void bzip2_scan_cleanup(struct bzip2_scan *s);
/* The next piece into *p, whose packed buffer is used again. */
int bzip2_scan_next(struct bzip2_scan *s, struct bzip2_piece *p, struct err *e);

#endif
