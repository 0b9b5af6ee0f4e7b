/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was told last, for as long as what it was made from has not changed
 * and it is a few seconds old at most: status and sources take long, and are
 * asked for by everybody.
 */
#ifndef SERVER_DESK_TOLD_H
#define SERVER_DESK_TOLD_H

#include "base/out.h"

#define DESK_TOLD_S 3 /* clocks and daemons run on */

/* Start with { 0 }, end with desk_told_cleanup(). */
struct desk_told {
	struct buf text;
	struct buf stamp; /* of the files that it was made from */
	int64_t made_ms;  /* by the monotonic clock */
};

/* Whether it still holds: then it is added to out. */
bool desk_told_again(struct desk_told *t, int statefd, struct out *out);
/* From now on; to be called with what desk_told_again() found first. */
void desk_told_keep(struct desk_told *t, struct span text);
void desk_told_cleanup(struct desk_told *t);

#endif
