/* SPDX-License-Identifier: Apache-2.0 */
/* Which page stands where, and the files that pages are made with. */
#include <string.h>

#include "server/page.h"
#include "server/route.h"
#include "web_files.h"

#define FORM_MAX 65536u                 /* bytes of a form without a file */
#define UPLOAD_MAX ((uint64_t)64 << 30) /* see also serve.upload_max_mib */

struct asset {
	const char *name;
	const char *text;
	const char *sha256;
	const char *type;
};

static const struct asset assets[] = {
	{ "app.css", WEB_APP_CSS, WEB_APP_CSS_SHA256,
	    "text/css; charset=utf-8" },
	{ "app.js", WEB_APP_JS, WEB_APP_JS_SHA256,
	    "text/javascript; charset=utf-8" },
	{ "icon.svg", WEB_ICON_SVG, WEB_ICON_SVG_SHA256, "image/svg+xml" },
};

/* By its digest it never changes; a page of an older program may ask. */
static int
page_asset(struct request *q, struct response *s, struct err *e)
{
	const struct asset *a;
	size_t i;

	for (i = 0; i < sizeof(assets) / sizeof(*assets); i++)
		if (span_is(q->captures[1], assets[i].name))
			break;
	if (i == sizeof(assets) / sizeof(*assets))
		return err_set(e, ERR_MISSING, "there is no such file");
	a = &assets[i];
	s->type = a->type;
	s->etag = span_of(a->sha256);
	s->cache = span_is(q->captures[0], a->sha256) ? RESPONSE_IMMUTABLE
						      : "no-cache";
	out_str(&s->out, a->text);
	return 0;
}

const struct route page_routes[] = {
	{ VERB_GET, "/", ROUTE_WORK, SCOPE_READ, 0, page_content },
	{ VERB_GET, "/sources/{name}", ROUTE_WORK, SCOPE_READ, 0, page_source },
	{ VERB_GET, "/search", ROUTE_WORK, SCOPE_READ, 0, page_search },
	{ VERB_GET, "/cve/{id}", ROUTE_WORK, SCOPE_READ, 0, page_cve },
	{ VERB_GET, "/record/{*}", ROUTE_WORK, SCOPE_READ, 0, page_record },
	{ VERB_GET, "/package/{distribution}/{release}/{name}", ROUTE_WORK,
	    SCOPE_READ, 0, page_package },
	{ VERB_GET, "/images", ROUTE_WORK, SCOPE_READ, 0, page_images },
	{ VERB_GET, "/images/compare", ROUTE_MAY_JUDGE, SCOPE_READ, 0,
	    page_compare },
	{ VERB_GET, "/images/{id}", ROUTE_WORK, SCOPE_READ, 0, page_image },
	{ VERB_GET, "/images/{id}/explain/{what}", ROUTE_JUDGE, SCOPE_READ, 0,
	    page_explain },
	{ VERB_GET, "/images/{id}/as-of", ROUTE_JUDGE, SCOPE_READ, 0,
	    page_as_of },
	{ VERB_GET, "/scan", ROUTE_WORK, SCOPE_READ, 0, page_scan },
	{ VERB_POST, "/scan", ROUTE_SCAN, SCOPE_SCAN, UPLOAD_MAX,
	    page_scan_post },
	{ VERB_GET, "/scan/{id}", ROUTE_WORK, SCOPE_SCAN, 0, page_scan_job },
	{ VERB_POST, "/sync", ROUTE_WORK, SCOPE_SYNC, FORM_MAX,
	    page_sync_post },
	{ VERB_GET, "/bundles", ROUTE_WORK, SCOPE_READ, 0, page_bundles },
	{ VERB_GET, "/bundles/", ROUTE_WORK, SCOPE_READ, 0, page_bundles },
	{ VERB_GET, "/activity", ROUTE_WORK, SCOPE_READ, 0, page_activity },
	{ VERB_GET, "/sign-in", ROUTE_FAST, SCOPE_NONE, 0, page_sign_in },
	{ VERB_POST, "/sign-in", ROUTE_WORK, SCOPE_NONE, FORM_MAX,
	    page_sign_in_post },
	{ VERB_POST, "/sign-out", ROUTE_WORK, SCOPE_NONE, FORM_MAX,
	    page_sign_out_post },
	{ VERB_GET, "/assets/{digest}/{name}", ROUTE_FAST, SCOPE_NONE, 0,
	    page_asset },
	{ 0 },
};
