/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/printable.h"
#include "server/html.h"

#define DASH "\xe2\x80\x93"
#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

void
html_init(struct html *h, struct out *out)
{
	*h = (struct html){ .out = out };
}

void
html_cleanup(struct html *h)
{
	buf_cleanup(&h->text);
}

void
html_raw(struct html *h, const char *literal)
{
	out_str(h->out, literal);
}

void
html_text(struct html *h, struct span s)
{
	buf_reset(&h->text);
	printable_add(&h->text, s);
	out_xml(h->out, buf_span(&h->text));
}

void
html_prose(struct html *h, struct span s)
{
	struct span rest = span_trim(s);
	struct span line;
	bool open = false, empty = false;

	while (span_next(&rest, '\n', &line)) {
		line = span_trim(line);
		if (line.len == 0) {
			empty = open;
			continue;
		}
		if (empty)
			out_str(h->out, "</p>\n");
		if (!open || empty)
			out_str(h->out, "<p>");
		else
			out_str(h->out, "<br>\n");
		open = true;
		empty = false;
		html_text(h, line);
	}
	if (open)
		out_str(h->out, "</p>\n");
}

void
html_lines(struct html *h, struct span s)
{
	struct span line;

	while (span_next(&s, '\n', &line)) {
		html_text(h, line);
		out_char(h->out, '\n');
	}
}

static void
add_grouped(struct html *h, struct span digits)
{
	size_t i;

	for (i = 0; i < digits.len; i++) {
		if (i > 0 && (digits.len - i) % 3 == 0)
			out_char(h->out, ',');
		html_text(h, span_make(digits.ptr + i, 1));
	}
}

void
html_uint(struct html *h, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	add_grouped(h, span_of(text));
}

static void
add_encoded(struct html *h, struct span s, const char *keep)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) ||
		    (c != '\0' && strchr(keep, c) != NULL))
			out_char(h->out, c);
		else
			out_printf(h->out, "%%%02X", (unsigned)(uint8_t)c);
	}
}

/* What a URL may hold as one segment, or as a value of a query. */
static void
html_url(struct html *h, struct span s)
{
	add_encoded(h, s, "-._~:");
}

void
html_link(struct html *h, struct span url, struct span text)
{
	if (!span_has_prefix(url, "https://") &&
	    !span_has_prefix(url, "http://")) {
		html_text(h, text);
		return;
	}
	out_str(h->out, "<a rel=\"noreferrer external\" href=\"");
	html_text(h, url);
	out_str(h->out, "\">");
	html_text(h, text);
	out_str(h->out, "</a>");
}

/* "19.7 MB", for people. */
static void
html_bytes(struct html *h, uint64_t n)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (n < unit) {
		out_printf(h->out, "%" PRIu64 " bytes", n);
		return;
	}
	while (i + 1 < sizeof(units) / sizeof(*units) && n / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	if (n / unit < 100)
		out_printf(h->out, "%" PRIu64 ".%" PRIu64 "\xc2\xa0%s",
		    n / unit, n % unit / (unit / 10), units[i]);
	else
		out_printf(h->out, "%" PRIu64 "\xc2\xa0%s", n / unit, units[i]);
}

/* "2 days"; the largest unit that fits at least twice. */
static void
add_span_of_time(struct html *h, uint64_t s)
{
	if (s < 2 * (uint64_t)MINUTE)
		out_str(h->out, "a minute");
	else if (s < 2 * (uint64_t)HOUR)
		out_printf(h->out, "%" PRIu64 " minutes", s / MINUTE);
	else if (s < 2 * (uint64_t)DAY)
		out_printf(h->out, "%" PRIu64 " hours", s / HOUR);
	else
		out_printf(h->out, "%" PRIu64 " days", s / DAY);
}

void
html_age(struct html *h, struct span time, int64_t now)
{
	int64_t t = 0;

	if (!clock_parse(time, &t)) {
		html_fill(h, "{-}", &time, 1);
		return;
	}
	HTML(h, "<time datetime=\"{}\" title=\"{}\">", time, time);
	if (t > now)
		out_str(h->out, "in ");
	add_span_of_time(h, (uint64_t)(t > now ? t - now : now - t));
	if (t <= now)
		out_str(h->out, " ago");
	out_str(h->out, "</time>");
}

/* To the minute, or the day; what is no time is shown as it is. */
static void
add_time(struct html *h, struct span s, size_t len)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t t = 0;

	if (!clock_parse(s, &t)) {
		html_fill(h, "{-}", &s, 1);
		return;
	}
	clock_text(t, text);
	text[10] = ' ';
	HTML(h, "<time datetime=\"{}\">{}", s,
	    span_first(span_of(text), s.len <= 10 ? 10 : len));
	if (len > 10 && s.len > 10)
		out_str(h->out, "\xc2\xa0UTC");
	out_str(h->out, "</time>");
}

static void
add_size(struct html *h, struct span s)
{
	uint64_t n = 0;

	if (parse_uint(s, UINT64_MAX, &n))
		html_bytes(h, n);
	else
		out_str(h->out, DASH);
}

static void
fill_one(struct html *h, char how, struct span s)
{
	switch (how) {
	case '}':
		html_text(h, s);
		break;
	case '-':
		if (s.len > 0)
			html_text(h, s);
		else
			out_str(h->out, DASH);
		break;
	case '/':
		html_url(h, s);
		break;
	case 'p':
		add_encoded(h, s, "-._~:/");
		break;
	case '#':
		add_grouped(h, s);
		break;
	case 'b':
		add_size(h, s);
		break;
	case 't':
		add_time(h, s, 16);
		break;
	case 'd':
		add_time(h, s, 10);
		break;
	default:
		abort();
	}
}

void
html_fill(
    struct html *h, const char *template, const struct span *holes, size_t n)
{
	const char *hole;
	size_t i = 0;

	while ((hole = strchr(template, '{')) != NULL) {
		out_add(h->out, template, (size_t)(hole - template));
		if (i == n)
			abort();
		fill_one(h, hole[1], holes[i++]);
		template = hole + (hole[1] == '}' ? 2 : 3);
	}
	if (i != n)
		abort();
	out_str(h->out, template);
}
