/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/cve_number.h"
#include "indexer/advisory_facts.h"
#include "schema_index.h"

static int
narrow(int64_t wide, uint32_t *id, struct err *e)
{
	if (wide > INT32_MAX)
		return err_set(e, ERR_LIMIT, "the index has too many words");
	*id = (uint32_t)wide;
	return 0;
}

int
advisory_facts_word(
    struct advisory_facts *f, struct span text, uint32_t *id, struct err *e)
{
	int64_t wide;

	*id = 0;
	if (text.len == 0)
		return 0;
	if (intern_word(&f->words, text, &wide, e) != 0)
		return -1;
	return narrow(wide, id, e);
}

int
advisory_facts_alias(
    struct advisory_facts *f, struct span text, uint32_t *id, struct err *e)
{
	*id = cve_number(text);
	return *id != 0 ? 0 : advisory_facts_word(f, text, id, e);
}

struct product {
	uint32_t distribution;
	uint32_t release;
	uint32_t pocket;
	uint32_t module;
	uint32_t arch;
	uint32_t is_source;
};

static void
bind_product(struct db_stmt *s, const void *what)
{
	const struct product *p = what;

	db_bind_int(s, "distribution", p->distribution);
	db_bind_int(s, "release", p->release);
	db_bind_int(s, "pocket", p->pocket);
	db_bind_int(s, "module", p->module);
	db_bind_int(s, "arch", p->arch);
	db_bind_int(s, "is_source", p->is_source);
}

static const struct intern_kind product_kind = {
	QUERY_INDEX_ADVISORY_PRODUCT_GET, QUERY_INDEX_ADVISORY_PRODUCT_PUT,
	bind_product
};

static int
product_of(struct advisory_facts *f, const struct advisory_package *p,
    uint32_t *id, struct err *e)
{
	struct product product = { .is_source = p->is_source };
	int64_t wide;

	if (advisory_facts_word(f, p->distribution, &product.distribution, e) !=
		0 ||
	    advisory_facts_word(f, p->release, &product.release, e) != 0 ||
	    advisory_facts_word(f, p->pocket, &product.pocket, e) != 0 ||
	    advisory_facts_word(f, p->module, &product.module, e) != 0 ||
	    advisory_facts_word(f, p->arch, &product.arch, e) != 0 ||
	    intern_id(&f->products, span_make(&product, sizeof(product)),
		&product, &wide, e) != 0)
		return -1;
	return narrow(wide, id, e);
}

static int
add_fact(
    struct advisory_facts *f, const struct advisory_package *p, struct err *e)
{
	struct advisory_fact fact = { .state = p->state };

	if (advisory_facts_word(f, p->name, &fact.name, e) != 0 ||
	    advisory_facts_alias(f, p->cve, &fact.cve, e) != 0 ||
	    advisory_facts_word(f, p->version, &fact.version, e) != 0 ||
	    advisory_facts_word(f, p->severity, &fact.severity, e) != 0 ||
	    advisory_facts_word(f, p->detail, &fact.detail, e) != 0 ||
	    product_of(f, p, &fact.product, e) != 0)
		return -1;
	f->items[f->n++] = fact;
	return 0;
}

void
advisory_facts_init(struct advisory_facts *f, struct db *db)
{
	*f = (struct advisory_facts){ 0 };
	intern_words_init(&f->words, db);
	intern_init(&f->products, db, &product_kind);
}

void
advisory_facts_cleanup(struct advisory_facts *f)
{
	intern_cleanup(&f->words);
	intern_cleanup(&f->products);
	free(f->items);
	free(f->cves);
}

static void
merge_facts(struct advisory_facts *f)
{
	size_t i, n = 0;

	if (f->n == 0)
		return;
	qsort(f->items, f->n, sizeof(*f->items), advisory_fact_cmp);
	for (i = 1; i < f->n; i++)
		if (advisory_fact_cmp(&f->items[n], &f->items[i]) != 0)
			f->items[++n] = f->items[i];
	f->n = n + 1;
}

static int
cmp_cve(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static void
gather_cves(struct advisory_facts *f)
{
	size_t i, n = 0;

	f->cves = xgrow(f->cves, &f->cap_cves, f->n, sizeof(*f->cves));
	for (i = 0; i < f->n; i++)
		if (f->items[i].cve != 0)
			f->cves[n++] = f->items[i].cve;
	f->n_cves = 0;
	if (n > 0)
		qsort(f->cves, n, sizeof(*f->cves), cmp_cve);
	for (i = 0; i < n; i++)
		if (i == 0 || f->cves[i] != f->cves[f->n_cves - 1])
			f->cves[f->n_cves++] = f->cves[i];
}

int
advisory_facts_make(
    struct advisory_facts *f, const struct advisory *a, struct err *e)
{
	size_t i, n = a->withdrawn ? 0 : a->n_packages;

	f->n = 0;
	f->items = xgrow(f->items, &f->cap, n, sizeof(*f->items));
	for (i = 0; i < n; i++)
		if (a->packages[i].name.len > 0 &&
		    add_fact(f, &a->packages[i], e) != 0)
			return -1;
	merge_facts(f);
	gather_cves(f);
	return 0;
}
