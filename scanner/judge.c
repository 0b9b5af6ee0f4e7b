/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/advisories.h"
#include "scanner/applies.h"
#include "scanner/judge_rows.h"
#include "scanner/judge_statement.h"

/* A name under which advisories may speak of an installed package. */
struct subject {
	struct span name;
	bool is_source;
	uint32_t package; /* in system.packages */
};

struct judge {
	struct scan *scan;
	struct subject *subjects; /* by name */
	size_t n_subjects;
	const struct document **sufficing; /* by address */
	size_t n_sufficing;
	const struct document **others;
	size_t n_others;
	struct judge_products products;
	bool has_products; /* Red Hat's statements are of one each */
	struct judge_rows rows;
	struct map pairs; /* packages and CVEs that something affects */
	bool contradicts; /* only what says otherwise of these is taken */
	struct arena scratch;
	/* Subjects of the name in hand: */
	const struct subject *named;
	size_t n_named;
	/* The record in hand: */
	int64_t record;
	struct span id;
	struct span title;
	struct span *cves;
	size_t n_cves;
	bool is_sufficing;
	bool is_asked; /* its document applies */
};

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
		add_subject(
		    j, p->source.len > 0 ? p->source : p->name, true, i);
		if (kind == PACKAGE_RPM)
			add_subject(j, p->name, false, i);
	}
	if (j->n_subjects > 0)
		qsort(
		    j->subjects, j->n_subjects, sizeof(*j->subjects), by_name);
}

static int
by_address(const void *pa, const void *pb)
{
	const struct document *const *a = pa, *const *b = pb;

	return (*a > *b) - (*a < *b);
}

static void
list_documents(struct judge *j)
{
	const struct scan *s = j->scan;
	size_t i;

	j->sufficing = xmalloc(xmul(s->n_advisories, sizeof(*j->sufficing)));
	j->others = xmalloc(xmul(s->n_advisories, sizeof(*j->others)));
	for (i = 0; i < s->n_advisories; i++)
		if (s->advisories[i].suffices)
			j->sufficing[j->n_sufficing++] =
			    s->advisories[i].document;
		else
			j->others[j->n_others++] = s->advisories[i].document;
	if (j->n_sufficing > 0)
		qsort(j->sufficing, j->n_sufficing, sizeof(*j->sufficing),
		    by_address);
	if (j->n_others > 0)
		qsort(j->others, j->n_others, sizeof(*j->others), by_address);
}

static bool
is_listed(const struct document *d, const struct document **list, size_t n)
{
	return n > 0 &&
	    bsearch(&d, list, n, sizeof(struct document *), by_address) != NULL;
}

/* --- the record in hand --- */

/* "UBUNTU-CVE-2024-1" stands for the CVE. */
static struct span
plain_cve(struct span id)
{
	size_t i;

	for (i = 0; i < id.len; i++)
		if (span_has_prefix(span_from(id, i), "-CVE-"))
			return span_from(id, i + 1);
	return span_has_prefix(id, "CVE-") ? id : SPAN_NONE;
}

static void
add_cve(struct judge *j, struct span id)
{
	struct span cve = plain_cve(id);
	size_t i;

	for (i = 0; i < j->n_cves; i++)
		if (span_eq(j->cves[i], cve))
			return;
	if (cve.len > 0)
		j->cves[j->n_cves++] = arena_span(&j->scan->arena, cve);
}

static void
start_record(struct judge *j, const struct advisory_record *r)
{
	j->record = r->key;
	j->is_sufficing = is_listed(r->document, j->sufficing, j->n_sufficing);
	j->is_asked =
	    j->is_sufficing || is_listed(r->document, j->others, j->n_others);
	j->id = SPAN_NONE;
	j->cves = NULL;
	j->n_cves = 0;
}

/* Texts that all evidence of the record shares, once there is some. */
static void
keep_record(struct judge *j, const struct advisory_record *r)
{
	if (j->id.len > 0)
		return;
	j->id = arena_span(&j->scan->arena, r->id);
	j->title = arena_span(&j->scan->arena, r->title);
}

static void
list_cves(struct judge *j, const struct advisory_record *r)
{
	size_t i;

	if (j->cves != NULL)
		return;
	j->cves =
	    arena_array(&j->scan->arena, r->n_aliases + 1, sizeof(*j->cves));
	add_cve(j, r->id);
	for (i = 0; j->n_cves == 0 && i < r->n_aliases; i++)
		if (span_has_prefix(r->aliases[i], "CVE-"))
			break;
	if (j->n_cves > 0)
		return;
	for (i = 0; i < r->n_aliases; i++)
		add_cve(j, r->aliases[i]);
}

/* --- evidence --- */

static const char *const notices[] = { "USN-", "LSN-", "RHSA-", "RHBA-",
	"RHEA-", "ALSA-", "ALBA-", "ALEA-", "RLSA-", "RLBA-", "RLEA-", "ALAS",
	"ELSA-", "ELBA-", "DSA-", "DLA-", "SUSE-", "PHSA-" };

static bool
is_notice(struct span id)
{
	size_t i;

	for (i = 0; i < sizeof(notices) / sizeof(*notices); i++)
		if (span_has_prefix(id, notices[i]))
			return true;
	return false;
}

static enum severity
severity_of(const struct advisory_record *r, const struct advisory_package *s)
{
	enum severity severity = SEVERITY_NONE;

	severity_parse(
	    s->severity.len > 0 ? s->severity : r->severity, &severity);
	return severity;
}

static void
set_texts(struct judge *j, const struct advisory_record *r,
    const struct advisory_package *s, struct evidence *f)
{
	struct arena *a = &j->scan->arena;

	keep_record(j, r);
	f->record = j->id;
	f->title = j->title;
	f->detail = arena_span(a, s->detail);
	f->pocket = arena_span(a, s->pocket);
	f->module = arena_span(a, s->module);
	f->severity = severity_of(r, s);
	if (is_notice(r->id)) {
		f->notice = f->record;
		f->published = r->published;
	} else if (is_notice(s->detail)) {
		f->notice = f->detail;
	}
	if (s->state == ADVISORY_FIXED)
		f->fixed = arena_span(
		    a, judge_shown_version(s->version, f->installed));
}

static void
set_cves(struct judge *j, const struct advisory_record *r,
    const struct advisory_package *s, struct evidence *f)
{
	struct span cve = plain_cve(s->cve);

	if (cve.len > 0) {
		f->cves = arena_array(&j->scan->arena, 1, sizeof(*f->cves));
		f->cves[0] = arena_span(&j->scan->arena, cve);
		f->n_cves = 1;
		return;
	}
	if (s->cve.len > 0)
		return;
	list_cves(j, r);
	f->cves = j->cves;
	f->n_cves = j->n_cves;
	f->is_group = f->n_cves > 1;
}

static struct evidence
evidence_of(const struct judge *j, const struct advisory_record *r,
    const struct advisory_package *s, const struct subject *subject)
{
	const struct package *p =
	    &j->scan->facts->system.packages[subject->package];

	return (struct evidence){ .document = r->document,
		.class = OVAL_CLASS_NONE,
		.state = s->state,
		.package_index = subject->package,
		.package = p->name,
		.arch = p->arch,
		.installed = p->full_version,
		.kind = p->kind };
}

/*
 * First all that affects, and what a source that suffices leaves open; then
 * what says otherwise of the same packages and CVEs.
 */
static bool
is_wanted(const struct judge *j, const struct evidence *f)
{
	bool first = f->word == WORD_AFFECTED ||
	    (f->word == WORD_UNKNOWN && j->is_sufficing);

	if (!j->contradicts)
		return first;
	return !first && judge_pairs_have(&j->pairs, f);
}

static void
judge_one(struct judge *j, const struct advisory_record *r,
    const struct advisory_package *s, const struct subject *subject)
{
	const struct package *p =
	    &j->scan->facts->system.packages[subject->package];
	struct judge_row row = { .record = r->key,
		.is_source = subject->is_source,
		.suffices = j->is_sufficing };
	struct buf comparison = { 0 };
	struct judged judged;

	if (!judge_concerns(s, p, j->has_products ? &j->products : NULL))
		return;
	judged = judge_statement(s, p, &j->scratch);
	row.evidence = evidence_of(j, r, s, subject);
	row.evidence.word = judged.word;
	if (judged.word == WORD_NOT_AFFECTED && !j->contradicts)
		return;
	set_cves(j, r, s, &row.evidence);
	if (!is_wanted(j, &row.evidence))
		return;
	row.cve =
	    s->cve.len > 0 ? arena_span(&j->scan->arena, s->cve) : SPAN_NONE;
	set_texts(j, r, s, &row.evidence);
	judge_comparison(&comparison, &judged, s, p);
	row.evidence.comparison =
	    arena_span(&j->scan->arena, buf_span(&comparison));
	buf_cleanup(&comparison);
	judge_rows_add(&j->rows, &row);
}

static int
on_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *s, struct err *e)
{
	struct judge *j = ctx;
	size_t i;

	(void)e;
	if (j->record != r->key)
		start_record(j, r);
	if (!j->is_asked)
		return 0;
	for (i = 0; i < j->n_named; i++)
		if (j->named[i].is_source == s->is_source)
			judge_one(j, r, s, &j->named[i]);
	return 0;
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

static int
ask_name(struct judge *j, struct advisories *a, struct err *e)
{
	const struct advisories_sink sink = { j, on_statement };
	struct advisories_query q = { .name = j->named->name };

	if (j->contradicts && !any_pair(j))
		return 0;
	applies_subject(j->scan->facts, &q.distribution, &q.release);
	j->record = -1;
	if (advisories_of_package(a, &q, &sink, e) != 0)
		return -1;
	arena_reset(&j->scratch);
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
	arena_cleanup(&j->scratch);
	free(j);
	return rc;
}
