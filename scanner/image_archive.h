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
};

void archive_index_cleanup(struct archive_index *x);
int archive_index_plain(struct archive_index *x, int fd, struct err *e);
/* Reads all of it; see source_open_archive() for filter. */
int archive_index_packed(struct archive_index *x, int fd,
    const struct layer_filter *filter, struct err *e);
/* Links are followed. 1: found; 0: not there; -1: links without end. */
int archive_index_find(
    struct archive_index *x, struct span name, uint32_t *member, struct err *e);
/* Reads a packed archive again, for the layer that is that member. */
int archive_reread(int fd, uint32_t member, const struct layer_filter *filter,
    struct layer *out, struct err *e);

#endif
