/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/report.h"

#define END_SIZE 32u

/* Definitions of several documents, to be sorted as one list. */
struct line {
	struct span id;
	enum result result;
	size_t order; /* of the document: ids may stand in several */
};

struct lines {
	struct out *out;
	char ends[N_RESULTS][END_SIZE]; /* tab, result, line break */
	struct arena arena;
	struct line *v;
	size_t n;
	size_t cap;
	size_t document;
};

static void
write_line(struct lines *l, struct span id, enum result r)
{
	out_span(l->out, id);
	out_str(l->out, l->ends[r]);
}

static int
write_definition(
    void *ctx, uint32_t ord, struct span id, enum result r, struct err *e)
{
	(void)ord;
	(void)e;
	write_line(ctx, id, r);
	return 0;
}

static int
gather_definition(
    void *ctx, uint32_t ord, struct span id, enum result r, struct err *e)
{
	struct lines *l = ctx;

	(void)ord;
	(void)e;
	l->v = xgrow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	l->v[l->n++] =
	    (struct line){ arena_span(&l->arena, id), r, l->document };
	return 0;
}

static int
compare(const void *pa, const void *pb)
{
	const struct line *a = pa;
	const struct line *b = pb;
	int order = span_cmp(a->id, b->id);

	if (order != 0)
		return order;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int
write_merged(struct lines *l, const struct scan *s, struct err *e)
{
	size_t i;

	for (; l->document < s->n_documents; l->document++)
		if (evaluation_each(s->documents[l->document].evaluation,
			gather_definition, l, e) != 0)
			return -1;
	if (l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), compare);
	for (i = 0; i < l->n; i++)
		write_line(l, l->v[i].id, l->v[i].result);
	return 0;
}

int
report_definitions(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct lines l = { .out = out };
	enum result r;
	int rc;

	(void)options;
	for (r = RESULT_TRUE; r < N_RESULTS; r++)
		snprintf(l.ends[r], END_SIZE, "\t%s\n", result_name(r));
	if (s->n_documents == 1)
		rc = evaluation_each(
		    s->documents[0].evaluation, write_definition, &l, e);
	else
		rc = write_merged(&l, s, e);
	arena_cleanup(&l.arena);
	free(l.v);
	return rc;
}
