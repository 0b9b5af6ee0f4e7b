/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "eval/function.h"
#include "eval/regex.h"

/* --- globs --- */

/* Bytes of "[:digit:]" that a class has there; 0: it has none. */
static size_t
named_class(struct span rest)
{
	size_t i;

	if (rest.len < 4 || rest.ptr[0] != '[' || rest.ptr[1] != ':')
		return 0;
	for (i = 2; i < rest.len && span_is_alpha(rest.ptr[i]); i++)
		continue;
	return i + 1 < rest.len && rest.ptr[i] == ':' && rest.ptr[i + 1] == ']'
	    ? i + 2
	    : 0;
}

/* "[!a-z]" from its bracket on; the bytes used, 0 if it never ends. */
static size_t
glob_class(struct buf *b, struct span rest)
{
	size_t at = 1;
	size_t first, n;

	buf_add_char(b, '[');
	if (rest.len > 1 && (rest.ptr[1] == '!' || rest.ptr[1] == '^')) {
		buf_add_char(b, '^');
		at = 2;
	}
	/* A bracket that comes first stands for itself. */
	for (first = at; at < rest.len; at++) {
		if (rest.ptr[at] == ']' && at > first)
			break;
		n = named_class(span_from(rest, at));
		if (n > 0) {
			buf_add_span(b, span_first(span_from(rest, at), n));
			at += n - 1;
			continue;
		}
		if (strchr("\\[]", rest.ptr[at]) != NULL)
			buf_add_char(b, '\\');
		buf_add_char(b, rest.ptr[at]);
	}
	if (at >= rest.len)
		return 0;
	buf_add_char(b, ']');
	return at + 1;
}

bool
function_glob(struct buf *b, struct span glob, bool noescape)
{
	bool at_start = true; /* of a path's part: no wildcard takes a dot */
	bool behind_slash = false; /* '?' takes none there, either */
	size_t used;

	buf_add_char(b, '^');
	for (; glob.len > 0; glob = span_from(glob, used)) {
		used = 1;
		switch (*glob.ptr) {
		case '*':
			buf_add_str(b, at_start ? "(?=[^.])[^/]*" : "[^/]*");
			break;
		case '?':
			buf_add_str(
			    b, at_start || behind_slash ? "[^./]" : "[^/]");
			break;
		case '[':
			used = glob_class(b, glob);
			if (used == 0)
				return false;
			break;
		case '\\':
			if (!noescape && glob.len > 1)
				glob = span_from(glob, 1);
			regex_escape(b, span_first(glob, 1));
			break;
		default:
			regex_escape(b, span_first(glob, 1));
			break;
		}
		at_start = *glob.ptr == '/';
		behind_slash = noescape && *glob.ptr == '\\';
	}
	buf_add_char(b, '$');
	return true;
}

/* --- times --- */

struct moment {
	uint64_t year;
	uint64_t month;
	uint64_t day;
	uint64_t hour;
	uint64_t minute;
	uint64_t second;
};

/*
 * Templates: Y M D h m s are numbers of four and two digits, N the name of a
 * month, whole or three letters, anything else itself.
 */
static const struct {
	const char *format;
	const char *template;
} templates[] = {
	{ "year_month_day", "YMD" },
	{ "year_month_day", "YMDThms" },
	{ "year_month_day", "Y/M/D h:m:s" },
	{ "year_month_day", "Y/M/D" },
	{ "year_month_day", "Y-M-D h:m:s" },
	{ "year_month_day", "Y-M-D" },
	{ "month_day_year", "M/D/Y h:m:s" },
	{ "month_day_year", "M/D/Y" },
	{ "month_day_year", "M-D-Y h:m:s" },
	{ "month_day_year", "M-D-Y" },
	{ "month_day_year", "N, D Y h:m:s" },
	{ "month_day_year", "N, D Y" },
	{ "day_month_year", "D/M/Y h:m:s" },
	{ "day_month_year", "D/M/Y" },
	{ "day_month_year", "D-M-Y h:m:s" },
	{ "day_month_year", "D-M-Y" },
};

static const char *const months[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };

static bool
take_month(struct span *rest, uint64_t *month)
{
	size_t i, len;

	for (i = 0; i < sizeof(months) / sizeof(*months); i++) {
		if (span_has_prefix(*rest, months[i]))
			len = strlen(months[i]);
		else if (rest->len >= 3 && memcmp(rest->ptr, months[i], 3) == 0)
			len = 3;
		else
			continue;
		*rest = span_from(*rest, len);
		*month = i + 1;
		return true;
	}
	return false;
}

static bool
take_digits(struct span *rest, size_t n, uint64_t *out)
{
	if (rest->len < n || !parse_uint(span_first(*rest, n), 9999, out))
		return false;
	*rest = span_from(*rest, n);
	return true;
}

static bool
take_part(struct span *rest, char part, struct moment *t)
{
	switch (part) {
	case 'Y':
		return take_digits(rest, 4, &t->year);
	case 'M':
		return take_digits(rest, 2, &t->month);
	case 'D':
		return take_digits(rest, 2, &t->day);
	case 'h':
		return take_digits(rest, 2, &t->hour);
	case 'm':
		return take_digits(rest, 2, &t->minute);
	case 's':
		return take_digits(rest, 2, &t->second);
	case 'N':
		return take_month(rest, &t->month);
	default:
		if (rest->len == 0 || *rest->ptr != part)
			return false;
		*rest = span_from(*rest, 1);
		return true;
	}
}

static bool
parse_template(const char *template, struct span text, int64_t *out)
{
	struct moment t = { 0 };
	char rfc[CLOCK_TEXT_SIZE];
	char back[CLOCK_TEXT_SIZE];

	for (; *template != '\0'; template ++)
		if (!take_part(&text, *template, &t))
			return false;
	if (text.len > 0)
		return false;
	snprintf(rfc, sizeof(rfc), "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)t.year % 10000, (unsigned)t.month % 100,
	    (unsigned)t.day % 100, (unsigned)t.hour % 100,
	    (unsigned)t.minute % 100, (unsigned)t.second % 100);
	/* February 30 would come back as another day. */
	return clock_parse(span_of(rfc), out) &&
	    strcmp(clock_text(*out, back), rfc) == 0;
}

/* Hexadecimal hundreds of nanoseconds since 1601. */
static bool
parse_filetime(struct span text, int64_t *out)
{
	const uint64_t seconds_to_1970 = 11644473600u;
	char digits[17];
	uint8_t bytes[8];
	uint64_t v = 0;
	size_t i;

	if (span_has_prefix(text, "0x"))
		text = span_from(text, 2);
	if (text.len == 0 || text.len > 16)
		return false;
	snprintf(digits, sizeof(digits), "%0*d", (int)(16 - text.len), 0);
	if (text.len == 16)
		digits[0] = '\0';
	memcpy(digits + 16 - text.len, text.ptr, text.len);
	if (!parse_hex(span_make(digits, 16), bytes, sizeof(bytes)))
		return false;
	for (i = 0; i < sizeof(bytes); i++)
		v = v << 8 | bytes[i];
	*out = (int64_t)(v / 10000000) - (int64_t)seconds_to_1970;
	return true;
}

bool
function_time(struct span format, struct span text, int64_t *out)
{
	size_t i;

	text = span_trim(text);
	if (format.len == 0)
		format = SPAN_LIT("year_month_day");
	if (span_is(format, "seconds_since_epoch"))
		return parse_int(text, out);
	if (span_is(format, "win_filetime"))
		return parse_filetime(text, out);
	for (i = 0; i < sizeof(templates) / sizeof(*templates); i++)
		if (span_is(format, templates[i].format) &&
		    parse_template(templates[i].template, text, out))
			return true;
	return false;
}
