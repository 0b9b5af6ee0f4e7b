/* SPDX-License-Identifier: Apache-2.0 */
/* Who did what: the audit log, and bundles of content. */
#include "server/page_write.h"

static void
write_entry(struct page *p, const struct json_node *i, bool has_who)
{
	HTML(&p->h,
	    "<tr><td data-label=\"When\">{t}</td>"
	    "<th scope=\"row\">{}</th>"
	    "<td data-label=\"What\" class=\"long\"><div>{-}",
	    page_text(i, "time"), page_text(i, "event"),
	    page_text(i, "subject"));
	if (page_text(i, "detail").len > 0)
		HTML(&p->h, "<br><span class=\"small quiet\">{}</span>",
		    page_text(i, "detail"));
	html_raw(&p->h, "</div></td>");
	if (has_who)
		HTML(&p->h,
		    "<td data-label=\"Who\">{-} "
		    "<span class=\"small quiet\">{}</span></td>",
		    page_text(i, "who"), page_text(i, "address"));
	html_raw(&p->h, "</tr>\n");
}

void
page_activity_write(struct page *p, const struct json_node *audit)
{
	const struct json_node *i = page_items(audit, "entries");
	bool has_who = access_may(&p->q->access, SCOPE_ADMIN);
	struct span next = page_text(audit, "next");

	html_raw(&p->h,
	    "<h1>Activity</h1>\n<p class=\"lead\">What came, what "
	    "was held or refused, what was published, and who "
	    "asked for it. The newest first.</p>\n");
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>Nothing has happened "
		    "here yet</h2>\n<p><code>scapcache sync</code>"
		    " is the first that would.</p></div>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">The audit log"
	    "</caption><thead><tr><th scope=\"col\">When</th>"
	    "<th scope=\"col\">Event</th><th scope=\"col\">What</th>");
	html_raw(&p->h, has_who ? "<th scope=\"col\">Who</th>" : "");
	html_raw(&p->h, "</tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		write_entry(p, i, has_who);
	html_raw(&p->h, "</tbody></table>\n");
	if (next.len == 0 && !request_has_param(p->q, "before"))
		return;
	html_raw(&p->h, "<nav class=\"pager\" aria-label=\"Pages\">");
	if (request_has_param(p->q, "before"))
		html_raw(&p->h,
		    "<a class=\"button\" href=\"/activity\">Newest</a> ");
	if (next.len > 0)
		HTML(&p->h,
		    "<a class=\"button\" rel=\"next\" "
		    "href=\"/activity?before={/}\">Older</a>",
		    next);
	html_raw(&p->h, "</nav>\n");
}
