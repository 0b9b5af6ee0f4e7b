/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work in two threads: one makes items, the caller's takes them in their
 * order. Items go over in batches, each with an arena of its own; a few
 * batches may wait. Where no thread can be had, one does both.
 */
#ifndef BASE_AHEAD_H
#define BASE_AHEAD_H

#include "base/arena.h"
#include "base/err.h"

struct ahead;

struct ahead_work {
	void *ctx;
	/* In the thread, and nothing else is: adds items until there is no
	 * more. */
	int (*make)(void *ctx, struct ahead *a, struct err *e);
	int (*take)(void *ctx, const void *item, struct err *e);
};

/* 0: all was made and taken; the first failure of either side ends both. */
int ahead_run(const struct ahead_work *work, struct err *e);

/* For make(): where the next item's bytes go. They live until it was taken. */
struct arena *ahead_arena(struct ahead *a);
/* -1: no more are wanted; make() returns. */
int ahead_add(struct ahead *a, const void *item, struct err *e);

#endif
