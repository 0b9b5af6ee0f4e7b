/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "scanner/evidence.h"
#include "scanner/judge.h"
#include "scanner/policy.h"
#include "scanner/release_check.h"
#include "scanner/verdict.h"

#define REASONS_MAX 64u /* the last one says that there are more */
#define REASON_SIZE 1024

const char *
verdict_name(enum verdict v)
{
	static const char *const names[] = { "none", "pass", "fail",
		"unknown" };

	return names[v];
}

void
verdict_reason(struct scan *s, const char *fmt, ...)
{
	char text[REASON_SIZE];
	va_list ap;

	if (s->reasons == NULL)
		s->reasons =
		    arena_array(&s->arena, REASONS_MAX, sizeof(*s->reasons));
	if (s->n_reasons == REASONS_MAX) {
		s->reasons[REASONS_MAX - 1] = SPAN_LIT("and more");
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->reasons[s->n_reasons++] = arena_span(&s->arena, span_of(text));
}

static void
os_release_reasons(struct scan *s)
{
	const struct facts *f = s->facts;

	if (!f->has_os_release)
		verdict_reason(s,
		    "the image has no readable os-release: its release is not "
		    "known");
	else if (f->os_id.len == 0)
		verdict_reason(s,
		    "the image's os-release names no distribution: its "
		    "release is not known");
}

static size_t
count_packages(const struct facts *f, enum package_kind kind)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < f->system.n_packages; i++)
		n += f->system.packages[i].kind == kind;
	return n;
}

/* Adds what is wrong with one package database. */
static void
database_reason(struct scan *s, enum package_kind kind)
{
	const struct system *system = &s->facts->system;
	const char *name = package_kind_name(kind);
	struct span why = system->collected_error[kind];

	switch (system->collected[kind]) {
	case COLLECTION_NONE:
		verdict_reason(s, "the image has no %s package database", name);
		break;
	case COLLECTION_ERROR:
		verdict_reason(s,
		    "the %s package database cannot be read: %.*s", name,
		    SPAN_ARG(why));
		break;
	case COLLECTION_INCOMPLETE:
		verdict_reason(s,
		    "the %s package database can be read only in part: %.*s",
		    name, SPAN_ARG(why));
		break;
	case COLLECTION_COMPLETE:
		if (count_packages(s->facts, kind) == 0)
			verdict_reason(s,
			    "the %s package database lists no installed "
			    "package",
			    name);
		break;
	}
}

/* The database that the documents rest on, or whatever there is. */
static void
database_reasons(struct scan *s)
{
	enum package_kind kind;
	bool any = false;

	if (applies_package_kind(s->facts->os_id, &kind) ||
	    (s->n_documents > 0 &&
		applies_package_kind(
		    s->documents[0].document->distribution, &kind))) {
		database_reason(s, kind);
		return;
	}
	for (kind = 0; kind < N_PACKAGE_KINDS; kind++) {
		if (s->facts->system.collected[kind] == COLLECTION_NONE)
			continue;
		any = true;
		database_reason(s, kind);
	}
	if (!any)
		verdict_reason(s, "the image has no package database");
}

/* What a document's own check of the release rests on. */
static const char *
release_proof(const struct document *d)
{
	enum package_kind kind;

	if (span_is(d->distribution, "rhel"))
		return "the package redhat-release is";
	return applies_package_kind(d->distribution, &kind) &&
		kind == PACKAGE_RPM
	    ? "the distribution's release package is"
	    : "/etc/lsb-release is";
}

static int
release_reasons(struct scan *s, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++) {
		const struct document *d = s->documents[i].document;
		bool fails;

		if (release_check(&s->documents[i], &fails, e) != 0)
			return -1;
		if (fails)
			verdict_reason(s,
			    "%.*s: its own check of the release is false for "
			    "this image, so it says nothing (%s missing, or "
			    "of another release)",
			    SPAN_ARG(d->name), release_proof(d));
	}
	return 0;
}

/* The first definition that could not be judged, for the reason's text. */
static int
first_unjudged(const struct scan_document *d, struct span *id, struct err *e)
{
	size_t n = machine_n_definitions(d->machine);
	const struct oval_definition *def;
	uint32_t ord;

	*id = SPAN_NONE;
	for (ord = 0; ord < n; ord++) {
		enum result r = scan_result(d, ord);

		if (r == RESULT_ERROR ||
		    (r == RESULT_UNKNOWN &&
			!evaluation_is_kernel(d->evaluation, ord)))
			break;
	}
	if (ord == n)
		return 0;
	def = machine_definition(d->machine, ord, e);
	if (def == NULL)
		return -1;
	*id = def->id;
	return 0;
}

/* Whether a definition asks something of the image that could be a finding. */
static int
judges_anything(const struct scan_document *d, bool *yes, struct err *e)
{
	size_t n = machine_n_definitions(d->machine);
	const struct oval_definition *def;
	uint32_t ord;

	*yes = false;
	for (ord = 0; ord < n && !*yes; ord++) {
		if (evaluation_definition(d->evaluation, ord) == RESULT_NONE)
			continue;
		def = machine_definition(d->machine, ord, e);
		if (def == NULL)
			return -1;
		*yes = evidence_class(def->class) && def->n_nodes > 0;
	}
	return 0;
}

static int
definition_reasons(struct scan *s, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++) {
		const struct scan_document *d = &s->documents[i];
		uint32_t n = d->n_unjudged;
		struct span id;
		bool yes;

		if (judges_anything(d, &yes, e) != 0)
			return -1;
		if (d->n_definitions == 0)
			verdict_reason(s, "%.*s has no definitions",
			    SPAN_ARG(d->document->name));
		else if (!yes)
			verdict_reason(s,
			    "%.*s has no vulnerability and no patch that it "
			    "judges by anything, so it says nothing",
			    SPAN_ARG(d->document->name));
		if (n == 0)
			continue;
		if (first_unjudged(d, &id, e) != 0)
			return -1;
		verdict_reason(s,
		    n == 1 ? "%.*s: %u definition could not be judged: %.*s"
			   : "%.*s: %u definitions could not be judged, the "
			     "first is %.*s",
		    SPAN_ARG(d->document->name), n, SPAN_ARG(id));
	}
	return 0;
}

/*
 * Without a rule every definition that is true fails, by its own word: a
 * report that shows no findings has none to count.
 */
static bool
fails_by_definitions(const struct scan *s)
{
	size_t i;

	if (s->policy != NULL || s->fail_on_set)
		return false;
	for (i = 0; i < s->n_documents; i++)
		if (s->documents[i].n_affecting > 0)
			return true;
	for (i = 0; i < s->n_evidence; i++)
		if (s->evidence[i].class == OVAL_CLASS_NONE &&
		    s->evidence[i].word == WORD_AFFECTED)
			return true;
	return false;
}

int
verdict_decide(struct scan *s, const struct applies *applies, struct err *e)
{
	size_t i;

	os_release_reasons(s);
	if (applies->reason.len > 0)
		verdict_reason(s, "%.*s", SPAN_ARG(applies->reason));
	database_reasons(s);
	for (i = 0; i < s->facts->n_problems; i++)
		verdict_reason(s, "%.*s", SPAN_ARG(s->facts->problems[i]));
	if (!applies->other_release && release_reasons(s, e) != 0)
		return -1;
	s->n_fact_reasons = s->n_reasons;
	if (s->is_cut)
		verdict_reason(s,
		    "more is said of its packages than the %u words that a "
		    "report holds: the rest is left out",
		    EVIDENCE_MAX);
	if (s->n_undecided > 0)
		verdict_reason(s,
		    "%zu statement%s of advisories could not be judged, first "
		    "%.*s",
		    s->n_undecided, s->n_undecided == 1 ? "" : "s",
		    SPAN_ARG(s->undecided));
	/* Where the facts are wanting, every definition is: said once. */
	if (s->n_fact_reasons == 0 && definition_reasons(s, e) != 0)
		return -1;
	s->other_release = applies->other_release;
	if (s->is_stale)
		verdict_reason(s,
		    "the signatures of the content had expired when it was "
		    "imported: it is stale");
	policy_decide(s, s->policy);
	if (!s->other_release && fails_by_definitions(s))
		s->verdict = VERDICT_FAIL;
	return 0;
}
