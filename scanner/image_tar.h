/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a tar through libarchive: a layer that is being unpacked, or the
 * archive that an image was saved in.
 */
#ifndef SCANNER_IMAGE_TAR_H
#define SCANNER_IMAGE_TAR_H

#include "base/digest.h"
#include "base/stream.h"
#include "scanner/image_tree.h"

/* Limits of outside input. */
#define TAR_ENTRIES_MAX 20000000u

enum entry_kind {
	ENTRY_FILE = 0, /* of any type */
	ENTRY_HARD_LINK,
	ENTRY_WHITEOUT, /* path is gone from the layers below */
	ENTRY_OPAQUE,   /* so is all that is below path; "" is the root */
};

struct entry {
	struct span path; /* clean, relative to the root */
	/* ENTRY_HARD_LINK: clean path of the other; NODE_SYMLINK: as it is */
	struct span link;
	struct detail *detail; /* of what tar_detail() was called for */
	uint32_t ordinal;      /* in the tar, from 0 */
	uint8_t kind;          /* enum entry_kind */
	uint8_t type;          /* enum node_type */
};

struct archive;
struct archive_entry;

/* Fields are the module's own. */
struct tar {
	struct archive *archive;
	struct archive_entry *entry;
	uint32_t n_read;   /* entries */
	uint64_t data_end; /* of the entry, in the tar */
	/* Of the entry's data: a block that is lent, and how far we are. */
	struct span block;
	uint64_t block_at;
	uint64_t data_at;
	struct buf path;
	struct buf link;
	bool at_end;       /* of the bytes */
	size_t n_zeros;    /* that they end with, up to a block */
	struct err failed; /* of the bytes */
	struct stream *stream;
	struct digest_ctx *digest;
	int fd;
	uint64_t size_bytes; /* of fd */
	uint64_t offset;
	char *chunk;
};

/* Reads what the stream gives; digest, if not NULL, sees all of it. */
void
tar_open_stream(struct tar *t, struct stream *s, struct digest_ctx *digest);
/* Reads a file that is not packed, from its start; passes over data. */
void tar_open_fd(struct tar *t, int fd);
void tar_close(struct tar *t);

/* Goes to the next entry. 1: there is one; 0: the end; -1: damaged. */
int tar_next_member(struct tar *t, struct err *e);
/*
 * Says what it is, in text that lives until the next entry. 1: *out is set;
 * 0: it is the root itself; -1: no entry of a sound archive.
 */
int tar_entry(struct tar *t, struct entry *out, struct err *e);
/*
 * Makes out->detail, the caller's to drop, from what the archive says of the
 * file; a symbolic link needs it.
 */
void tar_detail(struct tar *t, struct entry *out);
/* The next bytes of the entry's data; *n 0 at its end. */
int tar_data(struct tar *t, char *ptr, size_t size, size_t *n, struct err *e);
/* Where the entry's data begins, and how long it is: tar_open_fd() only. */
uint64_t tar_data_offset(struct tar *t);
uint64_t tar_data_size(struct tar *t);
/* Reads the stream to its end, so that digests cover all of it. */
int tar_drain(struct tar *t, struct err *e);
/*
 * After tar_drain(): it ends as a tar should, with blocks of zeros. One that is
 * cut between two entries has none.
 */
bool tar_has_trailer(const struct tar *t);

#endif
