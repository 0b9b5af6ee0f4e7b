/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "scanner/judge_impl.h"
#include "scanner/judge_statement.h"

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
	} else if (s->cve.len > 0 && plain_cve(s->cve).len == 0) {
		f->notice = arena_span(a, s->cve); /* TEMP-…, XSA-…, GHSA-… */
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
is_first(const struct judge *j, enum word word)
{
	return word == WORD_AFFECTED ||
	    (word == WORD_UNKNOWN && j->is_sufficing);
}

static const struct package *
package_of(const struct judge *j, const struct subject *subject)
{
	return &j->scan->facts->system.packages[subject->package];
}

static const struct judge_products *
products_of(const struct judge *j)
{
	return j->has_products ? &j->products : NULL;
}

static bool
concerns(const struct judge *j, const struct advisory_package *s,
    const struct subject *subject)
{
	return subject->is_source == s->is_source &&
	    judge_concerns(s, package_of(j, subject), products_of(j));
}

static void
judge_one(struct judge *j, const struct advisory_record *r,
    const struct advisory_package *s, const struct subject *subject)
{
	const struct package *p = package_of(j, subject);
	struct judged judged =
	    judge_statement(s, p, products_of(j), &j->scratch);
	struct judge_row row = { .record = r->key,
		.rank = judge_rank(s, products_of(j)),
		.suffices = j->is_sufficing };
	struct buf comparison = { 0 };
	struct evidence *f = &row.evidence;

	if (is_first(j, judged.word) == j->contradicts)
		return;
	*f = evidence_of(j, r, s, subject);
	f->word = judged.word;
	set_cves(j, r, s, f);
	if (j->contradicts &&
	    !judge_pairs_have(&j->pairs, p->name, f->cves, f->n_cves))
		return;
	if (s->cve.len > 0)
		row.cve = arena_span(&j->scan->arena, s->cve);
	set_texts(j, r, s, f);
	judge_comparison(&comparison, &judged, s, p);
	f->comparison = arena_span(&j->scan->arena, buf_span(&comparison));
	buf_cleanup(&comparison);
	judge_rows_add(&j->rows, &row);
}

int
judge_on_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *s, struct err *e)
{
	struct judge *j = ctx;
	size_t i;

	(void)e;
	if (j->record != r->key)
		start_record(j, r);
	for (i = 0; i < j->n_named; i++)
		if (concerns(j, s, &j->named[i]))
			judge_one(j, r, s, &j->named[i]);
	return 0;
}

/* --- what is wanted --- */

int
judge_by_address(const void *pa, const void *pb)
{
	const struct document *const *a = pa, *const *b = pb;

	return (*a > *b) - (*a < *b);
}

static bool
is_listed(const struct document *d, const struct document **list, size_t n)
{
	return n > 0 &&
	    bsearch(&d, list, n, sizeof(struct document *), judge_by_address) !=
	    NULL;
}

static void
look_at_document(struct judge *j, const struct document *d)
{
	if (j->document == d)
		return;
	j->document = d;
	j->is_sufficing = is_listed(d, j->sufficing, j->n_sufficing);
	j->is_asked = j->is_sufficing || is_listed(d, j->others, j->n_others);
}

struct span
judge_key_span(const int64_t *key)
{
	return span_make((const char *)key, sizeof(*key));
}

/* Whether the record is worth reading for one of the packages. */
static bool
wants_of(struct judge *j, int64_t key, const struct advisory_package *s,
    const struct subject *subject)
{
	const struct package *p = package_of(j, subject);
	struct span cve = plain_cve(s->cve);
	uint32_t ignored;

	if (j->contradicts && cve.len > 0 &&
	    !judge_pairs_have(&j->pairs, p->name, &cve, 1))
		return false;
	if (j->contradicts && s->cve.len == 0 &&
	    !map_get(&j->records, judge_key_span(&key), &ignored))
		return false;
	return is_first(j,
		   judge_statement(s, p, products_of(j), &j->scratch).word) !=
	    j->contradicts;
}

bool
judge_wants(void *ctx, int64_t key, const struct document *d,
    const struct advisory_package *s)
{
	struct judge *j = ctx;
	size_t i;

	look_at_document(j, d);
	j->is_known = j->is_known || j->is_asked;
	for (i = 0; j->is_asked && !j->rows.is_full && i < j->n_named; i++)
		if (concerns(j, s, &j->named[i]) &&
		    wants_of(j, key, s, &j->named[i]))
			return true;
	return false;
}
