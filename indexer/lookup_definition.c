/* SPDX-License-Identifier: Apache-2.0 */
#include "content/oval.h"
#include "indexer/lookup_impl.h"
#include "schema_index.h"

static void
list_spans(
    struct sheet *s, const char *name, const struct span *items, size_t n)
{
	size_t i;

	sheet_list(s, name);
	for (i = 0; i < n; i++)
		sheet_item(s, items[i]);
	sheet_list_end(s);
}

static void
list_references(struct sheet *s, const struct oval_metadata *m)
{
	size_t i;

	sheet_list(s, "references");
	for (i = 0; i < m->n_references; i++) {
		sheet_row(s);
		sheet_cell(s, "id", m->references[i].ref_id);
		sheet_cell(s, "source", m->references[i].source);
		sheet_cell(s, "url", m->references[i].ref_url);
		sheet_row_end(s);
	}
	sheet_list_end(s);
}

static void
list_cves(struct sheet *s, const struct oval_metadata *m)
{
	size_t i;

	sheet_list(s, "cves");
	for (i = 0; i < m->n_cves; i++) {
		const struct oval_cve *cve = &m->cves[i];

		sheet_row(s);
		sheet_cell(s, "id", cve->id);
		sheet_cell(s, "severity", cve->severity);
		sheet_cell(s, "cvss3", cve->cvss3);
		sheet_cell(s, "cvss2", cve->cvss2);
		sheet_cell(s, "cwe", cve->cwe);
		sheet_cell(s, "public", cve->public_date);
		sheet_cell(s, "usns", cve->usns);
		sheet_row_end(s);
	}
	sheet_list_end(s);
}

static void
list_criteria(struct sheet *s, const struct oval_definition *d)
{
	size_t i;

	sheet_list(s, "criteria");
	for (i = 0; i < d->n_nodes; i++) {
		if (d->nodes[i].type == OVAL_NODE_CRITERIA)
			continue;
		sheet_row(s);
		sheet_cell(s, "comment", d->nodes[i].comment);
		if (s->as_json)
			sheet_cell(s, "ref", d->nodes[i].ref.id);
		sheet_row_end(s);
	}
	sheet_list_end(s);
}

static void
show_metadata(struct sheet *s, const struct oval_definition *d)
{
	const struct oval_metadata *m = &d->metadata;

	sheet_text(s, "title", m->title);
	sheet_text(s, "class", span_of(oval_class_name(d->class)));
	sheet_uint(s, "version", d->version);
	sheet_text(s, "severity", m->severity);
	sheet_text(s, "issued", m->issued);
	sheet_text(s, "updated", m->updated);
	sheet_text(s, "description", m->description);
	list_spans(s, "platforms", m->platforms, m->n_platforms);
	list_references(s, m);
	list_cves(s, m);
	list_spans(s, "bugs", m->bugs, m->n_bugs);
	list_spans(s, "notes", d->notes, d->n_notes);
	list_criteria(s, d);
}

int
show_definition(struct showing *s, int64_t key, struct err *e)
{
	struct oval_definition d;
	struct span raw;

	if (show_raw_block(s, key, &raw, e) != 0 ||
	    oval_read_definition(raw, &s->arena, &d, e) != 0)
		return -1;
	sheet_record(&s->sheet, "definition", d.id);
	show_metadata(&s->sheet, &d);
	if (show_origin(s, key, e) != 0)
		return -1;
	sheet_uint(&s->sheet, "length", raw.len);
	sheet_record_end(&s->sheet);
	return 0;
}
