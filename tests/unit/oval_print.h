/* SPDX-License-Identifier: Apache-2.0 */
/* OVAL records as text, a line each, for tests that compare what was read. */
#ifndef TESTS_UNIT_OVAL_PRINT_H
#define TESTS_UNIT_OVAL_PRINT_H

#include "base/buf.h"
#include "content/oval.h"

/* " name=value" where there is a value. */
static inline void
print_span(struct buf *b, const char *name, struct span v)
{
	if (v.len > 0)
		buf_printf(b, " %s=%.*s", name, SPAN_ARG(v));
}

static inline void
print_spans(struct buf *b, const char *name, const struct span *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		print_span(b, name, v[i]);
}

static inline void
print_ref(struct buf *b, const char *name, const struct oval_ref *ref)
{
	if (ref->ord == OVAL_ORD_NONE)
		buf_printf(b, " %s=%.*s", name, SPAN_ARG(ref->id));
	else
		buf_printf(b, " %s=#%u", name, ref->ord);
}

static inline void
print_flag(struct buf *b, const char *name, bool v)
{
	if (v)
		buf_printf(b, " %s", name);
}

static inline void
print_nodes(struct buf *b, const struct oval_node *nodes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct oval_node *node = &nodes[i];

		buf_printf(b, "  ");
		if (node->type == OVAL_NODE_CRITERIA) {
			buf_printf(b, "%s/%u", oval_operator_name(node->op),
			    node->n_operands);
		} else {
			print_ref(b,
			    node->type == OVAL_NODE_EXTEND ? "extend" : "test",
			    &node->ref);
		}
		print_flag(b, "negate", node->negate);
		print_flag(b, "applicability", node->applicability_check);
		if (node->status != OVAL_STATUS_NONE)
			buf_printf(b, " %s", oval_status_name(node->status));
		print_span(b, "comment", node->comment);
		buf_add_char(b, '\n');
	}
}

static inline void
print_metadata(struct buf *b, const struct oval_metadata *m)
{
	size_t i;

	buf_printf(b, " ");
	print_span(b, "title", m->title);
	print_span(b, "description", m->description);
	print_span(b, "family", m->family);
	print_spans(b, "platform", m->platforms, m->n_platforms);
	for (i = 0; i < m->n_references; i++)
		buf_printf(b, " reference=%.*s,%.*s,%.*s",
		    SPAN_ARG(m->references[i].source),
		    SPAN_ARG(m->references[i].ref_id),
		    SPAN_ARG(m->references[i].ref_url));
	print_span(b, "severity", m->severity);
	print_span(b, "rights", m->rights);
	print_span(b, "issued", m->issued);
	print_span(b, "updated", m->updated);
	print_span(b, "component", m->component);
	print_spans(b, "bug", m->bugs, m->n_bugs);
	print_spans(b, "ref", m->refs, m->n_refs);
	print_spans(b, "cpe", m->cpes, m->n_cpes);
	buf_add_char(b, '\n');
	for (i = 0; i < m->n_cves; i++) {
		const struct oval_cve *c = &m->cves[i];

		buf_printf(b, "  cve %.*s", SPAN_ARG(c->id));
		print_span(b, "href", c->href);
		print_span(b, "severity", c->severity);
		print_span(b, "public", c->public_date);
		print_span(b, "cvss2", c->cvss2);
		print_span(b, "cvss3", c->cvss3);
		print_span(b, "cwe", c->cwe);
		print_span(b, "usns", c->usns);
		print_span(b, "test", c->test_ref);
		buf_add_char(b, '\n');
	}
	for (i = 0; i < m->n_resolutions; i++) {
		buf_printf(b, "  resolution");
		print_span(b, "state", m->resolutions[i].state);
		print_spans(b, "component", m->resolutions[i].components,
		    m->resolutions[i].n_components);
		buf_add_char(b, '\n');
	}
}

static inline void
print_definition(struct buf *b, const struct oval_definition *d)
{
	buf_printf(b, "definition %.*s version=%ju class=%s", SPAN_ARG(d->id),
	    (uintmax_t)d->version, oval_class_name(d->class));
	print_flag(b, "deprecated", d->deprecated);
	buf_printf(b, " offset=%ju line=%ju raw=%zu\n", (uintmax_t)d->offset,
	    (uintmax_t)d->line, d->raw.len);
	print_metadata(b, &d->metadata);
	for (size_t i = 0; i < d->n_notes; i++)
		buf_printf(b, "  note %.*s\n", SPAN_ARG(d->notes[i]));
	print_nodes(b, d->nodes, d->n_nodes);
}

static inline void
print_test(struct buf *b, const struct oval_test *t)
{
	size_t i;

	buf_printf(b, "test %.*s version=%ju %s/%.*s check=\"%s\"",
	    SPAN_ARG(t->id), (uintmax_t)t->version, oval_kind_name(t->kind),
	    SPAN_ARG(t->type), oval_check_name(t->check));
	buf_printf(b, " existence=%s operator=%s",
	    oval_existence_name(t->existence),
	    oval_operator_name(t->state_operator));
	print_flag(b, "deprecated", t->deprecated);
	print_span(b, "comment", t->comment);
	if (t->object.id.len > 0 || t->object.ord != OVAL_ORD_NONE)
		print_ref(b, "object", &t->object);
	for (i = 0; i < t->n_states; i++)
		print_ref(b, "state", &t->states[i]);
	buf_add_char(b, '\n');
}

static inline void
print_entities(struct buf *b, const struct oval_entity *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct oval_entity *e = &list[i];

		buf_printf(b, "  %.*s %s \"%s\" entity_check=\"%s\"",
		    SPAN_ARG(e->name), oval_datatype_name(e->datatype),
		    oval_operation_name(e->operation),
		    oval_check_name(e->entity_check));
		if (e->existence != OVAL_EXISTENCE_AT_LEAST_ONE)
			buf_printf(b, " existence=%s",
			    oval_existence_name(e->existence));
		if (e->has_var) {
			print_ref(b, "var", &e->var);
			buf_printf(b, " var_check=\"%s\"",
			    oval_check_name(e->var_check));
		}
		print_flag(b, "mask", e->mask);
		print_flag(b, "nil", e->nil);
		buf_printf(b, " [%.*s]\n", SPAN_ARG(e->value));
	}
}

static inline void
print_filters(struct buf *b, const struct oval_filter *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_printf(b, "  filter");
		print_ref(
		    b, list[i].include ? "include" : "exclude", &list[i].state);
		buf_add_char(b, '\n');
	}
}

static inline void
print_set(struct buf *b, const struct oval_set *set)
{
	static const char *const names[] = { "union", "intersection",
		"complement" };
	size_t i;

	buf_printf(b, "  %s (\n", names[set->op]);
	for (i = 0; i < set->n_objects; i++) {
		buf_printf(b, "   ");
		print_ref(b, "object", &set->objects[i]);
		buf_add_char(b, '\n');
	}
	for (i = 0; i < set->n_sets; i++)
		print_set(b, set->sets[i]);
	print_filters(b, set->filters, set->n_filters);
	buf_printf(b, "  )\n");
}

static inline void
print_object(struct buf *b, const struct oval_object *o)
{
	size_t i;

	buf_printf(b, "object %.*s version=%ju %s/%.*s", SPAN_ARG(o->id),
	    (uintmax_t)o->version, oval_kind_name(o->kind), SPAN_ARG(o->type));
	print_flag(b, "deprecated", o->deprecated);
	print_span(b, "comment", o->comment);
	buf_add_char(b, '\n');
	for (i = 0; i < o->n_behaviors; i++)
		buf_printf(b, "  behavior %.*s=%.*s\n",
		    SPAN_ARG(o->behaviors[i].name),
		    SPAN_ARG(o->behaviors[i].value));
	print_entities(b, o->entities, o->n_entities);
	print_filters(b, o->filters, o->n_filters);
	if (o->set != NULL)
		print_set(b, o->set);
}

static inline void
print_state(struct buf *b, const struct oval_state *s)
{
	buf_printf(b, "state %.*s version=%ju %s/%.*s operator=%s",
	    SPAN_ARG(s->id), (uintmax_t)s->version, oval_kind_name(s->kind),
	    SPAN_ARG(s->type), oval_operator_name(s->op));
	print_flag(b, "deprecated", s->deprecated);
	print_span(b, "comment", s->comment);
	buf_add_char(b, '\n');
	print_entities(b, s->entities, s->n_entities);
}

static inline void
print_component(struct buf *b, const struct oval_component *c, int depth)
{
	static const char *const names[] = { "literal", "object", "variable",
		"arithmetic", "begin", "end", "concat", "escape_regex", "split",
		"substring", "time_difference", "regex_capture", "unique",
		"count", "glob_to_regex" };
	size_t i;

	buf_printf(b, "%*s%s", 2 * depth, "", names[c->type]);
	if (c->type == OVAL_COMPONENT_LITERAL)
		buf_printf(b, " %s [%.*s]", oval_datatype_name(c->datatype),
		    SPAN_ARG(c->literal));
	if (c->type == OVAL_COMPONENT_OBJECT ||
	    c->type == OVAL_COMPONENT_VARIABLE)
		print_ref(b, "of", &c->ref);
	print_span(b, "item_field", c->item_field);
	print_span(b, "record_field", c->record_field);
	print_span(b, "argument", c->argument);
	print_span(b, "argument2", c->argument2);
	buf_add_char(b, '\n');
	for (i = 0; i < c->n_operands; i++)
		print_component(b, &c->operands[i], depth + 1);
}

static inline void
print_variable(struct buf *b, const struct oval_variable *v)
{
	static const char *const names[] = { "constant", "local", "external" };
	size_t i;
	size_t k;

	buf_printf(b, "variable %.*s version=%ju %s %s", SPAN_ARG(v->id),
	    (uintmax_t)v->version, names[v->type],
	    oval_datatype_name(v->datatype));
	print_flag(b, "deprecated", v->deprecated);
	print_span(b, "comment", v->comment);
	buf_add_char(b, '\n');
	for (i = 0; i < v->n_values; i++)
		buf_printf(b, "  [%.*s]\n", SPAN_ARG(v->values[i]));
	if (v->component != NULL)
		print_component(b, v->component, 1);
	for (i = 0; i < v->n_restrictions; i++) {
		const struct oval_possible_restriction *p = &v->restrictions[i];

		buf_printf(b, "  restriction %s", oval_operator_name(p->op));
		for (k = 0; k < p->n_restrictions; k++)
			buf_printf(b, " (%s [%.*s])",
			    oval_operation_name(p->restrictions[k].operation),
			    SPAN_ARG(p->restrictions[k].value));
		buf_add_char(b, '\n');
	}
}

#endif
