/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the pages about content and its records. */
#include <string.h>

#include "server/page_write.h"

#define SEARCH_LIMIT 25u

int
page_content(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *status = NULL, *generations = NULL,
			       *runs = NULL;
	const struct request_param params[] = {
		{ SPAN_LIT("limit"), SPAN_LIT("60") },
		{ SPAN_NONE, SPAN_NONE },
	};
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/status"), NULL, &status, e) != 0 ||
	    page_get(q, SPAN_LIT("/v1/generations"), params, &generations, e) !=
		0)
		return -1;
	if (page_get(q, SPAN_LIT("/v1/runs"), params, &runs, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_CONTENT, SPAN_LIT("Content"));
	page_content_write(&p, status, generations, runs);
	page_end(&p);
	return 0;
}

int
page_source(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *status = NULL;
	const struct json_node *i;
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/status"), NULL, &status, e) != 0)
		return -1;
	for (i = page_items(status, "sources"); i != NULL; i = i->next)
		if (span_eq(page_text(i, "name"), q->captures[0]))
			break;
	if (i == NULL)
		return err_set(e, ERR_MISSING, "there is no source %.*s",
		    SPAN_ARG(q->captures[0]));
	page_begin(&p, q, s, PAGE_CONTENT, page_text(i, "name"));
	page_source_write(&p, i);
	page_end(&p);
	return 0;
}

/* --- search --- */

/* Ids have no blanks: an oval:, a CVE-, USN-, RHSA-, or DIST/RELEASE/NAME. */
static bool
may_be_id(struct span words)
{
	return words.len > 3 && words.len < 256 &&
	    span_find(words, ' ') == words.len &&
	    (span_find(words, '-') < words.len ||
		span_find(words, ':') < words.len ||
		span_find(words, '/') < words.len);
}

static struct span
upper(struct page *p, struct span id)
{
	char *text = arena_str(p->arena, id);
	size_t i;

	for (i = 0; i < id.len; i++)
		if (span_is_lower(text[i]))
			text[i] = (char)(text[i] - 'a' + 'A');
	return span_make(text, id.len);
}

/* "cve-2016-5195" and "usn-6986-1" are written with capitals. */
static struct span
as_written(struct page *p, struct span words)
{
	static const char *const heads[] = { "cve-", "usn-", "rhsa-", "dsa-",
		"rhba-", "rhea-", "dla-", "elsa-", "alsa-" };
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (words.len > strlen(heads[i]) &&
		    span_is_nocase(
			span_first(words, strlen(heads[i])), heads[i]))
			return upper(p, words);
	return words;
}

/*
 * All records of an id, or a package, as an array. 1; 0: nothing is known;
 * -1.
 */
static int
page_known(struct request *q, struct span id, const struct json_node **records,
    struct err *e)
{
	struct out text;
	int rc;

	out_init(&text, -1);
	rc = api_record(q, id, &text, e);
	if (rc == 1 && page_parse(q, &text, records, e) != 0)
		rc = -1;
	out_cleanup(&text);
	return rc;
}

/* 1: *s sends the browser to the record's own page; 0: it is none; -1. */
static int
redirect_exact(
    struct request *q, struct response *s, struct span words, struct err *e)
{
	const struct json_node *records = NULL;
	struct page p = { .q = q, .s = s, .arena = &q->arena };
	struct span id = as_written(&p, words);
	struct out path;
	int rc;

	if (!may_be_id(words))
		return 0;
	rc = page_known(q, id, &records, e);
	if (rc != 1)
		return rc;
	out_init(&path, -1);
	html_init(&p.h, &path);
	if (span_is(page_text(page_items(records, NULL), "kind"), "package"))
		HTML(&p.h, "/package/{p}", id);
	else
		page_record_path(&p, id);
	response_redirect(s, 303, arena_span(&q->arena, buf_span(&path.buf)));
	html_cleanup(&p.h);
	out_cleanup(&path);
	return 1;
}

int
page_search(struct request *q, struct response *s, struct err *e)
{
	struct span words = span_trim(request_param(q, "q"));
	const struct json_node *found = NULL;
	struct request_param params[5] = { 0 };
	struct page p = { .q = q, .arena = &q->arena };
	int rc = 0;

	if (words.len > 0 && !request_has_param(q, "kind"))
		rc = redirect_exact(q, s, words, e);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	params[0] = (struct request_param){ SPAN_LIT("q"), words };
	params[1] = (struct request_param){ SPAN_LIT("limit"),
		page_number(&p, SEARCH_LIMIT) };
	params[2] = (struct request_param){ SPAN_LIT("offset"),
		page_number(&p, page_offset(q)) };
	params[3] = (struct request_param){ SPAN_LIT("kind"),
		request_param(q, "kind") };
	if (words.len > 0 &&
	    page_get(q, SPAN_LIT("/v1/search"), params, &found, e) != 0 &&
	    e->code != ERR_FORMAT)
		return -1;
	page_begin(
	    &p, q, s, PAGE_SEARCH, words.len > 0 ? words : SPAN_LIT("Search"));
	page_search_write(&p, found);
	page_end(&p);
	return 0;
}

/* --- records --- */

static int
none(struct span id, struct err *e)
{
	return err_set(e, ERR_MISSING,
	    "Nothing here is known of %.*s. The content page says which "
	    "sources are here.",
	    SPAN_ARG(span_first(id, 200)));
}

int
page_cve(struct request *q, struct response *s, struct err *e)
{
	struct span id = q->captures[0];
	const struct json_node *records = NULL, *images = NULL;
	const struct request_param params[] = {
		{ SPAN_LIT("limit"), SPAN_LIT("50") },
		{ SPAN_NONE, SPAN_NONE },
	};
	struct page p = { .q = q, .arena = &q->arena };
	struct err ignored = { 0 };
	int rc = page_known(q, id, &records, e);

	if (rc == -1)
		return -1;
	/* That results cannot be read is no reason to show nothing. */
	page_get(q, page_format(&p, "/v1/cves/%.*s/images", SPAN_ARG(id)),
	    params, &images, &ignored);
	if (rc == 0 && page_items(images, "images") == NULL)
		return none(id, e);
	page_begin(&p, q, s, PAGE_SEARCH, id);
	page_cve_write(&p, id, records, images);
	page_end(&p);
	return 0;
}

int
page_record(struct request *q, struct response *s, struct err *e)
{
	struct span id = q->captures[0];
	const struct json_node *records = NULL;
	struct page p;
	int rc = page_known(q, id, &records, e);

	if (rc != 1)
		return rc == 0 ? none(id, e) : -1;
	page_begin(&p, q, s, PAGE_SEARCH, id);
	page_record_write(&p, id, records);
	page_end(&p);
	return 0;
}

int
page_package(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *records = NULL;
	struct page p = { .q = q, .arena = &q->arena };
	struct span id =
	    page_format(&p, "%.*s/%.*s/%.*s", SPAN_ARG(q->captures[0]),
		SPAN_ARG(q->captures[1]), SPAN_ARG(q->captures[2]));
	int rc = page_known(q, id, &records, e);

	if (rc != 1)
		return rc == 0 ? none(id, e) : -1;
	page_begin(&p, q, s, PAGE_SEARCH, id);
	page_package_write(&p, id, records);
	page_end(&p);
	return 0;
}

/* --- what has happened, and what is carried away --- */

int
page_activity(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *audit = NULL;
	const struct request_param params[] = {
		{ SPAN_LIT("before"), request_param(q, "before") },
		{ SPAN_NONE, SPAN_NONE },
	};
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/audit"), params, &audit, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_ACTIVITY, SPAN_LIT("Activity"));
	page_activity_write(&p, audit);
	page_end(&p);
	return 0;
}

int
page_bundles(struct request *q, struct response *s, struct err *e)
{
	struct page_bundles_data d = { 0 };
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/bundles"), NULL, &d.bundles, e) != 0 ||
	    page_get(q, SPAN_LIT("/v1/generations"), NULL, &d.generations, e) !=
		0)
		return -1;
	page_begin(&p, q, s, PAGE_BUNDLES, SPAN_LIT("Bundles"));
	page_bundles_write(&p, &d);
	page_end(&p);
	return 0;
}

int
page_scan(struct request *q, struct response *s, struct err *e)
{
	struct page p;

	(void)e;
	page_begin(&p, q, s, PAGE_SCAN, SPAN_LIT("Scan"));
	page_scan_write(&p);
	page_end(&p);
	return 0;
}
