/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "indexer/lookup_impl.h"
#include "indexer/nvd_rows.h"
#include "schema_index.h"

/* One row of a list. */
typedef void row_fn(struct sheet *s, const void *item);

static void
cell_number(struct sheet *s, const char *name, struct nvd_number n)
{
	char text[32] = "";

	if (n.known)
		snprintf(text, sizeof(text), "%.1f", n.value);
	sheet_cell(s, name, span_of(text));
}

static void
row_metric(struct sheet *s, const void *item)
{
	const struct nvd_metric *m = item;

	sheet_cell(s, "version", m->version);
	cell_number(s, "score", m->score);
	sheet_cell(s, "severity", m->severity);
	sheet_cell(s, "vector", m->vector);
	sheet_cell(s, "source", m->source);
	sheet_cell(s, "type",
	    m->is_primary ? SPAN_LIT("Primary") : SPAN_LIT("Secondary"));
	if (!s->as_json)
		return;
	cell_number(s, "exploitability", m->exploitability);
	cell_number(s, "impact", m->impact);
}

static void
row_weakness(struct sheet *s, const void *item)
{
	const struct nvd_weakness *w = item;

	sheet_cell(s, "value", w->value);
	sheet_cell(s, "source", w->source);
}

static void
row_reference(struct sheet *s, const void *item)
{
	const struct nvd_reference *r = item;

	sheet_cell(s, "url", r->url);
	sheet_cell(s, "source", r->source);
	sheet_cell(s, "tags", r->tags);
}

/* "cpe:… from 2.0 before 2.3" */
static void
cell_bound(
    struct sheet *s, const char *word, const char *name, struct span version)
{
	if (version.len == 0)
		return;
	if (!s->as_json)
		sheet_cell(s, "", span_of(word));
	sheet_cell(s, name, version);
}

static void
row_match(struct sheet *s, const void *item)
{
	const struct nvd_match *m = item;

	sheet_cell(s, "cpe", m->cpe);
	cell_bound(s, m->start_excluding ? "after" : "from",
	    m->start_excluding ? "start_excluding" : "start_including",
	    m->version_start);
	cell_bound(s, m->end_excluding ? "before" : "up to",
	    m->end_excluding ? "end_excluding" : "end_including",
	    m->version_end);
	sheet_cell(s, "role",
	    m->vulnerable ? SPAN_LIT("vulnerable") : SPAN_LIT("environment"));
}

static void
row_kev(struct sheet *s, const void *item)
{
	const struct nvd_kev *kev = item;

	sheet_cell(s, "added", kev->exploit_add);
	sheet_cell(s, "due", kev->action_due);
	sheet_cell(s, "name", kev->name);
	sheet_cell(s, "action", kev->required_action);
}

static void
show_list(struct sheet *s, const char *name, row_fn *row, const void *items,
    size_t size, size_t n)
{
	size_t i;

	sheet_list(s, name);
	for (i = 0; i < n; i++) {
		sheet_row(s);
		row(s, (const char *)items + i * size);
		sheet_row_end(s);
	}
	sheet_list_end(s);
}

static void
show_lists(struct sheet *s, const struct nvd_cve *cve)
{
	show_list(s, "exploited", row_kev, &cve->kev, sizeof(cve->kev),
	    cve->kev.exploit_add.len > 0);
	show_list(s, "cvss", row_metric, cve->metrics, sizeof(*cve->metrics),
	    cve->n_metrics);
	show_list(s, "weaknesses", row_weakness, cve->weaknesses,
	    sizeof(*cve->weaknesses), cve->n_weaknesses);
	show_list(s, "references", row_reference, cve->references,
	    sizeof(*cve->references), cve->n_references);
	show_list(s, "products", row_match, cve->matches, sizeof(*cve->matches),
	    cve->n_matches);
}

/* The first description in English; empty if there is none. */
static struct span
english(const struct nvd_cve *cve)
{
	size_t i;

	for (i = 0; i < cve->n_descriptions; i++)
		if (span_is(cve->descriptions[i].lang, "en"))
			return cve->descriptions[i].value;
	return SPAN_NONE;
}

struct span
lookup_cve_words(const struct nvd_cve *cve)
{
	struct span words = english(cve);

	return words.ptr == NULL && cve->n_descriptions > 0
	    ? cve->descriptions[0].value
	    : words;
}

/* Every document that has the CVE, this one included. */
static int
show_documents(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, QUERY_INDEX_NVD_DOCUMENTS);
	int rc;

	db_bind_int(q, "key", key);
	sheet_list(&s->sheet, "in");
	while ((rc = db_step(q, e)) == 1)
		sheet_item(&s->sheet, db_text(q, 0));
	sheet_list_end(&s->sheet);
	return rc;
}

static void
show_head(struct sheet *s, const struct nvd_cve *cve)
{
	sheet_record(s, "cve", cve->id);
	sheet_text(s, "status", cve->status);
	sheet_time(s, "published", cve->published / 1000);
	sheet_time(s, "modified", cve->modified / 1000);
	sheet_text(s, "assigner", cve->assigner);
	sheet_text(s, "tags", cve->tags);
	sheet_text(s, "description", english(cve));
}

static int
show_record(
    struct showing *s, int64_t key, const struct nvd_cve *cve, struct err *e)
{
	show_head(&s->sheet, cve);
	show_lists(&s->sheet, cve);
	if (show_epss(s, cve->id, e) != 0 || show_documents(s, key, e) != 0 ||
	    show_origin(s, key, e) != 0)
		return -1;
	sheet_json(&s->sheet, "record", cve->raw);
	sheet_record_end(&s->sheet);
	return 0;
}

int
lookup_cve_record(const struct document *d, struct raw_reader *reader,
    int64_t key, struct arena *a, struct nvd_cve *out, struct err *e)
{
	enum document_format format;
	struct span raw;

	if (!document_format_parse(d->format, &format))
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (raw_read(reader, key, &raw, e) != 0)
		return -1;
	return nvd_read_record(raw, nvd_rows_shape(format), a, out, e);
}

int
lookup_cve_title(const struct document *d, struct raw_reader *reader,
    int64_t key, struct arena *a, struct span *title, struct err *e)
{
	struct arena scratch = { 0 };
	struct nvd_cve cve = { 0 };
	int rc = lookup_cve_record(d, reader, key, &scratch, &cve, e);

	if (rc == 0)
		*title = arena_span(a, lookup_cve_words(&cve));
	arena_cleanup(&scratch);
	return rc;
}

int
show_cve(struct showing *s, int64_t key, struct err *e)
{
	struct nvd_cve cve = { 0 };
	int rc = lookup_cve_record(lookup_document(s->l, s->family, key),
	    lookup_family(s->l->index, s->family)->raw, key, &s->arena, &cve,
	    e);

	return rc == 0 ? show_record(s, key, &cve, e) : -1;
}
