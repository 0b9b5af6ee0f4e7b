/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"
#include "server/deliver.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static unsigned
month_of(struct span s)
{
	unsigned i;

	for (i = 0; i < 12; i++)
		if (span_is(s,
			(char[]){ months[3 * i], months[3 * i + 1],
			    months[3 * i + 2], '\0' }))
			return i + 1;
	return 0;
}

/* "06-Nov-94 08:49:37 GMT"; years are at most 50 years ahead. */
static bool
parse_850(struct span s, int64_t *t)
{
	char text[CLOCK_TEXT_SIZE];
	uint64_t year;
	unsigned month;

	if (s.len != 22 || s.ptr[2] != '-' || s.ptr[6] != '-' ||
	    !span_is(span_from(s, 18), " GMT"))
		return false;
	month = month_of(span_first(span_from(s, 3), 3));
	if (month == 0 ||
	    !parse_uint(span_first(span_from(s, 7), 2), 99, &year))
		return false;
	year += year < 70 ? 2000 : 1900;
	snprintf(text, sizeof(text), "%04u-%02u-%.2sT%.8sZ", (unsigned)year,
	    month, s.ptr, s.ptr + 10);
	return clock_parse(span_of(text), t);
}

/* "Sun Nov  6 08:49:37 1994" */
static bool
parse_asctime(struct span s, int64_t *t)
{
	char text[CLOCK_TEXT_SIZE];
	unsigned month;

	if (s.len != 24 || s.ptr[3] != ' ' || s.ptr[19] != ' ')
		return false;
	month = month_of(span_first(span_from(s, 4), 3));
	if (month == 0)
		return false;
	snprintf(text, sizeof(text), "%.4s-%02u-%c%cT%.8sZ", s.ptr + 20, month,
	    s.ptr[8] == ' ' ? '0' : s.ptr[8], s.ptr[9], s.ptr + 11);
	return clock_parse(span_of(text), t);
}

bool
deliver_date(struct span text, int64_t *t)
{
	size_t cut = span_find(text, ',');

	if (clock_http_parse(text, t))
		return true;
	if (cut < text.len && cut > 3)
		return parse_850(span_trim(span_from(text, cut + 1)), t);
	return parse_asctime(text, t);
}
