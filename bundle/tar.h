/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one tar that a bundle is (DISTRIBUTION.md §2): POSIX.1-1988 USTAR with
 * uid, gid and mtime 0, mode 0644; where a name does not fit, one pax header
 * (POSIX.1-2001) with the path alone before it. There is one way to write a
 * given entry, and the reader takes no other: every bit of a head, of padding
 * and of the end is checked by writing it again.
 */
#ifndef BUNDLE_TAR_H
#define BUNDLE_TAR_H

#include "base/buf.h"
#include "base/stream.h"

#define TAR_BLOCK 512u
/* Limits of outside input. */
#define TAR_PATH_MAX 400u                                   /* bytes */
#define TAR_SIZE_MAX ((uint64_t)8 * 1024 * 1024 * 1024 - 1) /* of an entry */
#define TAR_ENTRIES_MAX 500000u

struct tar_entry {
	struct span path;
	struct span link; /* a hard link to that path; empty: a file */
	uint64_t size_bytes;
};

/* --- writing --- */

/* Appends an entry's head. Names were checked before. */
void tar_head(struct buf *out, const struct tar_entry *entry);
/* Zeros behind a body: 0 to 511. */
size_t tar_padding(uint64_t size_bytes);
/* Appends the end: two blocks of zeros, and nothing behind them. */
void tar_end(struct buf *out);

/* --- reading --- */

struct tar_reader;

/* pull gives the archive's bytes; its ctx must outlive the reader. */
struct tar_reader *tar_reader_new(const struct stream_pull *pull);
void tar_reader_free(struct tar_reader *r); /* NULL is fine */
/*
 * 1: the next entry, whose spans live until the next call; what was not read
 * of the last one's body is read past. 0: the end, and nothing behind it. -1:
 * REFUSAL_SHAPE with the byte offset, REFUSAL_INCOMPLETE if it breaks off; all
 * later calls fail likewise.
 */
int tar_next(struct tar_reader *r, struct tar_entry *out, struct err *e);
/* Lends more of the body: 1; 0: its end; -1. */
int tar_body(struct tar_reader *r, struct span *out, struct err *e);
uint64_t tar_offset(const struct tar_reader *r); /* bytes read */

#endif
