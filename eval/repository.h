/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPEs that Red Hat's repositories stand for. Twin of
 * indexer/repository_rows.h, which writes them.
 */
#ifndef EVAL_REPOSITORY_H
#define EVAL_REPOSITORY_H

#include "base/db.h"

/* Texts live during the call. -1 with *e set ends the reading. */
struct repository_lines_sink {
	void *ctx;
	int (*cpe)(void *ctx, struct span cpe, struct err *e);
	int (*url)(void *ctx, struct span url, struct err *e); /* may be NULL */
};

/* 1: a document has the repository; 0: none has; -1. */
int repository_find(struct db *db, struct span id,
    const struct repository_lines_sink *sink, struct err *e);

#endif
