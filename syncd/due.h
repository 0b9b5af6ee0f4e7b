/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When each source is due: its schedule, when it was asked last, and how. All
 * of a site's sources share one delay that was drawn once, so that sites do
 * not ask an upstream all at the same second, and a night stays one run.
 */
#ifndef SYNCD_DUE_H
#define SYNCD_DUE_H

#include "syncd/schedule.h"
#include "syncd/sources.h"

/* The site's delay in seconds, at most max_s; drawn if `make`, else 0. */
int due_delay(
    int statefd, uint64_t max_s, bool make, int64_t *delay, struct err *e);

struct due_last {
	int64_t checked;   /* seconds since 1970; 0: never */
	unsigned n_failed; /* in a row: it is tried again before its time */
};

/* SCHEDULE_NEVER; a time that is past: now. */
int64_t due_at(const struct schedule *s, const struct due_last *last,
    int64_t delay_s, int64_t now);
/*
 * Is the source one that a daemon asks: enabled, with a place to ask at, and a
 * schedule? ERR_FORMAT if its schedule is none.
 */
int due_schedule(const struct source *source, struct config *c,
    struct schedule *out, bool *asked, struct err *e);

#endif
