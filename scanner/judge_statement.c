/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/version.h"
#include "scanner/judge_statement.h"
#include "scanner/modular.h"
#include "scanner/variant.h"

int
judge_version_order(enum package_kind kind, struct span a, struct span b)
{
	switch (kind) {
	case PACKAGE_RPM:
		return version_rpm(a, b);
	case PACKAGE_APK:
		return version_apk(a, b);
	case PACKAGE_DPKG:
	case N_PACKAGE_KINDS:
		break;
	}
	return version_dpkg(a, b);
}

struct span
judge_shown_version(struct span version, struct span installed)
{
	if (span_has_prefix(version, "0:") &&
	    span_find(installed, ':') == installed.len)
		return span_from(version, 2);
	return version;
}

/* --- which build --- */

static bool
has_word(struct span words, struct span word)
{
	struct span one;

	while (span_next(&words, ' ', &one))
		if (span_eq(one, word))
			return true;
	return false;
}

static bool
is_of_arch(const struct advisory_package *s, const struct package *p)
{
	return s->arch.len == 0 || p->arch.len == 0 ||
	    span_is(p->arch, "(none)") || has_word(s->arch, p->arch);
}

/*
 * Packages of a module and others of the same name have nothing in common,
 * nor have the streams of a module.
 */
static bool
is_of_module(const struct advisory_package *s, const struct package *p)
{
	bool is_modular = p->modularity.len > 0 || modular_is_build(p->release);

	if (p->kind != PACKAGE_RPM)
		return true;
	if (s->module.len == 0)
		return s->version.len == 0
		    ? !is_modular
		    : modular_is_build(s->version) == is_modular;
	return p->modularity.len > 0
	    ? span_eq(modular_stream(p->modularity), s->module)
	    : is_modular;
}

static bool
is_of_variant(const struct advisory_package *s, const struct package *p)
{
	return !variant_differs(s->version, p->full_version) &&
	    !variant_differs(s->pocket, p->full_version);
}

bool
judge_concerns(const struct advisory_package *s, const struct package *p,
    const struct judge_products *products)
{
	return is_of_arch(s, p) && is_of_module(s, p) && is_of_variant(s, p) &&
	    (products == NULL || judge_products_have(products, s) != JUDGE_NO);
}

/* --- which version --- */

/*
 * Images of kernels are signed in a source package of their own, of which no
 * advisory speaks: "linux-signed-aws" of Ubuntu, "linux-signed-amd64" of
 * Debian. Their version is the kernel's.
 */
#define SIGNED "linux-signed"

static bool
is_signed(const struct package *p)
{
	return p->kind == PACKAGE_DPKG && span_has_prefix(p->source, SIGNED);
}

struct span
judge_source(const struct package *p, struct arena *a)
{
	struct span rest = span_from(p->source, sizeof(SIGNED) - 1);
	struct buf b = { 0 };
	struct span out;

	if (!is_signed(p))
		return p->source.len > 0 ? p->source : p->name;
	if (span_is(rest, "-amd64") || span_is(rest, "-arm64") ||
	    span_is(rest, "-i386"))
		return SPAN_LIT("linux");
	buf_printf(&b, "linux%.*s", SPAN_ARG(rest));
	out = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

static bool
has_epoch(struct span version)
{
	return span_find(version, ':') < version.len;
}

/* A rebuild of the binary alone is not part of the source's version. */
static struct span
without_rebuild(struct span version)
{
	size_t at = version.len;

	while (at > 0 && span_is_digit(version.ptr[at - 1]))
		at--;
	return at < version.len && at > 2 && version.ptr[at - 1] == 'b' &&
		version.ptr[at - 2] == '+'
	    ? span_first(version, at - 2)
	    : version;
}

/* Of rpm's the name of the source rpm says all but the epoch. */
static struct span
source_version(const struct package *p, struct arena *scratch)
{
	struct buf b = { 0 };
	struct span out;

	if (is_signed(p))
		return p->full_version;
	if (p->kind == PACKAGE_DPKG && p->source_version.len == 0)
		return without_rebuild(p->full_version);
	if (p->source_version.len == 0)
		return p->full_version;
	if (p->kind != PACKAGE_RPM || p->epoch.len == 0 ||
	    has_epoch(p->source_version))
		return p->source_version;
	buf_printf(
	    &b, "%.*s:%.*s", SPAN_ARG(p->epoch), SPAN_ARG(p->source_version));
	out = arena_span(scratch, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

/*
 * A source rpm's epoch is taken for that of the package, which may have its
 * own: then the answer must be the same without.
 */
static bool
is_epoch_in_doubt(
    const struct advisory_package *s, const struct package *p, int order)
{
	struct span fixed = s->version;

	if (!s->is_source || p->kind != PACKAGE_RPM ||
	    p->source_version.len == 0 || has_epoch(p->source_version))
		return false;
	if (has_epoch(fixed))
		fixed = span_from(fixed, span_find(fixed, ':') + 1);
	return (version_rpm(p->source_version, fixed) < 0) != (order < 0);
}

/* Which stream of the module is meant is not told. */
static bool
is_stream_unknown(const struct advisory_package *s, const struct package *p)
{
	bool is_modular = p->modularity.len > 0 || modular_is_build(p->release);

	return p->kind == PACKAGE_RPM && is_modular &&
	    (s->module.len == 0 || p->modularity.len == 0);
}

static struct judged
judge_fixed(const struct advisory_package *s, const struct package *p,
    struct arena *scratch)
{
	struct judged j = { .word = WORD_UNKNOWN };

	if (span_is(s->version, "0")) {
		j.word = WORD_NOT_AFFECTED;
		return j;
	}
	j.installed =
	    s->is_source ? source_version(p, scratch) : p->full_version;
	if (s->version.len == 0 || j.installed.len == 0) {
		j.installed = SPAN_NONE;
		return j;
	}
	j.order = judge_version_order(p->kind, j.installed, s->version);
	if (is_epoch_in_doubt(s, p, j.order)) {
		j.installed = SPAN_NONE;
		return j;
	}
	if (j.order >= 0)
		j.word = WORD_NOT_AFFECTED;
	else if (!is_stream_unknown(s, p))
		j.word = WORD_AFFECTED;
	return j;
}

static struct judged
judge_state(const struct advisory_package *s, const struct package *p,
    struct arena *scratch)
{
	struct judged j = { .word = WORD_UNKNOWN };

	switch (s->state) {
	case ADVISORY_FIXED:
		return judge_fixed(s, p, scratch);
	case ADVISORY_NOT_AFFECTED:
		j.word = WORD_NOT_AFFECTED;
		break;
	case ADVISORY_AFFECTED:
	case ADVISORY_NEEDS_TRIAGE:
	case ADVISORY_DEFERRED:
	case ADVISORY_WILL_NOT_FIX:
	case ADVISORY_END_OF_LIFE:
		if (!is_stream_unknown(s, p))
			j.word = WORD_AFFECTED;
		break;
	case ADVISORY_UNKNOWN:
		break;
	}
	return j;
}

struct judged
judge_statement(const struct advisory_package *s, const struct package *p,
    const struct judge_products *products, struct arena *scratch)
{
	struct judged j = judge_state(s, p, scratch);

	if (j.word == WORD_AFFECTED && products != NULL &&
	    judge_products_have(products, s) == JUDGE_MAIN)
		j.word = WORD_UNKNOWN;
	return j;
}

unsigned
judge_rank(
    const struct advisory_package *s, const struct judge_products *products)
{
	bool is_main =
	    products != NULL && judge_products_have(products, s) == JUDGE_MAIN;
	bool yields = s->is_source &&
	    (s->state == ADVISORY_FIXED || s->state == ADVISORY_NOT_AFFECTED);

	return (is_main ? 2u : 0u) + (yields ? 1u : 0u);
}

void
judge_comparison(struct buf *b, const struct judged *j,
    const struct advisory_package *s, const struct package *p)
{
	struct span fixed;

	if (j->installed.len == 0)
		return;
	fixed = judge_shown_version(s->version, j->installed);
	buf_printf(b, "%s %.*s %s fixed %.*s (%s)",
	    s->is_source && !span_eq(j->installed, p->full_version)
		? "installed source"
		: "installed",
	    SPAN_ARG(j->installed),
	    j->order < 0       ? "<"
		: j->order > 0 ? ">"
			       : "=",
	    SPAN_ARG(fixed), package_kind_name(p->kind));
}
