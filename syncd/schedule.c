/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "syncd/schedule.h"

#define MINUTE_S 60
#define HOUR_S 3600
#define DAY_S 86400
#define WORDS_MAX 3
#define EVERY_MAX 1000000u
#define STEPS_MAX 64 /* days that are tried until one is after `after` */

static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri",
	"sat" };

static const struct {
	const char *name;
	enum schedule_kind kind;
} kinds[] = {
	{ "never", SCHEDULE_OFF },
	{ "hourly", SCHEDULE_HOURLY },
	{ "daily", SCHEDULE_DAILY },
	{ "weekly", SCHEDULE_WEEKLY },
	{ "monthly", SCHEDULE_MONTHLY },
	{ "every", SCHEDULE_EVERY },
};

static size_t
cut_words(struct span text, struct span words[WORDS_MAX + 1])
{
	size_t n = 0, end;

	for (text = span_trim(text); text.len > 0 && n <= WORDS_MAX;
	     text = span_trim(span_from(text, end))) {
		end = 0;
		while (end < text.len && !span_is_space(text.ptr[end]))
			end++;
		words[n++] = span_first(text, end);
	}
	return n;
}

/* "02:30"; ":30" is an hour of no matter. */
static bool
parse_time(struct span s, bool has_hour, int *hour, int *minute)
{
	size_t colon = span_find(s, ':');
	uint64_t h = 0, m;

	if (colon == s.len || (colon > 0) != has_hour ||
	    (has_hour && !parse_uint(span_first(s, colon), 23, &h)) ||
	    s.len - colon != 3 || !parse_uint(span_from(s, colon + 1), 59, &m))
		return false;
	*hour = (int)h;
	*minute = (int)m;
	return true;
}

static bool
parse_weekday(struct span s, int *day)
{
	size_t i;

	for (i = 0; i < 7; i++)
		if (span_is(s, days[i])) {
			*day = (int)i;
			return true;
		}
	return false;
}

static bool
parse_period(struct span s, int64_t *period)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'm', MINUTE_S }, { 'h', HOUR_S }, { 'd', DAY_S } };
	uint64_t n;
	size_t i;

	if (s.len < 2 || !parse_uint(span_first(s, s.len - 1), EVERY_MAX, &n) ||
	    n == 0)
		return false;
	for (i = 0; i < 3; i++)
		if (s.ptr[s.len - 1] == units[i].unit) {
			*period = (int64_t)n * units[i].seconds;
			return true;
		}
	return false;
}

/* What may stand behind the kind, in this order, each once. */
static bool
parse_rest(struct schedule *s, const struct span *words, size_t n)
{
	size_t i = 0;
	uint64_t day;

	switch (s->kind) {
	case SCHEDULE_EVERY:
		return n == 1 && parse_period(words[0], &s->period_s);
	case SCHEDULE_OFF:
		return n == 0;
	case SCHEDULE_HOURLY:
		return n == 0 ||
		    (n == 1 &&
			parse_time(words[0], false, &s->hour, &s->minute));
	case SCHEDULE_WEEKLY:
		if (n > 0 && parse_weekday(words[0], &s->day))
			i++;
		break;
	case SCHEDULE_MONTHLY:
		if (n > 0 && parse_uint(words[0], 31, &day) && day > 0) {
			s->day = (int)day;
			i++;
		}
		break;
	default:
		break;
	}
	if (i < n && parse_time(words[i], true, &s->hour, &s->minute))
		i++;
	return i == n;
}

int
schedule_parse(struct schedule *s, struct span text, struct err *e)
{
	struct span words[WORDS_MAX + 1];
	size_t n = cut_words(text, words), i;

	for (i = 0;
	     n > 0 && n <= WORDS_MAX && i < sizeof(kinds) / sizeof(*kinds);
	     i++) {
		if (!span_is(words[0], kinds[i].name))
			continue;
		*s = (struct schedule){ .kind = kinds[i].kind, .day = 1 };
		if (parse_rest(s, words + 1, n - 1))
			return 0;
		break;
	}
	return err_set(e, ERR_FORMAT,
	    "\"%.*s\" is no schedule: say hourly, daily 02:30, weekly mon "
	    "02:30, monthly 1 02:30, every 6h or never",
	    SPAN_ARG(span_first(text, 64)));
}

static int
month_days(int year, int month)
{
	struct tm t = { .tm_year = year,
		.tm_mon = month + 1,
		.tm_mday = 0,
		.tm_hour = 12,
		.tm_isdst = -1 };

	return mktime(&t) == -1 ? 28 : t.tm_mday;
}

/* Is it the schedule's day, whatever clock changes do to its midnight? */
static bool
is_day(const struct schedule *s, const struct tm *day)
{
	struct tm noon = { .tm_year = day->tm_year,
		.tm_mon = day->tm_mon,
		.tm_mday = day->tm_mday,
		.tm_hour = 12,
		.tm_isdst = -1 };
	int last;

	if (mktime(&noon) == -1)
		return false;
	if (s->kind == SCHEDULE_WEEKLY)
		return noon.tm_wday == s->day;
	if (s->kind != SCHEDULE_MONTHLY)
		return true;
	last = month_days(noon.tm_year, noon.tm_mon);
	return noon.tm_mday == (s->day < last ? s->day : last);
}

static int64_t
next_day(const struct schedule *s, int64_t after)
{
	time_t start = (time_t)after, at;
	struct tm now, t;
	bool wanted;
	int i;

	if (localtime_r(&start, &now) == NULL)
		return after + DAY_S;
	for (i = 0; i < STEPS_MAX; i++) {
		t = (struct tm){ .tm_year = now.tm_year,
			.tm_mon = now.tm_mon,
			.tm_mday = now.tm_mday + i,
			.tm_hour = s->hour,
			.tm_min = s->minute,
			.tm_isdst = -1 };
		wanted = is_day(s, &t);
		at = mktime(&t);
		if (wanted && at != -1 && at > start)
			return (int64_t)at;
	}
	return after + DAY_S;
}

static int64_t
next_hour(const struct schedule *s, int64_t after)
{
	time_t start = (time_t)after;
	struct tm now;
	int64_t at;

	/* Not all zones are whole hours away from UTC. */
	if (localtime_r(&start, &now) == NULL)
		return after + HOUR_S;
	at = after - now.tm_sec + (int64_t)(s->minute - now.tm_min) * MINUTE_S;
	return at > after ? at : at + HOUR_S;
}

int64_t
schedule_next(const struct schedule *s, int64_t after)
{
	switch (s->kind) {
	case SCHEDULE_OFF:
		return SCHEDULE_NEVER;
	case SCHEDULE_EVERY:
		return after + s->period_s;
	case SCHEDULE_HOURLY:
		return next_hour(s, after);
	default:
		return next_day(s, after);
	}
}
