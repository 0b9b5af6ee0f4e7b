/* SPDX-License-Identifier: Apache-2.0 */
/* An image: its verdict, and what that rests on. */
#include "server/page_write.h"
#include "server/view.h"

struct part {
	const char *name; /* of the parameter show; "": findings */
	const char *title;
};

static const struct part parts[] = {
	{ "", "Findings" },
	{ "packages", "Packages" },
	{ "layers", "Layers" },
	{ "verdicts", "Verdicts" },
};

static const char *const severities[] = { "critical", "high", "medium", "low",
	"negligible", "unrated" };
static const char *const states[] = { "failing", "waived", "exploited",
	"disputed", "kernel", "fixed", "fixed with Pro", "deferred",
	"will not fix", "none" };

/* What its inventory tells stands in a part of its own. */
static const struct json_node *
about(const struct json_node *image)
{
	const struct json_node *n = json_get(image, "about");

	return n != NULL ? n : image;
}

static void
write_parts(struct page *p, struct span id, struct span chosen)
{
	size_t i;

	html_raw(&p->h,
	    "<nav aria-label=\"Of this image\">"
	    "<ul class=\"tabs\">\n");
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		HTML(&p->h, "<li><a href=\"/images/{/}{}{}\"", id,
		    parts[i].name[0] != '\0' ? SPAN_LIT("?show=") : SPAN_NONE,
		    span_of(parts[i].name));
		if (span_is(chosen, parts[i].name))
			html_raw(&p->h, " aria-current=\"true\"");
		HTML(&p->h, ">{}</a></li>\n", span_of(parts[i].title));
	}
	html_raw(&p->h, "</ul></nav>\n");
}

static void
write_about(struct page *p, const struct json_node *image)
{
	const struct json_node *verdict = json_get(image, "verdict");
	const struct json_node *i;

	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact_code(p, "Digest", page_text(image, "digest"));
	page_fact(p, "Platform", page_text(image, "platform"));
	page_fact(p, "System", page_text(image, "os"));
	page_fact_code(p, "Inventory", page_text(image, "inventory"));
	for (i = page_items(about(image), "databases"); i != NULL; i = i->next)
		HTML(&p->h, "<dt>Packages</dt><dd>{#} {}, {}</dd>\n",
		    page_text(i, "packages"), page_text(i, "kind"),
		    page_text(i, "state"));
	page_fact_time(p, "First scanned", page_text(image, "first_scanned"));
	page_fact_time(p, "Last scanned", page_text(image, "last_scanned"));
	page_fact_time(p, "Judged", page_text(verdict, "judged"));
	page_fact(p, "Generation", page_text(verdict, "generation"));
	page_fact_code(p, "Policy", page_text(verdict, "policy"));
	page_fact(p, "Fails from severity", page_text(verdict, "fail_on"));
	html_raw(&p->h, "</dl>\n");
}

void
page_reasons(struct page *p, const struct json_node *image)
{
	const struct json_node *i = page_items(image, "reasons");
	const struct json_node *problem = page_items(about(image), "problems");

	if (i == NULL && problem == NULL)
		return;
	html_raw(&p->h,
	    "<div class=\"note warn\"><p><strong>What keeps it "
	    "from being certain</strong></p><ul>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h, "<li>{}</li>\n", json_text(i));
	for (; problem != NULL; problem = problem->next)
		HTML(&p->h, "<li>{}</li>\n", json_text(problem));
	html_raw(&p->h, "</ul></div>\n");
}

static void
write_select(struct page *p, const char *name, const char *label,
    const char *const *values, size_t n)
{
	struct span chosen = request_param(p->q, name);
	size_t i;

	HTML(&p->h,
	    "<div class=\"field\"><label for=\"{}\">{}</label>"
	    "<select id=\"{}\" name=\"{}\"><option value=\"\">any</option>\n",
	    span_of(name), span_of(label), span_of(name), span_of(name));
	for (i = 0; i < n; i++)
		page_option(p, values[i], values[i], chosen);
	html_raw(&p->h, "</select></div>\n");
}

static void
write_filters(struct page *p, struct span show)
{
	HTML(&p->h, "<form class=\"filters\" action=\"{}\">\n", p->q->path);
	if (show.len > 0)
		HTML(&p->h,
		    "<input type=\"hidden\" name=\"show\" value=\"{}\">", show);
	HTML(&p->h,
	    "<div class=\"field\"><label for=\"words\">Words</label>"
	    "<input type=\"text\" id=\"words\" name=\"q\" value=\"{}\" "
	    "placeholder=\"package, CVE\" spellcheck=\"false\"></div>\n",
	    request_param(p->q, "q"));
	if (show.len == 0) {
		write_select(p, "severity", "Severity", severities,
		    sizeof(severities) / sizeof(*severities));
		write_select(p, "state", "State", states,
		    sizeof(states) / sizeof(*states));
	}
	HTML(&p->h,
	    "<button>Filter</button> <a class=\"button\" "
	    "href=\"{}{}{}\">Reset</a></form>\n",
	    p->q->path, show.len > 0 ? SPAN_LIT("?show=") : SPAN_NONE, show);
}

static struct page_range
range_of(struct page *p, const struct json_node *list)
{
	static const char *const kept[] = { "show", "q", "severity", "state",
		"generation", NULL };

	return (struct page_range){ .path = p->q->path,
		.query = page_query(p, kept),
		.offset = page_uint(list, "offset"),
		.limit = page_uint(list, "limit"),
		.found = page_uint(list, "total") };
}

static void
write_findings(struct page *p, const struct page_image_data *d)
{
	const struct page_range range = range_of(p, d->findings);
	const struct json_node *verdict = json_get(d->image, "verdict");

	html_raw(&p->h, "<h2 class=\"hidden\">Findings</h2>\n");
	if (page_text(verdict, "verdict").len == 0) {
		html_raw(&p->h,
		    "<div class=\"empty\"><p>Nothing is known of its findings: "
		    "as it is now it was not judged.</p></div>\n");
		return;
	}
	write_filters(p, SPAN_NONE);
	HTML(&p->h,
	    "<div class=\"actions\"><span role=\"status\">{#} of {#} findings"
	    "</span><span data-opens=\"findings\"></span></div>\n",
	    page_number(p, range.found), page_text(verdict, "findings"));
	if (range.found == 0) {
		html_raw(&p->h, "<div class=\"empty\"><p>");
		html_raw(&p->h,
		    page_uint(verdict, "findings") == 0
			? "No finding. The verdict above says whether that is "
			  "certain."
			: "No finding fits these filters.");
		html_raw(&p->h, "</p></div>\n");
		return;
	}
	page_findings_write(
	    p, page_text(d->image, "id"), json_get(d->findings, "findings"));
	page_pager(p, &range);
}

static void
write_packages(struct page *p, const struct json_node *packages)
{
	const struct page_range range = range_of(p, packages);
	const struct json_node *i = page_items(packages, "packages");

	html_raw(&p->h, "<h2 class=\"hidden\">Packages</h2>\n");
	write_filters(p, SPAN_LIT("packages"));
	HTML(&p->h,
	    "<p role=\"status\">{#} packages</p>\n<table class=\"stack\">"
	    "<caption class=\"hidden\">Installed packages</caption><thead><tr>"
	    "<th scope=\"col\">Package</th><th scope=\"col\">Version</th>"
	    "<th scope=\"col\">Architecture</th><th scope=\"col\">Source</th>"
	    "<th scope=\"col\" class=\"num\">Layer</th></tr></thead>\n"
	    "<tbody>\n",
	    page_number(p, range.found));
	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<tr><th scope=\"row\" class=\"long\">{}</th>"
		    "<td data-label=\"Version\">{}</td>"
		    "<td data-label=\"Architecture\">{-}</td>"
		    "<td data-label=\"Source\">{-} {}</td>"
		    "<td data-label=\"Layer\" class=\"num\">{-}</td></tr>\n",
		    page_text(i, "name"), page_text(i, "version"),
		    page_text(i, "arch"), page_text(i, "source"),
		    page_text(i, "module"), page_text(i, "layer"));
	html_raw(&p->h, "</tbody></table>\n");
	page_pager(p, &range);
}

static void
write_layers(struct page *p, const struct json_node *image)
{
	const struct json_node *i = page_items(about(image), "layers");

	html_raw(&p->h, "<h2 class=\"hidden\">Layers</h2>\n");
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><p>It has no layers: it was scanned "
		    "as a folder or as a list of packages.</p></div>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption>The oldest first</caption><thead>"
	    "<tr><th scope=\"col\" class=\"num\">Layer</th>"
	    "<th scope=\"col\">Instruction</th>"
	    "<th scope=\"col\" class=\"num\">Packages</th>"
	    "<th scope=\"col\">Created</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h,
		    "<tr><th scope=\"row\" class=\"num\">{}</th>"
		    "<td data-label=\"Instruction\"><div><code>{-}</code><br>"
		    "<span class=\"digest\">{}</span></div></td>"
		    "<td data-label=\"Packages\" class=\"num\">{-}</td>"
		    "<td data-label=\"Created\">{t}</td></tr>\n",
		    page_text(i, "index"), page_text(i, "created_by"),
		    page_text(i, "digest"), page_text(i, "packages"),
		    page_text(i, "created"));
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_verdicts(struct page *p, const struct json_node *verdicts)
{
	const struct page_range range = range_of(p, verdicts);
	const struct json_node *i = page_items(verdicts, "verdicts");

	html_raw(&p->h,
	    "<h2 class=\"hidden\">Verdicts</h2>\n<table class=\"stack\">"
	    "<caption>The newest first; each is a record that can be worked "
	    "out again</caption><thead><tr><th scope=\"col\">Judged</th>"
	    "<th scope=\"col\">Verdict</th>"
	    "<th scope=\"col\" class=\"num\">Findings</th>"
	    "<th scope=\"col\" class=\"num\">Generation</th>"
	    "<th scope=\"col\">Record</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next) {
		HTML(&p->h,
		    "<tr><th scope=\"row\">{t}</th>"
		    "<td data-label=\"Verdict\">",
		    page_text(i, "judged"));
		page_verdict(p, page_text(i, "verdict"), true);
		HTML(&p->h,
		    "</td><td data-label=\"Findings\" class=\"num\">{#}</td>"
		    "<td data-label=\"Generation\" class=\"num\">{}</td>"
		    "<td data-label=\"Record\"><a class=\"digest\" "
		    "href=\"/v1/verdicts/{/}\">{}</a></td></tr>\n",
		    page_text(i, "findings"), page_text(i, "generation"),
		    page_text(i, "digest"), page_text(i, "digest"));
	}
	html_raw(&p->h, "</tbody></table>\n");
	page_pager(p, &range);
}

static void
write_as_of(struct page *p, struct span id, const struct json_node *generations)
{
	const struct json_node *i = page_items(generations, "generations");

	if (i == NULL || i->next == NULL)
		return;
	HTML(&p->h,
	    "<form class=\"filters\" action=\"/images/{/}/as-of\">"
	    "<div class=\"field\"><label for=\"generation\">As of generation"
	    "</label><select id=\"generation\" name=\"generation\" "
	    "data-slider=\"Generation\">\n",
	    id);
	for (; i != NULL; i = i->next)
		HTML(&p->h, "<option value=\"{}\">{}, {d}</option>\n",
		    page_text(i, "generation"), page_text(i, "generation"),
		    page_text(i, "made"));
	html_raw(&p->h, "</select></div><button>Judge</button></form>\n");
}

/* What came since may say otherwise. */
static void
write_older(struct page *p, struct span id, const struct json_node *verdict)
{
	struct span now;

	if (!page_is_older(p, verdict))
		return;
	now = page_number(p, p->q->view->generation);
	HTML(&p->h,
	    "<div class=\"note warn\"><p>Judged by generation {}; the content "
	    "of now is generation {}. <a href=\"/images/{/}/as-of?generation="
	    "{/}\">How it judges the image</a></p></div>\n",
	    page_text(verdict, "generation"), now, id, now);
}

void
page_image_write(struct page *p, const struct page_image_data *d)
{
	const struct json_node *verdict = json_get(d->image, "verdict");
	struct span id = page_text(d->image, "id");
	struct span show = request_param(p->q, "show");

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/images\">Images</a></p>\n"
	    "<div class=\"head\"><h1>{}</h1> ",
	    page_text(d->image, "target"));
	if (page_text(verdict, "verdict").len > 0)
		page_verdict(p, page_text(verdict, "verdict"), false);
	else
		html_raw(&p->h,
		    "<span class=\"state never\">no verdict: it "
		    "is to be judged again</span>");
	html_raw(&p->h, "</div>\n");
	write_older(p, id, verdict);
	page_reasons(p, d->image);
	html_raw(&p->h, "<div class=\"columns2\">\n<div>\n");
	write_about(p, d->image);
	html_raw(&p->h, "</div>\n<div>\n");
	if (page_uint(verdict, "findings") > 0 &&
	    page_text(json_get(verdict, "severities"), "high").len > 0)
		page_severities(p, json_get(verdict, "severities"));
	HTML(&p->h,
	    "<div class=\"actions\"><a class=\"button\" "
	    "href=\"/images/compare?a={/}\">Compare with another</a></div>\n",
	    id);
	write_as_of(p, id, d->generations);
	html_raw(&p->h, "</div>\n</div>\n");
	write_parts(p, id, show);
	if (span_is(show, "packages"))
		write_packages(p, d->packages);
	else if (span_is(show, "layers"))
		write_layers(p, d->image);
	else if (span_is(show, "verdicts"))
		write_verdicts(p, d->verdicts);
	else
		write_findings(p, d);
}

/* --- why --- */

void
page_explain_write(struct page *p, const struct json_node *image,
    struct span what, struct span text)
{
	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/images\">Images</a> / "
	    "<a href=\"/images/{/}\">{}</a></p>\n<h1>Why: {}</h1>\n"
	    "<p class=\"lead\">Each source's conditions, and what of the image "
	    "decided them. <a href=\"",
	    page_text(image, "id"), page_text(image, "target"), what);
	page_record_path(p, what);
	html_raw(&p->h,
	    "\">All that is known of it</a></p>\n"
	    "<pre class=\"all\" tabindex=\"0\">");
	html_lines(&p->h, text);
	html_raw(&p->h, "</pre>\n");
}
