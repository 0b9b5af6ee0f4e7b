/* SPDX-License-Identifier: Apache-2.0 */
/* What the words that went to one row come to. */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/join_impl.h"
#include "scanner/judge_statement.h"
#include "scanner/kernel.h"

/* A record of several CVEs proves none, and says nothing of their fix. */
static bool
is_about(const struct evidence *ev)
{
	return ev->word == WORD_AFFECTED && !ev->is_group;
}

static bool
is_same_version(const struct finding *f, struct span a, struct span b)
{
	return judge_version_order(f->kind, a, b) == 0;
}

/* Sets fixed, pocket: the later one where versions differ. */
static void
fixes(struct finding *f, bool of_groups)
{
	size_t i;

	for (i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = f->evidence[i];

		if (ev->word != WORD_AFFECTED || ev->fixed.len == 0 ||
		    ev->is_group != of_groups)
			continue;
		if (f->fixed.len > 0 &&
		    judge_version_order(f->kind, ev->fixed, f->fixed) <= 0)
			continue;
		f->fixed = ev->fixed;
		f->pocket = ev->pocket;
	}
}

static enum fix
fix_of_state(enum advisory_state state)
{
	switch (state) {
	case ADVISORY_DEFERRED:
		return FIX_DEFERRED;
	case ADVISORY_WILL_NOT_FIX:
	case ADVISORY_END_OF_LIFE:
		return FIX_WONT;
	default:
		return FIX_NONE;
	}
}

static void
decide_fix(struct finding *f)
{
	size_t i;

	fixes(f, false);
	if (f->fixed.len == 0)
		fixes(f, true);
	if (f->fixed.len > 0) {
		f->fix = span_has_prefix(f->pocket, "esm") ? FIX_WITH_PRO
							   : FIX_AVAILABLE;
		return;
	}
	for (i = 0; i < f->n_evidence; i++) {
		enum fix fix = fix_of_state(f->evidence[i]->state);

		if (is_about(f->evidence[i]) && fix > f->fix)
			f->fix = fix;
	}
}

/* When the version that mends it came out: the first who says so. */
static void
date_fix(struct finding *f)
{
	size_t i;

	for (i = 0; f->fixed.len > 0 && i < f->n_evidence; i++) {
		const struct evidence *ev = f->evidence[i];

		if (ev->published == 0 || ev->word != WORD_AFFECTED ||
		    ev->fixed.len == 0 ||
		    !is_same_version(f, ev->fixed, f->fixed))
			continue;
		if (f->fixed_at == 0 || ev->published < f->fixed_at)
			f->fixed_at = ev->published;
	}
}

/* A document's words about one CVE, taken together. */
struct stand {
	bool affected;
	bool not_affected;
	struct span fixed; /* the latest that it names */
};

static void
hear(struct stand *s, const struct finding *f, const struct evidence *ev)
{
	if (ev->is_group)
		return;
	s->affected |= ev->word == WORD_AFFECTED;
	s->not_affected |= ev->word == WORD_NOT_AFFECTED;
	if (ev->word == WORD_AFFECTED && ev->fixed.len > 0 &&
	    (s->fixed.len == 0 ||
		judge_version_order(f->kind, s->fixed, ev->fixed) < 0))
		s->fixed = ev->fixed;
}

/* Documents differ; several records of one do not. */
static bool
is_disputed(const struct finding *f)
{
	struct span fixed = SPAN_NONE;
	size_t i = 0;

	while (i < f->n_evidence) {
		const struct document *d = f->evidence[i]->document;
		struct stand s = { 0 };

		for (; i < f->n_evidence && f->evidence[i]->document == d; i++)
			hear(&s, f, f->evidence[i]);
		if (s.not_affected && !s.affected)
			return true;
		if (s.fixed.len == 0)
			continue;
		if (fixed.len > 0 && !is_same_version(f, fixed, s.fixed))
			return true;
		fixed = s.fixed;
	}
	return false;
}

/* By what is said of this CVE; else by the notices that it is one of. */
static enum severity
decide_severity(const struct join_row *row, const struct finding *f)
{
	enum severity worst = row->severity;
	size_t i;

	if (worst != SEVERITY_NONE)
		return worst;
	for (i = 0; i < f->n_evidence; i++)
		if (f->evidence[i]->word == WORD_AFFECTED &&
		    f->evidence[i]->severity > worst)
			worst = f->evidence[i]->severity;
	return worst;
}

/* "CVE-2021-3449 on Ubuntu 20.04 …" tells no more than the id. */
static void
find_title(struct finding *f)
{
	size_t i;

	for (i = 0; i < f->n_evidence && f->title.len == 0; i++) {
		const struct evidence *ev = f->evidence[i];

		if (ev->word == WORD_AFFECTED &&
		    (!ev->is_group || span_eq(f->cve, ev->notice)) &&
		    !(span_has_prefix(ev->title, "CVE-") &&
			span_has_prefix(
			    span_from(ev->title, span_find(ev->title, ' ')),
			    " on ")))
			f->title = ev->title;
	}
}

static int
compare_spans(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static void
list_notices(struct finding *f, struct arena *a)
{
	size_t n = 0;
	size_t i;

	f->notices = arena_array(a, f->n_evidence, sizeof(*f->notices));
	for (i = 0; i < f->n_evidence; i++)
		if (f->evidence[i]->word == WORD_AFFECTED &&
		    f->evidence[i]->notice.len > 0)
			f->notices[n++] = f->evidence[i]->notice;
	if (n > 1)
		qsort(f->notices, n, sizeof(*f->notices), compare_spans);
	for (i = 0; i < n; i++)
		if (i == 0 || !span_eq(f->notices[i], f->notices[i - 1]))
			f->notices[f->n_notices++] = f->notices[i];
}

/* Itself, or what a notice of its own is about. */
static void
list_cves(struct finding *f, const struct evidence *first, struct arena *a)
{
	struct span *own;

	if (first->is_group || first->n_cves == 0) {
		f->cves = first->cves;
		f->n_cves = first->n_cves;
		return;
	}
	own = arena_array(a, 1, sizeof(*own));
	*own = f->cve;
	f->cves = own;
	f->n_cves = 1;
}

static void
identify(struct finding *f, const struct join_row *row, struct scan *s)
{
	const struct evidence *ev = row->first;
	struct package p = { .kind = ev->kind, .name = ev->package };

	if (ev->package_index != PACKAGE_NONE)
		p = s->facts->system.packages[ev->package_index];
	*f = (struct finding){ .cve = row->id,
		.package_index = ev->package_index,
		.package = ev->package,
		.arch = ev->arch,
		.installed = ev->installed,
		.kind = ev->kind,
		.exploit = { .percentile = -1 } };
	if (!span_eq(p.source, ev->package))
		f->source_package = p.source;
	f->is_kernel = ev->package.len > 0 && kernel_is_package(&p);
	list_cves(f, ev, &s->arena);
}

static void
conclude_row(struct joiner *j, const struct join_row *row,
    const struct join_link *links, size_t n, struct finding *f)
{
	struct scan *s = j->scan;
	size_t i;

	identify(f, row, s);
	f->evidence = arena_array(&s->arena, n, sizeof(*f->evidence));
	f->n_evidence = n;
	for (i = 0; i < n; i++)
		f->evidence[i] = &s->evidence[links[i].evidence];
	f->severity = decide_severity(row, f);
	decide_fix(f);
	date_fix(f);
	f->is_disputed = is_disputed(f);
	find_title(f);
	list_notices(f, &s->arena);
}

/* qsort() takes no context: links point where they belong for a while. */
struct sorted_link {
	struct join_link link;
	const struct evidence *ev;
};

static int
compare_links(const void *pa, const void *pb)
{
	const struct sorted_link *a = pa;
	const struct sorted_link *b = pb;
	int order;

	if (a->link.row != b->link.row)
		return a->link.row < b->link.row ? -1 : 1;
	if (a->ev->document != b->ev->document) {
		order = span_cmp(a->ev->document->name, b->ev->document->name);
		if (order != 0)
			return order;
	}
	order = span_cmp(a->ev->record, b->ev->record);
	if (order != 0)
		return order;
	return a->link.evidence < b->link.evidence
	    ? -1
	    : a->link.evidence > b->link.evidence;
}

static void
sort_links(struct joiner *j)
{
	struct sorted_link *v = xcalloc(j->n_links + 1, sizeof(*v));
	size_t i;

	for (i = 0; i < j->n_links; i++) {
		v[i].link = j->links[i];
		v[i].ev = &j->scan->evidence[j->links[i].evidence];
	}
	if (j->n_links > 1)
		qsort(v, j->n_links, sizeof(*v), compare_links);
	for (i = 0; i < j->n_links; i++)
		j->links[i] = v[i].link;
	free(v);
}

void
join_conclude(struct joiner *j)
{
	struct scan *s = j->scan;
	size_t at = 0;
	size_t i, n;

	sort_links(j);
	s->findings = arena_array(&s->arena, j->n, sizeof(*s->findings));
	s->n_findings = j->n;
	for (i = 0; i < j->n; i++, at += n) {
		for (n = 0; at + n < j->n_links && j->links[at + n].row == i;
		     n++)
			;
		conclude_row(j, &j->v[i], &j->links[at], n, &s->findings[i]);
	}
}
