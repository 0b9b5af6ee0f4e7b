/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When something is due: "hourly [:MM]", "daily [HH:MM]",
 * "weekly [DAY] [HH:MM]", "monthly [DAY OF MONTH] [HH:MM]", "every N m|h|d",
 * "never". Times are the site's local time (TZ), as an admin writes them; what
 * a change to or from summer time leaves out or has twice is due once.
 */
#ifndef SYNCD_SCHEDULE_H
#define SYNCD_SCHEDULE_H

#include <time.h>

#include "base/err.h"
#include "base/span.h"

#define SCHEDULE_NEVER INT64_MAX

enum schedule_kind {
	SCHEDULE_OFF = 0, /* never */
	SCHEDULE_HOURLY,
	SCHEDULE_DAILY,
	SCHEDULE_WEEKLY,
	SCHEDULE_MONTHLY,
	SCHEDULE_EVERY,
};

struct schedule {
	enum schedule_kind kind;
	int day; /* of the week, Sunday 0; or of the month, from 1 */
	int hour;
	int minute;
	int64_t period_s; /* SCHEDULE_EVERY */
};

/* ERR_FORMAT says what a schedule looks like. */
int schedule_parse(struct schedule *s, struct span text, struct err *e);
/*
 * The first instant after `after`, seconds since 1970, that the schedule
 * names; SCHEDULE_NEVER if there is none. A month that lacks the day has it on
 * its last day.
 */
int64_t schedule_next(const struct schedule *s, int64_t after);

#endif
