/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One block of a bzip2 stream, for text that repeats itself, several times
 * faster than libbz2 does it. What is odd, damaged, or simply does not repeat
 * itself is refused and left to libbz2, which has the last word; nothing here
 * tells why.
 */
#ifndef BASE_BZIP2_BLOCK_H
#define BASE_BZIP2_BLOCK_H

#include "base/span.h"

#define BZIP2_BLOCK_MAX 900000u /* bytes of a block, before runs expand */
#define BZIP2_RUNS_MAX 150000u  /* more do not pay */
/* Bytes that must follow the packed ones, whatever they are. */
#define BZIP2_SLACK 256u

/* Equal bytes in a row of the transformed block. */
struct bzip2_run {
	uint32_t start;
	uint32_t byte;
};

struct bzip2_rows; /* of bzip2_invert() */

struct bzip2_block {
	struct bzip2_run *runs; /* and one more, where the block ends */
	uint32_t n_runs;
	uint32_t size;   /* bytes */
	uint32_t origin; /* the row that holds the block itself */
	uint32_t crc;    /* as the stream says */
	struct bzip2_rows *rows;
	uint8_t *bytes; /* the transform undone */
};

void bzip2_block_init(struct bzip2_block *b);
void bzip2_block_cleanup(struct bzip2_block *b);

/*
 * Reads a block from behind its mark, `bit` counted from the first byte, to
 * the bit `end`, where the next mark begins. False unless it is valid and ends
 * exactly there.
 */
bool bzip2_block_read(struct bzip2_block *b, const uint8_t *packed, size_t bit,
    size_t end, unsigned level);
/* Undoes the Burrows-Wheeler transform: runs to bytes. */
bool bzip2_invert(struct bzip2_block *b);
/*
 * Undoes the first step of packing, that of long runs: bytes to out, which
 * *len tells the size of and then the use. False if out is too small, if
 * something is missing, or if the checksum does not hold.
 */
bool bzip2_expand(const struct bzip2_block *b, char *out, size_t *len);

/* Memory of bzip2_invert(). */
struct bzip2_rows *bzip2_rows_new(void);
void bzip2_rows_free(struct bzip2_rows *rows);

#endif
