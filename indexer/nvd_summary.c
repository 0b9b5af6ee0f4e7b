/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/lookup_impl.h"
#include "indexer/nvd_summary.h"

/* --- order --- */

/* l->by_id runs from the oldest CVE on, words after the numbers below 0. */
void
nvd_summary_sort(const struct nvd_list *l, struct nvd_result *result)
{
	unsigned char *found = xcalloc(l->n + 1, 1);
	size_t i, n = 0;

	for (i = 0; i < result->n; i++)
		found[result->positions[i]] = 1;
	for (i = l->n; i > 0; i--)
		if (found[l->by_id[i - 1]])
			result->positions[n++] = l->by_id[i - 1];
	result->n = n;
	free(found);
}

/* --- a record --- */

/* The newest version of CVSS; of its ratings the primary one. */
static const struct nvd_metric *
rating_of(const struct nvd_cve *cve)
{
	const struct nvd_metric *best = NULL, *m;
	size_t i;
	int order;

	for (i = 0; i < cve->n_metrics; i++) {
		m = &cve->metrics[i];
		if (!m->score.known)
			continue;
		order = best == NULL ? 1 : span_cmp(m->version, best->version);
		if (order > 0 ||
		    (order == 0 && m->is_primary && !best->is_primary))
			best = m;
	}
	return best;
}

static void
json_rating(struct json_out *j, const struct nvd_cve *cve)
{
	const struct nvd_metric *m = rating_of(cve);
	char score[16];

	if (m == NULL) {
		json_null(j, "cvss");
		return;
	}
	snprintf(score, sizeof(score), "%.1f", m->score.value);
	json_object(j, "cvss");
	json_span(j, "version", m->version);
	json_raw(j, "score", span_of(score));
	json_span(j, "severity", m->severity);
	json_span(j, "vector", m->vector);
	json_object_end(j);
}

static void
json_record(struct json_out *j, const struct nvd_cve *cve,
    const struct nvd_item *item, const struct document *d)
{
	json_object(j, NULL);
	json_span(j, "id", cve->id);
	json_time(j, "published", cve->published / 1000);
	json_time(j, "modified", cve->modified / 1000);
	json_span(j, "status", cve->status);
	json_rating(j, cve);
	json_bool(j, "exploited", item->kev != 0);
	json_span(j, "description", lookup_cve_words(cve));
	json_span(j, "document", d->name);
	json_span(j, "sha256", d->sha256);
	json_object_end(j);
}

static const struct index_family *
family_of(const struct nvd_list *l, const struct index_reader *r)
{
	size_t i;

	for (i = 0; i < r->n_families; i++)
		if (span_eq(r->families[i].name, l->family))
			return &r->families[i];
	return NULL;
}

static int
write_record(const struct index_reader *r, const struct index_family *f,
    const struct nvd_item *item, struct json_out *j, struct err *e)
{
	const struct lookup l = { .index = r };
	const struct document *d = lookup_document(&l, f, item->key);
	struct raw_reader *reader = lookup_family(r, f)->raw;
	struct arena a = { 0 };
	struct nvd_cve cve = { 0 };
	int rc;

	if (d == NULL)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	rc = lookup_cve_record(d, reader, item->key, &a, &cve, e);
	if (rc == 0)
		json_record(j, &cve, item, d);
	arena_cleanup(&a);
	return rc;
}

int
nvd_summary_write(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_page *page, struct json_out *j, struct err *e)
{
	const struct index_family *f = family_of(l, r);
	size_t n = f == NULL ? 0 : nvd_page_count(page);
	size_t i;

	for (i = page->start; i < page->start + n; i++)
		if (write_record(
			r, f, &l->items[page->result->positions[i]], j, e) != 0)
			return -1;
	return 0;
}
