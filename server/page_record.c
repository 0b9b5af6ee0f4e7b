/* SPDX-License-Identifier: Apache-2.0 */
/* One record of each kind: what a source says, and where it says so. */
#include <string.h>

#include "server/page_write.h"

#define REFERENCES_SHOWN 12 /* the rest opens */

static void
page_origin(struct page *p, const struct json_node *r)
{
	struct span sha256 = page_text(r, "sha256");
	struct span path = page_text(r, "path");

	if (sha256.len == 0)
		return;
	HTML(&p->h,
	    "<dl class=\"about small\"><dt>Document</dt><dd>{}</dd>\n"
	    "<dt>File</dt><dd><a href=\"/mirror/{p}\">{}</a></dd>\n"
	    "<dt>SHA-256</dt><dd><a class=\"digest\" "
	    "href=\"/blobs/sha256/{/}\">{}</a></dd>\n"
	    "<dt>Place</dt><dd>byte {#} of the unpacked document",
	    page_text(r, "document"), path, path, sha256, sha256,
	    page_text(r, "offset"));
	if (page_text(r, "length").len > 0)
		HTML(&p->h, ", {#} bytes long", page_text(r, "length"));
	html_raw(&p->h, "</dd></dl>\n");
}

/* As upstream writes it: High, Important. */
void
page_severity(struct page *p, struct span severity)
{
	static const char *const same[][2] = { { "important", "high" },
		{ "moderate", "medium" }, { "none", "negligible" } };
	struct span class = arena_lower(p->arena, severity);
	size_t i;

	if (severity.len == 0)
		return;
	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (span_is(class, same[i][0]))
			class = span_of(same[i][1]);
	HTML(&p->h, "<span class=\"state {}\">{}</span>", class, severity);
}

/* A CVE, an address, or what is just a text. */
static void
write_named(struct page *p, struct span name)
{
	if (span_has_prefix(name, "CVE-"))
		page_record_link(p, name);
	else
		html_link(&p->h, name, name);
}

/* Of one address that two have named one is enough. */
static const struct json_node *
next_reference(const struct json_node *i)
{
	const struct json_node *next = i->next;

	while (next != NULL && page_text(i, "url").len > 0 &&
	    span_eq(page_text(next, "url"), page_text(i, "url")))
		next = next->next;
	return next;
}

static void
write_reference(struct page *p, const struct json_node *i)
{
	struct span url = page_text(i, "url");
	struct span id = page_text(i, "id");
	struct span rest;
	struct span tag;

	html_raw(&p->h, "<li>");
	if (json_text(i).len > 0)
		write_named(p, json_text(i));
	else
		html_link(&p->h, url, id.len > 0 ? id : url);
	rest = page_text(i, "tags");
	while (span_next(&rest, '\n', &tag))
		if (tag.len > 0)
			HTML(&p->h, " <span class=\"mark quiet\">{}</span>",
			    tag);
	html_raw(&p->h, "</li>\n");
}

void
page_references(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "references");
	size_t n = 0;

	if (i == NULL)
		return;
	html_raw(&p->h, "<h3>References</h3>\n<ul>\n");
	for (; i != NULL && n < REFERENCES_SHOWN; i = next_reference(i), n++)
		write_reference(p, i);
	html_raw(&p->h, "</ul>\n");
	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<details class=\"plain\"><summary>More references"
	    "</summary><div><ul>\n");
	for (; i != NULL; i = next_reference(i))
		write_reference(p, i);
	html_raw(&p->h, "</ul></div></details>\n");
}

static void
write_texts(struct page *p, const struct json_node *r, const char *name,
    const char *title)
{
	const struct json_node *i = page_items(r, name);
	const char *separator = "";

	if (i == NULL)
		return;
	HTML(&p->h, "<dt>{}</dt><dd>", span_of(title));
	for (; i != NULL; i = i->next) {
		html_raw(&p->h, separator);
		write_named(p, json_text(i));
		separator = "<br>";
	}
	html_raw(&p->h, "</dd>\n");
}

static void
write_dates(struct page *p, const struct json_node *r)
{
	page_fact_time(p, "Published", page_text(r, "published"));
	page_fact_time(p, "Issued", page_text(r, "issued"));
	page_fact_time(p, "Modified", page_text(r, "modified"));
	page_fact_time(p, "Updated", page_text(r, "updated"));
}

/* --- SCAP's and OVAL's --- */

static void
write_cves(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "cves");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<h3>CVEs</h3>\n<table class=\"stack\"><caption class=\"hidden\">"
	    "CVEs that it names</caption><thead><tr><th scope=\"col\">CVE</th>"
	    "<th scope=\"col\">Severity</th><th scope=\"col\">CVSS</th>"
	    "<th scope=\"col\">Weakness</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next) {
		struct span cvss = page_text(i, "cvss3");

		html_raw(&p->h, "<tr><th scope=\"row\">");
		page_record_link(p, page_text(i, "id"));
		html_raw(&p->h, "</th><td data-label=\"Severity\">");
		page_severity(p, page_text(i, "severity"));
		HTML(&p->h,
		    "</td><td data-label=\"CVSS\"><code>{}</code></td>"
		    "<td data-label=\"Weakness\">{-}</td></tr>\n",
		    cvss.len > 0 ? cvss : page_text(i, "cvss2"),
		    page_text(i, "cwe"));
	}
	html_raw(&p->h, "</tbody></table>\n");
}

static void
write_criterion(struct page *p, const struct json_node *i)
{
	struct span op = page_text(i, "operator");

	if (json_is_true(json_get(i, "negate")) ||
	    span_is(page_text(i, "negate"), "true"))
		html_raw(&p->h, "<span class=\"mark quiet\">NOT</span> ");
	if (op.len > 0)
		HTML(&p->h, "<span class=\"mark quiet\">{}</span> ", op);
	html_text(&p->h, page_text(i, "comment"));
	if (page_text(i, "ref").len > 0)
		HTML(&p->h, " <span class=\"digest\">{}</span>",
		    page_text(i, "ref"));
}

/* Lines with a depth become lists in lists. */
static void
write_criteria(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "tree");
	uint64_t depth = 0;
	bool any = false;

	if (i == NULL)
		i = page_items(r, "criteria");
	if (i == NULL)
		return;
	html_raw(&p->h, "<h3>Criteria</h3>\n<ul class=\"tree\">\n");
	for (; i != NULL; i = i->next) {
		uint64_t at = page_uint(i, "depth");

		if (any && at > depth) {
			html_raw(&p->h, "\n<ul>\n");
			depth++;
		} else if (any) {
			html_raw(&p->h, "</li>\n");
		}
		for (; depth > at; depth--)
			html_raw(&p->h, "</ul></li>\n");
		html_raw(&p->h, "<li>");
		write_criterion(p, i);
		any = true;
	}
	html_raw(&p->h, "</li>\n");
	for (; depth > 0; depth--)
		html_raw(&p->h, "</ul></li>\n");
	html_raw(&p->h, "</ul>\n");
}

static void
write_notes(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "notes");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<details class=\"plain\"><summary>Notes of the "
	    "publisher</summary><div>\n");
	for (; i != NULL; i = i->next)
		html_prose(&p->h, json_text(i));
	html_raw(&p->h, "</div></details>\n");
}

static void
write_definition(struct page *p, const struct json_node *r)
{
	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact(p, "Class", page_text(r, "class"));
	write_texts(p, r, "platforms", "Platforms");
	write_dates(p, r);
	page_fact(p, "Version", page_text(r, "version"));
	write_texts(p, r, "bugs", "Bugs");
	html_raw(&p->h, "</dl>\n");
	html_prose(&p->h, page_text(r, "description"));
	write_notes(p, r);
	write_cves(p, r);
	write_criteria(p, r);
	page_references(p, r);
}

/* --- packages --- */

static void
write_package_name(struct page *p, struct span distribution,
    struct span release, struct span name)
{
	if (distribution.len > 0 && release.len > 0 && name.len > 0)
		HTML(&p->h, "<a href=\"/package/{/}/{/}/{/}\">{}</a>",
		    distribution, release, name, name);
	else
		HTML(&p->h, "{-}", name);
}

void
page_package_state(struct page *p, const struct json_node *i)
{
	struct span state = page_text(i, "state");
	struct span detail = page_text(i, "detail");
	enum page_icon icon = ICON_WARN;
	const char *class = "warn";

	if (span_is(state, "not affected") || span_is(state, "fixed")) {
		icon = ICON_GOOD;
		class = "good";
	} else if (span_is(state, "affected")) {
		icon = ICON_BAD;
		class = "bad";
	}
	page_state(p, icon, class, state);
	if (detail.len > 0 && !span_eq(detail, state))
		HTML(
		    &p->h, "<br><span class=\"small quiet\">{}</span>", detail);
}

void
page_package_row(
    struct page *p, const struct json_node *i, struct span document)
{
	struct span release = page_text(i, "release");
	struct span module = page_text(i, "module");
	struct span pocket = page_text(i, "pocket");

	HTML(&p->h, "<tr><td data-label=\"Release\">{} {}",
	    page_text(i, "distribution"), release);
	if (pocket.len > 0)
		HTML(&p->h, " <span class=\"mark quiet\">{}</span>", pocket);
	html_raw(&p->h, "</td><th scope=\"row\">");
	write_package_name(
	    p, page_text(i, "distribution"), release, page_text(i, "name"));
	if (module.len > 0)
		HTML(&p->h, " <span class=\"mark quiet\">{}</span>", module);
	html_raw(&p->h, "</th><td data-label=\"State\"><div>");
	page_package_state(p, i);
	HTML(&p->h,
	    "</div></td><td data-label=\"Fixed in\">{-}</td>"
	    "<td data-label=\"{}\">",
	    page_text(i, "version"),
	    document.len > 0 ? SPAN_LIT("Said by") : SPAN_LIT("Severity"));
	if (document.len > 0)
		html_text(&p->h, document);
	else
		page_severity(p, page_text(i, "severity"));
	html_raw(&p->h, "</td></tr>\n");
}

#define ROWS_SHOWN 2000 /* of packages that one record names */

static void
page_packages(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "packages");
	size_t n = 0;

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<h3>Packages</h3>\n<table class=\"stack\"><caption class=\"hidden"
	    "\">Packages by release</caption><thead><tr>"
	    "<th scope=\"col\">Release</th><th scope=\"col\">Package</th>"
	    "<th scope=\"col\">State</th><th scope=\"col\">Fixed in</th>"
	    "<th scope=\"col\">Severity</th></tr></thead>\n<tbody>\n");
	for (; i != NULL && n < ROWS_SHOWN; i = i->next, n++)
		page_package_row(p, i, SPAN_NONE);
	html_raw(&p->h, "</tbody></table>\n");
	if (i != NULL)
		HTML(&p->h, "<p class=\"quiet\">The first {#} of {#}.</p>\n",
		    page_number(p, n),
		    page_number(p, page_count(r, "packages")));
}

static void
write_notice_packages(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "packages");

	if (i == NULL)
		return;
	html_raw(&p->h,
	    "<h3>Fixed packages</h3>\n<table class=\"stack\">"
	    "<caption class=\"hidden\">Fixed packages by release</caption>"
	    "<thead><tr><th scope=\"col\">Release</th><th scope=\"col\">"
	    "Package</th><th scope=\"col\">Version</th><th scope=\"col\">Of"
	    "</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next) {
		HTML(&p->h,
		    "<tr><td data-label=\"Release\">{}</td>"
		    "<th scope=\"row\">",
		    page_text(i, "release"));
		write_package_name(p, SPAN_LIT("ubuntu"),
		    page_text(i, "release"), page_text(i, "name"));
		HTML(&p->h,
		    "</th><td data-label=\"Version\">{-}</td>"
		    "<td data-label=\"Of\">{} {}</td></tr>\n",
		    page_text(i, "version"), page_text(i, "type"),
		    page_text(i, "pocket"));
	}
	html_raw(&p->h, "</tbody></table>\n");
}

/* --- the kinds --- */

static void
write_notice(struct page *p, const struct json_node *r)
{
	html_raw(&p->h, "<dl class=\"about\">\n");
	write_dates(p, r);
	html_raw(&p->h, "</dl>\n");
	write_notice_packages(p, r);
	page_references(p, r);
}

static void
write_advisory(struct page *p, const struct json_node *r)
{
	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact(p, "Status", page_text(r, "status"));
	write_dates(p, r);
	write_texts(p, r, "aliases", "Also known as");
	html_raw(&p->h, "</dl>\n");
	html_prose(&p->h, page_text(r, "summary"));
	page_packages(p, r);
	page_references(p, r);
}

static void
write_exploited(struct page *p, const struct json_node *r)
{
	html_raw(&p->h, "<dl class=\"about\">\n");
	page_fact(p, "Name", page_text(r, "name"));
	page_fact(p, "Vendor", page_text(r, "vendor"));
	page_fact(p, "Product", page_text(r, "product"));
	page_fact_time(p, "Added", page_text(r, "added"));
	page_fact_time(p, "Due", page_text(r, "due"));
	page_fact(p, "Ransomware", page_text(r, "ransomware"));
	page_fact(p, "Action", page_text(r, "action"));
	write_texts(p, r, "weaknesses", "Weaknesses");
	write_texts(p, r, "notes", "Notes");
	html_raw(&p->h, "</dl>\n");
	html_prose(&p->h, page_text(r, "description"));
}

/* Whatever else there is: its members by their names. */
static void
write_any(struct page *p, const struct json_node *r)
{
	static const char *const elsewhere[] = { "kind", "id", "document",
		"path", "sha256", "offset", "length", "record", "title" };
	const struct json_node *i;
	size_t k;

	html_raw(&p->h, "<dl class=\"about\">\n");
	for (i = r->child; i != NULL; i = i->next) {
		for (k = 0; k < sizeof(elsewhere) / sizeof(*elsewhere); k++)
			if (span_is(i->name, elsewhere[k]))
				break;
		if (k < sizeof(elsewhere) / sizeof(*elsewhere))
			continue;
		if (json_text(i).len > 0)
			HTML(&p->h, "<dt>{}</dt><dd>{}</dd>\n", i->name,
			    json_text(i));
		else
			write_texts(p, r, arena_str(p->arena, i->name),
			    arena_str(p->arena, i->name));
	}
	html_raw(&p->h, "</dl>\n");
}

struct record_kind {
	const char *kind;
	void (*write)(struct page *p, const struct json_node *r);
};

static const struct record_kind kinds[] = {
	{ "definition", write_definition },
	{ "notice", write_notice },
	{ "advisory", write_advisory },
	{ "exploited", write_exploited },
	{ "cve", page_nvd },
};

/* Each kind has a list of its own in the API. */
static void
write_as_json(struct page *p, const struct json_node *r)
{
	static const char *const lists[][2] = { { "cve", "cves" },
		{ "notice", "notices" }, { "advisory", "advisories" },
		{ "definition", "definitions" } };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (span_is(page_text(r, "kind"), lists[i][0]))
			HTML(&p->h,
			    "<p class=\"small\"><a href=\"/v1/{}/{/}\">The "
			    "same as JSON</a></p>\n",
			    span_of(lists[i][1]), page_text(r, "id"));
}

void
page_record_body(struct page *p, const struct json_node *r)
{
	struct span kind = page_text(r, "kind");
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_is(kind, kinds[i].kind))
			break;
	if (i < sizeof(kinds) / sizeof(*kinds))
		kinds[i].write(p, r);
	else
		write_any(p, r);
	html_raw(&p->h, "<h3>Where it stands</h3>\n");
	page_origin(p, r);
	write_as_json(p, r);
}

/* Who says it, its title and severity. */
static void
write_title(struct page *p, const struct json_node *r)
{
	struct span title = page_text(r, "title");

	HTML(&p->h, "<h2>{} <span class=\"quiet\">of {}</span></h2>\n",
	    page_text(r, "kind"), page_text(r, "document"));
	HTML(&p->h,
	    "<p class=\"lead\">{} <span class=\"mark quiet\">{}</span> ", title,
	    page_text(r, "kind"));
	page_severity(p, page_text(r, "severity"));
	html_raw(&p->h, "</p>\n");
}

void
page_record_write(
    struct page *p, struct span id, const struct json_node *records)
{
	const struct json_node *first = page_items(records, NULL);
	const struct json_node *i;

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/search\">Search</a></p>\n"
	    "<h1>{}</h1>\n",
	    id);
	if (first != NULL && first->next == NULL) {
		write_title(p, first);
		page_record_body(p, first);
		return;
	}
	HTML(&p->h, "<p class=\"lead\">{} records have this id.</p>\n",
	    page_number(p, page_count(records, NULL)));
	for (i = first; i != NULL; i = i->next) {
		html_raw(&p->h, "<section class=\"card\">\n");
		write_title(p, i);
		page_record_body(p, i);
		html_raw(&p->h, "</section>\n");
	}
}
