/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "scanner/policy_impl.h"
#include "scanner/verdict.h"

#define DATE_LEN 10 /* "2026-01-02" */

/* Whatever stands behind the day, the day counts. */
static bool
parse_published(struct span text, int64_t *t)
{
	return clock_parse(text, t) ||
	    clock_parse(span_first(span_trim(text), DATE_LEN), t);
}

static const struct source_age *
find_age(const struct policy *p, struct span source)
{
	size_t i;

	for (i = 0; i < p->n_ages; i++)
		if (span_eq(p->ages[i].source, source))
			return &p->ages[i];
	return NULL;
}

static int
compare_seen(const void *name, const void *p)
{
	return span_cmp(
	    *(const struct span *)name, ((const struct catalog_seen *)p)->name);
}

/*
 * The document's own date, or when the index first had it as it is: it may be
 * older than that, not newer. 0: nobody knows.
 */
static int64_t
date_of(const struct scan *s, const struct document *d)
{
	const struct catalog_seen *seen = NULL;
	int64_t t;

	if (parse_published(d->published, &t))
		return t;
	if (s->n_seen > 0)
		seen = bsearch(&d->name, s->seen, s->n_seen, sizeof(*s->seen),
		    compare_seen);
	return seen == NULL ? 0 : seen->seen;
}

/* kind: "source ", or nothing before the name of a document. */
static void
check_age(struct scan *s, const char *kind, struct span name, int64_t published,
    unsigned days)
{
	int64_t age = s->judged_at - published;
	char text[CLOCK_TEXT_SIZE];

	if (published == 0)
		verdict_reason(s,
		    "%s%.*s has no date, and the policy limits its age to %u "
		    "days",
		    kind, SPAN_ARG(name), days);
	else if (age < -POLICY_DAY_S)
		verdict_reason(s,
		    "%s%.*s is of the future, %s: the clock, or its date, is "
		    "wrong",
		    kind, SPAN_ARG(name), clock_text(published, text));
	else if (age > days * POLICY_DAY_S)
		verdict_reason(s,
		    "%s%.*s is of %s, older than the %u days that the policy "
		    "allows: run `scapcache sync`",
		    kind, SPAN_ARG(name), clock_text(published, text), days);
}

/* By its source's limit or the one for all. */
static void
check_document(struct scan *s, const struct policy *p, const struct document *d)
{
	const struct source_age *age = find_age(p, d->source);
	unsigned days = age != NULL ? age->days : p->max_age_days;

	if (days > 0)
		check_age(s, "", d->name, date_of(s, d), days);
}

/* Those that a pass rests on. */
static void
check_documents(struct scan *s, const struct policy *p)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++)
		check_document(s, p, s->documents[i].document);
	for (i = 0; i < s->n_advisories; i++)
		if (s->advisories[i].suffices)
			check_document(s, p, s->advisories[i].document);
}

/*
 * The newest of all documents of a source, and 0 if none has a date; false if
 * there is none.
 */
static bool
newest_of(const struct scan *s, struct span source, int64_t *newest)
{
	bool any = false;
	size_t i, k;

	*newest = 0;
	for (i = 0; i < s->index->n_families; i++) {
		const struct index_family *f = &s->index->families[i];

		for (k = 0; k < f->n_documents; k++) {
			int64_t t;

			if (!span_eq(f->documents[k].source, source))
				continue;
			any = true;
			t = date_of(s, &f->documents[k]);
			if (t > *newest)
				*newest = t;
		}
	}
	return any;
}

static bool
judges(const struct scan *s, struct span source)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++)
		if (span_eq(s->documents[i].document->source, source))
			return true;
	for (i = 0; i < s->n_advisories; i++)
		if (s->advisories[i].suffices &&
		    span_eq(s->advisories[i].document->source, source))
			return true;
	return false;
}

/* A limit for a source that judges nothing here is about its newest. */
static void
check_sources(struct scan *s, const struct policy *p)
{
	int64_t newest;
	size_t i;

	for (i = 0; i < p->n_ages; i++) {
		struct span source = p->ages[i].source;

		if (judges(s, source) || p->ages[i].days == 0)
			continue;
		if (newest_of(s, source, &newest))
			check_age(
			    s, "source ", source, newest, p->ages[i].days);
		else
			verdict_reason(s,
			    "the policy limits the age of source %.*s, and "
			    "the index has nothing of it",
			    SPAN_ARG(source));
	}
	for (i = 0; i < p->required.n; i++)
		if (!newest_of(s, p->required.v[i], &newest))
			verdict_reason(s,
			    "the policy requires the source %.*s, and the "
			    "index has nothing of it",
			    SPAN_ARG(p->required.v[i]));
}

static bool
has_format(const struct scan *s, const char *format)
{
	size_t i, k;

	for (i = 0; i < s->index->n_families; i++)
		for (k = 0; k < s->index->families[i].n_documents; k++)
			if (span_is(s->index->families[i].documents[k].format,
				format))
				return true;
	return false;
}

void
policy_content_reasons(struct scan *s, const struct policy *p)
{
	size_t i;

	check_documents(s, p);
	check_sources(s, p);
	for (i = 0; p->missing_is_unknown && i < s->n_missing; i++)
		verdict_reason(s,
		    "%.*s applies and is not in the index: run `scapcache "
		    "sync`",
		    SPAN_ARG(s->missing[i]));
	/* Without it the rule would hold for nothing and look kept. */
	if (p->kev && !has_format(s, "kev"))
		verdict_reason(s,
		    "the policy asks for known exploited vulnerabilities, and "
		    "the index has no catalog of them: run `scapcache sync "
		    "kev`");
	if (p->has_epss && !has_format(s, "epss"))
		verdict_reason(s,
		    "the policy asks for EPSS, and the index has no scores: "
		    "run `scapcache sync epss`");
}
