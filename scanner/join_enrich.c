/* SPDX-License-Identifier: Apache-2.0 */
/* What NVD, CISA and FIRST know of the findings' CVEs, each asked once. */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "eval/nvd_rating.h"
#include "scanner/join_impl.h"

struct enricher {
	const struct scan *scan;
	struct arena *arena;
	bool ratings_only;
	struct map by_cve;
	struct cve_known *v;
	size_t n;
	size_t cap;
};

static void
cleanup(struct enricher *x)
{
	map_cleanup(&x->by_cve);
	free(x->v);
}

/* Whether a family has documents of that kind: few do. */
static bool
has_format(const struct index_family *family, const char *prefix)
{
	size_t i;

	for (i = 0; i < family->n_documents; i++)
		if (span_has_prefix(family->documents[i].format, prefix))
			return true;
	return false;
}

/* --- NVD --- */

/* Of the newest CVSS; there the record's own word, or else the worst. */
static bool
is_better(const struct cvss *a, enum severity sa, const struct cvss *b,
    enum severity sb)
{
	int order = span_cmp(a->version, b->version);

	if (order != 0)
		return order > 0;
	if (a->is_primary != b->is_primary)
		return a->is_primary;
	return sa > sb;
}

static int
ask_nvd(struct enricher *x, const struct index_family *family, struct span cve,
    struct cve_known *k, struct err *e)
{
	struct arena *a = x->arena;
	const struct cvss *best = NULL;
	struct nvd_rating *v;
	enum severity severity;
	size_t n, i;

	if (nvd_ratings_find(family->db, cve, a, &v, &n, e) != 0)
		return -1;
	k->cvss = arena_array(a, n, sizeof(*k->cvss));
	k->n_cvss = n;
	for (i = 0; i < n; i++) {
		k->cvss[i] = (struct cvss){ .cve = cve,
			.version = v[i].version,
			.vector = v[i].vector,
			.score = v[i].score,
			.source = v[i].source,
			.is_primary = v[i].is_primary };
		if (!severity_parse(v[i].severity, &severity))
			continue;
		if (best != NULL &&
		    !is_better(&k->cvss[i], severity, best, k->severity))
			continue;
		best = &k->cvss[i];
		k->severity = severity;
	}
	return 0;
}

static int
ask_ratings(
    struct enricher *x, struct span cve, struct cve_known *k, struct err *e)
{
	const struct index_reader *index = x->scan->index;
	size_t i;

	for (i = 0; i < index->n_families && k->n_cvss == 0; i++)
		if (has_format(&index->families[i], "nvd") &&
		    ask_nvd(x, &index->families[i], cve, k, e) != 0)
			return -1;
	return 0;
}

/* --- exploitation --- */

static void
take_kev(struct exploit *to, const struct exploit *from)
{
	if (to->has_kev || !from->has_kev)
		return;
	to->has_kev = true;
	to->added = from->added;
	to->due = from->due;
	to->name = from->name;
	to->action = from->action;
	to->ransomware = from->ransomware;
}

/* Of several CVEs the likeliest stands for all. */
static void
take_epss(struct exploit *to, const struct exploit *from)
{
	if (!from->has_epss || (to->has_epss && to->score >= from->score))
		return;
	to->has_epss = true;
	to->score = from->score;
	to->percentile = from->percentile;
	to->score_date = from->score_date;
	to->epss_document = from->epss_document;
}

static int
ask_exploits(
    struct enricher *x, struct span cve, struct cve_known *k, struct err *e)
{
	const struct index_reader *index = x->scan->index;
	struct exploit found;
	size_t i;

	k->exploit.percentile = -1;
	for (i = 0; i < index->n_families; i++) {
		const struct index_family *family = &index->families[i];

		if (!has_format(family, "kev") && !has_format(family, "epss"))
			continue;
		if (exploit_find(family->db, cve, x->arena, &found, e) != 0)
			return -1;
		take_kev(&k->exploit, &found);
		take_epss(&k->exploit, &found);
	}
	return 0;
}

/* --- findings --- */

int
findings_know(const struct scan *s, struct span cve, struct arena *a,
    struct cve_known *out, struct err *e)
{
	struct enricher x = { .scan = s, .arena = a };

	*out = (struct cve_known){ 0 };
	return ask_ratings(&x, cve, out, e) != 0
	    ? -1
	    : ask_exploits(&x, cve, out, e);
}

/* NULL with *e set if the index is damaged. Lives until the next one. */
static const struct cve_known *
know(struct enricher *x, struct span cve, struct err *e)
{
	struct cve_known k = { 0 };
	uint32_t at;

	if (map_get(&x->by_cve, cve, &at))
		return &x->v[at];
	if (ask_ratings(x, cve, &k, e) != 0 || ask_exploits(x, cve, &k, e) != 0)
		return NULL;
	map_add(&x->by_cve, cve, (uint32_t)x->n, NULL);
	x->v = xgrow(x->v, &x->cap, x->n + 1, sizeof(*x->v));
	x->v[x->n] = k;
	return &x->v[x->n++];
}

/* A record's ratings of one CVE: they are by CVE. */
static const struct cvss *
ratings_of(const struct evidence *ev, struct span cve, size_t *n)
{
	size_t low = 0;
	size_t high = ev->n_cvss;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_cmp(ev->cvss[middle].cve, cve) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0;
	     low + *n < ev->n_cvss && span_eq(ev->cvss[low + *n].cve, cve);
	     ++*n)
		;
	return ev->cvss + low;
}

/* Of one source and version one rating: records repeat each other. */
static bool
has_rating(const struct cvss *v, size_t n, const struct cvss *c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_eq(v[i].source, c->source) &&
		    span_eq(v[i].version, c->version) &&
		    span_eq(v[i].vector, c->vector) &&
		    span_eq(v[i].score, c->score))
			return true;
	return false;
}

/* Behind NVD's what vendors' records have. */
static void
rate(struct finding *f, const struct cve_known *k, struct arena *a)
{
	const struct cvss *c;
	struct cvss *v;
	size_t all = k->n_cvss;
	size_t i, r, n;

	f->cvss = k->cvss;
	f->n_cvss = k->n_cvss;
	for (i = 0; i < f->n_evidence; i++) {
		ratings_of(f->evidence[i], f->cve, &n);
		all += n;
	}
	if (all == k->n_cvss)
		return;
	f->cvss = v = arena_array(a, all, sizeof(*v));
	for (i = 0; i < k->n_cvss; i++)
		v[i] = k->cvss[i];
	for (i = 0; i < f->n_evidence; i++) {
		c = ratings_of(f->evidence[i], f->cve, &n);
		for (r = 0; r < n; r++)
			if (!has_rating(v, f->n_cvss, &c[r]))
				v[f->n_cvss++] = c[r];
	}
}

/* A notice of its own has no rating, and its CVEs' exploitation. */
static int
enrich(struct enricher *x, struct finding *f, struct err *e)
{
	const struct cve_known *k;
	size_t i;

	for (i = 0; i < f->n_cves; i++) {
		k = know(x, f->cves[i], e);
		if (k == NULL)
			return -1;
		take_kev(&f->exploit, &k->exploit);
		take_epss(&f->exploit, &k->exploit);
		if (span_eq(f->cves[i], f->cve))
			rate(f, k, x->arena);
	}
	if (f->title.len == 0)
		f->title = f->exploit.name;
	return 0;
}

int
findings_enrich(struct scan *s, struct err *e)
{
	struct enricher x = { .scan = s, .arena = &s->arena };
	int rc = 0;
	size_t i;

	for (i = 0; i < s->n_findings && rc == 0; i++)
		rc = enrich(&x, &s->findings[i], e);
	cleanup(&x);
	return rc;
}

/* Part of findings_join(): a verdict may hang on it. */
int
join_rate(struct scan *s, struct err *e)
{
	struct enricher x = {
		.scan = s, .arena = &s->arena, .ratings_only = true
	};
	int rc = 0;
	size_t i;

	for (i = 0; i < s->n_findings && rc == 0; i++) {
		struct finding *f = &s->findings[i];
		const struct cve_known *k;

		if (f->severity != SEVERITY_NONE || f->n_cves != 1)
			continue;
		k = know(&x, f->cves[0], e);
		rc = k == NULL ? -1 : 0;
		if (rc == 0 && k->severity != SEVERITY_NONE) {
			f->severity = k->severity;
			f->severity_is_nvd = true;
		}
	}
	cleanup(&x);
	return rc;
}
