/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/policy_impl.h"
#include "scanner/verdict.h"

/* Where nobody gave one. */
static const struct policy every_finding = { .by_severity = true,
	.states = UINT32_MAX,
	.severity_rule = SPAN_LIT("any severity") };
static const struct policy by_fail_on = { .states = UINT32_MAX };

/* A star stands for as little as it can, and for more where that fails. */
bool
policy_glob(struct span pattern, struct span text)
{
	size_t star = SIZE_MAX, from = 0;
	size_t p = 0, t = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.len &&
		    (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

const struct span *
policy_fits(const struct policy_words *w, struct span text)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (policy_glob(w->v[i], text))
			return &w->v[i];
	return NULL;
}

bool
policy_needs_more(const struct policy *p)
{
	return p->kev || p->has_epss;
}

/*
 * A fix whose date is not known has been there for long, and so has one that
 * would be of the future.
 */
static bool
is_long_ago(const struct scan *s, int64_t fixed_at, unsigned days)
{
	return fixed_at <= 0 || fixed_at > s->judged_at ||
	    s->judged_at - fixed_at > days * POLICY_DAY_S;
}

static bool
fails_by_severity(
    const struct scan *s, const struct policy *p, const struct finding *f)
{
	bool has_fix = f->fix == FIX_AVAILABLE || f->fix == FIX_WITH_PRO;

	if (!p->by_severity || (p->states & 1u << f->fix) == 0)
		return false;
	if (has_fix && p->has_fix_days &&
	    !is_long_ago(s, f->fixed_at, p->fix_days))
		return false;
	if (f->severity == SEVERITY_NONE)
		return !p->rates_unrated || p->unrated >= p->severity;
	return f->severity >= p->severity;
}

static void
add_rule(struct buf *b, const char *rule, struct span what)
{
	if (b->len > 0)
		buf_add_str(b, "; ");
	buf_add_str(b, rule);
	buf_add_span(b, what);
}

static const struct span *
is_forbidden(const struct policy *p, struct span package, struct span source)
{
	const struct span *glob = policy_fits(&p->packages, package);

	return glob == NULL && source.len > 0
	    ? policy_fits(&p->packages, source)
	    : glob;
}

/* Every rule that holds for f, into b. */
static void
find_rules(const struct scan *s, const struct policy *p,
    const struct finding *f, struct buf *b)
{
	const struct span *glob =
	    is_forbidden(p, f->package, f->source_package);
	const struct exploit *x = &f->exploit;

	if (glob != NULL)
		add_rule(b, "package ", *glob);
	if (f->is_kernel && p->ignores_kernel)
		return;
	if (p->kev && x->has_kev)
		add_rule(b, "known exploited", SPAN_NONE);
	if (p->has_epss && x->has_epss && x->score >= p->epss)
		add_rule(b, "EPSS >= ", p->epss_text);
	if (fails_by_severity(s, p, f))
		add_rule(b, f->severity == SEVERITY_NONE ? "unrated: " : "",
		    p->severity_rule);
	if (s->fail_on_set &&
	    (f->severity == SEVERITY_NONE || f->severity >= s->fail_on))
		add_rule(b, "--fail-on ", span_of(severity_name(s->fail_on)));
}

/* Whether any of them fails. */
static bool
judge_findings(struct scan *s, const struct policy *p, struct waiver_use *uses)
{
	struct buf rule = { 0 };
	struct span last = SPAN_NONE;
	bool any = false;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		struct finding *f = &s->findings[i];

		buf_reset(&rule);
		find_rules(s, p, f, &rule);
		if (!span_eq(buf_span(&rule), last))
			last = arena_span(&s->arena, buf_span(&rule));
		f->rule = last;
		f->fails = last.len > 0;
		policy_waive(s, p, f, uses);
		any = any || f->fails;
	}
	buf_cleanup(&rule);
	return any;
}

/* A package that is not allowed fails without any finding. */
static bool
judge_packages(struct scan *s, const struct policy *p)
{
	const struct system *system = &s->facts->system;
	const struct span *glob;
	bool any = false;
	size_t i;

	for (i = 0; p->packages.n > 0 && i < system->n_packages; i++) {
		const struct package *package = &system->packages[i];

		glob = is_forbidden(p, package->name, package->source);
		if (glob == NULL)
			continue;
		verdict_reason(s,
		    "the policy does not allow the package %.*s %.*s "
		    "(packages = %.*s)",
		    SPAN_ARG(package->name), SPAN_ARG(package->full_version),
		    SPAN_ARG(*glob));
		any = true;
	}
	return any;
}

bool
policy_is_by_finding(const struct policy *p, int64_t judged_at)
{
	size_t i;

	if (p == NULL)
		return true;
	for (i = 0; i < p->n_waivers; i++)
		if (p->waivers[i].images.n > 0 ||
		    judged_at >= p->waivers[i].ends)
			return false;
	return p->packages.n == 0;
}

enum verdict
policy_verdict(const struct policy *p, bool fails, bool is_unknown)
{
	if (fails || (is_unknown && p != NULL && p->fails_unknown))
		return VERDICT_FAIL;
	return is_unknown ? VERDICT_UNKNOWN : VERDICT_PASS;
}

void
policy_decide(struct scan *s, const struct policy *p)
{
	struct waiver_use *uses;
	bool is_unknown, fails;

	if (p == NULL)
		p = s->fail_on_set ? &by_fail_on : &every_finding;
	uses = arena_array(&s->arena, p->n_waivers + 1, sizeof(*uses));
	policy_content_reasons(s, p);
	is_unknown = s->n_reasons > 0;
	fails = !s->other_release && judge_findings(s, p, uses);
	fails = judge_packages(s, p) || fails;
	policy_tell_waivers(s, p, uses);
	s->verdict = policy_verdict(p, fails, is_unknown);
}
