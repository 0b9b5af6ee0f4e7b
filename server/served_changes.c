/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.csv and deletions.csv for those who remember when they asked last,
 * by their own clock, and drop rows that are older: what came here later than
 * that would be lost to them. So a row has the time at which it was first
 * published here, if that is later than upstream's; the newest stand first, as
 * they are to. Upstream's own bytes are under /content/ and /mirror/.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/served.h"

#define CHANGES_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes of a list */

struct row {
	struct span line;  /* as upstream wrote it, without its end */
	struct span name;  /* "2024/cve-2024-0001.json", with its quotes */
	int64_t upstream;  /* 0: no time that we know */
	int64_t published; /* here, for the first time; 0: not known */
	size_t place;      /* upstream's order */
};

struct changes {
	struct row *rows;
	size_t n;
	size_t cap;
	struct map by_line;
};

/* "name","2024-08-04T10:17:22+00:00": what stands behind the last comma. */
static void
parse_row(struct row *r)
{
	size_t comma = span_rfind(r->line, ',');
	struct span time = span_trim(span_from(r->line, comma + 1));

	r->name = span_first(r->line, comma);
	if (time.len > 2 && time.ptr[0] == '"')
		time = span_first(span_from(time, 1), time.len - 2);
	if (comma == r->line.len || !clock_parse(time, &r->upstream))
		r->upstream = 0;
}

static void
read_rows(struct changes *c, struct span text)
{
	struct span line;

	while (span_next(&text, '\n', &line)) {
		struct row r = { .line = span_trim(line), .place = c->n };

		if (r.line.len == 0)
			continue;
		parse_row(&r);
		c->rows = xgrow(c->rows, &c->cap, c->n + 1, sizeof(*c->rows));
		map_add(&c->by_line, r.line, (uint32_t)c->n, NULL);
		c->rows[c->n++] = r;
	}
}

/* Rows that stood in a list of that time already. */
static void
mark_rows(struct changes *c, struct span text, int64_t since)
{
	struct span line;
	uint32_t i;

	while (span_next(&text, '\n', &line))
		if (map_get(&c->by_line, span_trim(line), &i) && i < c->n &&
		    c->rows[i].published == 0)
			c->rows[i].published = since;
}

/* A list that is not kept any more makes its rows as young as the next one. */
static int
mark_past(struct request *q, struct changes *c, const struct view_file *f,
    struct span text, struct err *e)
{
	const struct view *v = q->view;
	struct err why = { 0 };
	struct buf old = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < v->n_past && rc == 0; i++) {
		const struct view_past *p = &v->past[i];

		if (!span_eq(p->path, f->path))
			continue;
		if (digest_eq(&p->sha256, &f->sha256)) {
			mark_rows(c, text, p->since);
			break;
		}
		buf_reset(&old);
		if (served_read(q, &p->sha256, CHANGES_SIZE_MAX, &old, &why) ==
		    0)
			mark_rows(c, buf_span(&old), p->since);
		else if (why.code != ERR_MISSING) {
			*e = why;
			rc = -1;
		}
	}
	buf_cleanup(&old);
	return rc;
}

static int64_t
shown_time(const struct row *r)
{
	return r->published > r->upstream ? r->published : r->upstream;
}

static int
cmp_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int64_t s = shown_time(x), t = shown_time(y);

	if (s != t)
		return s > t ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static void
write_rows(struct response *s, struct changes *c)
{
	char time[CLOCK_TEXT_SIZE];
	size_t i;

	if (c->n > 0)
		qsort(c->rows, c->n, sizeof(*c->rows), cmp_rows);
	for (i = 0; i < c->n; i++) {
		const struct row *r = &c->rows[i];

		if (r->upstream == 0 || r->published <= r->upstream) {
			out_span(&s->out, r->line);
			out_char(&s->out, '\n');
			continue;
		}
		/* "…Z" as Red Hat writes it: "…+00:00". */
		clock_text(r->published, time);
		out_printf(
		    &s->out, "%.*s,\"%.19s+00:00\"\n", SPAN_ARG(r->name), time);
	}
}

/* Equal wherever the same lists were published at the same times. */
static struct span
etag(struct request *q, const struct view_file *f)
{
	struct digest_ctx *c = digest_new();
	const struct view *v = q->view;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	size_t i;

	digest_update(c, f->sha256.bytes, DIGEST_SIZE);
	for (i = 0; i < v->n_past; i++)
		if (span_eq(v->past[i].path, f->path)) {
			digest_update(c, v->past[i].sha256.bytes, DIGEST_SIZE);
			digest_update(
			    c, &v->past[i].since, sizeof(v->past[i].since));
		}
	digest_final(c, &d);
	digest_free(c);
	return arena_span(&q->arena, span_of(digest_hex(&d, hex)));
}

static int64_t
published(const struct view *v, const struct view_file *f)
{
	size_t i;

	for (i = 0; i < v->n_past; i++)
		if (span_eq(v->past[i].path, f->path) &&
		    digest_eq(&v->past[i].sha256, &f->sha256))
			return v->past[i].since;
	return f->fetched;
}

int
served_changes(struct request *q, struct response *s, struct err *e)
{
	const struct view_file *f = view_find_tail(q->view, q->path);
	struct changes c = { 0 };
	struct buf text = { 0 };
	int rc = -1;

	if (f == NULL)
		return served_missing(q, s);
	if (served_read(q, &f->sha256, CHANGES_SIZE_MAX, &text, e) != 0)
		goto out;
	read_rows(&c, buf_span(&text));
	if (mark_past(q, &c, f, buf_span(&text), e) != 0)
		goto out;
	write_rows(s, &c);
	s->type = "text/csv";
	s->etag = etag(q, f);
	s->modified_at = published(q->view, f);
	rc = 0;
out:
	map_cleanup(&c.by_line);
	free(c.rows);
	buf_cleanup(&text);
	return rc;
}
