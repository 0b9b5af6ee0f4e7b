/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a tar that an image was saved in; see image_source.h. */
#ifndef SCANNER_IMAGE_ARCHIVE_H
#define SCANNER_IMAGE_ARCHIVE_H

#include "scanner/image_source.h"

struct member {
	uint64_t offset; /* of its data: plain archives only */
	uint64_t size_bytes;
	bool has_data; /* small and read */
	struct buf data;
	struct layer *layer; /* recorded on the way, or NULL */
};

struct archive_index {
	struct tree tree; /* names; ordinal: a member */
	struct member *members;
	size_t n;
	size_t cap;
	size_t small_bytes;
	size_t name_bytes;
	struct err failed; /* code not 0: there may be more than is here */
};

void archive_index_cleanup(struct archive_index *x);
/* What cannot be read stands in failed; what was read before it is here. */
void archive_index_plain(struct archive_index *x, int fd);
/* Reads all of it; pipe is NULL for a file. See source_open_archive(). */
void archive_index_packed(struct archive_index *x, int fd,
    const struct stream_pull *pipe, const struct layer_filter *filter);
/* Links are followed. 1: found; 0: not there; -1: it cannot be told. */
int archive_index_find(
    struct archive_index *x, struct span name, uint32_t *member, struct err *e);

#endif
