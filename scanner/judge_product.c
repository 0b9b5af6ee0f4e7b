/* SPDX-License-Identifier: Apache-2.0 */
#include "content/release.h"
#include "eval/repository.h"
#include "scanner/judge_product.h"

enum { CPE_PART = 0, CPE_VENDOR, CPE_PRODUCT, CPE_VERSION, CPE_PARTS };

struct products_reader {
	struct judge_products *out;
	const struct facts *facts;
	struct arena *arena;
	bool has_rhel;
};

/* "cpe:/a:redhat:openstack:17.1::el9" without the part and what follows. */
static struct span
cpe_body(struct span cpe)
{
	struct span rest = cpe;
	struct span word;
	size_t n;

	if (span_has_prefix(rest, "cpe:/"))
		rest = span_from(rest, 5);
	else if (span_has_prefix(rest, "cpe:2.3:"))
		rest = span_from(rest, 8);
	else
		return SPAN_NONE;
	if (!span_next(&rest, ':', &word) || word.len != 1)
		return SPAN_NONE;
	cpe = rest;
	for (n = 1; n < CPE_PARTS; n++)
		if (!span_next(&rest, ':', &word))
			return SPAN_NONE;
	return span_first(cpe, (size_t)(word.ptr + word.len - cpe.ptr));
}

static bool
is_same(const struct judge_product *a, const struct judge_product *b)
{
	return span_eq(a->distribution, b->distribution) &&
	    span_eq(a->release, b->release) && span_eq(a->pocket, b->pocket);
}

static void
add(struct products_reader *r, struct judge_product p)
{
	struct judge_products *out = r->out;
	size_t i;

	for (i = 0; i < out->n; i++)
		if (is_same(&out->v[i], &p))
			return;
	if (out->n == JUDGE_PRODUCTS_MAX)
		return;
	out->v[out->n++] = p;
	out->has_other = out->has_other || !span_is(p.distribution, "rhel");
}

/* Of the main stream the image's own minor release is meant. */
static struct span
full_release(const struct facts *f, struct span release, struct span pocket)
{
	return pocket.len == 0 && release_covers(release, f->os_version_id)
	    ? f->os_version_id
	    : release;
}

static int
on_cpe(void *ctx, struct span cpe, struct err *e)
{
	struct products_reader *r = ctx;
	struct span body = arena_span(r->arena, cpe_body(cpe));
	struct span parts[CPE_PARTS] = { { NULL, 0 } };
	struct judge_product p = { .distribution = SPAN_LIT("redhat") };
	struct span rest = body;
	size_t n = CPE_VENDOR;

	(void)e;
	while (n < CPE_PARTS && span_next(&rest, ':', &parts[n]))
		n++;
	if (n < CPE_PARTS || parts[CPE_VERSION].len == 0)
		return 0;
	p.release = parts[CPE_VERSION];
	p.pocket = body;
	if (span_is(parts[CPE_VENDOR], "redhat") &&
	    release_is_rhel(parts[CPE_PRODUCT], &rest)) {
		p.distribution = SPAN_LIT("rhel");
		p.pocket = rest;
		p.release = full_release(r->facts, p.release, rest);
		r->has_rhel = true;
	}
	add(r, p);
	return 0;
}

/* Whether a stream of the image's own release is among them. */
static bool
has_stream(const struct judge_products *p, const struct facts *f)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (span_is(p->v[i].distribution, "rhel") &&
		    p->v[i].pocket.len > 0 &&
		    release_covers(p->v[i].release, f->os_version_id))
			return true;
	return false;
}

int
judge_products_find(struct judge_products *out, const struct facts *f,
    const struct index_family *family, struct arena *a, struct err *e)
{
	struct products_reader r = { .out = out, .facts = f, .arena = a };
	const struct repository_lines_sink sink = { &r, on_cpe, NULL };
	size_t i;

	out->n = 0;
	out->has_other = false;
	for (i = 0; i < f->n_repositories; i++)
		if (repository_find(family->db, f->repositories[i], &sink, e) ==
		    -1)
			return -1;
	if (r.has_rhel)
		return 0;
	if (f->os_cpe.len > 0 && on_cpe(&r, f->os_cpe, e) != 0)
		return -1;
	if (!has_stream(out, f))
		add(&r,
		    (struct judge_product){ .distribution = SPAN_LIT("rhel"),
			.release = f->os_version_id });
	return 0;
}

/* The part letter differs between a channel and the base: not compared. */
static bool
is_pocket(const struct judge_product *p, struct span pocket)
{
	return span_is(p->distribution, "rhel")
	    ? span_eq(p->pocket, pocket)
	    : span_eq(p->pocket, cpe_body(pocket));
}

static bool
is_unfixed(enum advisory_state s)
{
	return s != ADVISORY_FIXED && s != ADVISORY_NOT_AFFECTED;
}

/* "9.2" of a stream, and what is said of all of "9". */
static bool
is_main_of(const struct judge_product *p, const struct advisory_package *s)
{
	return span_is(p->distribution, "rhel") && p->pocket.len > 0 &&
	    s->pocket.len == 0 && release_covers(s->release, p->release);
}

enum judge_concern
judge_products_have(
    const struct judge_products *p, const struct advisory_package *s)
{
	enum judge_concern found = JUDGE_NO;
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct judge_product *v = &p->v[i];

		if (!span_eq(v->distribution, s->distribution))
			continue;
		if (is_pocket(v, s->pocket) &&
		    release_covers(s->release, v->release))
			return JUDGE_OWN;
		if (!is_main_of(v, s))
			continue;
		if (is_unfixed(s->state))
			return JUDGE_OWN;
		if (s->state == ADVISORY_FIXED)
			found = JUDGE_MAIN;
	}
	return found;
}
