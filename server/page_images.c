/* SPDX-License-Identifier: Apache-2.0 */
/* The images that were scanned, and two of them beside each other. */
#include "server/page_write.h"

#define CHANGES_SHOWN 500u /* of each list of a comparison */

static void
write_counts(struct page *p, const struct json_node *verdict)
{
	static const char *const names[] = { "critical", "high", "medium",
		"low", "negligible", "unrated" };
	const struct json_node *counts = json_get(verdict, "severities");
	bool any = false;
	size_t i;

	if (counts == NULL || counts->type != JSON_OBJECT) {
		HTML(&p->h, "{-}", page_text(verdict, "findings"));
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		uint64_t n = page_uint(counts, names[i]);

		if (n == 0)
			continue;
		html_raw(&p->h, any ? ", " : "");
		HTML(&p->h, "<span class=\"nowrap {}\">{#} {}</span>",
		    span_of(names[i]), page_number(p, n), span_of(names[i]));
		any = true;
	}
	if (!any)
		html_raw(&p->h, "<span class=\"quiet\">none</span>");
}

static void
write_row(struct page *p, const struct json_node *i)
{
	const struct json_node *verdict = json_get(i, "verdict");

	HTML(&p->h,
	    "<tr><th scope=\"row\" class=\"long\"><a href=\"/images/{/}\">"
	    "{}</a><br>"
	    "<span class=\"digest\">{}</span></th>"
	    "<td data-label=\"Verdict\">",
	    page_text(i, "id"), page_text(i, "target"),
	    span_first(page_text(i, "digest"), 23));
	if (page_text(verdict, "verdict").len > 0)
		page_verdict(p, page_text(verdict, "verdict"), true);
	else
		html_raw(&p->h, "<span class=\"state never\">none</span>");
	if (page_is_older(p, verdict))
		HTML(&p->h,
		    "<br><span class=\"small quiet\">by generation {}</span>",
		    page_text(verdict, "generation"));
	html_raw(&p->h, "</td><td data-label=\"Findings\"><div>");
	write_counts(p, verdict);
	HTML(&p->h,
	    "</div></td><td data-label=\"System\" class=\"long\">{-}<br>"
	    "<span class=\"small quiet\">{}</span></td>"
	    "<td data-label=\"Packages\" class=\"num\">{#}</td>"
	    "<td data-label=\"Last scanned\">",
	    page_text(i, "os"), page_text(i, "platform"),
	    page_text(i, "packages"));
	html_age(&p->h, page_text(i, "last_scanned"), p->now);
	html_raw(&p->h, "</td></tr>\n");
}

static void
write_filters(struct page *p)
{
	struct span verdict = request_param(p->q, "verdict");

	HTML(&p->h,
	    "<form class=\"filters\" action=\"/images\"><div class=\"field\">"
	    "<label for=\"words\">Words</label><input type=\"text\" "
	    "id=\"words\" name=\"q\" value=\"{}\" "
	    "placeholder=\"target, system\" spellcheck=\"false\"></div>\n"
	    "<div class=\"field\"><label for=\"verdict\">Verdict</label>"
	    "<select id=\"verdict\" name=\"verdict\">\n",
	    request_param(p->q, "q"));
	page_option(p, "", "any", verdict);
	page_option(p, "fail", "fail", verdict);
	page_option(p, "unknown", "unknown", verdict);
	page_option(p, "pass", "pass", verdict);
	page_option(p, "none", "none", verdict);
	html_raw(&p->h,
	    "</select></div><button>Filter</button>"
	    " <a class=\"button\" href=\"/images/compare\">"
	    "Compare two</a></form>\n");
}

static void
write_none(struct page *p)
{
	if (request_has_param(p->q, "q") ||
	    request_has_param(p->q, "verdict") || page_offset(p->q) > 0)
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>No image fits</h2>\n<p><a "
		    "href=\"/images\">Show all</a></p></div>\n");
	else
		html_raw(&p->h,
		    "<div class=\"empty\"><h2>No image was scanned yet</h2>\n"
		    "<p><a href=\"/scan\">Hand one in</a>, or scan one with "
		    "<code>scapcache scan IMAGE</code>.</p></div>\n");
}

void
page_images_write(struct page *p, const struct json_node *images)
{
	static const char *const kept[] = { "q", "verdict", NULL };
	const struct json_node *i = page_items(images, "images");
	const struct page_range range = { .path = SPAN_LIT("/images"),
		.query = page_query(p, kept),
		.offset = page_uint(images, "offset"),
		.limit = page_uint(images, "limit"),
		.found = page_uint(images, "total") };

	html_raw(&p->h,
	    "<h1>Images</h1>\n<p class=\"lead\">What was scanned, "
	    "and the verdict that stands. The last one "
	    "first.</p>\n");
	write_filters(p);
	if (i == NULL) {
		write_none(p);
		return;
	}
	HTML(&p->h,
	    "<p role=\"status\">{#} {}</p>\n<table class=\"stack\">"
	    "<caption class=\"hidden\">Images and their verdicts</caption>"
	    "<thead><tr><th scope=\"col\">Image</th>"
	    "<th scope=\"col\">Verdict</th><th scope=\"col\">Findings</th>"
	    "<th scope=\"col\">System</th>"
	    "<th scope=\"col\" class=\"num\">Packages</th>"
	    "<th scope=\"col\">Last scanned</th></tr></thead>\n<tbody>\n",
	    page_number(p, range.found),
	    range.found == 1 ? SPAN_LIT("image") : SPAN_LIT("images"));
	for (; i != NULL; i = i->next)
		write_row(p, i);
	html_raw(&p->h, "</tbody></table>\n");
	page_pager(p, &range);
}

/* --- two --- */

static void
write_choice(struct page *p, const struct json_node *images, const char *name,
    const char *label)
{
	struct span chosen = request_param(p->q, name);
	const struct json_node *i = page_items(images, "images");

	HTML(&p->h,
	    "<div class=\"field\"><label for=\"{}\">{}</label>"
	    "<select id=\"{}\" name=\"{}\">\n",
	    span_of(name), span_of(label), span_of(name), span_of(name));
	for (; i != NULL; i = i->next)
		HTML(&p->h, "<option value=\"{}\"{}>{} {}</option>\n",
		    page_text(i, "id"),
		    span_eq(page_text(i, "id"), chosen) ? SPAN_LIT(" selected")
							: SPAN_NONE,
		    page_text(i, "target"),
		    span_first(page_text(i, "digest"), 19));
	html_raw(&p->h, "</select></div>\n");
}

static void
write_side(struct page *p, const struct json_node *side, const char *name)
{
	HTML(&p->h, "<section class=\"card\"><h2>{}</h2><p>{}</p>",
	    span_of(name), page_text(side, "target"));
	if (page_text(side, "verdict").len > 0)
		page_verdict(p, page_text(side, "verdict"), true);
	page_reasons(p, side);
	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact(p, "Generation", page_text(side, "generation"));
	page_fact(p, "Packages", page_text(side, "packages"));
	page_fact(p, "Findings", page_text(side, "findings"));
	page_fact_code(p, "Digest", page_text(side, "image_digest"));
	html_raw(&p->h, "</dl></section>\n");
}

static void
write_rest(struct page *p, const struct json_node *left, size_t shown)
{
	size_t n = shown;

	for (; left != NULL; left = left->next)
		n++;
	if (n > shown)
		HTML(&p->h,
		    "<p class=\"quiet\">The first {#} of {#}: "
		    "<code>scapcache diff</code> and the API have all.</p>\n",
		    page_number(p, shown), page_number(p, n));
}

static void
write_changed_packages(struct page *p, const struct json_node *diff)
{
	const struct json_node *i = page_items(diff, "packages");
	size_t n = 0;

	HTML(&p->h, "<h2>Packages: {#} changed</h2>\n",
	    page_number(p, page_count(diff, "packages")));
	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Changed packages"
	    "</caption><thead><tr><th scope=\"col\">Package</th>"
	    "<th scope=\"col\">Change</th><th scope=\"col\">A</th>"
	    "<th scope=\"col\">B</th></tr></thead>\n<tbody>\n");
	for (; i != NULL && n < CHANGES_SHOWN; i = i->next, n++)
		HTML(&p->h,
		    "<tr class=\"changed-{}\"><th scope=\"row\" class=\"long\">{} "
		    "<span class=\"quiet\">{}</span></th>"
		    "<td data-label=\"Change\">{}</td>"
		    "<td data-label=\"A\">{-}</td>"
		    "<td data-label=\"B\">{-}</td></tr>\n",
		    page_text(i, "change"), page_text(i, "name"),
		    page_text(i, "arch"), page_text(i, "change"),
		    page_text(i, "a"), page_text(i, "b"));
	html_raw(&p->h, "</tbody></table>\n");
	write_rest(p, i, n);
}

static void
write_judged(struct page *p, const struct json_node *side, const char *label)
{
	HTML(&p->h, "<td data-label=\"{}\"><div>", span_of(label));
	if (side == NULL || side->type != JSON_OBJECT) {
		html_raw(&p->h, "–");
	} else {
		page_severity(p, page_text(side, "severity"));
		HTML(&p->h, " {}<br><span class=\"small quiet\">fix {-}</span>",
		    page_text(side, "installed"), page_text(side, "fixed"));
	}
	html_raw(&p->h, "</div></td>");
}

static void
write_changed_findings(struct page *p, const struct json_node *diff)
{
	const struct json_node *i = page_items(diff, "findings");
	size_t n = 0;

	HTML(&p->h, "<h2>Findings: {#} changed</h2>\n",
	    page_number(p, page_count(diff, "findings")));
	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Changed findings"
	    "</caption><thead><tr><th scope=\"col\">CVE</th>"
	    "<th scope=\"col\">Package</th><th scope=\"col\">Change</th>"
	    "<th scope=\"col\">A</th><th scope=\"col\">B</th></tr></thead>\n"
	    "<tbody>\n");
	for (; i != NULL && n < CHANGES_SHOWN; i = i->next, n++) {
		HTML(&p->h, "<tr class=\"changed-{}\"><th scope=\"row\">",
		    page_text(i, "change"));
		page_record_link(p, page_text(i, "cve"));
		HTML(&p->h,
		    "</th><td data-label=\"Package\">{-} {}</td>"
		    "<td data-label=\"Change\">{}</td>",
		    page_text(i, "package"), page_text(i, "arch"),
		    page_text(i, "change"));
		write_judged(p, json_get(i, "a"), "A");
		write_judged(p, json_get(i, "b"), "B");
		html_raw(&p->h, "</tr>\n");
	}
	html_raw(&p->h, "</tbody></table>\n");
	write_rest(p, i, n);
}

void
page_compare_write(struct page *p, const struct json_node *images,
    const struct json_node *diff)
{
	html_raw(&p->h,
	    "<p class=\"crumbs\"><a href=\"/images\">Images</a></p>\n"
	    "<h1>Compare two images</h1>\n");
	if (page_items(images, "images") == NULL) {
		write_none(p);
		return;
	}
	html_raw(
	    &p->h, "<form class=\"filters\" action=\"/images/compare\">\n");
	write_choice(p, images, "a", "A");
	write_choice(p, images, "b", "B");
	html_raw(&p->h, "<button class=\"main\">Compare</button></form>\n");
	if (diff == NULL) {
		html_raw(&p->h,
		    "<p class=\"quiet\">Choose two: what came, what went and "
		    "what is judged otherwise stands below then.</p>\n");
		return;
	}
	html_raw(&p->h, "<div class=\"columns2\">\n");
	write_side(p, json_get(diff, "a"), "A");
	write_side(p, json_get(diff, "b"), "B");
	html_raw(&p->h, "</div>\n");
	if (!json_is_true(json_get(diff, "differs")))
		html_raw(&p->h,
		    "<div class=\"note\"><p>Nothing differs.</p></div>\n");
	write_changed_findings(p, diff);
	write_changed_packages(p, diff);
}
