/* SPDX-License-Identifier: Apache-2.0 */
/* A CVE: every source's word on it, and where they do not say the same. */
#include "server/page_write.h"

#define SEVERITIES_MAX 8u

static const struct json_node *
of_kind(const struct json_node *records, const char *kind)
{
	const struct json_node *i;

	for (i = page_items(records, NULL); i != NULL; i = i->next)
		if (span_is(page_text(i, "kind"), kind))
			return i;
	return NULL;
}

/* --- what NVD says --- */

/* Ratings, KEV, EPSS of a CVE or a finding. */
static void
page_cvss(struct page *p, const struct json_node *list)
{
	const struct json_node *i = page_items(list, NULL);

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">CVSS ratings"
	    "</caption><thead><tr><th scope=\"col\">CVSS</th>"
	    "<th scope=\"col\" class=\"num\">Score</th>"
	    "<th scope=\"col\">Severity</th><th scope=\"col\">Vector</th>"
	    "<th scope=\"col\">By</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next) {
		struct span type = page_text(i, "type");

		HTML(&p->h,
		    "<tr><th scope=\"row\">{}</th>"
		    "<td class=\"num\" data-label=\"Score\">{}</td>"
		    "<td data-label=\"Severity\">",
		    page_text(i, "version"), page_text(i, "score"));
		page_severity(p, page_text(i, "severity"));
		HTML(&p->h,
		    "</td><td data-label=\"Vector\"><code>{}</code></td>"
		    "<td data-label=\"By\">{}{}{}</td></tr>\n",
		    page_text(i, "vector"), page_text(i, "source"),
		    type.len > 0 ? SPAN_LIT(", ") : SPAN_NONE, type);
	}
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_product(struct page *p, const struct json_node *i)
{
	static const char *const bounds[][2] = { { "start_including", "from" },
		{ "start_excluding", "after" }, { "end_excluding", "before" },
		{ "end_including", "up to" } };
	size_t k;

	HTML(&p->h, "<li><code>{}</code>", page_text(i, "cpe"));
	for (k = 0; k < sizeof(bounds) / sizeof(*bounds); k++)
		if (page_text(i, bounds[k][0]).len > 0)
			HTML(&p->h, " {} <strong>{}</strong>",
			    span_of(bounds[k][1]), page_text(i, bounds[k][0]));
	if (!span_is(page_text(i, "role"), "vulnerable"))
		HTML(&p->h, " <span class=\"mark quiet\">{}</span>",
		    page_text(i, "role"));
	html_raw(&p->h, "</li>\n");
}

static void
write_products(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "products");

	if (i == NULL)
		return;
	HTML(&p->h,
	    "<h3>Products</h3>\n<details class=\"plain\"><summary>{#} "
	    "names and ranges of versions (CPE)</summary><div><ul>\n",
	    page_number(p, page_count(r, "products")));
	for (; i != NULL; i = i->next)
		write_product(p, i);
	html_raw(&p->h, "</ul></div></details>\n");
}

static void
write_weaknesses(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "weaknesses");

	if (i == NULL)
		return;
	html_raw(&p->h, "<dt>Weaknesses</dt><dd>");
	for (; i != NULL; i = i->next)
		HTML(&p->h, "{} <span class=\"quiet\">({})</span>{}",
		    page_text(i, "value"), page_text(i, "source"),
		    i->next != NULL ? SPAN_LIT(", ") : SPAN_NONE);
	html_raw(&p->h, "</dd>\n");
}

void
page_nvd(struct page *p, const struct json_node *r)
{
	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact(p, "Status", page_text(r, "status"));
	page_fact_time(p, "Published", page_text(r, "published"));
	page_fact_time(p, "Modified", page_text(r, "modified"));
	page_fact(p, "Assigned by", page_text(r, "assigner"));
	page_fact(p, "Tags", page_text(r, "tags"));
	write_weaknesses(p, r);
	html_raw(&p->h, "</dl>\n");
	html_prose(&p->h, page_text(r, "description"));
	page_cvss(p, json_get(r, "cvss"));
	write_products(p, r);
	page_references(p, r);
}

/* --- at a glance --- */

static void
write_epss_tile(struct page *p, const struct json_node *records)
{
	const struct json_node *i, *epss = NULL;

	for (i = page_items(records, NULL); i != NULL && epss == NULL;
	     i = i->next)
		epss = page_items(i, "epss");
	html_raw(&p->h, "<div><dt>EPSS</dt>");
	if (epss == NULL)
		html_raw(&p->h, "<dd class=\"text\">not rated</dd></div>\n");
	else
		HTML(&p->h,
		    "<dd>{}<small>percentile {}, {d}</small></dd></div>\n",
		    page_text(epss, "score"), page_text(epss, "percentile"),
		    page_text(epss, "date"));
}

static void
write_kev_tile(struct page *p, const struct json_node *kev)
{
	html_raw(&p->h,
	    "<div><dt>Known to be exploited</dt>"
	    "<dd class=\"text\">");
	if (kev == NULL) {
		html_raw(&p->h, "not in CISA's catalog</dd></div>\n");
		return;
	}
	page_state(p, ICON_WARN, "bad", SPAN_LIT("yes"));
	HTML(&p->h, "<small>since {d}, due {d}{}</small></dd></div>\n",
	    page_text(kev, "added"), page_text(kev, "due"),
	    span_is(page_text(kev, "ransomware"), "known")
		? SPAN_LIT(", by ransomware")
		: SPAN_NONE);
}

static void
write_tiles(struct page *p, const struct json_node *records)
{
	const struct json_node *nvd = of_kind(records, "cve");
	const struct json_node *i = page_items(nvd, "cvss");

	html_raw(&p->h, "<dl class=\"tiles\">\n");
	for (; i != NULL; i = i->next) {
		if (!span_is(page_text(i, "type"), "Primary") &&
		    page_count(nvd, "cvss") > 3)
			continue;
		HTML(&p->h, "<div><dt>CVSS {}</dt><dd>{} ",
		    page_text(i, "version"), page_text(i, "score"));
		page_severity(p, page_text(i, "severity"));
		HTML(&p->h, "<small>{}</small></dd></div>\n",
		    page_text(i, "source"));
	}
	write_kev_tile(p, of_kind(records, "exploited"));
	write_epss_tile(p, records);
	HTML(&p->h,
	    "<div><dt>Records</dt><dd>{#}<small>of every source here</small>"
	    "</dd></div>\n</dl>\n",
	    page_number(p, page_count(records, NULL)));
}

/* --- where they disagree --- */

struct said {
	struct span word;      /* upstream's, in our spelling */
	struct span documents; /* that say so */
};

static struct span
same_word(struct page *p, struct span severity)
{
	struct span word = arena_lower(p->arena, severity);

	if (span_is(word, "important"))
		return SPAN_LIT("high");
	return span_is(word, "moderate") ? SPAN_LIT("medium") : word;
}

static void
add_said(struct page *p, struct said *said, size_t *n, struct span severity,
    struct span document)
{
	struct span word = same_word(p, severity);
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < *n && !span_eq(said[i].word, word); i++)
		;
	if (word.len == 0 || i == SEVERITIES_MAX)
		return;
	if (i == *n)
		said[(*n)++] = (struct said){ .word = word };
	buf_add_span(&b, said[i].documents);
	if (b.len > 0)
		buf_add_str(&b, ", ");
	buf_add_span(&b, document);
	said[i].documents = arena_span(p->arena, buf_span(&b));
	buf_cleanup(&b);
}

static void
write_disagreement(struct page *p, const struct json_node *records)
{
	struct said said[SEVERITIES_MAX] = { 0 };
	const struct json_node *i;
	size_t n = 0, k;

	for (i = page_items(records, NULL); i != NULL; i = i->next) {
		add_said(p, said, &n, page_text(i, "severity"),
		    page_text(i, "document"));
		if (page_items(i, "cvss") != NULL)
			add_said(p, said, &n,
			    page_text(page_items(i, "cvss"), "severity"),
			    page_text(i, "document"));
	}
	if (n < 2)
		return;
	html_raw(&p->h,
	    "<div class=\"note warn\"><p><strong>Sources rate it "
	    "differently.</strong></p><ul>\n");
	for (k = 0; k < n; k++) {
		html_raw(&p->h, "<li>");
		page_severity(p, said[k].word);
		HTML(&p->h, ": {}</li>\n", said[k].documents);
	}
	html_raw(&p->h, "</ul></div>\n");
}

/* --- images --- */

static void
write_image(struct page *p, const struct json_node *i)
{
	const struct json_node *f = page_items(i, "findings");
	struct span id = page_text(i, "id");

	HTML(&p->h,
	    "<tr><th scope=\"row\" class=\"long\">"
	    "<a href=\"/images/{/}?q={/}\">{}"
	    "</a></th><td data-label=\"Verdict\">",
	    id, p->q->captures[0], page_text(i, "target"));
	page_verdict(p, page_text(json_get(i, "verdict"), "verdict"), true);
	html_raw(&p->h, "</td><td data-label=\"Packages\"><div>");
	for (; f != NULL; f = f->next)
		HTML(&p->h, "{} {}{}", page_text(f, "package"),
		    page_text(f, "installed"),
		    f->next != NULL ? SPAN_LIT(", ") : SPAN_NONE);
	html_raw(&p->h, "</div></td></tr>\n");
}

/* What a list of findings leaves open. */
static void
write_doubts(struct page *p, const struct json_node *images)
{
	uint64_t unknown = page_uint(images, "unknown");
	uint64_t older = page_uint(images, "older");

	if (unknown == 0 && older == 0)
		return;
	html_raw(&p->h, "<div class=\"note warn\"><ul>\n");
	if (unknown > 0)
		HTML(&p->h,
		    "<li>Of {#} {} it is not known: there is no verdict, or "
		    "something keeps it from being certain, which the page "
		    "of the <a href=\"/images\">image</a> says.</li>\n",
		    page_number(p, unknown),
		    unknown == 1 ? SPAN_LIT("image") : SPAN_LIT("images"));
	if (older > 0)
		HTML(&p->h,
		    "<li>{#} {} judged by another generation, not by the "
		    "content of now: <code>scapcache rescan</code> does "
		    "that.</li>\n",
		    page_number(p, older),
		    older == 1 ? SPAN_LIT("image was")
			       : SPAN_LIT("images were"));
	html_raw(&p->h, "</ul></div>\n");
}

static void
write_images(struct page *p, const struct json_node *images)
{
	const struct json_node *i = page_items(images, "images");

	if (images == NULL)
		return;
	html_raw(&p->h, "<h2 id=\"images\">Images that have it</h2>\n");
	write_doubts(p, images);
	if (i == NULL) {
		html_raw(&p->h,
		    "<p class=\"quiet\">No verdict that stands has a finding "
		    "of it.</p>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Images with a "
	    "finding of it</caption><thead><tr><th scope=\"col\">Image</th>"
	    "<th scope=\"col\">Verdict</th><th scope=\"col\">Packages</th>"
	    "</tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		write_image(p, i);
	html_raw(&p->h, "</tbody></table>\n");
	if (page_uint(images, "total") > page_count(images, "images"))
		HTML(&p->h, "<p class=\"quiet\">{#} of {#}.</p>\n",
		    page_number(p, page_count(images, "images")),
		    page_text(images, "total"));
}

/* --- every source --- */

static void
write_word(struct page *p, const struct json_node *r)
{
	struct span title = page_text(r, "title");

	html_raw(&p->h, "<section class=\"card\">\n");
	HTML(&p->h, "<h3>{} <span class=\"mark quiet\">{}</span> ",
	    page_text(r, "document"), page_text(r, "kind"));
	page_severity(p, page_text(r, "severity"));
	html_raw(&p->h, "</h3>\n");
	if (!span_is(page_text(r, "kind"), "cve") &&
	    (title.len > 0 ||
		!span_eq(page_text(r, "id"), p->q->captures[0]))) {
		html_raw(&p->h, "<p>");
		page_record_link(p, page_text(r, "id"));
		HTML(&p->h, " {}</p>\n", title);
	}
	page_record_body(p, r);
	html_raw(&p->h, "</section>\n");
}

void
page_cve_write(struct page *p, struct span id, const struct json_node *records,
    const struct json_node *images)
{
	const struct json_node *kev = of_kind(records, "exploited");
	const struct json_node *i;

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/search\">Search</a></p>\n"
	    "<h1>{}</h1>\n",
	    id);
	if (page_items(records, NULL) == NULL) {
		html_raw(&p->h,
		    "<div class=\"note warn\"><p>The content of now does not "
		    "know it; verdicts of earlier content do.</p></div>\n");
		write_images(p, images);
		return;
	}
	if (kev != NULL)
		HTML(&p->h, "<p class=\"lead\">{}</p>\n",
		    page_text(kev, "name"));
	write_tiles(p, records);
	write_disagreement(p, records);
	write_images(p, images);
	page_affected(p, id, records);
	html_raw(&p->h, "<h2 id=\"words\">What each source says</h2>\n");
	for (i = page_items(records, NULL); i != NULL; i = i->next)
		write_word(p, i);
}
