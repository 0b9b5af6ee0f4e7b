/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/changes_csv.h"

struct changes_row {
	struct span line;  /* as upstream wrote it, without its end */
	struct span name;  /* "2024/cve-2024-0001.json", with its quotes */
	int64_t upstream;  /* 0: no time that we know */
	int64_t published; /* here, for the first time; 0: not known */
	size_t place;      /* upstream's order */
};

/* "name","2024-08-04T10:17:22+00:00": what stands behind the last comma. */
static void
parse_row(struct changes_row *r)
{
	size_t comma = span_rfind(r->line, ',');
	struct span time = span_trim(span_from(r->line, comma + 1));

	r->name = span_first(r->line, comma);
	if (time.len > 2 && time.ptr[0] == '"')
		time = span_first(span_from(time, 1), time.len - 2);
	if (comma == r->line.len || !clock_parse(time, &r->upstream))
		r->upstream = 0;
}

void
changes_csv_read(struct changes_csv *c, struct span text)
{
	struct span line;

	while (span_next(&text, '\n', &line)) {
		struct changes_row r = { .line = span_trim(line),
			.place = c->n };

		if (r.line.len == 0)
			continue;
		parse_row(&r);
		c->rows = xgrow(c->rows, &c->cap, c->n + 1, sizeof(*c->rows));
		map_add(&c->by_line, r.line, (uint32_t)c->n, NULL);
		c->rows[c->n++] = r;
	}
}

void
changes_csv_mark(struct changes_csv *c, struct span text, int64_t since)
{
	struct span line;
	uint32_t i;

	while (span_next(&text, '\n', &line))
		if (map_get(&c->by_line, span_trim(line), &i) && i < c->n &&
		    c->rows[i].published == 0)
			c->rows[i].published = since;
}

static int64_t
shown_time(const struct changes_row *r)
{
	return r->published > r->upstream ? r->published : r->upstream;
}

static int
cmp_rows(const void *a, const void *b)
{
	const struct changes_row *x = a, *y = b;
	int64_t s = shown_time(x), t = shown_time(y);

	if (s != t)
		return s > t ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void
changes_csv_write(struct changes_csv *c, struct out *o)
{
	char time[CLOCK_TEXT_SIZE];
	size_t i;

	if (c->n > 0)
		qsort(c->rows, c->n, sizeof(*c->rows), cmp_rows);
	for (i = 0; i < c->n; i++) {
		const struct changes_row *r = &c->rows[i];

		if (r->upstream == 0 || r->published <= r->upstream) {
			out_span(o, r->line);
			out_char(o, '\n');
			continue;
		}
		/* "…Z" as Red Hat writes it: "…+00:00". */
		clock_text(r->published, time);
		out_printf(
		    o, "%.*s,\"%.19s+00:00\"\n", SPAN_ARG(r->name), time);
	}
}

void
changes_csv_cleanup(struct changes_csv *c)
{
	map_cleanup(&c->by_line);
	free(c->rows);
	*c = (struct changes_csv){ 0 };
}
