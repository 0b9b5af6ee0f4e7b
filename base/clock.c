/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

int64_t
clock_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	uint64_t t;

	if (fixed != NULL && parse_uint(span_of(fixed), INT64_MAX, &t))
		return (int64_t)t;
	return (int64_t)time(NULL);
}

int64_t
clock_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

const char *
clock_text(int64_t t, char text[CLOCK_TEXT_SIZE])
{
	time_t when = (time_t)t;
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&when, &tm) != NULL)
		strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static void
put_two(char *text, unsigned v)
{
	text[0] = (char)('0' + v / 10 % 10);
	text[1] = (char)('0' + v % 10);
}

/* The server says several with each answer: printf() takes thrice as long. */
const char *
clock_http_text(int64_t t, char text[CLOCK_TEXT_SIZE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char form[] = "Sun, 00 Jan 0000 00:00:00 GMT";
	time_t when = (time_t)t;
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&when, &tm) == NULL)
		return text;
	memcpy(text, form, sizeof(form));
	memcpy(text, days + tm.tm_wday * 3, 3);
	put_two(text + 5, (unsigned)tm.tm_mday);
	memcpy(text + 8, months + tm.tm_mon * 3, 3);
	put_two(text + 12, (unsigned)(tm.tm_year + 1900) / 100);
	put_two(text + 14, (unsigned)(tm.tm_year + 1900) % 100);
	put_two(text + 17, (unsigned)tm.tm_hour);
	put_two(text + 20, (unsigned)tm.tm_min);
	put_two(text + 23, (unsigned)tm.tm_sec);
	return text;
}

/* Takes n digits off *s. */
static bool
take_number(struct span *s, size_t n, unsigned max, int *out)
{
	uint64_t v;

	if (s->len < n || !parse_uint(span_first(*s, n), max, &v))
		return false;
	*out = (int)v;
	*s = span_from(*s, n);
	return true;
}

static bool
take_char(struct span *s, char a, char b)
{
	if (s->len == 0 || (s->ptr[0] != a && s->ptr[0] != b))
		return false;
	*s = span_from(*s, 1);
	return true;
}

static bool
take_time(struct span *s, struct tm *tm)
{
	if (!take_number(s, 2, 23, &tm->tm_hour) || !take_char(s, ':', ':') ||
	    !take_number(s, 2, 59, &tm->tm_min) || !take_char(s, ':', ':') ||
	    !take_number(s, 2, 60, &tm->tm_sec))
		return false;
	if (take_char(s, '.', ',')) {
		while (s->len > 0 && span_is_digit(s->ptr[0]))
			*s = span_from(*s, 1);
	}
	return true;
}

/* Seconds east of UTC. */
static bool
take_zone(struct span s, int *offset)
{
	int hours, minutes, sign;

	*offset = 0;
	s = span_trim(s);
	if (s.len == 0 || span_is(s, "Z") || span_is(s, "UTC"))
		return true;
	sign = s.ptr[0] == '-' ? -1 : 1;
	if (!take_char(&s, '+', '-') || !take_number(&s, 2, 23, &hours))
		return false;
	take_char(&s, ':', ':');
	if (!take_number(&s, 2, 59, &minutes) || s.len != 0)
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* February has no 30th; timegm() would make it March. */
static bool
is_day(const struct tm *tm)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int year = tm->tm_year + 1900;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return tm->tm_mon >= 0 && tm->tm_mday >= 1 &&
	    tm->tm_mday <= days[tm->tm_mon] + (leap && tm->tm_mon == 1);
}

bool
clock_http_parse(struct span s, int64_t *t)
{
	char text[CLOCK_TEXT_SIZE];
	struct span rest = span_from(s, s.len < 5 ? s.len : 5);
	struct tm tm = { 0 };
	int64_t time;

	if (!take_number(&rest, 2, 31, &tm.tm_mday) ||
	    !take_char(&rest, ' ', ' ') || rest.len < 4)
		return false;
	while (
	    tm.tm_mon < 12 && memcmp(months + tm.tm_mon * 3, rest.ptr, 3) != 0)
		tm.tm_mon++;
	rest = span_from(rest, 3);
	if (tm.tm_mon == 12 || !take_char(&rest, ' ', ' ') ||
	    !take_number(&rest, 4, 9999, &tm.tm_year) ||
	    !take_char(&rest, ' ', ' ') || !take_time(&rest, &tm))
		return false;
	tm.tm_year -= 1900;
	time = (int64_t)timegm(&tm);
	/* There is one way to write it. */
	if (!span_is(s, clock_http_text(time, text)))
		return false;
	*t = time;
	return true;
}

bool
clock_parse(struct span s, int64_t *t)
{
	struct tm tm = { 0 };
	int offset = 0;

	s = span_trim(s);
	if (!take_number(&s, 4, 9999, &tm.tm_year) ||
	    !take_char(&s, '-', '-') || !take_number(&s, 2, 12, &tm.tm_mon) ||
	    !take_char(&s, '-', '-') || !take_number(&s, 2, 31, &tm.tm_mday))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!is_day(&tm))
		return false;
	if (s.len > 0 &&
	    (!take_char(&s, 'T', ' ') || !take_time(&s, &tm) ||
		!take_zone(s, &offset)))
		return false;
	*t = (int64_t)timegm(&tm) - offset;
	return true;
}
