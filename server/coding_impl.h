/* SPDX-License-Identifier: Apache-2.0 */
/* One coder of gzip or zstd; only server/coding*.c include it. */
#ifndef SERVER_CODING_IMPL_H
#define SERVER_CODING_IMPL_H

#include "server/coding.h"

struct coder;

/* For one body; coder_free() it. */
struct coder *coder_new(enum coding c);
void coder_free(struct coder *c); /* NULL is fine */
/* Appends to out what there is to send; with is_end all of it. */
void coder_add(struct coder *c, struct span in, bool is_end, struct buf *out);

#endif
