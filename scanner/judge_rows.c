/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "scanner/judge_rows.h"
#include "scanner/judge_statement.h"

void
judge_rows_add(struct judge_rows *r, const struct judge_row *row)
{
	if (r->n >= r->max) {
		r->is_full = true;
		return;
	}
	r->v = xgrow(r->v, &r->cap, r->n + 1, sizeof(*r->v));
	r->v[r->n++] = *row;
}

/* --- one row a record and package --- */

static int
order_of(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Rows that say the same: of one record, package and CVE. */
static int
compare_subject(const struct judge_row *a, const struct judge_row *b)
{
	const struct evidence *x = &a->evidence, *y = &b->evidence;
	int order = order_of(x->package_index, y->package_index);

	if (order == 0)
		order = span_cmp(x->document->name, y->document->name);
	if (order == 0)
		order = order_of(a->record, b->record);
	return order == 0 ? span_cmp(a->cve, b->cve) : order;
}

/* The lowest rank, then the worst word first. */
static int
compare(const void *pa, const void *pb)
{
	const struct judge_row *a = pa, *b = pb;
	int order = compare_subject(a, b);

	if (order == 0)
		order = (a->rank > b->rank) - (a->rank < b->rank);
	if (order == 0)
		order = (a->evidence.word == WORD_NOT_AFFECTED) -
		    (b->evidence.word == WORD_NOT_AFFECTED);
	if (order == 0)
		order = (int)a->evidence.word - (int)b->evidence.word;
	if (order == 0)
		order = span_cmp(a->evidence.fixed, b->evidence.fixed);
	if (order == 0)
		order = span_cmp(a->evidence.pocket, b->evidence.pocket);
	return order == 0 ? (int)a->evidence.state - (int)b->evidence.state
			  : order;
}

/* Where several affect it, the last fix mends it, or none does. */
static void
merge(struct judge_row *row, const struct judge_row *more)
{
	struct evidence *old = &row->evidence;
	const struct evidence *f = &more->evidence;

	if (f->word != old->word || row->rank != more->rank ||
	    old->fixed.len == 0)
		return;
	if (f->fixed.len == 0 ||
	    judge_version_order(old->kind, old->fixed, f->fixed) < 0) {
		old->fixed = f->fixed;
		old->comparison = f->comparison;
		old->pocket = f->pocket;
		old->state = f->state;
		old->detail = f->detail;
		old->notice = f->notice;
	}
}

void
judge_rows_merge(struct judge_rows *r)
{
	size_t kept = 0;
	size_t i;

	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), compare);
	for (i = 0; i < r->n; i++) {
		if (kept > 0 && compare_subject(&r->v[kept - 1], &r->v[i]) == 0)
			merge(&r->v[kept - 1], &r->v[i]);
		else
			r->v[kept++] = r->v[i];
	}
	r->n = kept;
}

/* --- pairs --- */

static void
pair_key(struct buf *b, struct span package, struct span cve)
{
	buf_reset(b);
	buf_add_span(b, package);
	buf_add_char(b, '\n');
	buf_add_span(b, cve);
}

void
judge_pairs_add(struct map *pairs, const struct evidence *f)
{
	struct buf key = { 0 };
	size_t i;

	/* The package alone: it is worth asking of again. */
	if (f->n_cves > 0)
		map_add(pairs, f->package, 0, NULL);
	for (i = 0; i < f->n_cves; i++) {
		pair_key(&key, f->package, f->cves[i]);
		map_add(pairs, buf_span(&key), 0, NULL);
	}
	buf_cleanup(&key);
}

bool
judge_pairs_have(const struct map *pairs, struct span package,
    const struct span *cves, size_t n)
{
	struct buf key = { 0 };
	bool yes = false;
	uint32_t ignored;
	size_t i;

	for (i = 0; i < n && !yes; i++) {
		pair_key(&key, package, cves[i]);
		yes = map_get(pairs, buf_span(&key), &ignored);
	}
	buf_cleanup(&key);
	return yes;
}

/* --- what nobody can tell --- */

#define BY_ANY UINT32_MAX /* it does not matter whose word decides */

static struct span
decision_key(struct buf *b, const struct evidence *f, size_t cve)
{
	buf_reset(b);
	buf_printf(b, "%lu\n", (unsigned long)f->package_index);
	buf_add_span(b, f->cves[cve]);
	return buf_span(b);
}

/* What an older fix mended tells nothing of the same document's newer one. */
static bool
decides_alone(const struct evidence *f)
{
	return f->word == WORD_AFFECTED || f->state == ADVISORY_NOT_AFFECTED;
}

/* Row i decides its CVEs of its package: at BY_ANY, or its number. */
static void
add_decisions(struct map *decided, const struct judge_rows *r, uint32_t i)
{
	const struct evidence *f = &r->v[i].evidence;
	uint32_t by = decides_alone(f) ? BY_ANY : i;
	struct buf key = { 0 };
	uint32_t at;
	size_t k;

	for (k = 0; k < f->n_cves; k++) {
		map_add(decided, decision_key(&key, f, k), by, &at);
		if (at != BY_ANY &&
		    (by == BY_ANY || r->v[at].evidence.document != f->document))
			map_set(decided, buf_span(&key), BY_ANY);
	}
	buf_cleanup(&key);
}

/* Each CVE that the row names must be decided. */
static bool
is_decided(const struct map *decided, const struct judge_rows *r,
    const struct evidence *f)
{
	struct buf key = { 0 };
	bool yes = f->n_cves > 0;
	uint32_t at;
	size_t k;

	for (k = 0; k < f->n_cves && yes; k++)
		yes = map_get(decided, decision_key(&key, f, k), &at) &&
		    (at == BY_ANY || r->v[at].evidence.document != f->document);
	buf_cleanup(&key);
	return yes;
}

static struct span
describe(const struct evidence *f, struct arena *a)
{
	struct buf b = { 0 };
	struct span out;

	buf_printf(&b, "%.*s of %.*s", SPAN_ARG(f->record),
	    SPAN_ARG(f->document->name));
	buf_printf(&b, " for the package %.*s", SPAN_ARG(f->package));
	out = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

void
judge_rows_undecided(
    const struct judge_rows *r, struct scan *s, struct arena *a)
{
	struct map decided = { 0 };
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->v[i].evidence.word != WORD_UNKNOWN)
			add_decisions(&decided, r, (uint32_t)i);
	s->n_undecided = 0;
	for (i = 0; i < r->n; i++) {
		const struct judge_row *row = &r->v[i];

		if (row->evidence.word != WORD_UNKNOWN || !row->suffices ||
		    is_decided(&decided, r, &row->evidence))
			continue;
		if (s->n_undecided++ == 0)
			s->undecided = describe(&row->evidence, a);
	}
	map_cleanup(&decided);
}
