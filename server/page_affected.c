/* SPDX-License-Identifier: Apache-2.0 */
/* What all sources say of a CVE's packages, one table by release. */
#include <string.h>

#include "indexer/lookup_oval.h"
#include "server/page_write.h"

#define LINES_SHOWN 40u /* of one definition */
#define ROWS_SHOWN 1000u

/* A condition that is about the system, not about a package. */
static bool
is_condition(struct span comment)
{
	static const char *const ends[] = { " is installed.",
		" is not being installed", " key", "must be installed" };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_has_suffix(comment, ends[i]))
			return true;
	return comment.len == 0;
}

static bool
is_platform(const struct json_node *r, struct span comment)
{
	const struct json_node *i;

	for (i = page_items(r, "platforms"); i != NULL; i = i->next)
		if (span_eq(
			span_first(comment, json_text(i).len), json_text(i)))
			return true;
	return false;
}

/* "openssl package in focal was …": the package, and its page. */
static void
write_named(struct page *p, struct span comment)
{
	struct span package = oval_comment_of(comment).package;
	struct span rest = span_from(comment, package.len);
	struct span release;

	if (package.len == 0 || !span_has_prefix(rest, " package in ")) {
		HTML(&p->h, "{-}", package);
		return;
	}
	rest = span_from(rest, sizeof(" package in ") - 1);
	release = span_first(rest, span_find(rest, ' '));
	release = span_first(release, span_find(release, ','));
	HTML(&p->h, "<a href=\"/package/ubuntu/{/}/{/}\">{}</a>", release,
	    package, package);
}

/* "openssl is earlier than 1:1.1": RPM's, where both are told. */
static bool
cut_earlier(struct span comment, struct span *name, struct span *version)
{
	static const char between[] = " is earlier than ";
	const char *at =
	    memmem(comment.ptr, comment.len, between, sizeof(between) - 1);

	if (at == NULL)
		return false;
	*name = span_first(comment, (size_t)(at - comment.ptr));
	*version = span_from(
	    comment, (size_t)(at - comment.ptr) + sizeof(between) - 1);
	return span_find(*name, ' ') == name->len;
}

static void
write_line(struct page *p, const struct json_node *r, struct span comment)
{
	struct span name = SPAN_NONE, version = SPAN_NONE;

	HTML(&p->h, "<tr><td data-label=\"Release\">{-}</td><th scope=\"row\">",
	    json_text(page_items(r, "platforms")));
	if (cut_earlier(comment, &name, &version))
		html_text(&p->h, name);
	else
		write_named(p, comment);
	HTML(&p->h,
	    "</th><td data-label=\"State\">{}</td>"
	    "<td data-label=\"Fixed in\">{-}</td>"
	    "<td data-label=\"Said by\">{}</td></tr>\n",
	    comment, version, page_text(r, "document"));
}

static size_t
write_definition(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "criteria");
	size_t n = 0;

	for (; i != NULL && n < LINES_SHOWN; i = i->next) {
		struct span comment = page_text(i, "comment");

		if (is_condition(comment) || is_platform(r, comment))
			continue;
		write_line(p, r, comment);
		n++;
	}
	return n;
}

/* What a notice has is fixed. */
static size_t
write_notice(struct page *p, const struct json_node *r)
{
	const struct json_node *i = page_items(r, "packages");
	size_t n = 0;

	for (; i != NULL && n < ROWS_SHOWN; i = i->next, n++) {
		HTML(&p->h,
		    "<tr><td data-label=\"Release\">ubuntu {}</td>"
		    "<th scope=\"row\"><a href=\"/package/ubuntu/{/}/{/}\">{}"
		    "</a></th><td data-label=\"State\">",
		    page_text(i, "release"), page_text(i, "release"),
		    page_text(i, "name"), page_text(i, "name"));
		page_state(p, ICON_GOOD, "good", SPAN_LIT("fixed"));
		HTML(&p->h,
		    "</td><td data-label=\"Fixed in\">{-}</td>"
		    "<td data-label=\"Said by\">{}</td></tr>\n",
		    page_text(i, "version"), page_text(r, "id"));
	}
	return n;
}

static size_t
write_advisory(struct page *p, const struct json_node *r, struct span cve)
{
	const struct json_node *i = page_items(r, "packages");
	size_t n = 0;

	for (; i != NULL && n < ROWS_SHOWN; i = i->next) {
		struct span of = page_text(i, "cve");

		if (of.len > 0 && !span_eq(of, cve))
			continue;
		page_package_row(p, i, page_text(r, "document"));
		n++;
	}
	return n;
}

/* Is there a row at all? */
static bool
has_rows(const struct json_node *records)
{
	const struct json_node *i;

	for (i = page_items(records, NULL); i != NULL; i = i->next)
		if (page_items(i, "packages") != NULL ||
		    page_items(i, "criteria") != NULL)
			return true;
	return false;
}

void
page_affected(struct page *p, struct span cve, const struct json_node *records)
{
	const struct json_node *i = page_items(records, NULL);
	size_t n = 0;

	if (!has_rows(records))
		return;
	html_raw(&p->h,
	    "<h2 id=\"packages\">Packages by release</h2>\n"
	    "<table class=\"stack\"><caption>As each source says it; what is "
	    "not listed is not known to be harmless.</caption><thead><tr>"
	    "<th scope=\"col\">Release</th><th scope=\"col\">Package</th>"
	    "<th scope=\"col\">State</th><th scope=\"col\">Fixed in</th>"
	    "<th scope=\"col\">Said by</th></tr></thead>\n<tbody>\n");
	for (; i != NULL && n < ROWS_SHOWN; i = i->next) {
		if (span_is(page_text(i, "kind"), "definition"))
			n += write_definition(p, i);
		else if (span_is(page_text(i, "kind"), "notice"))
			n += write_notice(p, i);
		else if (span_is(page_text(i, "kind"), "advisory"))
			n += write_advisory(p, i, cve);
	}
	html_raw(&p->h, "</tbody></table>\n");
	if (i != NULL)
		HTML(&p->h,
		    "<p class=\"quiet\">The first {#}: the records below have "
		    "all.</p>\n",
		    page_number(p, n));
}
