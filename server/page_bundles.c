/* SPDX-License-Identifier: Apache-2.0 */
/* What can be carried across a gap, and by what it is proved. */
#include "base/clock.h"
#include "server/page_write.h"

#define SOON_S ((int64_t)14 * 86400) /* somebody should see to it */

static void
write_expiry(struct page *p, struct span when)
{
	int64_t t = 0;

	if (!clock_parse(when, &t)) {
		html_raw(&p->h, "–");
		return;
	}
	if (t <= p->now)
		page_state(p, ICON_BAD, "bad", SPAN_LIT("expired"));
	else if (t < p->now + SOON_S)
		page_state(p, ICON_CLOCK, "warn", SPAN_LIT("soon"));
	else
		page_state(p, ICON_GOOD, "good", SPAN_LIT("holds"));
	html_raw(&p->h, " ");
	html_age(&p->h, when, p->now);
}

static void
write_roles(struct page *p, const struct json_node *bundles)
{
	const struct json_node *i = page_items(bundles, "roles");

	html_raw(&p->h, "<h2>Roles</h2>\n");
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><p>Nothing is signed here: "
		    "<code>scapcache key init</code> makes the keys, and the "
		    "next sync signs.</p></div>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Roles and when "
	    "their signatures expire</caption><thead><tr>"
	    "<th scope=\"col\">Role</th><th scope=\"col\" class=\"num\">Version"
	    "</th><th scope=\"col\" class=\"num\">Signatures</th>"
	    "<th scope=\"col\">Expires</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next) {
		HTML(&p->h,
		    "<tr><th scope=\"row\">{}</th>"
		    "<td class=\"num\" data-label=\"Version\">{}</td>"
		    "<td class=\"num\" data-label=\"Signatures\">{} of {}</td>"
		    "<td data-label=\"Expires\"><div>",
		    page_text(i, "name"), page_text(i, "version"),
		    page_text(i, "threshold"),
		    page_number(p, page_count(i, "keyids")));
		write_expiry(p, page_text(i, "expires"));
		html_raw(&p->h, "</div></td></tr>\n");
	}
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_keys(struct page *p, const struct json_node *bundles)
{
	const struct json_node *i = page_items(bundles, "keys");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<h2>Fingerprints of the root keys</h2>\n<p>Compare them over "
	    "another way (a call, paper) before you trust a bundle.</p>\n"
	    "<ul>\n");
	for (; i != NULL; i = i->next)
		if (span_is(page_text(i, "role"), "root"))
			HTML(&p->h, "<li><code>{}</code></li>\n",
			    page_text(i, "keyid"));
	html_raw(&p->h, "</ul>\n");
}

static void
write_ledger(struct page *p, const struct json_node *bundles)
{
	const struct json_node *i = page_items(bundles, "ledger");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<h2>Ledger</h2>\n<table class=\"stack\"><caption class=\"hidden\">"
	    "What was signed, exported and imported, the newest first"
	    "</caption><thead><tr><th scope=\"col\">When</th>"
	    "<th scope=\"col\">Event</th>"
	    "<th scope=\"col\" class=\"num\">Generation</th>"
	    "<th scope=\"col\">Name</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<tr><td data-label=\"When\">{t}</td>"
		    "<th scope=\"row\">{}{}</th>"
		    "<td class=\"num\" data-label=\"Generation\">{}</td>"
		    "<td data-label=\"Name\">{-}</td></tr>\n",
		    page_text(i, "time"), page_text(i, "event"),
		    json_is_true(json_get(i, "expired")) ? SPAN_LIT(", expired")
							 : SPAN_NONE,
		    page_text(i, "generation"), page_text(i, "name"));
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_files(struct page *p, const struct json_node *bundles)
{
	const struct json_node *i = page_items(bundles, "files");

	html_raw(&p->h, "<h2>Download</h2>\n");
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>No bundle lies here</h2>\n<p>"
		    "<code>scapcache bundle export</code> makes one; the "
		    "configuration can have each sync do so.</p></div>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Bundles</caption>"
	    "<thead><tr><th scope=\"col\">Bundle</th>"
	    "<th scope=\"col\" class=\"num\">Size</th>"
	    "<th scope=\"col\" class=\"num\">Generation</th>"
	    "<th scope=\"col\">Made</th><th scope=\"col\">Digest</th></tr>"
	    "</thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<tr><th scope=\"row\"><a href=\"/bundles/{/}\" "
		    "download>{}</a></th>"
		    "<td class=\"num\" data-label=\"Size\">{b}</td>"
		    "<td class=\"num\" data-label=\"Generation\">{-}</td>"
		    "<td data-label=\"Made\">{t}</td>"
		    "<td data-label=\"Digest\"><span class=\"digest\">{}</span>"
		    "</td></tr>\n",
		    page_text(i, "name"), page_text(i, "name"),
		    page_text(i, "size_bytes"), page_text(i, "generation"),
		    page_text(i, "made"), page_text(i, "sha256"));
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_generations(struct page *p, const struct json_node *generations)
{
	const struct json_node *i = page_items(generations, "generations");

	html_raw(&p->h, "<h2>Generations</h2>\n");
	if (i == NULL) {
		html_raw(
		    &p->h, "<p class=\"quiet\">None is published yet.</p>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Published "
	    "generations, the newest first</caption><thead><tr>"
	    "<th scope=\"col\">Generation</th><th scope=\"col\">Published</th>"
	    "<th scope=\"col\" class=\"num\">Documents</th>"
	    "<th scope=\"col\" class=\"num\">Size</th></tr></thead>\n"
	    "<tbody>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<tr><th scope=\"row\">{}{}</th>"
		    "<td data-label=\"Published\">{t}</td>"
		    "<td class=\"num\" data-label=\"Documents\">{#}</td>"
		    "<td class=\"num\" data-label=\"Size\">{b}</td></tr>\n",
		    page_text(i, "generation"),
		    json_is_true(json_get(i, "current")) ? SPAN_LIT(", current")
							 : SPAN_NONE,
		    page_text(i, "made"), page_text(i, "documents"),
		    page_text(i, "size_bytes"));
	html_raw(&p->h, "</tbody></table>\n");
}

void
page_bundles_write(struct page *p, const struct page_bundles_data *d)
{
	html_raw(&p->h,
	    "<h1>Bundles</h1>\n<p class=\"lead\">Content that is carried to "
	    "where there is no network: one file, proved by its "
	    "signatures.</p>\n");
	write_files(p, d->bundles);
	write_keys(p, d->bundles);
	write_roles(p, d->bundles);
	write_generations(p, d->generations);
	write_ledger(p, d->bundles);
}
