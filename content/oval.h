/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL 5.x definitions documents (OVAL Language 5.11.2): bytes in, records
 * out, one at a time, in document order. A record and all it points to live
 * during the sink's call. Nothing is evaluated here; references are kept as
 * ids and resolved by whoever has seen the whole document. Fields that the
 * schema defaults hold the default.
 */
#ifndef CONTENT_OVAL_H
#define CONTENT_OVAL_H

#include "base/arena.h"
#include "base/stream.h"

/* Limits of outside input, a document and its parts. */
#define OVAL_DEFINITIONS_MAX 2000000u
#define OVAL_CRITERIA_DEPTH_MAX 48  /* nesting of criteria */
#define OVAL_CRITERIA_MAX 262144u   /* nodes of one definition */
#define OVAL_ITEMS_MAX 8000000u     /* tests, objects, states and variables */
#define OVAL_METADATA_MAX 65536u    /* of each repeatable part of metadata */
#define OVAL_STATES_MAX 4096u       /* of one test */
#define OVAL_FILTERS_MAX 64u        /* of one object or set */
#define OVAL_OPERANDS_MAX 1024u     /* of one function */
#define OVAL_RESTRICTIONS_MAX 1024u /* of one variable */
#define OVAL_ENTITIES_MAX 64u       /* of one object or state */
#define OVAL_VALUES_MAX 1048576u    /* of one variable */
#define OVAL_SET_DEPTH_MAX 16
#define OVAL_FUNCTION_DEPTH_MAX 16

/* Zero is "none" or, for enumerations with a default, that default. */
enum oval_class {
	OVAL_CLASS_NONE = 0,
	OVAL_CLASS_VULNERABILITY,
	OVAL_CLASS_PATCH,
	OVAL_CLASS_INVENTORY,
	OVAL_CLASS_COMPLIANCE,
	OVAL_CLASS_MISCELLANEOUS,
};

enum oval_operator {
	OVAL_AND = 0,
	OVAL_OR,
	OVAL_ONE,
	OVAL_XOR,
};

enum oval_check {
	OVAL_CHECK_ALL = 0,
	OVAL_CHECK_AT_LEAST_ONE,
	OVAL_CHECK_ONLY_ONE,
	OVAL_CHECK_NONE_SATISFY,
	OVAL_CHECK_NONE_EXIST, /* deprecated, as none satisfy */
};

enum oval_existence {
	OVAL_EXISTENCE_AT_LEAST_ONE = 0,
	OVAL_EXISTENCE_ALL,
	OVAL_EXISTENCE_ANY,
	OVAL_EXISTENCE_NONE,
	OVAL_EXISTENCE_ONLY_ONE,
};

enum oval_operation {
	OVAL_EQUALS = 0,
	OVAL_NOT_EQUAL,
	OVAL_NOCASE_EQUALS,
	OVAL_NOCASE_NOT_EQUAL,
	OVAL_GREATER_THAN,
	OVAL_LESS_THAN,
	OVAL_GREATER_THAN_OR_EQUAL,
	OVAL_LESS_THAN_OR_EQUAL,
	OVAL_BITWISE_AND,
	OVAL_BITWISE_OR,
	OVAL_PATTERN_MATCH,
	OVAL_SUBSET_OF,
	OVAL_SUPERSET_OF,
};

enum oval_datatype {
	OVAL_STRING = 0,
	OVAL_BINARY,
	OVAL_BOOLEAN,
	OVAL_DEBIAN_EVR_STRING,
	OVAL_EVR_STRING,
	OVAL_FILESET_REVISION,
	OVAL_FLOAT,
	OVAL_INT,
	OVAL_IOS_VERSION,
	OVAL_IPV4_ADDRESS,
	OVAL_IPV6_ADDRESS,
	OVAL_VERSION,
	OVAL_RECORD,
};

/* Of a test, its object and its states. */
enum oval_kind {
	OVAL_KIND_OTHER = 0, /* a test type that we do not know: unknown */
	OVAL_KIND_UNKNOWN,   /* ind:unknown_test */
	OVAL_KIND_DPKGINFO,
	OVAL_KIND_RPMINFO,
	OVAL_KIND_RPMVERIFYFILE,
	OVAL_KIND_TEXTFILECONTENT54,
	OVAL_KIND_FAMILY,
	OVAL_KIND_VARIABLE,
	OVAL_KIND_UNAME,
	OVAL_KIND_FILE,
};

/* The standard's words: "at least one"; never NULL. */
const char *oval_class_name(enum oval_class v);
const char *oval_operator_name(enum oval_operator v);
const char *oval_check_name(enum oval_check v);
const char *oval_existence_name(enum oval_existence v);
const char *oval_operation_name(enum oval_operation v);
const char *oval_datatype_name(enum oval_datatype v);
/* "dpkginfo", without "_test" */
const char *oval_kind_name(enum oval_kind v);
/* Of the definitions schema: "http://…definitions-5#linux"; "" for OTHER. */

enum oval_part {
	OVAL_PART_TEST = 0,
	OVAL_PART_OBJECT,
	OVAL_PART_STATE,
};

/* The element's name, "dpkginfo_test"; "" for OTHER. Static. */
const char *oval_kind_element(enum oval_kind v, enum oval_part part);

#define OVAL_ORD_NONE UINT32_MAX

/*
 * A reference to a definition, test, object, state or variable of the same
 * document. The reader gives ids; a compiled record gives ordinals, which
 * count each type from 0 in a document (see schema/index).
 */
struct oval_ref {
	struct span id;
	uint32_t ord; /* OVAL_ORD_NONE until resolved */
};

struct oval_generator {
	struct span product_name;
	struct span product_version;
	struct span schema_version;
	struct span timestamp; /* as written */
};

struct oval_reference {
	struct span source;
	struct span ref_id;
	struct span ref_url;
};

/* advisory/cve: attributes as written, empty where absent. */
struct oval_cve {
	struct span id;
	struct span href;
	struct span severity; /* priority, severity or impact */
	struct span public_date;
	struct span cvss2; /* score/vector */
	struct span cvss3;
	struct span cwe;
	struct span usns;     /* "6561-1,6560-2" */
	struct span test_ref; /* pkg flavour */
};

/* Red Hat's affected/resolution. */
struct oval_resolution {
	struct span state;
	struct span *components;
	size_t n_components;
};

struct oval_metadata {
	struct span title;
	struct span description;
	struct span family;
	struct span *platforms;
	size_t n_platforms;
	struct oval_reference *references;
	size_t n_references;
	struct span severity;
	struct span rights;
	struct span issued;    /* issued@date, or public_date */
	struct span updated;   /* updated@date */
	struct span component; /* pkg flavour: main, universe */
	struct oval_cve *cves;
	size_t n_cves;
	struct span *bugs; /* bug and bugzilla@href */
	size_t n_bugs;
	struct span *refs;
	size_t n_refs;
	struct span *cpes;
	size_t n_cpes;
	struct oval_resolution *resolutions;
	size_t n_resolutions;
};

/* What a tracker says of one package, from Ubuntu's criterion comments. */
enum oval_status {
	OVAL_STATUS_NONE = 0,
	OVAL_STATUS_RELEASED,     /* "was vulnerable but has been fixed" */
	OVAL_STATUS_NEEDED,       /* "is affected and needs fixing" */
	OVAL_STATUS_NEEDS_TRIAGE, /* "is affected and may need fixing" */
	OVAL_STATUS_DEFERRED,
	OVAL_STATUS_IGNORED,
	OVAL_STATUS_PENDING,
	OVAL_STATUS_NOT_AFFECTED, /* "is related to the CVE in some way and has
				     been fixed" */
	OVAL_STATUS_UNKNOWN,
};

const char *oval_status_name(enum oval_status v); /* "needs-triage" */
/* FORMATS §1.5, "%s package in …"; both generators' wordings. */
enum oval_status oval_status_of(struct span comment);

enum oval_node_type {
	OVAL_NODE_CRITERIA = 0,
	OVAL_NODE_CRITERION,
	OVAL_NODE_EXTEND,
};

/*
 * Criteria trees are kept as postfix: the operands of a CRITERIA node are the
 * n_operands subtrees that end just before it.
 */
struct oval_node {
	enum oval_node_type type;
	enum oval_operator op; /* CRITERIA */
	bool negate;
	bool applicability_check;
	enum oval_status status; /* CRITERION, from the comment */
	uint32_t n_operands;     /* CRITERIA, at least 1 */
	struct oval_ref ref;     /* a test, or a definition */
	struct span comment;
};

struct oval_definition {
	struct span id;
	uint64_t version;
	enum oval_class class;
	bool deprecated;
	struct oval_metadata metadata;
	struct span *notes;
	size_t n_notes;
	struct oval_node *nodes; /* postfix; the root is the last */
	size_t n_nodes;          /* 0: no criteria */
	struct span raw;         /* source bytes, "<definition" to ">" */
	uint64_t offset;         /* of raw in the unpacked document */
	uint64_t line;
	const void *prepared; /* by oval_sink.prepare; NULL without */
};

struct oval_test {
	struct span id;
	uint64_t version;
	enum oval_kind kind;
	bool deprecated;
	struct span type; /* element name, "dpkginfo_test" */
	struct span comment;
	enum oval_check check;
	enum oval_existence existence;
	enum oval_operator state_operator;
	struct oval_ref object; /* ord and id empty: none */
	struct oval_ref *states;
	size_t n_states;
	uint64_t line;
};

struct oval_behavior {
	struct span name;
	struct span value;
};

struct oval_entity {
	struct span name; /* "evr", "filepath" */
	enum oval_datatype datatype;
	enum oval_operation operation;
	enum oval_check entity_check;
	enum oval_existence existence; /* of the item's entities */
	/* In a variable_object, var_ref's text is a reference, too. */
	bool has_var;
	struct oval_ref var;
	enum oval_check var_check;
	bool mask;
	bool nil;
	struct span value; /* white space around it kept */
};

struct oval_filter {
	bool include; /* default: exclude */
	struct oval_ref state;
};

enum oval_set_operator {
	OVAL_SET_UNION = 0,
	OVAL_SET_INTERSECTION,
	OVAL_SET_COMPLEMENT,
};

/* A set joins one or two objects, or one or two sets. */
struct oval_set {
	enum oval_set_operator op;
	struct oval_ref objects[2];
	size_t n_objects;
	struct oval_set *sets[2];
	size_t n_sets;
	struct oval_filter *filters;
	size_t n_filters;
};

struct oval_object {
	struct span id;
	uint64_t version;
	enum oval_kind kind;
	bool deprecated;
	struct span type; /* "dpkginfo_object" */
	struct span comment;
	struct oval_behavior *behaviors;
	size_t n_behaviors;
	struct oval_entity *entities;
	size_t n_entities;
	struct oval_filter *filters;
	size_t n_filters;
	struct oval_set *set; /* NULL: none */
	uint64_t line;
};

struct oval_state {
	struct span id;
	uint64_t version;
	enum oval_kind kind;
	bool deprecated;
	struct span type;
	struct span comment;
	enum oval_operator op;
	struct oval_entity *entities;
	size_t n_entities;
	uint64_t line;
};

enum oval_component_type {
	OVAL_COMPONENT_LITERAL = 0,
	OVAL_COMPONENT_OBJECT,
	OVAL_COMPONENT_VARIABLE,
	OVAL_FUNCTION_ARITHMETIC,
	OVAL_FUNCTION_BEGIN,
	OVAL_FUNCTION_END,
	OVAL_FUNCTION_CONCAT,
	OVAL_FUNCTION_ESCAPE_REGEX,
	OVAL_FUNCTION_SPLIT,
	OVAL_FUNCTION_SUBSTRING,
	OVAL_FUNCTION_TIME_DIFFERENCE,
	OVAL_FUNCTION_REGEX_CAPTURE,
	OVAL_FUNCTION_UNIQUE,
	OVAL_FUNCTION_COUNT,
	OVAL_FUNCTION_GLOB_TO_REGEX,
};

/* A component or function of a local variable, OVAL 5.11.2 §5.4. */
struct oval_component {
	enum oval_component_type type;
	enum oval_datatype datatype; /* LITERAL */
	struct span literal;         /* LITERAL */
	struct oval_ref ref;         /* OBJECT or VARIABLE */
	struct span item_field;      /* OBJECT */
	struct span record_field;    /* OBJECT */
	/*
	 * The function's attribute: arithmetic_operation, character,
	 * delimiter, pattern, format_1, substring_start, or glob_noescape
	 * ("true" "false" "1" "0").
	 */
	struct span argument;
	struct span argument2; /* format_2, substring_length */
	struct oval_component *operands;
	size_t n_operands;
};

enum oval_variable_type {
	OVAL_VARIABLE_CONSTANT = 0,
	OVAL_VARIABLE_LOCAL,
	OVAL_VARIABLE_EXTERNAL,
};

struct oval_restriction {
	enum oval_operation operation;
	struct span value;
};

struct oval_possible_restriction {
	enum oval_operator op;
	struct oval_restriction *restrictions;
	size_t n_restrictions;
};

struct oval_variable {
	struct span id;
	uint64_t version;
	enum oval_variable_type type;
	enum oval_datatype datatype;
	bool deprecated;
	struct span comment;
	struct span *values; /* CONSTANT; EXTERNAL: possible_value */
	size_t n_values;
	struct oval_component *component;               /* LOCAL */
	struct oval_possible_restriction *restrictions; /* EXTERNAL */
	size_t n_restrictions;
	uint64_t line;
};

/* Each member may be NULL. -1 with *e set ends the reading. */
struct oval_sink {
	void *ctx;
	int (*generator)(void *, const struct oval_generator *, struct err *);
	int (*definition)(void *, const struct oval_definition *, struct err *);
	int (*test)(void *, const struct oval_test *, struct err *);
	int (*object)(void *, const struct oval_object *, struct err *);
	int (*state)(void *, const struct oval_state *, struct err *);
	int (*variable)(void *, const struct oval_variable *, struct err *);
	/*
	 * What of a definition can be done apart from all others, before it
	 * goes to definition(); oval_read_ahead() does so in its thread. The
	 * arena lives as long as the record.
	 */
	const void *(*prepare)(
	    void *, const struct oval_definition *, struct arena *);
};

/* Reads a whole document. Errors start with "line N: ". */
int oval_read(struct stream *in, const struct oval_sink *sink, struct err *e);
/* The same, with a thread that parses ahead while the sink works. */
int
oval_read_ahead(struct stream *in, const struct oval_sink *sink, struct err *e);
/*
 * Reads one <definition> element as oval_definition.raw gives it, for what
 * people read: metadata, notes, comments. *out lives in a. Prefixes that the
 * element itself does not bind are taken for OVAL's common namespace.
 */
int oval_read_definition(struct span raw, struct arena *a,
    struct oval_definition *out, struct err *e);

#endif
