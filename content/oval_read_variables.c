/* SPDX-License-Identifier: Apache-2.0 */
/* The section <variables>: values, and functions with their operands. */
#include "content/oval_read.h"

static const struct oval_field variable_fields[] = {
	{ "id", OVAL_FIELD_ID, true, offsetof(struct oval_variable, id), NULL },
	{ "version", OVAL_FIELD_UINT, false,
	    offsetof(struct oval_variable, version), NULL },
	{ "datatype", OVAL_FIELD_WORD, true,
	    offsetof(struct oval_variable, datatype), &oval_words_datatype },
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_variable, comment), NULL },
	{ "deprecated", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_variable, deprecated), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field restrictions_fields[] = {
	{ "operator", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_possible_restriction, op),
	    &oval_words_operator },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field restriction_fields[] = {
	{ "operation", OVAL_FIELD_WORD, true,
	    offsetof(struct oval_restriction, operation),
	    &oval_words_operation },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field literal_fields[] = {
	{ "datatype", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_component, datatype), &oval_words_datatype },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field object_fields[] = {
	{ "object_ref", OVAL_FIELD_ID, true,
	    offsetof(struct oval_component, ref.id), NULL },
	{ "item_field", OVAL_FIELD_ID, true,
	    offsetof(struct oval_component, item_field), NULL },
	{ "record_field", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_component, record_field), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field variable_ref_fields[] = {
	{ "var_ref", OVAL_FIELD_ID, true,
	    offsetof(struct oval_component, ref.id), NULL },
	{ NULL, 0, false, 0, NULL },
};

#define ARGUMENT(name, required)                                    \
	{                                                           \
		name, OVAL_FIELD_TEXT, required,                    \
		    offsetof(struct oval_component, argument), NULL \
	}
#define ARGUMENT2(name, required)                                    \
	{                                                            \
		name, OVAL_FIELD_TEXT, required,                     \
		    offsetof(struct oval_component, argument2), NULL \
	}
#define ARGUMENTS_END                   \
	{                               \
		NULL, 0, false, 0, NULL \
	}

static const struct oval_field no_fields[] = { ARGUMENTS_END };
static const struct oval_field arithmetic_fields[] = {
	ARGUMENT("arithmetic_operation", true), ARGUMENTS_END
};
static const struct oval_field character_fields[] = {
	ARGUMENT("character", true), ARGUMENTS_END
};
static const struct oval_field split_fields[] = { ARGUMENT("delimiter", true),
	ARGUMENTS_END };
static const struct oval_field substring_fields[] = {
	ARGUMENT("substring_start", true), ARGUMENT2("substring_length", true),
	ARGUMENTS_END
};
static const struct oval_field time_fields[] = { ARGUMENT("format_1", false),
	ARGUMENT2("format_2", false), ARGUMENTS_END };
static const struct oval_field pattern_fields[] = { ARGUMENT("pattern", true),
	ARGUMENTS_END };
static const struct oval_field glob_fields[] = {
	ARGUMENT("glob_noescape", false), ARGUMENTS_END
};

static const char *const arithmetic_words[] = { "add", "multiply", NULL };
static const char *const glob_words[] = { "false", "true", "0", "1", NULL };
static const char *const time_words[] = { "year_month_day", "month_day_year",
	"day_month_year", "win_filetime", "seconds_since_epoch", "cim_datetime",
	NULL };

/* OVAL 5.11.2 §5.4: elements of a local variable, with their arguments. */
struct component_row {
	const char *name;
	enum oval_component_type type;
	const struct oval_field *fields;
	const char *const *words; /* that both arguments may have; NULL: any */
	const char *defaults;     /* of both arguments */
	size_t min;               /* operands */
	size_t max;
};

/* In the order of enum oval_component_type. */
static const struct component_row component_rows[] = {
	{ "literal_component", OVAL_COMPONENT_LITERAL, literal_fields, NULL,
	    NULL, 0, 0 },
	{ "object_component", OVAL_COMPONENT_OBJECT, object_fields, NULL, NULL,
	    0, 0 },
	{ "variable_component", OVAL_COMPONENT_VARIABLE, variable_ref_fields,
	    NULL, NULL, 0, 0 },
	{ "arithmetic", OVAL_FUNCTION_ARITHMETIC, arithmetic_fields,
	    arithmetic_words, NULL, 2, OVAL_OPERANDS_MAX },
	{ "begin", OVAL_FUNCTION_BEGIN, character_fields, NULL, NULL, 1, 1 },
	{ "end", OVAL_FUNCTION_END, character_fields, NULL, NULL, 1, 1 },
	{ "concat", OVAL_FUNCTION_CONCAT, no_fields, NULL, NULL, 2,
	    OVAL_OPERANDS_MAX },
	{ "escape_regex", OVAL_FUNCTION_ESCAPE_REGEX, no_fields, NULL, NULL, 1,
	    1 },
	{ "split", OVAL_FUNCTION_SPLIT, split_fields, NULL, NULL, 1, 1 },
	{ "substring", OVAL_FUNCTION_SUBSTRING, substring_fields, NULL, NULL, 1,
	    1 },
	{ "time_difference", OVAL_FUNCTION_TIME_DIFFERENCE, time_fields,
	    time_words, "year_month_day", 1, 2 },
	{ "regex_capture", OVAL_FUNCTION_REGEX_CAPTURE, pattern_fields, NULL,
	    NULL, 1, 1 },
	{ "unique", OVAL_FUNCTION_UNIQUE, no_fields, NULL, NULL, 1,
	    OVAL_OPERANDS_MAX },
	{ "count", OVAL_FUNCTION_COUNT, no_fields, NULL, NULL, 1,
	    OVAL_OPERANDS_MAX },
	{ "glob_to_regex", OVAL_FUNCTION_GLOB_TO_REGEX, glob_fields, glob_words,
	    "false", 1, 1 },
};

#define N_ROWS (sizeof(component_rows) / sizeof(component_rows[0]))

OVAL_START(oval_variable_start)
{
	struct oval_reader *r = ctx;
	struct oval_variable *v = &r->variable;

	if (oval_item_begin(r, e) != 0)
		return -1;
	r->n_components = 0;
	*v = (struct oval_variable){ .line = el->line };
	if (span_is(el->name, "constant_variable"))
		v->type = OVAL_VARIABLE_CONSTANT;
	else if (span_is(el->name, "local_variable"))
		v->type = OVAL_VARIABLE_LOCAL;
	else
		v->type = OVAL_VARIABLE_EXTERNAL;
	return oval_fields_read(r, el, variable_fields, v, e);
}

OVAL_END(oval_variable_end)
{
	struct oval_reader *r = ctx;
	const struct oval_variable *v = &r->variable;

	(void)text;
	if (v->type == OVAL_VARIABLE_CONSTANT && v->n_values == 0)
		return err_set(e, ERR_FORMAT, "variable %.*s has no value",
		    SPAN_ARG(v->id));
	if (v->type == OVAL_VARIABLE_LOCAL && v->component == NULL)
		return err_set(e, ERR_FORMAT,
		    "variable %.*s has no component or function",
		    SPAN_ARG(v->id));
	if (r->sink->variable == NULL)
		return 0;
	return r->sink->variable(r->sink->ctx, v, e);
}

OVAL_START(oval_variable_value_start)
{
	struct oval_reader *r = ctx;
	struct oval_variable *v = &r->variable;

	(void)el;
	if (oval_limit(
		v->n_values, OVAL_VALUES_MAX, "values in one variable", e) != 0)
		return -1;
	r->text = oval_span_add(r->arena, &v->values, &v->n_values);
	return 0;
}

OVAL_START(oval_possible_start)
{
	struct oval_reader *r = ctx;
	struct oval_variable *v = &r->variable;

	if (oval_limit(v->n_restrictions, OVAL_RESTRICTIONS_MAX,
		"restrictions in one variable", e) != 0)
		return -1;
	v->restrictions = oval_list_grow(r->arena, v->restrictions,
	    v->n_restrictions, sizeof(*v->restrictions));
	return oval_fields_read(r, el, restrictions_fields,
	    &v->restrictions[v->n_restrictions++], e);
}

OVAL_START(oval_restriction_start)
{
	struct oval_reader *r = ctx;
	struct oval_variable *v = &r->variable;
	struct oval_possible_restriction *p =
	    &v->restrictions[v->n_restrictions - 1];
	struct oval_restriction *restriction;

	if (oval_limit(p->n_restrictions, OVAL_RESTRICTIONS_MAX,
		"restrictions in one variable", e) != 0)
		return -1;
	p->restrictions = oval_list_grow(r->arena, p->restrictions,
	    p->n_restrictions, sizeof(*p->restrictions));
	restriction = &p->restrictions[p->n_restrictions++];
	r->text = &restriction->value;
	return oval_fields_read(r, el, restriction_fields, restriction, e);
}

bool
oval_component_fits(enum oval_component_type type, size_t n)
{
	return n >= component_rows[type].min && n <= component_rows[type].max;
}

static const struct component_row *
row_find(struct span name)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (span_is(name, component_rows[i].name))
			return &component_rows[i];
	return NULL;
}

/* A new component below the open one, or the variable's own. */
static struct oval_component *
component_add(struct oval_reader *r, struct err *e)
{
	struct oval_component *parent;

	if (r->n_components == 0) {
		if (r->variable.component != NULL) {
			err_set(e, ERR_FORMAT,
			    "variable %.*s has two components",
			    SPAN_ARG(r->variable.id));
			return NULL;
		}
		r->variable.component =
		    arena_alloc(r->arena, sizeof(struct oval_component));
		return r->variable.component;
	}
	parent = r->components[r->n_components - 1];
	if (oval_limit(parent->n_operands, OVAL_OPERANDS_MAX,
		"operands of one function", e) != 0)
		return NULL;
	/* Nothing points into the list: its last item is closed. */
	parent->operands = oval_list_grow(r->arena, parent->operands,
	    parent->n_operands, sizeof(*parent->operands));
	return &parent->operands[parent->n_operands++];
}

static int
argument_check(
    const struct component_row *row, struct span *argument, struct err *e)
{
	const char *const *w = row->words;

	if (argument->ptr == NULL && row->defaults != NULL)
		*argument = span_of(row->defaults);
	if (w == NULL || argument->ptr == NULL)
		return 0;
	while (*w != NULL && !span_is(*argument, *w))
		w++;
	if (*w != NULL)
		return 0;
	return err_set(e, ERR_FORMAT, "%s: unknown argument \"%.*s\"",
	    row->name, SPAN_ARG(span_first(*argument, 64)));
}

OVAL_START(oval_component_start)
{
	struct oval_reader *r = ctx;
	const struct component_row *row = row_find(el->name);
	struct oval_component *c;

	if (row == NULL)
		return err_set(e, ERR_FORMAT,
		    "variable %.*s: unknown function \"%.*s\"",
		    SPAN_ARG(r->variable.id),
		    SPAN_ARG(span_first(el->name, 64)));
	if (r->n_components == OVAL_FUNCTION_DEPTH_MAX)
		return err_set(e, ERR_LIMIT,
		    "variable %.*s: functions nested deeper than %d",
		    SPAN_ARG(r->variable.id), OVAL_FUNCTION_DEPTH_MAX);
	c = component_add(r, e);
	if (c == NULL)
		return -1;
	c->type = row->type;
	c->ref.ord = OVAL_ORD_NONE;
	r->components[r->n_components++] = c;
	if (oval_fields_read(r, el, row->fields, c, e) != 0 ||
	    argument_check(row, &c->argument, e) != 0)
		return -1;
	if (row->type != OVAL_FUNCTION_TIME_DIFFERENCE)
		return 0;
	return argument_check(row, &c->argument2, e);
}

OVAL_END(oval_component_end)
{
	struct oval_reader *r = ctx;
	struct oval_component *c = r->components[--r->n_components];

	if (!oval_component_fits(c->type, c->n_operands))
		return err_set(e, ERR_FORMAT,
		    "variable %.*s: %s cannot have %zu operands",
		    SPAN_ARG(r->variable.id), component_rows[c->type].name,
		    c->n_operands);
	if (c->type == OVAL_COMPONENT_LITERAL)
		c->literal = oval_copy(r, text);
	return 0;
}
