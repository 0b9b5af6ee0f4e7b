/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushing a bundle to a registry. The file is read twice: a bundle process
 * first holds all of it against its manifest (plan.h), then has what the
 * registry does not have sent from it, the manifest last. So a registry never
 * has a bundle that is not whole, and what is pushed is what can be pulled.
 */
#ifndef BUNDLE_PUSH_H
#define BUNDLE_PUSH_H

#include "bundle/transfer.h"
#include "content/registry_push.h"

/* Of a bundle that was split. */
#define PUSH_PARTS_MAX 256u

/* parts: files, in order; NULL at the end. */
int push_run(const struct transfer_options *o, const char *const *parts,
    struct transfer_result *out, struct err *e);

/* --- the file in its parts --- */

struct push_part {
	int fd;
	uint64_t size_bytes;
};

/* Start with { 0 }, end with push_file_close(). */
struct push_file {
	struct push_part parts[PUSH_PARTS_MAX];
	size_t n_parts;
	uint64_t size_bytes; /* of all parts */
};

/* Files that can be read anywhere: no pipes. */
int
push_file_open(struct push_file *f, const char *const *parts, struct err *e);
void push_file_close(struct push_file *f);
/* The pieces of struct registry_source. */
int push_file_pieces(const struct push_file *f, uint64_t offset,
    uint64_t size_bytes, struct http_piece *out, size_t *n, struct err *e);
/* At most size bytes from offset on; 0: the end. */
int push_file_read(const struct push_file *f, uint64_t offset, char *ptr,
    size_t size, size_t *n, struct err *e);

/* --- what is in it --- */

/* The blobs that a registry has of it, the manifest first. */
struct push_list {
	struct registry_bytes *blobs;
	size_t n;
};

/*
 * Holds the file against its manifest. ERR_REFUSED: shape, digests. The list
 * lives in the arena. progress may be NULL.
 */
int push_list_read(struct push_list *out, const struct push_file *f,
    struct transfer_child *c, struct arena *a, struct err *e);

#endif
