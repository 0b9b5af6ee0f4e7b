/* SPDX-License-Identifier: Apache-2.0 */
/* The section <definitions>: metadata, notes, criteria trees. */
#include <string.h>

#include "content/oval_read.h"

static const struct oval_field definition_fields[] = {
	{ "id", OVAL_FIELD_ID, true, offsetof(struct oval_definition, id),
	    NULL },
	{ "version", OVAL_FIELD_UINT, false,
	    offsetof(struct oval_definition, version), NULL },
	{ "class", OVAL_FIELD_WORD, true,
	    offsetof(struct oval_definition, class), &oval_words_class },
	{ "deprecated", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_definition, deprecated), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field reference_fields[] = {
	{ "source", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_reference, source), NULL },
	{ "ref_id", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_reference, ref_id), NULL },
	{ "ref_url", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_reference, ref_url), NULL },
	{ NULL, 0, false, 0, NULL },
};

/* Ubuntu's newer files split what others write as "score/vector". */
struct cve_attrs {
	struct oval_cve cve;
	struct span score;
	struct span vector;
};

static const struct oval_field cve_fields[] = {
	{ "href", OVAL_FIELD_TEXT, false, offsetof(struct cve_attrs, cve.href),
	    NULL },
	{ "priority", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.severity), NULL },
	{ "severity", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.severity), NULL },
	{ "impact", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.severity), NULL },
	{ "public", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.public_date), NULL },
	{ "cvss2", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.cvss2), NULL },
	{ "cvss3", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.cvss3), NULL },
	{ "cwe", OVAL_FIELD_TEXT, false, offsetof(struct cve_attrs, cve.cwe),
	    NULL },
	{ "usns", OVAL_FIELD_TEXT, false, offsetof(struct cve_attrs, cve.usns),
	    NULL },
	{ "test_ref", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, cve.test_ref), NULL },
	{ "cvss_score", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, score), NULL },
	{ "cvss_vector", OVAL_FIELD_TEXT, false,
	    offsetof(struct cve_attrs, vector), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field criteria_fields[] = {
	{ "operator", OVAL_FIELD_WORD, false, offsetof(struct oval_node, op),
	    &oval_words_operator },
	{ "negate", OVAL_FIELD_BOOL, false, offsetof(struct oval_node, negate),
	    NULL },
	{ "applicability_check", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_node, applicability_check), NULL },
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_node, comment), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field criterion_fields[] = {
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_node, comment), NULL },
	{ "test_ref", OVAL_FIELD_ID, true, offsetof(struct oval_node, ref.id),
	    NULL },
	{ "negate", OVAL_FIELD_BOOL, false, offsetof(struct oval_node, negate),
	    NULL },
	{ "applicability_check", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_node, applicability_check), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field extend_fields[] = {
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_node, comment), NULL },
	{ "definition_ref", OVAL_FIELD_ID, true,
	    offsetof(struct oval_node, ref.id), NULL },
	{ "negate", OVAL_FIELD_BOOL, false, offsetof(struct oval_node, negate),
	    NULL },
	{ "applicability_check", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_node, applicability_check), NULL },
	{ NULL, 0, false, 0, NULL },
};

/* Names are distinct over metadata, affected, advisory, cpes and debian. */
static const struct oval_text metadata_texts[] = {
	{ "title", offsetof(struct oval_metadata, title), 0 },
	{ "description", offsetof(struct oval_metadata, description), 0 },
	{ "platform", offsetof(struct oval_metadata, platforms),
	    offsetof(struct oval_metadata, n_platforms) },
	{ "severity", offsetof(struct oval_metadata, severity), 0 },
	{ "rights", offsetof(struct oval_metadata, rights), 0 },
	{ "public_date", offsetof(struct oval_metadata, issued), 0 },
	{ "date", offsetof(struct oval_metadata, issued), 0 }, /* Debian */
	{ "component", offsetof(struct oval_metadata, component), 0 },
	{ "bug", offsetof(struct oval_metadata, bugs),
	    offsetof(struct oval_metadata, n_bugs) },
	{ "ref", offsetof(struct oval_metadata, refs),
	    offsetof(struct oval_metadata, n_refs) },
	{ "cpe", offsetof(struct oval_metadata, cpes),
	    offsetof(struct oval_metadata, n_cpes) },
	{ NULL, 0, 0 },
};

static const struct oval_text note_texts[] = {
	{ "note", offsetof(struct oval_definition, notes),
	    offsetof(struct oval_definition, n_notes) },
	{ NULL, 0, 0 },
};

static const struct oval_text resolution_texts[] = {
	{ "component", offsetof(struct oval_resolution, components),
	    offsetof(struct oval_resolution, n_components) },
	{ NULL, 0, 0 },
};

OVAL_START(oval_definition_start)
{
	struct oval_reader *r = ctx;
	struct oval_definition *d = &r->definition;

	oval_record_begin(r);
	if (oval_limit(
		r->n_definitions, OVAL_DEFINITIONS_MAX, "definitions", e) != 0)
		return -1;
	r->n_definitions++;
	r->n_frames = 0;
	*d = (struct oval_definition){ .line = el->line,
		.offset = r->is_excerpt ? 0 : el->offset };
	if (!r->is_excerpt)
		xml_capture(r->xml);
	return oval_fields_read(r, el, definition_fields, d, e);
}

OVAL_END(oval_definition_end)
{
	struct oval_reader *r = ctx;

	(void)text;
	if (!r->is_excerpt)
		r->definition.raw = xml_captured(r->xml);
	if (r->sink->definition == NULL)
		return 0;
	if (r->sink->prepare != NULL)
		r->definition.prepared =
		    r->sink->prepare(r->sink->ctx, &r->definition, r->arena);
	return r->sink->definition(r->sink->ctx, &r->definition, e);
}

OVAL_START(oval_note_start)
{
	struct oval_reader *r = ctx;

	return oval_text_begin(r, note_texts, el->name, &r->definition, e);
}

OVAL_START(oval_metadata_text_start)
{
	struct oval_reader *r = ctx;

	return oval_text_begin(
	    r, metadata_texts, el->name, &r->definition.metadata, e);
}

OVAL_START(oval_affected_start)
{
	struct oval_reader *r = ctx;
	struct span family;

	(void)e;
	if (xml_attr(el, "family", &family))
		r->definition.metadata.family = oval_copy_trimmed(r, family);
	return 0;
}

OVAL_START(oval_reference_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;

	if (oval_limit(m->n_references, OVAL_METADATA_MAX, "references", e) !=
	    0)
		return -1;
	m->references = oval_list_grow(
	    r->arena, m->references, m->n_references, sizeof(*m->references));
	return oval_fields_read(
	    r, el, reference_fields, &m->references[m->n_references++], e);
}

/* <issued date="…"/> and <updated date="…"/> */
OVAL_START(oval_dated_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;
	struct span date;

	(void)e;
	if (!xml_attr(el, "date", &date))
		return 0;
	if (span_is(el->name, "issued"))
		m->issued = oval_copy_trimmed(r, date);
	else
		m->updated = oval_copy_trimmed(r, date);
	return 0;
}

OVAL_START(oval_bugzilla_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;
	struct span href;

	if (!xml_attr(el, "href", &href))
		return 0;
	if (oval_limit(m->n_bugs, OVAL_METADATA_MAX, "bugs", e) != 0)
		return -1;
	*oval_span_add(r->arena, &m->bugs, &m->n_bugs) =
	    oval_copy_trimmed(r, href);
	return 0;
}

/* "5.9/CVSS:3.1/AV:…" of score and vector; vectors of version 2 are bare. */
static void
cvss_join(struct oval_reader *r, struct cve_attrs *a)
{
	size_t len = a->score.len + 1 + a->vector.len;
	char *joined = arena_alloc(r->arena, len + 1);

	memcpy(joined, a->score.ptr, a->score.len);
	joined[a->score.len] = '/';
	memcpy(joined + a->score.len + 1, a->vector.ptr, a->vector.len);
	if (span_has_prefix(a->vector, "CVSS:"))
		a->cve.cvss3 = span_make(joined, len);
	else
		a->cve.cvss2 = span_make(joined, len);
}

OVAL_START(oval_cve_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;
	struct cve_attrs attrs = { 0 };

	if (oval_limit(m->n_cves, OVAL_METADATA_MAX, "CVEs", e) != 0 ||
	    oval_fields_read(r, el, cve_fields, &attrs, e) != 0)
		return -1;
	if (attrs.score.len > 0 && attrs.vector.len > 0)
		cvss_join(r, &attrs);
	m->cves =
	    oval_list_grow(r->arena, m->cves, m->n_cves, sizeof(*m->cves));
	m->cves[m->n_cves] = attrs.cve;
	r->text = &m->cves[m->n_cves++].id;
	return 0;
}

OVAL_START(oval_resolution_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;
	struct span state;

	if (oval_limit(m->n_resolutions, OVAL_METADATA_MAX, "resolutions", e) !=
	    0)
		return -1;
	m->resolutions = oval_list_grow(r->arena, m->resolutions,
	    m->n_resolutions, sizeof(*m->resolutions));
	m->resolutions[m->n_resolutions] = (struct oval_resolution){ 0 };
	if (xml_attr(el, "state", &state))
		m->resolutions[m->n_resolutions].state =
		    oval_copy_trimmed(r, state);
	m->n_resolutions++;
	return 0;
}

OVAL_START(oval_component_name_start)
{
	struct oval_reader *r = ctx;
	struct oval_metadata *m = &r->definition.metadata;

	return oval_text_begin(r, resolution_texts, el->name,
	    &m->resolutions[m->n_resolutions - 1], e);
}

static int
node_add(struct oval_reader *r, const struct oval_node *node, struct err *e)
{
	struct oval_definition *d = &r->definition;

	if (oval_limit(d->n_nodes, OVAL_CRITERIA_MAX,
		"criteria in one definition", e) != 0)
		return -1;
	d->nodes =
	    oval_list_grow(r->arena, d->nodes, d->n_nodes, sizeof(*d->nodes));
	d->nodes[d->n_nodes++] = *node;
	if (r->n_frames > 0)
		r->frames[r->n_frames - 1].n_operands++;
	return 0;
}

OVAL_START(oval_criteria_start)
{
	struct oval_reader *r = ctx;
	struct oval_node *frame;

	if (r->n_frames == 0 && r->definition.n_nodes > 0)
		return err_set(e, ERR_FORMAT,
		    "definition %.*s has criteria twice",
		    SPAN_ARG(r->definition.id));
	if (r->n_frames == OVAL_CRITERIA_DEPTH_MAX)
		return err_set(e, ERR_LIMIT,
		    "definition %.*s: criteria nested deeper than %d",
		    SPAN_ARG(r->definition.id), OVAL_CRITERIA_DEPTH_MAX);
	frame = &r->frames[r->n_frames++];
	*frame = (struct oval_node){ .type = OVAL_NODE_CRITERIA };
	frame->ref.ord = OVAL_ORD_NONE;
	return oval_fields_read(r, el, criteria_fields, frame, e);
}

OVAL_END(oval_criteria_end)
{
	struct oval_reader *r = ctx;
	const struct oval_node *frame = &r->frames[--r->n_frames];

	(void)text;
	if (frame->n_operands == 0)
		return err_set(e, ERR_FORMAT,
		    "definition %.*s: criteria without a criterion",
		    SPAN_ARG(r->definition.id));
	return node_add(r, frame, e);
}

OVAL_START(oval_criterion_start)
{
	struct oval_reader *r = ctx;
	struct oval_node node = { .type = OVAL_NODE_CRITERION };

	node.ref.ord = OVAL_ORD_NONE;
	if (oval_fields_read(r, el, criterion_fields, &node, e) != 0)
		return -1;
	node.status = oval_status_of(node.comment);
	return node_add(r, &node, e);
}

OVAL_START(oval_extend_start)
{
	struct oval_reader *r = ctx;
	struct oval_node node = { .type = OVAL_NODE_EXTEND };

	node.ref.ord = OVAL_ORD_NONE;
	if (oval_fields_read(r, el, extend_fields, &node, e) != 0)
		return -1;
	return node_add(r, &node, e);
}
