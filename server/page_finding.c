/* SPDX-License-Identifier: Apache-2.0 */
/* A finding as a line that opens to show every source's word. */
#include "server/page_write.h"

static void
write_mark(struct page *p, const char *class, const char *text)
{
	HTML(&p->h, " <span class=\"mark {}\">{}</span>", span_of(class),
	    span_of(text));
}

static void
write_marks(struct page *p, const struct json_node *f)
{
	const struct json_node *kev = json_get(f, "kev");
	const struct json_node *waiver = json_get(f, "waiver");

	if (kev != NULL && kev->type == JSON_OBJECT)
		write_mark(p, "critical", "exploited");
	if (json_is_true(json_get(f, "disputed")))
		write_mark(p, "medium", "disputed");
	if (json_is_true(json_get(f, "kernel")))
		write_mark(p, "quiet", "kernel");
	if (waiver != NULL && waiver->type != JSON_NULL)
		write_mark(p, "quiet", "waived");
	else if (json_get(f, "fails") != NULL &&
	    !json_is_true(json_get(f, "fails")))
		write_mark(p, "good", "allowed");
}

static void
write_line(struct page *p, const struct json_node *f)
{
	struct span fixed = page_text(f, "fixed");
	struct span fix = page_text(f, "fix");

	HTML(&p->h,
	    "<summary><span class=\"row\"><span class=\"state {}\">{}</span>"
	    "<span>{}</span><span>{-}</span><span>{-}</span><span>",
	    page_text(f, "severity"), page_text(f, "severity"),
	    page_text(f, "id"), page_text(f, "package"),
	    page_text(f, "installed"));
	if (fixed.len > 0)
		html_text(&p->h, fixed);
	else if (fix.len == 0 || span_is(fix, "none"))
		html_raw(&p->h, "no fix known");
	else
		html_text(&p->h, fix);
	if (fixed.len > 0 && span_is(fix, "fixed with Pro"))
		write_mark(p, "quiet", "with Pro");
	write_marks(p, f);
	html_raw(&p->h, "</span></span></summary>\n");
}

static void
write_ids(struct page *p, const struct json_node *f, const char *list,
    const char *name)
{
	const struct json_node *i = page_items(f, list);

	if (i == NULL)
		return;
	HTML(&p->h, "<dt>{}</dt><dd>", span_of(name));
	for (; i != NULL; i = i->next) {
		page_record_link(p, json_text(i));
		html_raw(&p->h, i->next != NULL ? ", " : "");
	}
	html_raw(&p->h, "</dd>\n");
}

static void
write_exploit(struct page *p, const struct json_node *f)
{
	const struct json_node *kev = json_get(f, "kev");
	const struct json_node *epss = json_get(f, "epss");

	if (page_text(kev, "added").len > 0)
		HTML(&p->h, "<dt>CISA KEV</dt><dd>since {d}, due {d}{}</dd>\n",
		    page_text(kev, "added"), page_text(kev, "due"),
		    json_is_true(json_get(kev, "ransomware"))
			? SPAN_LIT(", by ransomware too")
			: SPAN_NONE);
	if (page_text(epss, "score").len > 0)
		HTML(&p->h, "<dt>EPSS</dt><dd>{}, percentile {}</dd>\n",
		    page_text(epss, "score"), page_text(epss, "percentile"));
}

static void
write_ratings(struct page *p, const struct json_node *f)
{
	const struct json_node *i = page_items(f, "cvss");

	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<dt>CVSS {}</dt><dd>{} <code>{}</code> "
		    "<span class=\"quiet\">{}</span></dd>\n",
		    page_text(i, "version"), page_text(i, "score"),
		    page_text(i, "vector"), page_text(i, "source"));
}

static void
write_layer(struct page *p, const struct json_node *f)
{
	const struct json_node *layer = json_get(f, "layer");

	if (page_text(layer, "digest").len == 0)
		return;
	HTML(&p->h,
	    "<dt>Layer</dt><dd>{} <span class=\"digest\">{}</span></dd>\n",
	    page_text(layer, "index"), page_text(layer, "digest"));
	page_fact_code(p, "Brought by", page_text(layer, "created_by"));
}

static void
write_waiver(struct page *p, const struct json_node *f)
{
	const struct json_node *waiver = json_get(f, "waiver");

	page_fact(p, "Fails by", page_text(f, "rule"));
	page_fact(p, "Waived by", page_text(waiver, "id"));
	page_fact(p, "Waiver", page_text(waiver, "text"));
	page_fact(p, "Waived by", json_text(waiver));
}

static void
write_evidence(struct page *p, const struct json_node *ev)
{
	struct span detail = page_text(ev, "detail");

	HTML(&p->h,
	    "<tr><th scope=\"row\" class=\"long\">{}<br><a class=\"small\" href=\"",
	    page_text(ev, "document"));
	page_record_path(p, page_text(ev, "record"));
	HTML(&p->h,
	    "\">{}</a></th><td data-label=\"Says\">{}</td>"
	    "<td data-label=\"In its words\">{}</td>"
	    "<td data-label=\"Severity\">{-}</td>"
	    "<td data-label=\"Fixed in\">{-}</td>"
	    "<td data-label=\"Compared\">{-}</td></tr>\n",
	    page_text(ev, "record"), page_text(ev, "word"),
	    detail.len > 0 ? detail : page_text(ev, "state"),
	    page_text(ev, "severity"), page_text(ev, "fixed"),
	    page_text(ev, "comparison"));
}

static void
write_words(struct page *p, const struct json_node *f)
{
	const struct json_node *i = page_items(f, "evidence");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<table class=\"stack evidence\"><caption>What each source says"
	    "</caption><thead><tr><th scope=\"col\">Source</th>"
	    "<th scope=\"col\">Says</th><th scope=\"col\">In its words</th>"
	    "<th scope=\"col\">Severity</th><th scope=\"col\">Fixed in</th>"
	    "<th scope=\"col\">Compared</th></tr></thead><tbody>\n");
	for (; i != NULL; i = i->next)
		write_evidence(p, i);
	html_raw(&p->h, "</tbody></table>\n");
}

/* Where the index is gone there is only what the record has. */
static bool
has_evidence(const struct json_node *f)
{
	return json_get(f, "evidence") != NULL;
}

void
page_finding_write(struct page *p, struct span image, const struct json_node *f)
{
	const struct json_node *waiver = json_get(f, "waiver");

	html_raw(&p->h,
	    waiver != NULL && waiver->type != JSON_NULL
		? "<details class=\"waived\">\n"
		: "<details>\n");
	write_line(p, f);
	html_raw(&p->h, "<div><dl class=\"about\">\n");
	page_fact(p, "Title", page_text(f, "title"));
	write_ids(p, f, "cves", "CVEs");
	if (page_items(f, "cves") == NULL) {
		html_raw(&p->h, "<dt>Record</dt><dd>");
		page_record_link(p, page_text(f, "id"));
		html_raw(&p->h, "</dd>\n");
	}
	page_fact(p, "Source package", page_text(f, "source_package"));
	page_fact(p, "Architecture", page_text(f, "arch"));
	page_fact(p, "Fix", page_text(f, "fix"));
	page_fact_time(p, "Fixed at", page_text(f, "fixed_at"));
	write_ids(p, f, "notices", "Notices");
	write_ratings(p, f);
	write_exploit(p, f);
	write_layer(p, f);
	write_waiver(p, f);
	HTML(&p->h,
	    "</dl>\n<p><a href=\"/images/{/}/explain/{/}\">Why, condition by "
	    "condition</a></p>\n",
	    image, page_text(f, "id"));
	if (has_evidence(f))
		write_words(p, f);
	else
		html_raw(&p->h,
		    "<p class=\"quiet\">The index that judged it is not kept "
		    "any more: this is what the verdict's record has.</p>\n");
	html_raw(&p->h, "</div></details>\n");
}

void
page_findings_head(struct page *p)
{
	html_raw(&p->h,
	    "<p class=\"row columns\" aria-hidden=\"true\">"
	    "<span>Severity</span><span>CVE</span><span>Package</span>"
	    "<span>Installed</span><span>Fixed in</span></p>\n"
	    "<div id=\"findings\">\n");
}

void
page_findings_write(
    struct page *p, struct span image, const struct json_node *findings)
{
	const struct json_node *i = page_items(findings, NULL);

	page_findings_head(p);
	for (; i != NULL; i = i->next)
		page_finding_write(p, image, i);
	html_raw(&p->h, "</div>\n");
}

/* Counts by severity as bars, with their numbers as text. */
void
page_severities(struct page *p, const struct json_node *counts)
{
	static const char *const names[] = { "critical", "high", "medium",
		"low", "negligible", "unrated" };
	uint64_t most = 1;
	unsigned y = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (page_uint(counts, names[i]) > most)
			most = page_uint(counts, names[i]);
	html_raw(&p->h,
	    "<figure>\n<svg class=\"chart\" viewBox=\"0 0 480 132\" "
	    "width=\"480\" role=\"img\" aria-labelledby=\"severities\">\n"
	    "<title id=\"severities\">Findings by severity:");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		HTML(&p->h, " {} {},", span_of(names[i]),
		    page_number(p, page_uint(counts, names[i])));
	html_raw(&p->h, "</title>\n");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++, y += 22) {
		uint64_t n = page_uint(counts, names[i]);
		unsigned width =
		    (unsigned)((double)n * 320 / (double)most + .999);

		out_printf(p->h.out,
		    "<text x=\"0\" y=\"%u\" class=\"value\">%s</text>"
		    "<g class=\"%s\"><rect class=\"bar\" x=\"84\" y=\"%u\" "
		    "width=\"%u\" height=\"14\" rx=\"2\"/></g>"
		    "<text x=\"%u\" y=\"%u\" class=\"value\">",
		    y + 15, names[i], names[i], y + 4, width, 92 + width,
		    y + 15);
		html_uint(&p->h, n);
		html_raw(&p->h, "</text>\n");
	}
	html_raw(&p->h, "</svg>\n</figure>\n");
}
