/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An import's files in a state directory. What is wanted is written into
 * incoming/, under a name that says of which bundle it is; once all of it was
 * accepted it goes into the store. A run that is cut off leaves what is whole
 * there for the next with the same bundle; one that is refused leaves nothing.
 */
#ifndef BUNDLE_IMPORT_KEEP_H
#define BUNDLE_IMPORT_KEEP_H

#include "bundle/import.h"

struct import_keep;

/* What is told of an import. */
struct import_report {
	void *ctx;
	void (*missing)(void *ctx, struct span what);
	void (*progress)(void *ctx, uint64_t bytes);
};

/*
 * statefd -1: there is no state directory. It is locked where something is to
 * be kept. report must outlive it.
 */
struct import_keep *
import_keep_new(int statefd, const struct import_report *report);
void import_keep_free(struct import_keep *k); /* NULL is fine */
/* For import_read(). */
struct import_sink import_keep_sink(struct import_keep *k);
/* Proves everything again and moves it into the store. */
int
import_keep_commit(struct import_keep *k, struct store *store, struct err *e);
/* What tries with the bundle that were cut off have left is not needed. */
int import_keep_sweep(
    struct import_keep *k, const struct digest *bundle, struct err *e);
/* It was refused: takes back what this run did, in the store, too. */
void import_keep_undo(struct import_keep *k);

#endif
