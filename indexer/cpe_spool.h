/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of a dictionary, gathered by product in memory: packed while they
 * arrive in whatever order, sorted a part at a time when all are there.
 */
#ifndef INDEXER_CPE_SPOOL_H
#define INDEXER_CPE_SPOOL_H

#include "content/cpe.h"

/* Limits of outside input. */
#define CPE_SPOOL_MAX ((size_t)64 * 1024 * 1024) /* packed bytes, all */
#define CPE_PART_MAX ((size_t)16 * 1024 * 1024)  /* unpacked, of a part */

struct cpe_spool;

struct cpe_entry {
	struct span product; /* "a:apache:log4j" */
	struct span rest;    /* "2.0:beta9:*:*:*:*:*:*" */
	struct span title;
	bool deprecated;
	struct span deprecated_by; /* lines */
};

struct cpe_spool *cpe_spool_new(void);
void cpe_spool_free(struct cpe_spool *s); /* NULL is fine */
int
cpe_spool_add(struct cpe_spool *s, const struct cpe_name *name, struct err *e);
/*
 * Calls product once for each with its names in byte order, each once: of two
 * that are equal in name the one that is in use comes first. They live during
 * the call.
 */
int cpe_spool_each(struct cpe_spool *s,
    int (*product)(
	void *ctx, const struct cpe_entry *names, size_t n, struct err *e),
    void *ctx, struct err *e);

#endif
