/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing HTML into a struct out. Markup is only what stands in a template,
 * which is a literal; whatever else is shown goes through its holes, each of
 * which escapes:
 *
 *	HTML(h, "<td><a href=\"/cve/{/}\">{}</a></td>", id, title);
 *
 *	{}   text, in content or in a quoted attribute
 *	{/}  a segment of a path, or a value of a query: percent-encoded
 *	{p}  the same of a path whose slashes stay
 *	{#}  digits, in groups of three
 *	{b}  digits as a size: 19.7 MB
 *	{t}  a time that JSON has (RFC 3339), to the minute, as <time>
 *	{d}  the same, to the day
 *	{-}  text, or a dash where there is none
 *
 * Control characters and those that turn text around are shown as escapes.
 */
#ifndef SERVER_HTML_H
#define SERVER_HTML_H

#include "base/out.h"

struct html {
	struct out *out;
	struct buf text; /* scratch */
};

/* The holes are filled in their order; their number must be right. */
#define HTML(h, template, ...)                                       \
	html_fill(h, template, (const struct span[]){ __VA_ARGS__ }, \
	    sizeof((const struct span[]){ __VA_ARGS__ }) /           \
		sizeof(struct span))

void html_init(struct html *h, struct out *out);
void html_cleanup(struct html *h);
void html_fill(
    struct html *h, const char *template, const struct span *holes, size_t n);
/* A literal without holes. */
void html_raw(struct html *h, const char *literal);
void html_text(struct html *h, struct span s);
/* Text of several lines: an empty line begins a paragraph. */
void html_prose(struct html *h, struct span s);
/* The same as it stands, for <pre>. */
void html_lines(struct html *h, struct span s);
void html_uint(struct html *h, uint64_t n); /* in groups of three */
/*
 * A link to what a feed names, if it is http or https; else the text alone.
 */
void html_link(struct html *h, struct span url, struct span text);
/* "3 hours ago", "in 2 days"; in words, and exact as a title. */
void html_age(struct html *h, struct span time, int64_t now);

#endif
