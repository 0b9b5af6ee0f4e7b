/* SPDX-License-Identifier: Apache-2.0 */
#include "content/openvex_impl.h"
#include "content/purl.h"
#include "content/release.h"

struct products {
	struct advisory_build *build;
	struct arena *arena;
	const struct advisory_package *common;
	/* Of the last source package; binaries of 2025 say none themselves. */
	struct span release;
	struct span pocket;
	/* A binary package that may get more architectures. */
	struct advisory_package binary;
	bool has_binary;
};

static int
flush(struct products *s, struct err *e)
{
	bool had = s->has_binary;

	s->has_binary = false;
	return had ? advisory_build_package(s->build, &s->binary, e) : 0;
}

/*
 * Where it belongs. Another maker's package is none of Ubuntu's, whatever it
 * is called.
 */
static void
place(const struct products *s, const struct purl *purl,
    struct advisory_package *p)
{
	if (!span_is(purl->type, "deb") ||
	    !span_is(purl->namespace, "ubuntu")) {
		p->distribution =
		    purl->namespace.len > 0 ? purl->namespace : purl->type;
	} else {
		p->distribution = SPAN_LIT("ubuntu");
		if (!release_of_distro(
			purl_get(purl, "distro"), &p->release, &p->pocket)) {
			p->release = s->release;
			p->pocket = s->pocket;
		}
	}
	/* Fixed or clean everywhere is more than anyone said. */
	if (p->release.len == 0 &&
	    (p->state == ADVISORY_FIXED || p->state == ADVISORY_NOT_AFFECTED))
		p->state = ADVISORY_UNKNOWN;
}

static bool
same_package(const struct advisory_package *x, const struct advisory_package *y)
{
	return x->state == y->state && span_eq(x->name, y->name) &&
	    span_eq(x->distribution, y->distribution) &&
	    span_eq(x->release, y->release) && span_eq(x->pocket, y->pocket);
}

static int
add_source(struct products *s, const struct purl *purl,
    struct advisory_package p, struct err *e)
{
	s->release = SPAN_NONE;
	s->pocket = SPAN_NONE;
	p.is_source = true;
	p.name = purl->name;
	place(s, purl, &p);
	s->release = p.release;
	s->pocket = p.pocket;
	return flush(s, e) != 0 ? -1 : advisory_build_package(s->build, &p, e);
}

static int
add_binary(struct products *s, const struct purl *purl,
    struct advisory_package p, struct err *e)
{
	struct span arch = purl_get(purl, "arch");

	p.name = purl->name;
	place(s, purl, &p);
	if (s->has_binary && same_package(&p, &s->binary) &&
	    (arch.len == 0) == (s->binary.arch.len == 0) &&
	    advisory_add_arch(&s->binary, arch, s->arena))
		return 0;
	if (flush(s, e) != 0)
		return -1;
	p.arch = arch;
	s->binary = p;
	s->has_binary = true;
	return 0;
}

/* What is clean of its parts may not be clean of others. */
static void
limit_to_parts(const struct json_node *product, struct advisory_package *p)
{
	if (advisory_first(product, "subcomponents") != NULL &&
	    (p->state == ADVISORY_FIXED || p->state == ADVISORY_NOT_AFFECTED))
		p->state = ADVISORY_UNKNOWN;
}

/* One that is no package URL cuts off what would hang on it. */
static int
add_product(struct products *s, const struct json_node *product, struct err *e)
{
	struct span text = json_text(product);
	struct advisory_package p;
	struct span arch;
	struct purl purl;
	struct err unused;

	if (text.len == 0)
		text = json_text(json_path(product, "identifiers.purl"));
	if (text.len == 0)
		text = json_text(json_get(product, "@id"));
	if (purl_parse(text, s->arena, &purl, &unused) != 0 ||
	    !advisory_is_word(purl.name)) {
		s->release = SPAN_NONE;
		s->pocket = SPAN_NONE;
		return flush(s, e);
	}
	p = *s->common;
	limit_to_parts(product, &p);
	arch = purl_get(&purl, "arch");
	if (span_is(arch, "source") || span_is(arch, "src"))
		return add_source(s, &purl, p, e);
	return add_binary(s, &purl, p, e);
}

int
openvex_products(struct advisory_build *b, struct arena *a,
    const struct json_node *statement, const struct advisory_package *p,
    struct err *e)
{
	struct products s = { .build = b, .arena = a, .common = p };
	const struct json_node *product;

	if (advisory_elements(statement, "products", &product, e) != 0)
		return -1;
	for (; product != NULL; product = product->next)
		if (add_product(&s, product, e) != 0)
			return -1;
	return flush(&s, e);
}
