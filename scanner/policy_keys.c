/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "scanner/policy_keys.h"

static int
read_yes(struct span v, bool *out, struct err *e)
{
	*out = span_is(v, "yes");
	if (!*out && !span_is(v, "no"))
		return err_set(e, ERR_FORMAT,
		    "it is \"yes\" or \"no\", not \"%.*s\"", SPAN_ARG(v));
	return 0;
}

int
policy_read_days(struct span v, unsigned *out, struct err *e)
{
	uint64_t n;

	if (!parse_uint(v, POLICY_DAYS_MAX, &n))
		return err_set(e, ERR_FORMAT,
		    "it is a number of days up to %u, not \"%.*s\"",
		    POLICY_DAYS_MAX, SPAN_ARG(v));
	*out = (unsigned)n;
	return 0;
}

static bool
is_separator(char c)
{
	return c == ',' || span_is_space(c);
}

static struct span
next_word(struct span *rest)
{
	struct span word;
	size_t n = 0;

	while (rest->len > 0 && is_separator(rest->ptr[0]))
		*rest = span_from(*rest, 1);
	while (n < rest->len && !is_separator(rest->ptr[n]))
		n++;
	word = span_first(*rest, n);
	*rest = span_from(*rest, n);
	return word;
}

static int
read_words(
    struct policy *p, struct span v, struct policy_words *out, struct err *e)
{
	struct span rest = v;
	size_t i;

	*out = (struct policy_words){ 0 };
	while (next_word(&rest).len > 0)
		out->n++;
	if (out->n == 0)
		return err_set(e, ERR_FORMAT, "it names nothing");
	if (out->n > POLICY_WORDS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u words", POLICY_WORDS_MAX);
	out->v = arena_array(&p->arena, out->n, sizeof(*out->v));
	rest = v;
	for (i = 0; i < out->n; i++)
		out->v[i] = arena_span(&p->arena, next_word(&rest));
	return 0;
}

static int
read_text(struct policy *p, struct span v, struct span *out, struct err *e)
{
	if (v.len == 0)
		return err_set(e, ERR_FORMAT, "it is empty");
	*out = arena_span(&p->arena, v);
	return 0;
}

/* "unrated" and its synonyms are no threshold. */
static int
read_rating(
    struct span v, const char *others, enum severity *out, struct err *e)
{
	if (!severity_parse(v, out) || *out == SEVERITY_NONE)
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is none of %s, negligible, low, medium, high, "
		    "critical",
		    SPAN_ARG(v), others);
	return 0;
}

static int
set_severity(struct policy *p, struct span v, struct err *e)
{
	p->by_severity = !span_is(v, "off");
	if (span_is(v, "off") || span_is(v, "any"))
		return 0;
	return read_rating(v, "any, off", &p->severity, e);
}

static int
set_unrated(struct policy *p, struct span v, struct err *e)
{
	if (span_is(v, "fail"))
		return 0;
	p->rates_unrated = true;
	return read_rating(v, "fail", &p->unrated, e);
}

static const struct {
	const char *name;
	enum fix fix;
} states[] = {
	{ "fixed", FIX_AVAILABLE },
	{ "fixed-with-pro", FIX_WITH_PRO },
	{ "affected", FIX_NONE },
	{ "deferred", FIX_DEFERRED },
	{ "will-not-fix", FIX_WONT },
};

static int
set_states(struct policy *p, struct span v, struct err *e)
{
	struct policy_words words;
	size_t i, k;

	if (read_words(p, v, &words, e) != 0)
		return -1;
	for (i = 0; i < words.n; i++) {
		for (k = 0; k < sizeof(states) / sizeof(*states); k++)
			if (span_is(words.v[i], states[k].name))
				break;
		if (k == sizeof(states) / sizeof(*states))
			return err_set(e, ERR_FORMAT,
			    "\"%.*s\" is none of fixed, fixed-with-pro, "
			    "affected, deferred, will-not-fix",
			    SPAN_ARG(words.v[i]));
		p->states |= 1u << states[k].fix;
	}
	return 0;
}

static int
set_fix_days(struct policy *p, struct span v, struct err *e)
{
	p->has_fix_days = true;
	return policy_read_days(v, &p->fix_days, e);
}

static int
set_kev(struct policy *p, struct span v, struct err *e)
{
	return read_yes(v, &p->kev, e);
}

/* "0.5": a score from 0 to 1, as many digits as EPSS has. */
static int
set_epss(struct policy *p, struct span v, struct err *e)
{
	size_t dot = span_find(v, '.');
	struct span fraction = span_from(v, dot + 1);
	uint64_t whole, part = 0;
	size_t i;

	if (!parse_uint(span_first(v, dot), 1, &whole) ||
	    (dot < v.len &&
		(fraction.len > 5 || !parse_uint(fraction, 99999, &part))))
		goto bad;
	for (i = fraction.len; i < 5; i++)
		part *= 10;
	if (whole * EPSS_UNIT + part > EPSS_UNIT)
		goto bad;
	p->has_epss = true;
	p->epss = (uint32_t)(whole * EPSS_UNIT + part);
	p->epss_text = arena_span(&p->arena, v);
	return 0;
bad:
	return err_set(e, ERR_FORMAT,
	    "it is a score from 0 to 1, as 0.5, with up to five digits, not "
	    "\"%.*s\"",
	    SPAN_ARG(v));
}

static int
set_packages(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &p->packages, e);
}

static int
set_kernel(struct policy *p, struct span v, struct err *e)
{
	p->ignores_kernel = span_is(v, "ignore");
	if (!p->ignores_kernel && !span_is(v, "count"))
		return err_set(e, ERR_FORMAT,
		    "it is \"count\" or \"ignore\", not \"%.*s\"", SPAN_ARG(v));
	return 0;
}

static int
set_max_age(struct policy *p, struct span v, struct err *e)
{
	return policy_read_days(v, &p->max_age_days, e);
}

static int
set_required(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &p->required, e);
}

static int
set_missing(struct policy *p, struct span v, struct err *e)
{
	p->missing_is_unknown = span_is(v, "unknown");
	if (!p->missing_is_unknown && !span_is(v, "report"))
		return err_set(e, ERR_FORMAT,
		    "it is \"report\" or \"unknown\", not \"%.*s\"",
		    SPAN_ARG(v));
	return 0;
}

static int
set_unknown(struct policy *p, struct span v, struct err *e)
{
	p->fails_unknown = span_is(v, "fail");
	if (!p->fails_unknown && !span_is(v, "unknown"))
		return err_set(e, ERR_FORMAT,
		    "it is \"unknown\" or \"fail\", not \"%.*s\"", SPAN_ARG(v));
	return 0;
}

static struct waiver *
last_waiver(struct policy *p)
{
	return &p->waivers[p->n_waivers - 1];
}

static int
set_ids(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &last_waiver(p)->ids, e);
}

static int
set_waived_packages(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &last_waiver(p)->packages, e);
}

static int
set_images(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &last_waiver(p)->images, e);
}

static int
set_distributions(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &last_waiver(p)->distributions, e);
}

static int
set_releases(struct policy *p, struct span v, struct err *e)
{
	return read_words(p, v, &last_waiver(p)->releases, e);
}

static int
set_owner(struct policy *p, struct span v, struct err *e)
{
	return read_text(p, v, &last_waiver(p)->owner, e);
}

static int
set_reason(struct policy *p, struct span v, struct err *e)
{
	return read_text(p, v, &last_waiver(p)->reason, e);
}

static int
set_expires(struct policy *p, struct span v, struct err *e)
{
	struct waiver *w = last_waiver(p);

	if (v.len != strlen("2026-12-31") || !clock_parse(v, &w->ends))
		return err_set(e, ERR_FORMAT,
		    "it is a day as 2026-12-31, not \"%.*s\"", SPAN_ARG(v));
	w->ends += POLICY_DAY_S;
	w->expires = arena_span(&p->arena, v);
	return 0;
}

const struct policy_key policy_keys[] = {
	{ POLICY_FAIL, "severity", set_severity, false },
	{ POLICY_FAIL, "states", set_states, false },
	{ POLICY_FAIL, "fix_available_days", set_fix_days, false },
	{ POLICY_FAIL, "unrated", set_unrated, false },
	{ POLICY_FAIL, "kernel", set_kernel, false },
	{ POLICY_FAIL, "kev", set_kev, false },
	{ POLICY_FAIL, "epss", set_epss, false },
	{ POLICY_FAIL, "packages", set_packages, false },
	{ POLICY_CONTENT, "max_age_days", set_max_age, false },
	{ POLICY_CONTENT, "required", set_required, false },
	{ POLICY_CONTENT, "missing", set_missing, false },
	{ POLICY_UNKNOWN, "verdict", set_unknown, false },
	{ POLICY_WAIVER, "ids", set_ids, true },
	{ POLICY_WAIVER, "owner", set_owner, true },
	{ POLICY_WAIVER, "reason", set_reason, true },
	{ POLICY_WAIVER, "expires", set_expires, true },
	{ POLICY_WAIVER, "packages", set_waived_packages, false },
	{ POLICY_WAIVER, "images", set_images, false },
	{ POLICY_WAIVER, "distributions", set_distributions, false },
	{ POLICY_WAIVER, "releases", set_releases, false },
};

const size_t n_policy_keys = sizeof(policy_keys) / sizeof(*policy_keys);
