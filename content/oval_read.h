/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the OVAL reader share (content/oval.h is for everyone
 * else). oval_read.c holds the table of rules; each of the others reads one
 * section of the document with the handlers declared here.
 */
#ifndef CONTENT_OVAL_READ_H
#define CONTENT_OVAL_READ_H

#include "base/xml.h"
#include "content/oval.h"

#define OVAL_NS_DEFINITIONS "http://oval.mitre.org/XMLSchema/oval-definitions-5"
#define OVAL_NS_COMMON "http://oval.mitre.org/XMLSchema/oval-common-5"
#define OVAL_NS_DSIG "http://www.w3.org/2000/09/xmldsig#"
#define OVAL_NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

/* The words of an enumeration, by value; NULL: the value has no word. */
struct oval_words {
	const char *const *names;
	size_t n;
};

extern const struct oval_words oval_words_class;
extern const struct oval_words oval_words_operator;
extern const struct oval_words oval_words_check;
extern const struct oval_words oval_words_existence;
extern const struct oval_words oval_words_operation;
extern const struct oval_words oval_words_datatype;

bool oval_word_parse(const struct oval_words *w, struct span s, unsigned *out);

#define OVAL_N_KINDS (OVAL_KIND_FILE + 1)

/* "rpminfo_test" in its namespace; OTHER if we do not know it. */
enum oval_kind
oval_kind_of(struct span ns, struct span name, enum oval_part part);
/* Whether a component or function of this type can have n operands. */
bool oval_component_fits(enum oval_component_type type, size_t n);

/* One attribute and the member that takes it. */
enum oval_field_type {
	OVAL_FIELD_TEXT = 1, /* struct span, as written */
	OVAL_FIELD_ID,       /* struct span, without blanks, not empty */
	OVAL_FIELD_UINT,     /* uint64_t, at most INT64_MAX */
	OVAL_FIELD_BOOL,     /* bool */
	OVAL_FIELD_WORD,     /* an enumeration */
};

struct oval_field {
	const char *name; /* NULL ends a table */
	enum oval_field_type type;
	bool required;
	size_t offset;                  /* of the member */
	const struct oval_words *words; /* WORD */
};

/* An element whose text is one span, or one more span of a list. */
struct oval_text {
	const char *name; /* NULL ends a table */
	size_t offset;    /* of the struct span, or of the list's pointer */
	size_t offset_n;  /* of the list's count; 0: no list */
};

struct oval_reader {
	struct xml_reader *xml;
	const struct oval_sink *sink;
	struct arena *arena; /* of the record being read */
	bool keep;           /* the arena is the caller's to reset */
	bool is_excerpt;     /* a definition alone: no raw, no offset */
	uint64_t n_definitions;
	uint64_t n_items; /* tests, objects, states and variables */

	struct span *text; /* what the text of the open element goes to */

	struct oval_generator generator;

	struct oval_definition definition;
	/* Open criteria elements: a node is written when its element ends. */
	struct oval_node frames[OVAL_CRITERIA_DEPTH_MAX];
	size_t n_frames;

	struct oval_test test;

	struct oval_object object;
	struct oval_set *sets[OVAL_SET_DEPTH_MAX]; /* open ones */
	size_t n_sets;

	struct oval_state state;

	struct oval_variable variable;
	struct oval_component *components[OVAL_FUNCTION_DEPTH_MAX]; /* open */
	size_t n_components;
};

/*
 * Fills record from the attributes; those that no field names are passed
 * over. Refuses a missing required one.
 */
int oval_fields_read(struct oval_reader *r, const struct xml_element *el,
    const struct oval_field *fields, void *record, struct err *e);
/* Room for item n of a list that grows in the arena; returns the list. */
void *oval_list_grow(struct arena *a, void *list, size_t n, size_t size);
/* Adds an empty span to a list; returns it. */
struct span *oval_span_add(struct arena *a, struct span **list, size_t *n);
/* Lets r->text point at the member that the table names. */
int oval_text_begin(struct oval_reader *r, const struct oval_text *texts,
    struct span name, void *record, struct err *e);
/* ERR_LIMIT if n is max already: "more than MAX WHAT". */
int oval_limit(uint64_t n, uint64_t max, const char *what, struct err *e);
/* Starts the arena anew. */
void oval_record_begin(struct oval_reader *r);
/* Counts a test, object, state or variable, and starts its arena anew. */
int oval_item_begin(struct oval_reader *r, struct err *e);
/* Reads a document; sink and arena are set. */
int oval_reader_run(struct oval_reader *r, struct stream *in, struct err *e);
/*
 * Reads a document whose records all live in a, without raw and offset of
 * definitions.
 */
int oval_read_pieces(const struct span *pieces, size_t n, struct arena *a,
    const struct oval_sink *sink, struct err *e);
struct span oval_copy(struct oval_reader *r, struct span s);
/* As oval_copy(), without white space around it. */
struct span oval_copy_trimmed(struct oval_reader *r, struct span s);

/* Handlers: struct xml_rule's start and end, ctx is the oval_reader. */
#define OVAL_START(name) \
	int name(void *ctx, const struct xml_element *el, struct err *e)
#define OVAL_END(name) int name(void *ctx, struct span text, struct err *e)

OVAL_START(oval_definition_start);
OVAL_END(oval_definition_end);
OVAL_START(oval_note_start);
OVAL_START(oval_metadata_text_start);
OVAL_START(oval_affected_start);
OVAL_START(oval_reference_start);
OVAL_START(oval_dated_start);
OVAL_START(oval_bugzilla_start);
OVAL_START(oval_cve_start);
OVAL_START(oval_resolution_start);
OVAL_START(oval_component_name_start);
OVAL_START(oval_criteria_start);
OVAL_END(oval_criteria_end);
OVAL_START(oval_criterion_start);
OVAL_START(oval_extend_start);

OVAL_START(oval_test_start);
OVAL_END(oval_test_end);
OVAL_START(oval_test_object_start);
OVAL_START(oval_test_state_start);

OVAL_START(oval_object_start);
OVAL_END(oval_object_end);
OVAL_START(oval_behaviors_start);
OVAL_START(oval_object_entity_start);
OVAL_END(oval_object_entity_end);
OVAL_START(oval_filter_start);
OVAL_START(oval_set_start);
OVAL_END(oval_set_end);
OVAL_START(oval_set_object_start);

OVAL_START(oval_state_start);
OVAL_END(oval_state_end);
OVAL_START(oval_state_entity_start);

OVAL_START(oval_variable_start);
OVAL_END(oval_variable_end);
OVAL_START(oval_variable_value_start);
OVAL_START(oval_possible_start);
OVAL_START(oval_restriction_start);
OVAL_START(oval_component_start);
OVAL_END(oval_component_end);

#endif
