/* SPDX-License-Identifier: Apache-2.0 */
/* When something is due, with the clock changes of Europe/Berlin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "syncd/due.h"

struct next_case {
	const char *name;
	const char *schedule;
	const char *after;  /* UTC */
	const char *expect; /* UTC, or the message, or "never" */
	const char *zone;   /* NULL: that of Europe/Berlin */
};

/* Without a time zone database the rules themselves. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define MIDNIGHT "<-04>4<-03>,M10.1.0/0,M3.4.0/0" /* clocks change at 00:00 */

static const struct next_case nexts[] = {
	{ "today", "daily 02:30", "2026-11-23T00:00:00Z",
	    "2026-11-23T01:30:00Z" },
	{ "tomorrow", "daily 02:30", "2026-11-23T01:30:00Z",
	    "2026-11-24T01:30:00Z" },
	{ "midnight", "daily", "2026-11-23T12:00:00Z", "2026-11-23T23:00:00Z" },
	{ "an hour that summer time leaves out", "daily 02:30",
	    "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z" },
	{ "an hour that there is twice", "daily 02:30", "2026-10-25T00:00:00Z",
	    "2026-10-25T01:30:00Z" },
	{ "and is due once", "daily 02:30", "2026-10-25T01:30:00Z",
	    "2026-10-26T01:30:00Z" },
	{ "this week", "weekly wed 04:00", "2026-11-23T12:00:00Z",
	    "2026-11-25T03:00:00Z" },
	{ "next week", "weekly mon 04:00", "2026-11-23T12:00:00Z",
	    "2026-11-30T03:00:00Z" },
	{ "weekly without a time", "weekly sun", "2026-11-23T12:00:00Z",
	    "2026-11-28T23:00:00Z" },
	{ "next month", "monthly 1 00:00", "2026-11-23T12:00:00Z",
	    "2026-11-30T23:00:00Z" },
	{ "a month without that day", "monthly 31 12:00",
	    "2027-02-01T00:00:00Z", "2027-02-28T11:00:00Z" },
	{ "the year's end", "monthly 1", "2026-12-31T23:30:00Z",
	    "2027-01-31T23:00:00Z" },
	{ "this hour", "hourly :15", "2026-11-23T12:10:00Z",
	    "2026-11-23T12:15:00Z" },
	{ "next hour", "hourly :15", "2026-11-23T12:15:00Z",
	    "2026-11-23T13:15:00Z" },
	{ "an hour where zones are not whole", "hourly :15",
	    "2026-11-23T12:10:00Z", "2026-11-23T12:45:00Z", "<+0530>-5:30" },
	{ "a weekday without its midnight", "weekly sun 00:00",
	    "2026-10-01T12:00:00Z", "2026-10-04T04:00:00Z", MIDNIGHT },
	{ "a day of the month without its midnight", "monthly 4",
	    "2026-10-01T12:00:00Z", "2026-10-04T04:00:00Z", MIDNIGHT },
	{ "a period", "every 6h", "2026-11-23T12:15:00Z",
	    "2026-11-23T18:15:00Z" },
	{ "a period of minutes", "every 20m", "2026-11-23T12:15:00Z",
	    "2026-11-23T12:35:00Z" },
	{ "never", "never", "2026-11-23T12:15:00Z", "never" },
	{ "nothing", "", "", "\"\" is no schedule" },
	{ "another word", "nightly", "", "\"nightly\" is no schedule" },
	{ "an hour too late", "daily 24:00", "", "is no schedule" },
	{ "a minute too late", "daily 02:60", "", "is no schedule" },
	{ "one digit", "daily 2:3", "", "is no schedule" },
	{ "no time", "daily soon", "", "is no schedule" },
	{ "no day", "weekly someday 02:00", "", "is no schedule" },
	{ "day 0", "monthly 0 02:00", "", "is no schedule" },
	{ "day 32", "monthly 32", "", "is no schedule" },
	{ "too much", "daily 02:00 03:00", "", "is no schedule" },
	{ "far too much", "weekly mon 02:00 utc now", "", "is no schedule" },
	{ "no period", "every", "", "is no schedule" },
	{ "a period of nothing", "every 0h", "", "is no schedule" },
	{ "a period without unit", "every 6", "", "is no schedule" },
	{ "never and a time", "never 02:00", "", "is no schedule" },
};

static int64_t
time_of(const char *text)
{
	int64_t t = 0;

	assert_true(clock_parse(span_of(text), &t));
	return t;
}

static void
test_next(void **state)
{
	const struct next_case *c = *state;
	char got[CLOCK_TEXT_SIZE];
	struct schedule s;
	struct err e = { 0 };
	int64_t t;

	setenv("TZ", c->zone != NULL ? c->zone : BERLIN, 1);
	tzset();
	if (schedule_parse(&s, span_of(c->schedule), &e) != 0) {
		assert_int_equal(e.code, ERR_FORMAT);
		assert_non_null(strstr(e.msg, c->expect));
		return;
	}
	t = schedule_next(&s, time_of(c->after));
	assert_string_equal(
	    t == SCHEDULE_NEVER ? "never" : clock_text(t, got), c->expect);
}

struct due_case {
	const char *name;
	const char *schedule;
	const char *checked; /* "": never */
	unsigned n_failed;
	int64_t delay_s;
	const char *expect;
};

#define NOW "2026-11-23T12:00:00Z"

static const struct due_case dues[] = {
	{ "never asked", "daily 02:00", "", 0, 1800, NOW },
	{ "asked last night", "daily 02:00", "2026-11-23T01:30:00Z", 0, 1800,
	    "2026-11-24T01:30:00Z" },
	{ "missed: caught up", "daily 02:00", "2026-11-20T01:30:00Z", 0, 1800,
	    "2026-11-21T01:30:00Z" },
	{ "failed: within the hour", "daily 02:00", "2026-11-23T11:30:00Z", 1,
	    1800, "2026-11-23T12:30:00Z" },
	{ "failed twice: two hours", "daily 02:00", "2026-11-23T11:30:00Z", 2,
	    1800, "2026-11-23T13:30:00Z" },
	{ "failed for long: at its time", "daily 02:00", "2026-11-23T11:30:00Z",
	    1000000, 0, "2026-11-24T01:00:00Z" },
	{ "failed for long, asked seldom", "monthly", "2026-11-23T11:30:00Z", 7,
	    0, "2026-11-24T19:30:00Z" },
	{ "failed, but due before", "every 10m", "2026-11-23T11:55:00Z", true,
	    0, "2026-11-23T12:05:00Z" },
	{ "a period has no delay", "every 1h", "2026-11-23T11:30:00Z", 0, 1800,
	    "2026-11-23T12:30:00Z" },
	{ "the clock was set back", "every 1h", "2027-11-23T11:30:00Z", 0, 0,
	    NOW },
	{ "the clock was set back by a little", "every 1h",
	    "2026-11-23T12:01:00Z", 0, 0, "2026-11-23T13:01:00Z" },
	{ "switched off", "never", "", 0, 0, "never" },
};

static void
test_due(void **state)
{
	const struct due_case *c = *state;
	struct due_last last = { .n_failed = c->n_failed };
	char got[CLOCK_TEXT_SIZE];
	struct schedule s;
	struct err e = { 0 };
	int64_t t;

	setenv("TZ", BERLIN, 1);
	tzset();
	assert_int_equal(schedule_parse(&s, span_of(c->schedule), &e), 0);
	if (c->checked[0] != '\0')
		last.checked = time_of(c->checked);
	t = due_at(&s, &last, c->delay_s, time_of(NOW));
	assert_string_equal(
	    t == SCHEDULE_NEVER ? "never" : clock_text(t, got), c->expect);
}

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

int
main(void)
{
	struct CMUnitTest tests[N_OF(nexts) + N_OF(dues)] = { 0 };
	size_t n = 0, i;

	for (i = 0; i < N_OF(nexts); i++)
		tests[n++] = (struct CMUnitTest){ nexts[i].name, test_next,
			NULL, NULL, (void *)(uintptr_t)&nexts[i] };
	for (i = 0; i < N_OF(dues); i++)
		tests[n++] = (struct CMUnitTest){ dues[i].name, test_due, NULL,
			NULL, (void *)(uintptr_t)&dues[i] };
	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
