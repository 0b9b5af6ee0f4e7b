/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a bundle as one stream, opened one after the other. */
#ifndef BUNDLE_IMPORT_INPUT_H
#define BUNDLE_IMPORT_INPUT_H

#include "base/err.h"
#include "base/stream.h"

struct import_input {
	void *ctx;
	/* Opens part i: 1: *fd, which becomes the input's; 0: there is none */
	int (*part)(void *ctx, unsigned i, int *fd, struct err *e);
	int fd; /* of the part being read; -1 */
	unsigned n_parts;
	bool is_over;
	uint64_t at;        /* bytes given */
	uint64_t skip_from; /* what nobody looks at */
	uint64_t skip_to;
};

void import_input_init(struct import_input *in, void *ctx,
    int (*part)(void *ctx, unsigned i, int *fd, struct err *e));
void import_input_cleanup(struct import_input *in);
/* As stream_pull.read(). Bytes that are skipped are zeros, and not read where
 * the part is a file. */
int import_input_read(
    void *input, char *ptr, size_t size, size_t *n, struct err *e);
void import_input_skip(void *input, uint64_t from, uint64_t to);

#endif
