/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "server/page.h"
#include "server/view.h"
#include "web_files.h"

struct link {
	enum page_section section;
	const char *path;
	const char *name;
};

static const struct link links[] = {
	{ PAGE_CONTENT, "/", "Content" },
	{ PAGE_SEARCH, "/search", "Search" },
	{ PAGE_IMAGES, "/images", "Images" },
	{ PAGE_SCAN, "/scan", "Scan" },
	{ PAGE_BUNDLES, "/bundles", "Bundles" },
	{ PAGE_ACTIVITY, "/activity", "Activity" },
};

static void
add_headers(struct response *s)
{
	response_header(s, "Content-Security-Policy", span_of(PAGE_CSP));
	response_header(s, "Referrer-Policy", SPAN_LIT("no-referrer"));
	response_header(
	    s, "Cross-Origin-Opener-Policy", SPAN_LIT("same-origin"));
	response_header(s, "Vary", SPAN_LIT("Cookie, Authorization"));
}

static void
write_head(struct page *p, struct span title)
{
	HTML(&p->h,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>{} · scapcache</title>\n",
	    title);
	html_raw(&p->h,
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<link rel=\"icon\" type=\"image/svg+xml\" "
	    "href=\"/assets/" WEB_ICON_SVG_SHA256 "/icon.svg\">\n"
	    "<link rel=\"stylesheet\" "
	    "href=\"/assets/" WEB_APP_CSS_SHA256 "/app.css\">\n"
	    "<script defer src=\"/assets/" WEB_APP_JS_SHA256
	    "/app.js\"></script>\n</head>\n<body>\n"
	    "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
}

static void
write_account(struct page *p, enum page_section section)
{
	if (p->q->access.name.len > 0) {
		HTML(&p->h,
		    "<div class=\"account\"><span><span class=\"quiet\">"
		    "Signed in as</span> {}</span><form method=\"post\" "
		    "action=\"/sign-out\"><button class=\"small\">Sign out"
		    "</button></form></div>\n",
		    p->q->access.name);
		return;
	}
	html_raw(&p->h, "<div class=\"account\"><a class=\"button small\"");
	if (section == PAGE_SIGN_IN)
		html_raw(&p->h, " aria-current=\"page\"");
	html_raw(&p->h, " href=\"/sign-in\">Sign in</a></div>\n");
}

static void
write_bar(struct page *p, enum page_section section)
{
	size_t i;

	html_raw(&p->h,
	    "<header class=\"top\"><div class=\"wide\">\n"
	    "<a class=\"brand\" href=\"/\"><img src=\"/assets/" WEB_ICON_SVG_SHA256
	    "/icon.svg\" width=\"24\" height=\"24\" "
	    "alt=\"\">scapcache</a>\n<nav aria-label=\"Main\"><ul>\n");
	for (i = 0; i < sizeof(links) / sizeof(*links); i++)
		out_printf(p->h.out, "<li><a href=\"%s\"%s>%s</a></li>\n",
		    links[i].path,
		    links[i].section == section ? " aria-current=\"page\"" : "",
		    links[i].name);
	html_raw(&p->h, "</ul></nav>\n<span class=\"grow\"></span>\n");
	if (section != PAGE_SEARCH)
		html_raw(&p->h,
		    "<form class=\"search\" role=\"search\" action=\"/search\">"
		    "<label class=\"hidden\" for=\"find\">Search</label>"
		    "<input type=\"search\" id=\"find\" name=\"q\" "
		    "placeholder=\"CVE, package\" "
		    "autocomplete=\"off\" spellcheck=\"false\">"
		    "<button>Search</button></form>\n");
	write_account(p, section);
	html_raw(&p->h, "</div></header>\n");
}

void
page_begin(struct page *p, struct request *q, struct response *s,
    enum page_section section, struct span title)
{
	*p = (struct page){
		.q = q, .s = s, .arena = &q->arena, .now = clock_now()
	};
	html_init(&p->h, &s->out);
	if (s->status == 0)
		s->status = 200;
	s->type = "text/html; charset=utf-8";
	s->body = RESPONSE_TEXT;
	s->cache = "private, no-cache";
	add_headers(s);
	write_head(p, title);
	write_bar(p, section);
	html_raw(&p->h, "<main id=\"main\" class=\"wide\" tabindex=\"-1\">\n");
}

void
page_end(struct page *p)
{
	const struct view *v = p->q->view;

	html_raw(&p->h,
	    "</main>\n<footer class=\"bottom\"><div class=\"wide\">\n<p>");
	if (v != NULL && v->generation > 0)
		HTML(&p->h, "Generation {}, published {t}. ",
		    page_number(p, v->generation), page_when(p, v->made));
	html_raw(&p->h,
	    "</p><p>scapcache " SCAPCACHE_VERSION
	    " · <a href=\"/v1/openapi.json\">API</a></p>\n"
	    "<p>This product uses data from the NVD API but is not endorsed "
	    "or certified by the NVD.</p>\n</div></footer>\n</body>\n"
	    "</html>\n");
	html_cleanup(&p->h);
}

struct span
page_text(const struct json_node *n, const char *name)
{
	return json_text(json_get(n, name));
}

uint64_t
page_uint(const struct json_node *n, const char *name)
{
	uint64_t v = 0;

	parse_uint(page_text(n, name), UINT64_MAX, &v);
	return v;
}

const struct json_node *
page_items(const struct json_node *n, const char *name)
{
	const struct json_node *list = name == NULL ? n : json_get(n, name);

	return list != NULL && list->type == JSON_ARRAY ? list->child : NULL;
}

size_t
page_count(const struct json_node *n, const char *name)
{
	const struct json_node *i;
	size_t count = 0;

	for (i = page_items(n, name); i != NULL; i = i->next)
		count++;
	return count;
}

struct span
page_format(struct page *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return SPAN_NONE;
	return arena_span(p->arena, span_of(text));
}

struct span
page_number(struct page *p, uint64_t n)
{
	return page_format(p, "%" PRIu64, n);
}

struct span
page_when(struct page *p, int64_t t)
{
	char text[CLOCK_TEXT_SIZE];

	return arena_span(p->arena, span_of(clock_text(t, text)));
}

int
page_parse(struct request *q, struct out *out, const struct json_node **n,
    struct err *e)
{
	struct span text = arena_span(&q->arena, buf_span(&out->buf));

	buf_reset(&out->buf);
	return json_parse(text, &q->arena, n, e);
}

static void
write_ways_on(struct page *p, unsigned status)
{
	if (status == 401 || status == 403)
		HTML(&p->h,
		    "<p class=\"actions\"><a class=\"button main\" "
		    "href=\"/sign-in?to={/}\">Sign in</a></p>\n",
		    p->q->verb == VERB_GET ? p->q->target : SPAN_LIT("/"));
	else
		html_raw(&p->h,
		    "<p class=\"actions\"><a class=\"button\" href=\"/\">"
		    "To the content</a> <a class=\"button\" "
		    "href=\"/search\">Search</a></p>\n");
}

/*
 * Basic would have the browser ask for a name and a password: our own page is
 * what asks.
 */
static void
drop_challenge(struct response *s)
{
	size_t i;

	for (i = 0; i < s->n_headers; i++)
		if (strcmp(s->headers[i].name, "WWW-Authenticate") == 0)
			s->headers[i].value =
			    SPAN_LIT("Bearer realm=\"scapcache\"");
}

void
page_of_problem(struct request *q, struct response *s)
{
	const struct json_node *n = NULL;
	struct err ignored = { 0 };
	unsigned status = s->status;
	struct span title;
	struct page p;

	if (s->type == NULL ||
	    strcmp(s->type, "application/problem+json") != 0 ||
	    page_parse(q, &s->out, &n, &ignored) != 0)
		return;
	title = page_text(n, "title");
	drop_challenge(s);
	page_begin(&p, q, s, PAGE_NONE, title);
	HTML(&p.h, "<p class=\"crumbs\">{}</p>\n<h1>{}</h1>\n",
	    page_number(&p, status), title);
	html_raw(&p.h, "<div class=\"note bad\">");
	html_prose(&p.h, page_text(n, "detail"));
	html_raw(&p.h, "</div>\n");
	write_ways_on(&p, status);
	page_end(&p);
}
