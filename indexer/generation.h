/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generations: index/<number>/<family>.sqlite, index/current a relative link
 * to one of them. Built beside as index/building-<number>, published by one
 * rename of the folder and one of the link. Readers keep what they opened.
 */
#ifndef INDEXER_GENERATION_H
#define INDEXER_GENERATION_H

#include "base/err.h"
#include "base/span.h"

struct generation_builder;

#define GENERATION_PATH_SIZE 48 /* of generation_path() */

/* "index/7" into text; returns text. */
const char *generation_path(uint64_t number, char text[GENERATION_PATH_SIZE]);
/* 0 in *number: there is none yet. */
int generation_current(int statefd, uint64_t *number, struct err *e);
/*
 * Starts the next one: every family of the current one is linked in (copied
 * where links fail). Its number is above `last`, history_last(), and above
 * all that are there: none is given twice.
 */
int generation_begin(
    struct generation_builder **out, int statefd, uint64_t last, struct err *e);
/*
 * Makes the family's file one of its own, to be changed (clone or copy), or
 * names where it is to be made. The path lives as long as the builder.
 */
int generation_family(struct generation_builder *g, struct span family,
    const char **path, struct err *e);
/* Undoes generation_family(): the current one's file is linked in again. */
int generation_keep(
    struct generation_builder *g, struct span family, struct err *e);
uint64_t generation_number(const struct generation_builder *g);
/* Syncs and publishes; the builder is used up either way. */
int generation_publish(struct generation_builder *g, struct err *e);
/* Drops what was built. NULL is fine. */
void generation_abandon(struct generation_builder *g);

/* Calls fn for every published generation, oldest first. */
int generation_each(int statefd,
    int (*fn)(void *ctx, uint64_t number, int64_t made, bool is_current,
	struct err *e),
    void *ctx, struct err *e);
/* Points index/current at an older or newer generation that is kept. */
int generation_rollback(int statefd, uint64_t number, struct err *e);
/* Removes what a killed run left; generation_begin() does it, too. */
int generation_clean(int statefd, struct err *e);
/* Whether such a name in index/ is what a killed run left. */
bool generation_is_leftover(struct span name);
/* For indexer/gc.h: its folder is no generation before it is emptied. */
int generation_remove(int statefd, uint64_t number, struct err *e);

#endif
