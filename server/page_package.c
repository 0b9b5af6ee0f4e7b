/* SPDX-License-Identifier: Apache-2.0 */
/* All that is said of a package of a release. */
#include "server/page_write.h"

#define ROWS_SHOWN 200u

static void
write_row(struct page *p, const struct json_node *i)
{
	struct span pocket = page_text(i, "pocket");
	struct span module = page_text(i, "module");

	html_raw(&p->h, "<tr><th scope=\"row\">");
	if (page_text(i, "cve").len > 0)
		page_record_link(p, page_text(i, "cve"));
	else
		html_raw(&p->h, "–");
	html_raw(&p->h, "</th><td data-label=\"State\"><div>");
	page_package_state(p, i);
	HTML(&p->h, "</div></td><td data-label=\"Fixed in\"><div>{-}",
	    page_text(i, "version"));
	if (pocket.len > 0)
		HTML(&p->h, " <span class=\"mark quiet\">{}</span>", pocket);
	html_raw(&p->h, "</div></td><td data-label=\"Severity\">");
	page_severity(p, page_text(i, "severity"));
	HTML(&p->h, "</td><td data-label=\"Package\"><div>{} ",
	    page_text(i, "name"));
	if (module.len > 0)
		HTML(&p->h, "<span class=\"mark quiet\">{}</span> ", module);
	HTML(&p->h,
	    "<span class=\"quiet small\">{} {}</span></div></td>"
	    "<td data-label=\"Said by\"><div>{}<br><a class=\"small\" href=\"",
	    page_text(i, "type"), page_text(i, "arch"),
	    page_text(i, "document"));
	page_record_path(p, page_text(i, "record"));
	HTML(&p->h, "\">{}</a></div></td></tr>\n", page_text(i, "record"));
}

static void
write_rows(struct page *p, const struct json_node *package)
{
	const struct json_node *i = page_items(package, "cves");
	uint64_t offset = page_offset(p->q), n = 0;
	const struct page_range range = {
		.path = p->q->path,
		.offset = offset,
		.limit = ROWS_SHOWN,
		.found = page_count(package, "cves"),
	};

	html_raw(&p->h,
	    "<table class=\"stack\"><caption>The newest CVE first. One that is "
	    "not listed is not known to be harmless.</caption><thead><tr>"
	    "<th scope=\"col\">CVE</th><th scope=\"col\">State</th>"
	    "<th scope=\"col\">Fixed in</th><th scope=\"col\">Severity</th>"
	    "<th scope=\"col\">Package</th><th scope=\"col\">Said by</th></tr>"
	    "</thead>\n<tbody>\n");
	for (; i != NULL && n < offset + ROWS_SHOWN; i = i->next, n++)
		if (n >= offset)
			write_row(p, i);
	html_raw(&p->h, "</tbody></table>\n");
	page_pager(p, &range);
}

void
page_package_write(
    struct page *p, struct span id, const struct json_node *records)
{
	const struct json_node *i;

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/search\">Search</a></p>\n"
	    "<h1>{}</h1>\n",
	    id);
	for (i = page_items(records, NULL); i != NULL; i = i->next) {
		HTML(&p->h,
		    "<p class=\"lead\">{#} statements of all sources "
		    "about this package.</p>\n",
		    page_number(p, page_count(i, "cves")));
		write_rows(p, i);
	}
}
