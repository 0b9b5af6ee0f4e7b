/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/nvd_prepare.h"

/* The name up to the end of its product: "cpe:2.3:a:apache:log4j:". */
static struct span
product_prefix(struct span cpe)
{
	size_t i, colons = 0;

	for (i = 0; i < cpe.len && colons < 5; i++) {
		if (cpe.ptr[i] == '\\')
			i++;
		else
			colons += cpe.ptr[i] == ':';
	}
	return span_first(cpe, i < cpe.len ? i : cpe.len);
}

/* Names of one product stand beside each other: each run of them once. */
struct nvd_products
nvd_find_products(const struct nvd_cve *cve, struct arena *a)
{
	struct nvd_products found = { .n = 0 };
	struct span last = SPAN_NONE;
	struct nvd_product *p = NULL;
	size_t i;

	found.items = arena_array(a, cve->n_matches, sizeof(*found.items));
	for (i = 0; i < cve->n_matches; i++) {
		const struct nvd_match *m = &cve->matches[i];

		if (p != NULL && p->vulnerable == m->vulnerable &&
		    span_eq(product_prefix(m->cpe), last))
			continue;
		p = &found.items[found.n];
		p->vulnerable = m->vulnerable;
		last = product_prefix(m->cpe);
		if (nvd_cpe_product(m->cpe, a, &p->vendor, &p->product))
			found.n++;
		else
			p = NULL;
	}
	return found;
}

void
nvd_words(struct words *head, struct words *body, const struct nvd_cve *cve,
    const struct nvd_products *products)
{
	size_t i;

	words_add_id(head, cve->id);
	for (i = 0; i < cve->n_weaknesses; i++)
		words_add_id(head, cve->weaknesses[i].value);
	for (i = 0; i < products->n; i++) {
		if (!products->items[i].vulnerable)
			continue;
		words_add(head, products->items[i].vendor);
		words_add(head, products->items[i].product);
	}
	for (i = 0; i < cve->n_descriptions; i++)
		if (span_is(cve->descriptions[i].lang, "en"))
			words_add(body, cve->descriptions[i].value);
}

/* --- a record that outlives its tree --- */

static void
keep(struct span *s, struct arena *a)
{
	if (s->len > 0)
		*s = arena_span(a, *s);
}

static void
keep_kev(struct nvd_kev *kev, struct arena *a)
{
	keep(&kev->exploit_add, a);
	keep(&kev->action_due, a);
	keep(&kev->required_action, a);
	keep(&kev->name, a);
}

static void
keep_metrics(struct nvd_cve *cve, struct arena *a)
{
	const struct nvd_metric *from = cve->metrics;
	struct nvd_metric *to = arena_array(a, cve->n_metrics, sizeof(*to));
	size_t i;

	for (i = 0; i < cve->n_metrics; i++) {
		to[i] = from[i];
		keep(&to[i].version, a);
		keep(&to[i].source, a);
		keep(&to[i].vector, a);
		keep(&to[i].severity, a);
	}
	cve->metrics = to;
}

static struct nvd_cve
keep_cve(const struct nvd_cve *from, struct arena *a)
{
	struct nvd_cve cve = *from;

	keep(&cve.id, a);
	keep(&cve.status, a);
	keep(&cve.assigner, a);
	keep(&cve.tags, a);
	keep(&cve.raw, a);
	keep_kev(&cve.kev, a);
	keep_metrics(&cve, a);
	cve.weaknesses = NULL;
	cve.n_weaknesses = 0;
	cve.descriptions = NULL;
	cve.n_descriptions = 0;
	cve.references = NULL;
	cve.n_references = 0;
	cve.nodes = NULL;
	cve.n_nodes = 0;
	cve.matches = NULL;
	cve.n_matches = 0;
	return cve;
}

int
nvd_prepare(struct nvd_preparing *p, const struct nvd_cve *cve, struct arena *a,
    const struct nvd_prepared **out, struct err *e)
{
	struct nvd_prepared *made = arena_alloc(a, sizeof(*made));

	if (!map_add(&p->ids, cve->id, 0, NULL))
		return err_set(e, ERR_FORMAT, "%.*s is there twice",
		    SPAN_ARG(span_first(cve->id, 64)));
	made->cve = keep_cve(cve, a);
	made->products = nvd_find_products(cve, a);
	digest_of(cve->raw, &made->digest);
	words_reset(&p->head);
	words_reset(&p->body);
	nvd_words(&p->head, &p->body, cve, &made->products);
	made->head = arena_span(a, words_text(&p->head));
	made->body = arena_span(a, words_text(&p->body));
	*out = made;
	return 0;
}

void
nvd_preparing_cleanup(struct nvd_preparing *p)
{
	words_cleanup(&p->head);
	words_cleanup(&p->body);
	map_cleanup(&p->ids);
}
