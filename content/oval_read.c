/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's table of rules, and what all sections have in common. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "content/oval_read.h"

enum state {
	S_DOCUMENT = 0,
	S_ROOT,
	S_GENERATOR,
	S_DEFINITIONS,
	S_DEFINITION,
	S_NOTES,
	S_METADATA,
	S_AFFECTED,
	S_ADVISORY,
	S_CPES,
	S_RESOLUTIONS,
	S_RESOLUTION,
	S_DEBIAN,
	S_CRITERIA,
	S_TESTS,
	S_TEST,
	S_OBJECTS,
	S_OBJECT,
	S_SET,
	S_STATES,
	S_STATE,
	S_VARIABLES,
	S_CONSTANT,
	S_EXTERNAL,
	S_RESTRICTIONS,
	S_COMPONENT, /* local variable or function */
	S_LEAF,      /* nothing below matters */
};

static OVAL_START(root_refuse);
static OVAL_START(generator_start);
static OVAL_START(generator_text_start);
static OVAL_END(generator_end);
/* The text of an element, to r->text: trimmed, or as written. */
static OVAL_END(oval_text_end);
static OVAL_END(oval_value_end);
static OVAL_END(oval_ref_end); /* trimmed, not empty */

#define D OVAL_NS_DEFINITIONS
#define C OVAL_NS_COMMON

static const struct xml_rule rules[] = {
	{ S_DOCUMENT, D, "oval_definitions", S_ROOT, NULL, NULL },
	{ S_DOCUMENT, NULL, NULL, S_LEAF, root_refuse, NULL },

	{ S_ROOT, D, "generator", S_GENERATOR, generator_start, generator_end },
	{ S_ROOT, D, "definitions", S_DEFINITIONS, NULL, NULL },
	{ S_ROOT, D, "tests", S_TESTS, NULL, NULL },
	{ S_ROOT, D, "objects", S_OBJECTS, NULL, NULL },
	{ S_ROOT, D, "states", S_STATES, NULL, NULL },
	{ S_ROOT, D, "variables", S_VARIABLES, NULL, NULL },

	{ S_GENERATOR, C, NULL, S_LEAF, generator_text_start, oval_text_end },

	{ S_DEFINITIONS, D, "definition", S_DEFINITION, oval_definition_start,
	    oval_definition_end },
	{ S_DEFINITION, D, "criteria", S_CRITERIA, oval_criteria_start,
	    oval_criteria_end },
	{ S_DEFINITION, D, "metadata", S_METADATA, NULL, NULL },
	/* Ubuntu writes notes in the common namespace. */
	{ S_DEFINITION, C, "notes", S_NOTES, NULL, NULL },
	{ S_DEFINITION, D, "notes", S_NOTES, NULL, NULL },
	{ S_NOTES, NULL, "note", S_LEAF, oval_note_start, oval_text_end },

	{ S_METADATA, D, "reference", S_LEAF, oval_reference_start, NULL },
	{ S_METADATA, D, "title", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_METADATA, D, "description", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_METADATA, D, "affected", S_AFFECTED, oval_affected_start, NULL },
	{ S_METADATA, D, "advisory", S_ADVISORY, NULL, NULL },
	{ S_METADATA, D, "debian", S_DEBIAN, NULL, NULL },
	{ S_AFFECTED, D, "platform", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_DEBIAN, D, "date", S_LEAF, oval_metadata_text_start,
	    oval_text_end },

	{ S_ADVISORY, D, "cve", S_LEAF, oval_cve_start, oval_text_end },
	{ S_ADVISORY, D, "severity", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "rights", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "public_date", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "component", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "bug", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "ref", S_LEAF, oval_metadata_text_start,
	    oval_text_end },
	{ S_ADVISORY, D, "bugzilla", S_LEAF, oval_bugzilla_start, NULL },
	{ S_ADVISORY, D, "issued", S_LEAF, oval_dated_start, NULL },
	{ S_ADVISORY, D, "updated", S_LEAF, oval_dated_start, NULL },
	{ S_ADVISORY, D, "affected_cpe_list", S_CPES, NULL, NULL },
	{ S_ADVISORY, D, "affected", S_RESOLUTIONS, NULL, NULL },
	{ S_CPES, D, "cpe", S_LEAF, oval_metadata_text_start, oval_text_end },
	{ S_RESOLUTIONS, D, "resolution", S_RESOLUTION, oval_resolution_start,
	    NULL },
	{ S_RESOLUTION, D, "component", S_LEAF, oval_component_name_start,
	    oval_text_end },

	{ S_CRITERIA, D, "criterion", S_LEAF, oval_criterion_start, NULL },
	{ S_CRITERIA, D, "criteria", S_CRITERIA, oval_criteria_start,
	    oval_criteria_end },
	{ S_CRITERIA, D, "extend_definition", S_LEAF, oval_extend_start, NULL },

	{ S_TESTS, NULL, NULL, S_TEST, oval_test_start, oval_test_end },
	{ S_TEST, NULL, "object", S_LEAF, oval_test_object_start, NULL },
	{ S_TEST, NULL, "state", S_LEAF, oval_test_state_start, NULL },

	{ S_OBJECTS, NULL, NULL, S_OBJECT, oval_object_start, oval_object_end },
	{ S_OBJECT, D, "set", S_SET, oval_set_start, oval_set_end },
	{ S_OBJECT, D, "filter", S_LEAF, oval_filter_start, oval_ref_end },
	{ S_OBJECT, D, "notes", S_LEAF, NULL, NULL },
	{ S_OBJECT, OVAL_NS_DSIG, NULL, S_LEAF, NULL, NULL },
	{ S_OBJECT, NULL, "behaviors", S_LEAF, oval_behaviors_start, NULL },
	{ S_OBJECT, NULL, NULL, S_LEAF, oval_object_entity_start,
	    oval_object_entity_end },
	{ S_SET, D, "set", S_SET, oval_set_start, oval_set_end },
	{ S_SET, D, "object_reference", S_LEAF, oval_set_object_start,
	    oval_ref_end },
	{ S_SET, D, "filter", S_LEAF, oval_filter_start, oval_ref_end },

	{ S_STATES, NULL, NULL, S_STATE, oval_state_start, oval_state_end },
	{ S_STATE, D, "notes", S_LEAF, NULL, NULL },
	{ S_STATE, OVAL_NS_DSIG, NULL, S_LEAF, NULL, NULL },
	{ S_STATE, NULL, NULL, S_LEAF, oval_state_entity_start,
	    oval_value_end },

	{ S_VARIABLES, D, "constant_variable", S_CONSTANT, oval_variable_start,
	    oval_variable_end },
	{ S_VARIABLES, D, "local_variable", S_COMPONENT, oval_variable_start,
	    oval_variable_end },
	{ S_VARIABLES, D, "external_variable", S_EXTERNAL, oval_variable_start,
	    oval_variable_end },
	{ S_CONSTANT, D, "value", S_LEAF, oval_variable_value_start,
	    oval_value_end },
	{ S_EXTERNAL, D, "possible_value", S_LEAF, oval_variable_value_start,
	    oval_value_end },
	{ S_EXTERNAL, D, "possible_restriction", S_RESTRICTIONS,
	    oval_possible_start, NULL },
	{ S_RESTRICTIONS, D, "restriction", S_LEAF, oval_restriction_start,
	    oval_value_end },
	{ S_COMPONENT, D, "notes", S_LEAF, NULL, NULL },
	{ S_COMPONENT, D, NULL, S_COMPONENT, oval_component_start,
	    oval_component_end },

	{ 0, NULL, NULL, 0, NULL, NULL },
};

#undef D
#undef C

struct span
oval_copy(struct oval_reader *r, struct span s)
{
	return arena_span(r->arena, s);
}

struct span
oval_copy_trimmed(struct oval_reader *r, struct span s)
{
	return arena_span(r->arena, span_trim(s));
}

/* SUSE's "oval:org.opensuse.security:def: 20125252" has a blank too many. */
static struct span
copy_id(struct oval_reader *r, struct span s)
{
	struct span trimmed = span_trim(s);
	char *id = arena_str(r->arena, trimmed);
	size_t i, n = 0;

	for (i = 0; i < trimmed.len && !span_is_space(id[i]); i++)
		;
	for (n = i; i < trimmed.len; i++)
		if (!span_is_space(id[i]))
			id[n++] = id[i];
	id[n] = '\0';
	return span_make(id, n);
}

static OVAL_END(oval_ref_end)
{
	struct oval_reader *r = ctx;

	if (span_trim(text).len == 0)
		return err_set(e, ERR_FORMAT, "a reference is empty");
	*r->text = copy_id(r, text);
	return 0;
}

int
oval_limit(uint64_t n, uint64_t max, const char *what, struct err *e)
{
	if (n < max)
		return 0;
	return err_set(e, ERR_LIMIT, "more than %" PRIu64 " %s", max, what);
}

/*
 * Room for 4, 8, 16 … items: it is full when n is such a number. The spare
 * room that this leaves in the arena is at most what is in use.
 */
void *
oval_list_grow(struct arena *a, void *list, size_t n, size_t size)
{
	void *grown;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return list;
	grown = arena_array(a, n == 0 ? 4 : xmul(n, 2), size);
	if (n > 0)
		memcpy(grown, list, xmul(n, size));
	return grown;
}

struct span *
oval_span_add(struct arena *a, struct span **list, size_t *n)
{
	*list = oval_list_grow(a, *list, *n, sizeof(**list));
	return &(*list)[(*n)++];
}

static int
field_read(struct oval_reader *r, const struct oval_field *f, struct span value,
    void *record, struct err *e)
{
	void *member = (char *)record + f->offset;
	uint64_t number = 0;
	unsigned word;

	switch (f->type) {
	case OVAL_FIELD_TEXT:
		*(struct span *)member = oval_copy(r, value);
		return 0;
	case OVAL_FIELD_ID:
		if (span_trim(value).len == 0)
			return err_set(e, ERR_FORMAT, "%s is empty", f->name);
		*(struct span *)member = copy_id(r, value);
		return 0;
	case OVAL_FIELD_UINT:
		if (!parse_uint(value, INT64_MAX, &number))
			break;
		*(uint64_t *)member = number;
		return 0;
	case OVAL_FIELD_BOOL:
		if (!span_is(value, "true") && !span_is(value, "1") &&
		    !span_is(value, "false") && !span_is(value, "0"))
			break;
		*(bool *)member = value.ptr[0] == 't' || value.ptr[0] == '1';
		return 0;
	case OVAL_FIELD_WORD:
		if (!oval_word_parse(f->words, value, &word))
			break;
		/* Our enumerations have no negative values. */
		memcpy(member, &word, sizeof(word));
		return 0;
	}
	return err_set(e, ERR_FORMAT, "unknown %s \"%.*s\"", f->name,
	    SPAN_ARG(span_first(value, 64)));
}

int
oval_fields_read(struct oval_reader *r, const struct xml_element *el,
    const struct oval_field *fields, void *record, struct err *e)
{
	const struct oval_field *f;
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < el->n_attrs; i++) {
		const struct xml_attr *attr = &el->attrs[i];

		for (f = fields; f->name != NULL; f++)
			if (*attr->name.ptr == *f->name &&
			    span_is(attr->name, f->name))
				break;
		if (f->name == NULL || attr->ns.len > 0)
			continue;
		seen |= UINT64_C(1) << (f - fields);
		if (field_read(r, f, attr->value, record, e) != 0)
			return -1;
	}
	for (f = fields; f->name != NULL; f++)
		if (f->required && (seen & UINT64_C(1) << (f - fields)) == 0)
			return err_set(e, ERR_FORMAT,
			    "%.*s without an attribute \"%s\"",
			    SPAN_ARG(el->name), f->name);
	return 0;
}

int
oval_text_begin(struct oval_reader *r, const struct oval_text *texts,
    struct span name, void *record, struct err *e)
{
	const struct oval_text *t = texts;
	void *member;
	size_t *n;

	while (t->name != NULL && !span_is(name, t->name))
		t++;
	r->text = NULL;
	if (t->name == NULL)
		return 0;
	member = (char *)record + t->offset;
	if (t->offset_n == 0) {
		r->text = member;
		return 0;
	}
	n = (size_t *)(void *)((char *)record + t->offset_n);
	if (oval_limit(*n, OVAL_METADATA_MAX, t->name, e) != 0)
		return -1;
	r->text = oval_span_add(r->arena, member, n);
	return 0;
}

static OVAL_END(oval_text_end)
{
	struct oval_reader *r = ctx;

	(void)e;
	if (r->text != NULL)
		*r->text = oval_copy_trimmed(r, text);
	return 0;
}

static OVAL_END(oval_value_end)
{
	struct oval_reader *r = ctx;

	(void)e;
	*r->text = oval_copy(r, text);
	return 0;
}

void
oval_record_begin(struct oval_reader *r)
{
	if (!r->keep)
		arena_reset(r->arena);
}

int
oval_item_begin(struct oval_reader *r, struct err *e)
{
	oval_record_begin(r);
	if (oval_limit(r->n_items, OVAL_ITEMS_MAX,
		"tests, objects, states and variables", e) != 0)
		return -1;
	r->n_items++;
	return 0;
}

static OVAL_START(root_refuse)
{
	(void)ctx;
	return err_set(e, ERR_FORMAT,
	    "the document is <%.*s>, not OVAL 5 <oval_definitions>",
	    SPAN_ARG(span_first(el->name, 64)));
}

static const struct oval_text generator_texts[] = {
	{ "product_name", offsetof(struct oval_generator, product_name), 0 },
	{ "product_version", offsetof(struct oval_generator, product_version),
	    0 },
	{ "schema_version", offsetof(struct oval_generator, schema_version),
	    0 },
	{ "timestamp", offsetof(struct oval_generator, timestamp), 0 },
	{ NULL, 0, 0 },
};

static OVAL_START(generator_start)
{
	struct oval_reader *r = ctx;

	(void)el;
	(void)e;
	oval_record_begin(r);
	r->generator = (struct oval_generator){ 0 };
	return 0;
}

static OVAL_START(generator_text_start)
{
	struct oval_reader *r = ctx;

	return oval_text_begin(r, generator_texts, el->name, &r->generator, e);
}

static OVAL_END(generator_end)
{
	struct oval_reader *r = ctx;

	(void)text;
	if (r->sink->generator == NULL)
		return 0;
	return r->sink->generator(r->sink->ctx, &r->generator, e);
}

int
oval_reader_run(struct oval_reader *r, struct stream *in, struct err *e)
{
	int rc;

	r->xml = xml_new(rules, r);
	rc = xml_read_all(r->xml, in, e);
	xml_free(r->xml);
	return rc;
}

int
oval_read(struct stream *in, const struct oval_sink *sink, struct err *e)
{
	struct oval_reader *r = xcalloc(1, sizeof(*r));
	struct arena arena = { 0 };
	int rc;

	r->sink = sink;
	r->arena = &arena;
	rc = oval_reader_run(r, in, e);
	arena_cleanup(&arena);
	free(r);
	return rc;
}

int
oval_read_pieces(const struct span *pieces, size_t n, struct arena *a,
    const struct oval_sink *sink, struct err *e)
{
	struct oval_reader *r = xcalloc(1, sizeof(*r));
	int rc = -1;
	size_t i;

	r->sink = sink;
	r->arena = a;
	r->keep = true;
	r->is_excerpt = true;
	r->xml = xml_new(rules, r);
	for (i = 0; i < n; i++)
		if (xml_push(r->xml, pieces[i].ptr, pieces[i].len, e) != 0)
			goto out;
	rc = xml_finish(r->xml, e);
out:
	xml_free(r->xml);
	free(r);
	return rc;
}
