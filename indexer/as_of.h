/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question about the past: the generation of a number, or the one that was
 * current at a time. Its index files answer as long as they are kept; after
 * that it is made anew from the files in the store, under index/as-of/, where
 * it stays for a while. Nothing here changes what is current.
 */
#ifndef INDEXER_AS_OF_H
#define INDEXER_AS_OF_H

#include "base/catalog.h"

#define AS_OF_FOLDER "index/as-of"
#define AS_OF_PATH_SIZE 64
#define AS_OF_FRESH_S 3600 /* one that was not asked since may be removed */

struct as_of {
	uint64_t generation;
	int64_t made;                /* when it was published */
	char below[AS_OF_PATH_SIZE]; /* "index/7", "index/as-of/7" */
};

struct as_of_when {
	bool is_time;
	uint64_t generation;
	int64_t time; /* of a date alone: its last second */
};

/*
 * "7", "2026-01-02", "2026-01-02T03:04:05Z" or with an offset; without one
 * UTC. False if it is none of these.
 */
bool as_of_parse(struct span text, struct as_of_when *out);
/* False for { 0 }. */
bool as_of_is_asked(const struct as_of_when *when);
/*
 * ERR_MISSING: nothing was published then, there is no such generation, or
 * its files are gone; the message says which. A generation that is made anew
 * wants the lock: it is taken on a state of its own for that time.
 */
int as_of_open(const struct state *s, const struct as_of_when *when,
    struct as_of *out, struct err *e);
/* The same, of one whose files are at hand: none is made anew. */
int as_of_find(const struct state *s, const struct as_of_when *when,
    struct as_of *out, struct err *e);
/* Whether it was made or asked for lately. */
bool as_of_is_fresh(int statefd, const char *below);
/* Removes those that nobody asked for lately; the lock is held. */
int as_of_clean(int statefd, struct err *e);

#endif
