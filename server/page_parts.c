/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/page.h"
#include "server/view.h"

static const char *const icons[] = {
	[ICON_GOOD] = "<path d=\"m3 8.5 3.5 3.5L13 4.5\"/>",
	[ICON_BAD] = "<path d=\"m4 4 8 8m0-8-8 8\"/>",
	[ICON_WARN] = "<path d=\"M8 2 1.5 13.5h13zM8 6.5v3M8 12v.01\"/>",
	[ICON_CLOCK] = "<circle cx=\"8\" cy=\"8\" r=\"6\"/>"
		       "<path d=\"M8 4.5V8l2.5 1.5\"/>",
	[ICON_HELD] = "<circle cx=\"8\" cy=\"8\" r=\"6\"/>"
		      "<path d=\"M6.5 6v4m3-4v4\"/>",
	[ICON_NEVER] = "<circle cx=\"8\" cy=\"8\" r=\"6\" "
		       "stroke-dasharray=\"2 2.7\"/>",
};

static void
page_icon(struct page *p, enum page_icon icon)
{
	if (icon == ICON_NONE)
		return;
	html_raw(&p->h,
	    "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">");
	html_raw(&p->h, icons[icon]);
	html_raw(&p->h, "</svg>");
}

void
page_state(
    struct page *p, enum page_icon icon, const char *class, struct span word)
{
	HTML(&p->h, "<span class=\"state {}\">", span_of(class));
	page_icon(p, icon);
	HTML(&p->h, "{}</span>", word);
}

void
page_verdict(struct page *p, struct span verdict, bool small)
{
	HTML(&p->h, "<span class=\"verdict {} {}\">", verdict,
	    small ? SPAN_LIT("inline") : SPAN_NONE);
	if (span_is(verdict, "pass"))
		page_icon(p, ICON_GOOD);
	else
		page_icon(p, span_is(verdict, "fail") ? ICON_BAD : ICON_WARN);
	HTML(&p->h, "{}</span>", verdict);
}

bool
page_is_older(const struct page *p, const struct json_node *verdict)
{
	const struct view *v = p->q->view;

	return v != NULL && v->generation > 0 &&
	    page_text(verdict, "verdict").len > 0 &&
	    page_uint(verdict, "generation") != v->generation;
}

void
page_fact(struct page *p, const char *name, struct span value)
{
	if (value.len > 0)
		HTML(&p->h, "<dt>{}</dt><dd>{}</dd>\n", span_of(name), value);
}

void
page_fact_code(struct page *p, const char *name, struct span value)
{
	if (value.len > 0)
		HTML(&p->h, "<dt>{}</dt><dd><code>{}</code></dd>\n",
		    span_of(name), value);
}

void
page_fact_time(struct page *p, const char *name, struct span value)
{
	if (value.len > 0)
		HTML(&p->h, "<dt>{}</dt><dd>{t}</dd>\n", span_of(name), value);
}

void
page_record_path(struct page *p, struct span id)
{
	if (span_has_prefix(id, "CVE-"))
		HTML(&p->h, "/cve/{/}", id);
	else
		HTML(&p->h, "/record/{p}", id);
}

void
page_record_link(struct page *p, struct span id)
{
	html_raw(&p->h, "<a href=\"");
	page_record_path(p, id);
	HTML(&p->h, "\">{}</a>", id);
}

uint64_t
page_offset(const struct request *q)
{
	uint64_t offset = 0;

	request_uint(q, "offset", UINT32_MAX, &offset);
	return offset;
}

struct span
page_query(struct page *p, const char *const *names)
{
	struct out text;
	struct html h;
	struct span all;

	out_init(&text, -1);
	html_init(&h, &text);
	for (; *names != NULL; names++) {
		struct span value = request_param(p->q, *names);

		if (value.len > 0)
			HTML(&h, "{/}={/}&amp;", span_of(*names), value);
	}
	all = arena_span(p->arena, buf_span(&text.buf));
	html_cleanup(&h);
	out_cleanup(&text);
	return all;
}

static void
write_page_link(struct page *p, const struct page_range *r, uint64_t offset,
    const char *rel, const char *name)
{
	HTML(&p->h, "<a class=\"button\" rel=\"{}\" href=\"{}?", span_of(rel),
	    r->path);
	out_span(p->h.out, r->query);
	HTML(&p->h, "offset={}\">{}</a>\n", page_number(p, offset),
	    span_of(name));
}

void
page_pager(struct page *p, const struct page_range *r)
{
	uint64_t end = r->offset + r->limit;

	if (r->found <= r->limit && r->offset == 0)
		return;
	html_raw(&p->h, "<nav class=\"pager\" aria-label=\"Pages\">\n");
	if (r->offset > 0)
		write_page_link(p, r,
		    r->offset > r->limit ? r->offset - r->limit : 0, "prev",
		    "Previous");
	HTML(&p->h, "<span>{#} to {#} of {#}</span>\n",
	    page_number(p, r->offset < r->found ? r->offset + 1 : r->found),
	    page_number(p, end < r->found ? end : r->found),
	    page_number(p, r->found));
	if (end < r->found)
		write_page_link(p, r, end, "next", "Next");
	html_raw(&p->h, "</nav>\n");
}

void
page_option(
    struct page *p, const char *value, const char *text, struct span chosen)
{
	HTML(&p->h, "<option value=\"{}\"{}>{}</option>\n", span_of(value),
	    span_is(chosen, value) ? SPAN_LIT(" selected") : SPAN_NONE,
	    span_of(text));
}
