/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/page_write.h"
#include "server/view.h"

#define LIMIT 25u
#define TITLE_MAX 240u /* bytes */

struct kind {
	const char *name; /* of the API; "": all */
	const char *many;
};

static const struct kind kinds[] = {
	{ "", "All" },
	{ "cve", "CVEs" },
	{ "notice", "Notices" },
	{ "advisory", "Advisories" },
	{ "definition", "Definitions" },
	{ "package", "Packages" },
	{ "product", "Products" },
	{ "content", "SCAP content" },
};

static void
write_form(struct page *p, struct span words, struct span kind)
{
	HTML(&p->h,
	    "<form class=\"search\" role=\"search\" action=\"/search\">\n"
	    "<label class=\"hidden\" for=\"q\">Words, an id or a "
	    "package</label><input type=\"search\" id=\"q\" name=\"q\" "
	    "value=\"{}\" autocomplete=\"off\" spellcheck=\"false\" "
	    "autocapitalize=\"off\">\n",
	    words);
	if (kind.len > 0)
		HTML(&p->h,
		    "<input type=\"hidden\" name=\"kind\" value=\"{}\">", kind);
	html_raw(&p->h, "<button class=\"main\">Search</button>\n</form>\n");
}

static void
write_kinds(struct page *p, struct span words, struct span kind)
{
	size_t i;

	html_raw(&p->h,
	    "<nav aria-label=\"Kinds of records\">"
	    "<ul class=\"tabs\">\n");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		HTML(&p->h, "<li><a href=\"/search?q={/}", words);
		if (kinds[i].name[0] != '\0')
			HTML(&p->h, "&amp;kind={/}", span_of(kinds[i].name));
		html_raw(&p->h, "\"");
		if (span_is(kind, kinds[i].name))
			html_raw(&p->h, " aria-current=\"true\"");
		HTML(&p->h, ">{}</a></li>\n", span_of(kinds[i].many));
	}
	html_raw(&p->h, "</ul></nav>\n");
}

static void
write_hint(struct page *p)
{
	html_raw(&p->h,
	    "<div class=\"empty\"><h2>What to search for</h2>\n"
	    "<p>A CVE (<a href=\"/cve/CVE-2016-5195\">CVE-2016-5195</a>), a "
	    "notice (USN-6986-1, RHSA-2021:1024), a definition by its id, or "
	    "words such as <a href=\"/search?q=openssl\">openssl</a>.</p>\n"
	    "<p>What is known of a package stands at its distribution, release "
	    "and name: <a href=\"/package/ubuntu/focal/openssl\">"
	    "ubuntu/focal/openssl</a>.</p></div>\n");
}

/* An id that says little stands behind the title. */
static void
write_name(struct page *p, struct span id, struct span title)
{
	bool is_plain = !span_has_prefix(id, "oval:") || title.len == 0;

	html_raw(&p->h, "<a href=\"");
	page_record_path(p, id);
	HTML(&p->h, "\">{}</a>", is_plain ? id : span_first(title, TITLE_MAX));
}

static void
write_result(struct page *p, const struct json_node *r)
{
	struct span title = page_text(r, "title");
	struct span id = page_text(r, "id");

	html_raw(&p->h, "<li>");
	if (span_is(page_text(r, "kind"), "package"))
		HTML(&p->h, "<a href=\"/package/{p}\">{}</a>", id, id);
	else
		write_name(p, id, title);
	HTML(&p->h, " <span class=\"mark quiet\">{}</span>\n",
	    page_text(r, "kind"));
	if (span_has_prefix(id, "oval:"))
		HTML(&p->h, "<p class=\"small\">{}</p>\n", id);
	else if (title.len > 0 && !span_eq(title, id))
		HTML(&p->h, "<p>{}{}</p>\n", span_first(title, TITLE_MAX),
		    title.len > TITLE_MAX ? SPAN_LIT("…") : SPAN_NONE);
	HTML(&p->h,
	    "<p class=\"small quiet\">{} · <span class=\"digest\">"
	    "sha256:{}…</span></p></li>\n",
	    page_text(r, "document"), span_first(page_text(r, "sha256"), 16));
}

static void
write_results(struct page *p, const struct json_node *found)
{
	static const char *const kept[] = { "q", "kind", NULL };
	const struct json_node *i = page_items(found, "records");
	struct page_range range = { .path = SPAN_LIT("/search"),
		.query = page_query(p, kept),
		.offset = page_offset(p->q),
		.limit = LIMIT,
		.found = page_uint(found, "found") };

	HTML(&p->h, "<p role=\"status\">{#} {}</p>\n",
	    page_number(p, range.found),
	    range.found == 1 ? SPAN_LIT("record") : SPAN_LIT("records"));
	if (i == NULL && p->q->view != NULL && p->q->view->generation == 0) {
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>Nothing is here yet</h2>\n"
		    "<p>The <a href=\"/\">content</a> says how to fetch it."
		    "</p></div>\n");
		return;
	}
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>No record has all of these "
		    "words</h2>\n<p>Try fewer words or all kinds; the <a "
		    "href=\"/\">content</a> says which sources are here.</p>"
		    "</div>\n");
		return;
	}
	html_raw(&p->h, "<ol class=\"results\">\n");
	for (; i != NULL; i = i->next)
		write_result(p, i);
	html_raw(&p->h, "</ol>\n");
	page_pager(p, &range);
}

void
page_search_write(struct page *p, const struct json_node *found)
{
	struct span words = span_trim(request_param(p->q, "q"));
	struct span kind = request_param(p->q, "kind");

	html_raw(&p->h, "<h1>Search</h1>\n");
	write_form(p, words, kind);
	if (words.len == 0) {
		write_hint(p);
		return;
	}
	write_kinds(p, words, kind);
	if (found != NULL)
		write_results(p, found);
	else
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>There is no word in that</h2>\n"
		    "<p>Words are letters and digits.</p></div>\n");
}
