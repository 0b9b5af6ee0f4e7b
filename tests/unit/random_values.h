/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random values of every datatype, constant variables of them, and local
 * variables of every function.
 */
#ifndef TESTS_UNIT_RANDOM_VALUES_H
#define TESTS_UNIT_RANDOM_VALUES_H

#include "base/buf.h"
#include "content/oval.h"
#include "tests/unit/random.h"

/* A document in the making. */
struct language {
	struct random r;
	struct buf b;
	/*
	 * It goes to OpenSCAP, too: of packages there is one kind, and nothing
	 * in it that docs/oval-differences.md lists.
	 */
	enum {
		LANGUAGE_WHOLE = 0,
		LANGUAGE_DPKG, /* its probe changes the root of all others:
				  no files */
		LANGUAGE_RPM,
	} shared;
	bool wide; /* with what is listed */
};

#define LANGUAGE_NAMES 8u /* packages that may be installed: n0 … n7 */
#define LANGUAGE_ID "oval:t:%s:%u"

/* Variables: constants of a type each, then computed ones. */
#define LANGUAGE_VARS_NAMES 1u   /* 1–4: names of packages */
#define LANGUAGE_VARS_TYPES 10u  /* 10 + enum oval_datatype */
#define LANGUAGE_VARS_LOCAL 30u  /* 30–49: functions of constants */
#define LANGUAGE_VARS_OBJECT 50u /* 50–54: fields of objects */
#define LANGUAGE_VAR_EXTERNAL 60u
#define LANGUAGE_VAR_ERROR 61u
#define LANGUAGE_N_LOCAL 20u
#define LANGUAGE_N_OBJECT 5u

#define LANGUAGE_WORD(l, ...) RANDOM_WORD(&(l)->r, __VA_ARGS__)

static inline bool
language_one_in(struct language *l, unsigned n)
{
	return random_below(&l->r, n) == 0;
}

/* Nothing that is listed may be in it. */
static inline bool
language_is_narrow(const struct language *l)
{
	return l->shared != LANGUAGE_WHOLE && !l->wide;
}

static inline const char *
language_check(struct language *l)
{
	return LANGUAGE_WORD(l, "at least one", "at least one", "all", "all",
	    "only one", "none satisfy");
}

/* --- values --- */

static const enum oval_datatype language_types[] = { OVAL_STRING, OVAL_STRING,
	OVAL_INT, OVAL_INT, OVAL_FLOAT, OVAL_BOOLEAN, OVAL_VERSION,
	OVAL_EVR_STRING, OVAL_DEBIAN_EVR_STRING, OVAL_BINARY, OVAL_IPV4_ADDRESS,
	OVAL_IPV6_ADDRESS };

static inline enum oval_datatype
language_type(struct language *l)
{
	return language_types[random_below(
	    &l->r, sizeof(language_types) / sizeof(*language_types))];
}

static inline const char *
language_evr(struct language *l)
{
	return LANGUAGE_WORD(l, "0:1.0-1", "0:1.0-2", "0:1.0-10", "1:1.0-1",
	    "0:1.10-1", "0:1.2-1", "0:1.0~rc1-1", "0:1.0-1.1", "0:2.0-1.el8",
	    "0:1.0.1-1", "0:1.0a-1", "0:1.0b-1", "2:0.9-3", "0:01.0-1");
}

static inline const char *
language_number(struct language *l)
{
	/* OpenSCAP's numbers have 64 bits; sums of these fit. */
	switch (language_is_narrow(l) ? 0 : random_below(&l->r, 2)) {
	case 0:
		return LANGUAGE_WORD(
		    l, "0", "1", "2", "3", "5", "7", "-1", "-2", "10", "007");
	default:
		return LANGUAGE_WORD(l, "4294967296", "2147483648",
		    "-2147483649", "9223372036854775807",
		    "-9223372036854775808", "12", "0");
	}
}

static inline const char *
language_value(struct language *l, enum oval_datatype type)
{
	switch (type) {
	case OVAL_INT:
		return language_number(l);
	case OVAL_FLOAT:
		return LANGUAGE_WORD(
		    l, "1.5", "-1.5", "2", "0", "1e3", "0.1", "1000", "1.50");
	case OVAL_BOOLEAN:
		return LANGUAGE_WORD(l, "true", "false", "1", "0");
	case OVAL_VERSION:
		return LANGUAGE_WORD(l, "1.0", "1", "1.0.0", "1.10", "1.2", "2",
		    "1.0.1", "1-0", "10.2.3");
	case OVAL_EVR_STRING:
	case OVAL_DEBIAN_EVR_STRING:
		return language_evr(l);
	case OVAL_BINARY:
		return LANGUAGE_WORD(l, "00ff", "00FF", "0a", "ff");
	case OVAL_IPV4_ADDRESS:
		return LANGUAGE_WORD(l, "10.0.0.1", "10.0.0.0/8", "10.1.0.0/16",
		    "192.168.0.1/32", "10.0.0.2");
	case OVAL_IPV6_ADDRESS:
		return LANGUAGE_WORD(
		    l, "::1", "fe80::1", "fe80::/10", "fe80::/64", "::1/128");
	default:
		return LANGUAGE_WORD(l, "n1", "n2", "N1", "focal", "a b", "1.0",
		    "x.y-z", "k1 = 12", "amd64", "1");
	}
}

static inline const char *
language_operation(struct language *l, enum oval_datatype type)
{
	switch (type) {
	case OVAL_STRING:
		return LANGUAGE_WORD(l, "equals", "equals", "not equal",
		    "case insensitive equals", "case insensitive not equal",
		    "pattern match", "pattern match");
	case OVAL_BOOLEAN:
	case OVAL_BINARY:
		return LANGUAGE_WORD(l, "equals", "not equal");
	case OVAL_INT:
		return LANGUAGE_WORD(l, "equals", "not equal", "less than",
		    "less than or equal", "greater than",
		    "greater than or equal", "bitwise and", "bitwise or");
	case OVAL_IPV4_ADDRESS:
	case OVAL_IPV6_ADDRESS:
		return LANGUAGE_WORD(
		    l, "equals", "not equal", "subset of", "superset of");
	default:
		return LANGUAGE_WORD(l, "equals", "not equal", "less than",
		    "less than or equal", "greater than",
		    "greater than or equal");
	}
}

/* rpm's own patterns, which OpenSCAP takes for names, are POSIX's. */
static inline const char *
language_pattern(struct language *l)
{
	if (language_is_narrow(l))
		return LANGUAGE_WORD(l, "^n[123]$", "n", "^(n1|n2)$", "[0-4]$",
		    "^x", "^1[.]0", "^[^n]", ".*", "^$", "focal");
	return LANGUAGE_WORD(l, "^n[123]$", "n", "^(n1|n2)$", "[0-4]$", "^x",
	    "^1\\.0", "(?i)^N1$", "^[^n]", "\\d+", ".*", "^$", "focal");
}

/* --- variables --- */

static inline void
language_constant(
    struct language *l, unsigned id, enum oval_datatype type, unsigned n)
{
	buf_printf(&l->b,
	    "<constant_variable id='" LANGUAGE_ID
	    "' version='1' comment='t' datatype='%s'>",
	    "var", id, oval_datatype_name(type));
	for (; n > 0; n--)
		buf_printf(&l->b, "<value>%s</value>", language_value(l, type));
	buf_add_str(&l->b, "</constant_variable>");
}

static inline void
language_names(struct language *l, unsigned id)
{
	unsigned n = random_below(&l->r, 4) + 1;

	buf_printf(&l->b,
	    "<constant_variable id='" LANGUAGE_ID
	    "' version='1' comment='t' datatype='string'>",
	    "var", id);
	for (; n > 0; n--)
		buf_printf(&l->b, "<value>n%u</value>",
		    random_below(&l->r, LANGUAGE_NAMES));
	buf_add_str(&l->b, "</constant_variable>");
}

static void
language_component(struct language *l, enum oval_datatype type, unsigned depth);

static inline void
language_operands(
    struct language *l, enum oval_datatype type, unsigned n, unsigned depth)
{
	for (; n > 0; n--)
		language_component(l, type, depth + 1);
}

static inline void
language_literal(struct language *l, enum oval_datatype type)
{
	if (type == OVAL_STRING)
		buf_printf(&l->b, "<literal_component>%s</literal_component>",
		    LANGUAGE_WORD(l, "a", "a-b-c", "x.y", "/etc/f", "a*b",
			"v1.2", "[z]", "n1", language_is_narrow(l) ? "b" : ""));
	else
		buf_printf(&l->b,
		    "<literal_component datatype='%s'>%s</literal_component>",
		    oval_datatype_name(type),
		    LANGUAGE_WORD(l, "0", "1", "2", "-3", "40"));
}

/* One operand each, of text. */
static inline void
language_text_function(struct language *l, unsigned depth)
{
	static const char *const functions[][2] = {
		{ "begin character='a'", "begin" },
		{ "begin character='/'", "begin" },
		{ "end character='c'", "end" },
		{ "end character='-'", "end" },
		{ "escape_regex", "escape_regex" },
		{ "split delimiter='-'", "split" },
		{ "split delimiter='.'", "split" },
		{ "substring substring_start='1' substring_length='2'",
		    "substring" },
		{ "regex_capture pattern='^(.)'", "regex_capture" },
		{ "regex_capture pattern='(\\d+)'", "regex_capture" },
		/* From here on not in narrow ones. */
		{ "regex_capture pattern='q(x)'", "regex_capture" },
		{ "substring substring_start='2' substring_length='-1'",
		    "substring" },
		{ "substring substring_start='-2' substring_length='-1'",
		    "substring" },
	};
	unsigned n = (unsigned)(sizeof(functions) / sizeof(*functions));
	unsigned i = random_below(&l->r, language_is_narrow(l) ? n - 3 : n);

	buf_printf(&l->b, "<%s>", functions[i][0]);
	language_operands(l, OVAL_STRING, 1, depth);
	buf_printf(&l->b, "</%s>", functions[i][1]);
}

static inline void
language_function(struct language *l, enum oval_datatype type, unsigned depth)
{
	const char *name;

	if (type == OVAL_INT && language_one_in(l, 3)) {
		buf_add_str(&l->b, "<count>");
		language_operands(
		    l, OVAL_STRING, random_below(&l->r, 2) + 1, depth);
		buf_add_str(&l->b, "</count>");
	} else if (type == OVAL_INT) {
		buf_printf(&l->b, "<arithmetic arithmetic_operation='%s'>",
		    LANGUAGE_WORD(l, "add", "multiply"));
		language_operands(
		    l, OVAL_INT, random_below(&l->r, 2) + 2, depth);
		buf_add_str(&l->b, "</arithmetic>");
	} else if (language_one_in(l, 3)) {
		name = LANGUAGE_WORD(l, "concat", "unique");
		buf_printf(&l->b, "<%s>", name);
		language_operands(
		    l, OVAL_STRING, random_below(&l->r, 2) + 2, depth);
		buf_printf(&l->b, "</%s>", name);
	} else {
		language_text_function(l, depth);
	}
}

static void
language_component(struct language *l, enum oval_datatype type, unsigned depth)
{
	unsigned which = random_below(&l->r, depth == 0 ? 2 : 5);

	if (depth < 3 && which < 2)
		language_function(l, type, depth);
	else if (which == 4)
		buf_printf(&l->b,
		    "<variable_component var_ref='" LANGUAGE_ID "'/>", "var",
		    type == OVAL_STRING
			? LANGUAGE_VARS_NAMES + random_below(&l->r, 4)
			: LANGUAGE_VARS_TYPES + OVAL_INT);
	else
		language_literal(l, type);
}

/* Even ones are text, odd ones numbers. */
static inline void
language_local(struct language *l, unsigned i)
{
	enum oval_datatype type = i % 2 == 0 ? OVAL_STRING : OVAL_INT;

	buf_printf(&l->b,
	    "<local_variable id='" LANGUAGE_ID
	    "' version='1' comment='t' datatype='%s'>",
	    "var", LANGUAGE_VARS_LOCAL + i, oval_datatype_name(type));
	language_component(l, type, 0);
	buf_add_str(&l->b, "</local_variable>");
}

/* Three of packages, the others of text. */
static inline unsigned
language_field_object(const struct language *l, unsigned i)
{
	if (i >= 3)
		return 19 + i;
	return l->shared == LANGUAGE_RPM ? 11 + i : i + 1;
}

static inline void
language_variables(struct language *l)
{
	enum oval_datatype type;
	unsigned i;

	buf_add_str(&l->b, "<variables>");
	for (i = 0; i < 4; i++)
		language_names(l, LANGUAGE_VARS_NAMES + i);
	for (type = OVAL_STRING; type < OVAL_RECORD; type++)
		if (type != OVAL_IOS_VERSION && type != OVAL_FILESET_REVISION)
			language_constant(l, LANGUAGE_VARS_TYPES + type, type,
			    random_below(&l->r, 3) + 1);
	for (i = 0; i < LANGUAGE_N_LOCAL; i++)
		language_local(l, i);
	for (i = 0; i < LANGUAGE_N_OBJECT; i++)
		buf_printf(&l->b,
		    "<local_variable id='" LANGUAGE_ID
		    "' version='1' comment='t' datatype='string'>"
		    "<object_component object_ref='" LANGUAGE_ID
		    "' item_field='%s'/></local_variable>",
		    "var", LANGUAGE_VARS_OBJECT + i, "obj",
		    language_field_object(l, i),
		    i < 3 ? LANGUAGE_WORD(l, "name", "version", "evr")
			  : LANGUAGE_WORD(l, "text", "subexpression"));
	buf_printf(&l->b,
	    "<external_variable id='" LANGUAGE_ID
	    "' version='1' comment='t' datatype='string'/>"
	    "<constant_variable id='" LANGUAGE_ID
	    "' version='1' comment='t' datatype='int'><value>x</value>"
	    "</constant_variable></variables>",
	    "var", LANGUAGE_VAR_EXTERNAL, "var", LANGUAGE_VAR_ERROR);
}

/* One that has the type; mostly a constant. */
static inline unsigned
language_variable(struct language *l, enum oval_datatype type)
{
	if (!l->shared && language_one_in(l, 12))
		return language_one_in(l, 2) ? LANGUAGE_VAR_EXTERNAL
					     : LANGUAGE_VAR_ERROR;
	if (type == OVAL_STRING && language_one_in(l, 3))
		return LANGUAGE_VARS_OBJECT +
		    random_below(
			&l->r, language_is_narrow(l) ? 3 : LANGUAGE_N_OBJECT);
	if ((type == OVAL_STRING || type == OVAL_INT) && language_one_in(l, 2))
		return LANGUAGE_VARS_LOCAL +
		    random_below(&l->r, LANGUAGE_N_LOCAL / 2) * 2 +
		    (type == OVAL_INT);
	if (type == OVAL_STRING)
		return LANGUAGE_VARS_NAMES + random_below(&l->r, 4);
	return LANGUAGE_VARS_TYPES + type;
}

#endif
