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

/* --- the tree of the criteria, for programs --- */

#define NODE_NONE UINT32_MAX

/* Children and siblings of nodes that stand in postfix; false: damaged. */
struct tree {
	uint32_t *first;
	uint32_t *next;
	uint32_t *depth;
};

static bool
link_tree(const struct oval_definition *d, struct arena *a, struct tree *t)
{
	size_t n_open = 0, i, k;
	uint32_t *open = arena_array(a, d->n_nodes, sizeof(*open));

	t->first = arena_array(a, d->n_nodes, sizeof(*t->first));
	t->next = arena_array(a, d->n_nodes, sizeof(*t->next));
	t->depth = arena_array(a, d->n_nodes, sizeof(*t->depth));
	for (i = 0; i < d->n_nodes; i++) {
		t->first[i] = t->next[i] = NODE_NONE;
		if (d->nodes[i].type == OVAL_NODE_CRITERIA) {
			if (d->nodes[i].n_operands > n_open)
				return false;
			for (k = 0; k < d->nodes[i].n_operands; k++) {
				uint32_t child = open[--n_open];

				t->next[child] = t->first[i];
				t->first[i] = child;
			}
		}
		open[n_open++] = (uint32_t)i;
	}
	return n_open == 1;
}

static void
list_node(struct sheet *s, const struct oval_node *node, uint32_t depth)
{
	bool is_criteria = node->type == OVAL_NODE_CRITERIA;

	sheet_row(s);
	json_uint(&s->json, "depth", depth);
	sheet_cell(s, "operator",
	    is_criteria ? span_of(oval_operator_name(node->op)) : SPAN_NONE);
	json_bool(&s->json, "negate", node->negate);
	sheet_cell(s, "comment", node->comment);
	sheet_cell(s, "ref", is_criteria ? SPAN_NONE : node->ref.id);
	sheet_row_end(s);
}

/* In the order in which the source has them. */
static void
list_tree(struct sheet *s, const struct oval_definition *d, struct arena *a)
{
	uint32_t *waiting = arena_array(a, d->n_nodes, sizeof(*waiting));
	size_t n = 0;
	struct tree t = { 0 };

	sheet_list(s, "tree");
	if (d->n_nodes > 0 && link_tree(d, a, &t))
		waiting[n++] = (uint32_t)d->n_nodes - 1;
	while (n > 0) {
		uint32_t i = waiting[--n], child = t.first[i];

		list_node(s, &d->nodes[i], t.depth[i]);
		if (t.next[i] != NODE_NONE) {
			t.depth[t.next[i]] = t.depth[i];
			waiting[n++] = t.next[i];
		}
		if (child != NODE_NONE) {
			t.depth[child] = t.depth[i] + 1;
			waiting[n++] = child;
		}
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
	if (s->sheet.as_json)
		list_tree(&s->sheet, &d, &s->arena);
	if (show_origin(s, key, e) != 0)
		return -1;
	sheet_uint(&s->sheet, "length", raw.len);
	sheet_record_end(&s->sheet);
	return 0;
}
