/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all pages share: the frame around them, states with an icon, pagers,
 * and the way to the data, which is the JSON of server/api.h. A page is whole
 * without scripts and asks for nothing from outside.
 */
#ifndef SERVER_PAGE_H
#define SERVER_PAGE_H

#include "base/json.h"
#include "server/api.h"
#include "server/html.h"
#include "server/response.h"

/* Nothing runs and nothing is fetched but our own files. */
#define PAGE_CSP                                                       \
	"default-src 'none'; script-src 'self'; style-src 'self'; "    \
	"img-src 'self'; form-action 'self'; frame-ancestors 'none'; " \
	"base-uri 'none'"

enum page_section {
	PAGE_NONE = 0,
	PAGE_CONTENT,
	PAGE_SEARCH,
	PAGE_IMAGES,
	PAGE_SCAN,
	PAGE_BUNDLES,
	PAGE_ACTIVITY,
	PAGE_SIGN_IN,
};

enum page_icon {
	ICON_NONE = 0,
	ICON_GOOD,  /* a tick */
	ICON_BAD,   /* a cross */
	ICON_WARN,  /* a triangle */
	ICON_CLOCK, /* late */
	ICON_HELD,  /* a hand that stops: a bar in a circle */
	ICON_NEVER, /* a dashed circle */
};

struct page {
	struct html h;
	struct request *q;
	struct response *s;
	struct arena *arena; /* the request's */
	int64_t now;
};

/* The head, the bar, and the page's one <h1> is the caller's next. */
void page_begin(struct page *p, struct request *q, struct response *s,
    enum page_section section, struct span title);
void page_end(struct page *p);

/* Member of an object as text; empty if it is none. */
struct span page_text(const struct json_node *n, const char *name);
uint64_t page_uint(const struct json_node *n, const char *name);
/* The elements of an array; NULL if it is none. */
const struct json_node *page_items(const struct json_node *n, const char *name);
size_t page_count(const struct json_node *n, const char *name);
struct span page_number(struct page *p, uint64_t n);
struct span page_when(struct page *p, int64_t t); /* RFC 3339 */
/* At most 255 bytes; for our own words and numbers. */
struct span page_format(struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * What /v1/ answers to a GET of that path, as a tree in the request's arena.
 * params end with an empty name; those without a value are left out; NULL:
 * none. ERR_MISSING: there is no such thing; ERR_FORMAT: what was asked makes
 * no sense.
 */
int page_get(struct request *q, struct span path,
    const struct request_param *params, const struct json_node **out,
    struct err *e);
/* The same of any request; a POST has the body of q, of which it may say: */
struct page_call {
	enum verb verb;
	struct span path;
	const struct request_param *params;
	uint64_t body_size;
	struct span body_type;
};
/* What came of it; all lives in the request's arena. */
struct page_answer {
	unsigned status;
	struct span text;
	struct span image;    /* X-Scapcache-Image */
	struct span location; /* Location */
};
int page_ask(struct request *q, const struct page_call *call,
    struct page_answer *out, struct err *e);
/* What problem details say; it lives in the request's arena. */
struct span page_detail(struct request *q, struct span problem);
/* Of what answers as text; *text lives in the request's arena. */
int page_call_text(struct request *q, const struct page_call *call,
    struct span *text, struct err *e);
/* JSON that was written, as a tree; out is emptied. */
int page_parse(struct request *q, struct out *out, const struct json_node **n,
    struct err *e);

/* An icon and a word, both in the colour of the class. */
void page_state(
    struct page *p, enum page_icon icon, const char *class, struct span word);
/* pass, fail, unknown */
void page_verdict(struct page *p, struct span verdict, bool small);
/* Is it of another generation than the one that is shown? */
bool page_is_older(const struct page *p, const struct json_node *verdict);
/* A row of a <dl class="about">; nothing where the value is empty. */
void page_fact(struct page *p, const char *name, struct span value);
void page_fact_code(struct page *p, const char *name, struct span value);
void page_fact_time(struct page *p, const char *name, struct span value);
/* Where the record is shown: "/cve/…", "/record/…", in an <a>. */
void page_record_link(struct page *p, struct span id);
void page_record_path(struct page *p, struct span id);

/* Of a list in pages. */
struct page_range {
	struct span path;
	struct span query; /* "q=openssl&amp;", escaped; or empty */
	uint64_t offset;
	uint64_t limit;
	uint64_t found;
};

/* "offset" of the query; 0 where it is none. */
uint64_t page_offset(const struct request *q);
void page_pager(struct page *p, const struct page_range *r);
/* Those names of the query, as page_range.query; NULL ends them. */
struct span page_query(struct page *p, const char *const *names);
/* <option value="v"> of a select. */
void page_option(
    struct page *p, const char *value, const char *text, struct span chosen);

/* Values over time, the oldest first. */
struct page_point {
	struct span label; /* a time */
	uint64_t value;
};
struct page_chart {
	const char *id;   /* in the page */
	const char *name; /* what it shows */
	const char *unit; /* what the values count */
	const struct page_point *points;
	size_t n;
};

/* Columns, and the numbers as a table that opens below them. */
void page_chart(struct page *p, const struct page_chart *c);

/* Makes a page of problem details, for browsers; other answers stay. */
void page_of_problem(struct request *q, struct response *s);

/* --- handlers, see server/pages.c --- */

typedef int page_handler(struct request *q, struct response *s, struct err *e);

page_handler page_content, page_source, page_search, page_cve, page_record,
    page_package, page_images, page_image, page_as_of, page_explain,
    page_compare, page_scan, page_scan_post, page_scan_job, page_sync_post,
    page_bundles, page_activity, page_sign_in, page_sign_in_post,
    page_sign_out_post;

#endif
