/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image as another generation judges it. The report is read as a stream:
 * of its findings only those of one page become a tree.
 */
#include "server/page_write.h"

#define AS_OF_LIMIT 100u

/* What is read so far. */
struct reading {
	struct page *p;
	struct span image;
	uint64_t offset;
	uint64_t n;            /* findings */
	struct json_node head; /* the other members */
	struct json_node **last;
	struct out rows;
};

static struct json_node *
copy(struct arena *a, const struct json_node *n)
{
	struct json_node *made = arena_alloc(a, sizeof(*made));
	const struct json_node *i;
	struct json_node **last = &made->child;

	*made = (struct json_node){ .type = n->type,
		.name = arena_span(a, n->name),
		.text = arena_span(a, n->text) };
	for (i = n->child; i != NULL; i = i->next) {
		*last = copy(a, i);
		last = &(*last)->next;
	}
	return made;
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct reading *r = ctx;

	(void)e;
	*r->last = copy(r->p->arena, n);
	r->last = &(*r->last)->next;
	return 0;
}

static int
on_finding(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reading *r = ctx;
	struct page row = *r->p;

	(void)raw;
	(void)offset;
	(void)e;
	if (r->n >= r->offset && r->n < r->offset + AS_OF_LIMIT) {
		html_init(&row.h, &r->rows);
		page_finding_write(&row, r->image, n);
		html_cleanup(&row.h);
	}
	r->n++;
	return 0;
}

static void
write_head(
    struct page *p, const struct json_node *image, const struct json_node *scan)
{
	struct span id = page_text(image, "id");

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/images\">Images</a> / "
	    "<a href=\"/images/{/}\">{}</a></p>\n<div class=\"head\">"
	    "<h1>As generation {} judges it</h1> ",
	    id, page_text(image, "target"), page_text(scan, "generation"));
	page_verdict(p, page_text(scan, "verdict"), false);
	html_raw(&p->h,
	    "</div>\n<p class=\"lead\">Judged now by the content "
	    "of then; nothing of it is kept.</p>\n");
	page_reasons(p, scan);
	HTML(&p->h,
	    "<div class=\"actions\"><a class=\"button\" href=\"/images/compare"
	    "?a={/}&amp;as_of_a={/}&amp;b={/}\">What has changed since</a>"
	    "</div>\n",
	    id, page_text(scan, "generation"), id);
}

static void
write_rows(struct page *p, const struct reading *r)
{
	static const char *const kept[] = { "generation", NULL };
	const struct page_range range = { .path = p->q->path,
		.query = page_query(p, kept),
		.offset = r->offset,
		.limit = AS_OF_LIMIT,
		.found = r->n };

	HTML(&p->h, "<h2>{#} findings</h2>\n", page_number(p, r->n));
	if (r->n == 0)
		return;
	page_severities(p, json_get(&r->head, "summary"));
	page_findings_head(p);
	out_span(p->h.out, buf_span(&r->rows.buf));
	html_raw(&p->h, "</div>\n");
	page_pager(p, &range);
}

int
page_as_of_write(struct page *p, const struct json_node *image,
    struct span report, struct err *e)
{
	struct reading r = { .p = p,
		.image = page_text(image, "id"),
		.offset = page_offset(p->q),
		.head = { .type = JSON_OBJECT } };
	const struct json_sink sink = { .array = "findings",
		.ctx = &r,
		.record = on_finding,
		.member = on_member };
	int rc;

	r.last = &r.head.child;
	out_init(&r.rows, -1);
	rc = json_read_span(report, &sink, e);
	if (rc == 0) {
		write_head(p, image, &r.head);
		write_rows(p, &r);
	}
	out_cleanup(&r.rows);
	return rc;
}
