/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing what nothing needs: generations beyond retention, stored files that
 * nothing names, what killed runs left. The newest generation and the current
 * one stay, and so does every file that a generation was made from which is
 * kept, or which was current within blob_days: it can be made anew
 * (indexer/as_of.h).
 *
 * A name goes before the bytes that it names: a folder is renamed before it
 * is emptied, the catalog forgets a file before it is removed. A kill at any
 * moment leaves nothing named that is not there; the next run does the rest.
 */
#ifndef INDEXER_GC_H
#define INDEXER_GC_H

#include "base/catalog.h"

struct gc_options {
	uint64_t generations; /* that are kept at most */
	uint64_t days;        /* age of the oldest; 0: any */
	uint64_t blob_days;
	bool dry_run;
};

enum gc_kind {
	GC_GENERATION = 0, /* its folder */
	GC_LEFTOVER,       /* of a killed run, or made anew and not asked for
			      lately */
	GC_FORGOTTEN,      /* what a generation was made from */
	GC_BLOB,           /* a stored file that nothing names */
	GC_BUNDLE,         /* of bundles/: bundle/folder.h removes it */
	N_GC_KINDS,
};

struct gc_item {
	enum gc_kind kind;
	const char
	    *name; /* path below the state directory, or "generation 7" */
	uint64_t freed_bytes;
};

struct gc_result {
	uint64_t n[N_GC_KINDS];
	uint64_t freed_bytes;
};

/* Told of each before it goes; -1 stops. */
struct gc_report {
	void *ctx;
	int (*item)(void *ctx, const struct gc_item *item, struct err *e);
};

/* The lock is held. report may be NULL. */
int gc_run(const struct state *s, struct db *catalog,
    const struct gc_options *options, const struct gc_report *report,
    struct gc_result *result, struct err *e);

#endif
