/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/applies.h"
#include "scanner/judge_impl.h"
#include "scanner/judge_statement.h"

/* --- what is asked --- */

static int
by_name(const void *pa, const void *pb)
{
	const struct subject *a = pa, *b = pb;
	int order = span_cmp(a->name, b->name);

	return order != 0
	    ? order
	    : (a->package > b->package) - (a->package < b->package);
}

static void
add_subject(struct judge *j, struct span name, bool is_source, uint32_t package)
{
	j->subjects[j->n_subjects++] =
	    (struct subject){ name, is_source, package };
}

/*
 * Those of dpkg and apk are judged by their source package alone: what names
 * the binary ones, too, says nothing else of them (FORMATS §2.3, §6.1, §6.2).
 */
static void
list_subjects(struct judge *j)
{
	const struct system *system = &j->scan->facts->system;
	enum package_kind kind = PACKAGE_DPKG;
	uint32_t i;

	applies_package_kind(j->scan->facts->os_id, &kind);
	j->subjects =
	    xmalloc(xmul(system->n_packages, 2 * sizeof(*j->subjects)));
	for (i = 0; i < system->n_packages; i++) {
		const struct package *p = &system->packages[i];

		if (p->kind != kind)
			continue;
		add_subject(j, judge_source(p, &j->scan->arena), true, i);
		if (kind == PACKAGE_RPM)
			add_subject(j, p->name, false, i);
	}
	if (j->n_subjects > 0)
		qsort(
		    j->subjects, j->n_subjects, sizeof(*j->subjects), by_name);
}

/*
 * What a source that suffices has changed since stands for what it said: it
 * leaves open what that would.
 */
static bool
is_of_sufficing(const struct judge *j, const struct document *d, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_eq(j->sufficing[i]->source, d->source))
			return true;
	return false;
}

static void
list_documents(struct judge *j)
{
	const struct scan *s = j->scan;
	size_t i, n;

	j->sufficing = xmalloc(xmul(s->n_advisories, sizeof(*j->sufficing)));
	j->others = xmalloc(xmul(s->n_advisories, sizeof(*j->others)));
	for (i = 0; i < s->n_advisories; i++)
		if (s->advisories[i].suffices)
			j->sufficing[j->n_sufficing++] =
			    s->advisories[i].document;
	n = j->n_sufficing;
	for (i = 0; i < s->n_advisories; i++) {
		const struct document *d = s->advisories[i].document;

		if (s->advisories[i].suffices)
			continue;
		if (is_of_sufficing(j, d, n))
			j->sufficing[j->n_sufficing++] = d;
		else
			j->others[j->n_others++] = d;
	}
	if (j->n_sufficing > 0)
		qsort(j->sufficing, j->n_sufficing, sizeof(*j->sufficing),
		    judge_by_address);
	if (j->n_others > 0)
		qsort(j->others, j->n_others, sizeof(*j->others),
		    judge_by_address);
}

/* --- the questions --- */

/* Whether something affects one of the packages in hand. */
static bool
any_pair(const struct judge *j)
{
	const struct package *packages = j->scan->facts->system.packages;
	uint32_t ignored;
	size_t i;

	for (i = 0; i < j->n_named; i++)
		if (map_get(&j->pairs, packages[j->named[i].package].name,
			&ignored))
			return true;
	return false;
}

bool
judge_is_unreleased(const struct facts *f)
{
	return span_is(f->os_id, "debian") && f->os_version_id.len == 0;
}

static bool
note_known(void *ctx, int64_t key, const struct document *d,
    const struct advisory_package *s)
{
	(void)key;
	(void)d;
	(void)s;
	*(bool *)ctx = true;
	return false;
}

int
judge_knows(const struct facts *f, const struct index_family *family,
    struct span name, bool *yes, struct err *e)
{
	const struct advisories_sink sink = { yes, NULL };
	struct advisories_query q = { .name = name, .wants = note_known };
	struct advisories *a = advisories_new(family);
	int rc;

	*yes = false;
	applies_subject(f, &q.distribution, &q.release);
	rc = advisories_of_package(a, &q, &sink, e);
	advisories_free(a);
	return rc;
}

/* Of a package that testing does not have only "sid" says something. */
static int
ask_unstable(struct judge *j, struct advisories *a,
    const struct advisories_query *testing, struct err *e)
{
	const struct advisories_sink sink = { j, judge_on_statement };
	struct advisories_query q = *testing;
	int rc;

	q.release = SPAN_LIT("sid");
	j->record = -1;
	rc = advisories_of_package(a, &q, &sink, e);
	arena_reset(&j->scratch);
	return rc;
}

static int
ask_name(struct judge *j, struct advisories *a, struct err *e)
{
	const struct advisories_sink sink = { j, judge_on_statement };
	struct advisories_query q = { .name = j->named->name,
		.wants = judge_wants };

	if (j->contradicts && !any_pair(j))
		return 0;
	applies_subject(j->scan->facts, &q.distribution, &q.release);
	j->record = -1;
	j->is_known = false;
	if (advisories_of_package(a, &q, &sink, e) != 0)
		return -1;
	arena_reset(&j->scratch);
	if (!j->is_known && judge_is_unreleased(j->scan->facts))
		return ask_unstable(j, a, &q, e);
	if (!j->has_products || !j->products.has_other)
		return 0;
	q.distribution = SPAN_LIT("redhat");
	q.release = SPAN_NONE;
	return advisories_of_package(a, &q, &sink, e);
}

static int
ask_names(struct judge *j, struct advisories *a, struct err *e)
{
	size_t i = 0;

	while (i < j->n_subjects) {
		j->named = &j->subjects[i];
		for (j->n_named = 0; i < j->n_subjects &&
		     span_eq(j->subjects[i].name, j->named->name);
		     i++)
			j->n_named++;
		if (ask_name(j, a, e) != 0)
			return err_context(
			    e, "package %.*s", SPAN_ARG(j->named->name));
	}
	return 0;
}

/* --- what says otherwise --- */

/* Whether more than one source speaks of the image. */
static bool
has_rivals(const struct scan *s)
{
	struct span source;
	size_t i;

	if (s->n_advisories == 0)
		return false;
	source = s->advisories[0].document->source;
	for (i = 0; i < s->n_documents; i++)
		if (!span_eq(s->documents[i].document->source, source))
			return true;
	for (i = 1; i < s->n_advisories; i++)
		if (!span_eq(s->advisories[i].document->source, source))
			return true;
	return false;
}

static int
add_records(struct judge *j, struct advisories *a, const struct evidence *f,
    struct map *cves, struct err *e)
{
	const int64_t *keys;
	size_t i, k, n;

	for (i = 0; i < f->n_cves; i++) {
		if (!map_add(cves, f->cves[i], 0, NULL))
			continue;
		if (advisories_keys(a, f->cves[i], &keys, &n, e) != 0)
			return -1;
		for (k = 0; k < n; k++)
			map_add(&j->records, judge_key_span(&keys[k]), 0, NULL);
	}
	return 0;
}

/*
 * Records that name their CVEs as a whole are found by these, not by reading
 * all of a package's: for rivals, and for what is not decided.
 */
static int
list_records(struct judge *j, struct advisories *a, struct err *e)
{
	const struct scan *s = j->scan;
	bool all = has_rivals(s);
	struct map cves = { 0 };
	size_t i;
	int rc = 0;

	map_cleanup(&j->records);
	for (i = 0; all && i < s->n_evidence && rc == 0; i++)
		rc = add_records(j, a, &s->evidence[i], &cves, e);
	for (i = 0; i < j->rows.n && rc == 0; i++) {
		map_add(
		    &j->records, judge_key_span(&j->rows.v[i].record), 0, NULL);
		if (all || j->rows.v[i].evidence.word == WORD_UNKNOWN)
			rc =
			    add_records(j, a, &j->rows.v[i].evidence, &cves, e);
	}
	map_cleanup(&cves);
	return rc;
}

/* Each family that has documents of the image's, once. */
static int
ask_family(struct judge *j, const struct index_family *family, struct err *e)
{
	struct advisories *a;
	int rc;

	j->has_products = span_is(j->scan->facts->os_id, "rhel");
	if (j->has_products &&
	    judge_products_find(
		&j->products, j->scan->facts, family, &j->scan->arena, e) != 0)
		return -1;
	a = advisories_new(family);
	rc = j->contradicts ? list_records(j, a, e) : 0;
	if (rc == 0)
		rc = ask_names(j, a, e);
	advisories_free(a);
	return rc;
}

static bool
has_documents(const struct scan *s, const struct index_family *family)
{
	size_t i;

	for (i = 0; i < s->n_advisories; i++)
		if (s->advisories[i].family == family)
			return true;
	return false;
}

static int
ask_families(struct judge *j, struct err *e)
{
	const struct index_reader *r = j->scan->index;
	size_t i;

	for (i = 0; i < r->n_families; i++)
		if (has_documents(j->scan, &r->families[i]) &&
		    ask_family(j, &r->families[i], e) != 0)
			return err_context(
			    e, "%.*s", SPAN_ARG(r->families[i].name));
	return 0;
}

static void
list_pairs(struct judge *j, const struct evidence_list *list)
{
	const struct scan *s = j->scan;
	size_t i;

	for (i = 0; i < s->n_evidence; i++)
		judge_pairs_add(&j->pairs, &s->evidence[i]);
	for (i = 0; i < list->n; i++)
		judge_pairs_add(&j->pairs, &list->v[i]);
	for (i = 0; i < j->rows.n; i++)
		judge_pairs_add(&j->pairs, &j->rows.v[i].evidence);
}

static void
give_rows(struct judge *j, struct evidence_list *list)
{
	size_t i;

	judge_rows_merge(&j->rows);
	judge_rows_undecided(&j->rows, j->scan, &j->scan->arena);
	list->is_full = j->rows.is_full;
	list->v =
	    xgrow(list->v, &list->cap, list->n + j->rows.n, sizeof(*list->v));
	for (i = 0; i < j->rows.n; i++)
		list->v[list->n++] = j->rows.v[i].evidence;
}

int
judge_packages(struct scan *s, struct evidence_list *list, struct err *e)
{
	struct judge *j;
	int rc;

	if (s->n_advisories == 0)
		return 0;
	j = xcalloc(1, sizeof(*j));
	j->scan = s;
	j->rows.max = EVIDENCE_MAX - s->n_evidence;
	list_subjects(j);
	list_documents(j);
	rc = ask_families(j, e);
	if (rc == 0) {
		list_pairs(j, list);
		j->contradicts = true;
		rc = ask_families(j, e);
	}
	if (rc == 0)
		give_rows(j, list);
	free(j->subjects);
	free(j->sufficing);
	free(j->others);
	free(j->rows.v);
	map_cleanup(&j->pairs);
	map_cleanup(&j->records);
	arena_cleanup(&j->scratch);
	free(j);
	return rc;
}
