/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/log.h"
#include "scanner/policy_impl.h"
#include "scanner/verdict.h"

static bool
names(const struct waiver *w, struct span id)
{
	size_t i;

	for (i = 0; id.len > 0 && i < w->ids.n; i++)
		if (span_eq(w->ids.v[i], id))
			return true;
	return false;
}

/*
 * Its CVE is named; or else every record that says it is affected, by id or
 * notice: one that nobody waived still stands.
 */
static bool
covers(const struct waiver *w, const struct finding *f)
{
	bool any = false;
	size_t i;

	if (names(w, f->cve))
		return true;
	for (i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = f->evidence[i];

		if (ev->word != WORD_AFFECTED)
			continue;
		if (!names(w, ev->record) && !names(w, ev->notice))
			return false;
		any = true;
	}
	return any;
}

static bool
is_one_of(const struct policy_words *w, struct span text)
{
	size_t i;

	for (i = 0; text.len > 0 && i < w->n; i++)
		if (span_eq(w->v[i], text))
			return true;
	return false;
}

/* Each part of the scope that was given must hold. */
static bool
is_in_scope(
    const struct scan *s, const struct waiver *w, const struct finding *f)
{
	const struct facts *facts = s->facts;
	struct span target =
	    s->target == NULL ? SPAN_NONE : span_of(s->target->text);

	if (w->packages.n > 0 &&
	    policy_fits(&w->packages, f->package) == NULL &&
	    (f->source_package.len == 0 ||
		policy_fits(&w->packages, f->source_package) == NULL))
		return false;
	if (w->images.n > 0 && !is_one_of(&w->images, facts->image_digest) &&
	    (target.len == 0 || policy_fits(&w->images, target) == NULL))
		return false;
	if (w->distributions.n > 0 &&
	    !is_one_of(&w->distributions, facts->os_id))
		return false;
	return w->releases.n == 0 ||
	    is_one_of(&w->releases, facts->os_codename) ||
	    is_one_of(&w->releases, facts->os_version_id);
}

static struct span
describe(struct scan *s, const struct waiver *w, bool expired)
{
	struct buf b = { 0 };
	struct span text;

	buf_printf(&b, "%.*s: %.*s; %s %.*s", SPAN_ARG(w->owner),
	    SPAN_ARG(w->reason), expired ? "expired after" : "until",
	    SPAN_ARG(w->expires));
	text = arena_span(&s->arena, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

/* The first in the file's order, from one list; *expired: of no use. */
static const struct waiver *
find_in(const struct scan *s, const struct policy *p, const struct finding *f,
    struct span id, const struct waiver **expired)
{
	uint32_t i;

	if (id.len == 0 || !map_get(&p->by_id, id, &i))
		return NULL;
	for (; i != POLICY_END; i = p->entries[i].next) {
		const struct waiver *w = &p->waivers[p->entries[i].waiver];

		if (!covers(w, f) || !is_in_scope(s, w, f))
			continue;
		if (s->judged_at < w->ends)
			return w;
		if (*expired == NULL)
			*expired = w;
	}
	return NULL;
}

/* One that covers f names its CVE, or its first record that says affected. */
static const struct waiver *
find(const struct scan *s, const struct policy *p, const struct finding *f,
    const struct waiver **expired)
{
	const struct waiver *w = find_in(s, p, f, f->cve, expired);
	size_t i = 0;

	while (i < f->n_evidence && f->evidence[i]->word != WORD_AFFECTED)
		i++;
	if (w == NULL && i < f->n_evidence)
		w = find_in(s, p, f, f->evidence[i]->record, expired);
	if (w == NULL && i < f->n_evidence)
		w = find_in(s, p, f, f->evidence[i]->notice, expired);
	return w;
}

void
policy_waive(struct scan *s, const struct policy *p, struct finding *f,
    struct waiver_use *uses)
{
	const struct waiver *expired = NULL;
	const struct waiver *w;

	f->waived = f->waiver_text = SPAN_NONE;
	if (p->n_waivers == 0)
		return;
	w = find(s, p, f, &expired);
	if (w != NULL) {
		f->waived = w->id;
		f->waiver_text = describe(s, w, false);
		f->fails = false;
		uses[w - p->waivers].n++;
	} else if (expired != NULL) {
		f->waiver_text = describe(s, expired, true);
		uses[expired - p->waivers].n_expired += f->fails;
	}
}

void
policy_tell_waivers(
    struct scan *s, const struct policy *p, const struct waiver_use *uses)
{
	size_t i;

	for (i = 0; i < p->n_waivers; i++) {
		const struct waiver *w = &p->waivers[i];
		uint32_t n = uses[i].n_expired;

		if (n > 0)
			verdict_reason(s,
			    "the waiver %.*s of %.*s expired after %.*s and "
			    "counts no more: %u %s",
			    SPAN_ARG(w->id), SPAN_ARG(w->owner),
			    SPAN_ARG(w->expires), n,
			    n == 1 ? "finding fails" : "findings fail");
		else if (uses[i].n == 0)
			log_info("policy: waiver %.*s: nothing here to waive",
			    SPAN_ARG(w->id));
	}
}
