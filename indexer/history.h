/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the catalog tells of generations: what each was made from, and which
 * one was current when. The folder index/ comes first: what a killed run did
 * not get to write down is written down by the next that holds the lock.
 */
#ifndef INDEXER_HISTORY_H
#define INDEXER_HISTORY_H

#include "base/catalog.h"

/*
 * Writes down every generation that the catalog does not know, and the change
 * of index/current if it names another one than before. Call it with the lock
 * held, before and after anything that publishes, rolls back or removes. One
 * transaction; without news no row is written.
 */
int history_record(struct db *catalog, const struct state *s, struct err *e);
/* The highest number that was ever given; 0: none. */
int history_last(struct db *catalog, uint64_t *number, struct err *e);
/* 1: it was published, at *made; 0: never heard of; -1: failed. */
int
history_made(struct db *catalog, uint64_t number, int64_t *made, struct err *e);

/*
 * Which generation was current at a time. Clocks are set back: what counts is
 * the last of the changes of index/current that were written down with a time
 * not after it, in the order in which they happened. 1; 0: there was none yet;
 * -1: failed.
 */
int history_current_at(
    struct db *catalog, int64_t time, uint64_t *number, struct err *e);

#endif
