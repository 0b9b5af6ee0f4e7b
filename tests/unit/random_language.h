/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random documents over the whole of the OVAL language that is evaluated
 * here: every kind of test, object, state, set, filter, variable and
 * function, every check, existence, operator, operation and datatype. A
 * definition for each test, and others with trees of criteria.
 */
#ifndef TESTS_UNIT_RANDOM_LANGUAGE_H
#define TESTS_UNIT_RANDOM_LANGUAGE_H

#include <string.h>

#include "tests/unit/random_values.h"

#define LANGUAGE_N_OBJECTS 10u /* of a kind; the last three are sets */
#define LANGUAGE_N_SETS 3u
#define LANGUAGE_N_STATES 8u /* of a kind; the first four without variables */
#define LANGUAGE_N_TESTS 80u
#define LANGUAGE_N_DEFINITIONS 120u /* one for each test, then trees */

#define LANGUAGE_ANY OVAL_RECORD /* an entity that takes every type */

struct language_entity {
	const char *name;
	enum oval_datatype type;
};

/* Ids of a kind's objects and states start above its base. */
struct language_kind {
	const char *ns;
	const char *name;
	unsigned base;
	unsigned weight; /* of the tests */
	struct language_entity entities[8];
};

enum {
	LANGUAGE_DPKGINFO = 0,
	LANGUAGE_RPMINFO,
	LANGUAGE_TEXT,
	LANGUAGE_FILE,
	LANGUAGE_VARIABLE,
	LANGUAGE_FAMILY,
	LANGUAGE_VERIFY, /* these two are not compared with OpenSCAP, which */
	LANGUAGE_UNAME,  /* verifies, and asks the host's kernel */
	LANGUAGE_N_KINDS,
};

static const struct language_kind language_kinds[LANGUAGE_N_KINDS] = {
	[LANGUAGE_DPKGINFO] = { "linux", "dpkginfo", 0, 6,
	    { { "name", OVAL_STRING }, { "arch", OVAL_STRING },
		{ "epoch", LANGUAGE_ANY }, { "release", LANGUAGE_ANY },
		{ "version", LANGUAGE_ANY },
		{ "evr", OVAL_DEBIAN_EVR_STRING } } },
	[LANGUAGE_RPMINFO] = { "linux", "rpminfo", 10, 6,
	    { { "name", OVAL_STRING }, { "arch", OVAL_STRING },
		{ "epoch", LANGUAGE_ANY }, { "release", LANGUAGE_ANY },
		{ "version", LANGUAGE_ANY }, { "evr", OVAL_EVR_STRING },
		{ "extended_name", OVAL_STRING } } },
	[LANGUAGE_TEXT] = { "ind", "textfilecontent54", 20, 5,
	    { { "path", OVAL_STRING }, { "filename", OVAL_STRING },
		{ "instance", OVAL_INT }, { "text", LANGUAGE_ANY },
		{ "subexpression", LANGUAGE_ANY },
		{ "subexpression", OVAL_STRING } } },
	[LANGUAGE_FILE] = { "unix", "file", 30, 2,
	    { { "path", OVAL_STRING }, { "filename", OVAL_STRING },
		{ "type", OVAL_STRING }, { "size", OVAL_INT },
		{ "uread", OVAL_BOOLEAN }, { "oexec", OVAL_BOOLEAN } } },
	[LANGUAGE_VARIABLE] = { "ind", "variable", 40, 7,
	    { { "value", LANGUAGE_ANY } } },
	[LANGUAGE_FAMILY] = { "ind", "family", 50, 1,
	    { { "family", OVAL_STRING } } },
	[LANGUAGE_VERIFY] = { "linux", "rpmverifyfile", 60, 2,
	    { { "name", OVAL_STRING }, { "epoch", LANGUAGE_ANY },
		{ "version", LANGUAGE_ANY }, { "arch", OVAL_STRING },
		{ "filepath", OVAL_STRING }, { "size_differs", OVAL_STRING },
		{ "mode_differs", OVAL_STRING },
		{ "ghost_file", OVAL_BOOLEAN } } },
	[LANGUAGE_UNAME] = { "unix", "uname", 70, 1,
	    { { "os_release", OVAL_STRING } } },
};

/* --- entities --- */

static inline void
language_entity_value(struct language *l, const struct language_entity *entity,
    enum oval_datatype type, bool is_pattern)
{
	if (is_pattern)
		buf_add_str(&l->b, language_pattern(l));
	else if (strcmp(entity->name, "family") == 0)
		buf_add_str(&l->b, LANGUAGE_WORD(l, "unix", "windows"));
	else if (strcmp(entity->name, "epoch") == 0 && type == OVAL_STRING)
		buf_add_str(&l->b, LANGUAGE_WORD(l, "(none)", "0", "1"));
	else if (strcmp(entity->name, "name") == 0)
		buf_printf(&l->b, "n%u", random_below(&l->r, LANGUAGE_NAMES));
	else
		buf_add_str(&l->b, language_value(l, type));
}

/* What object and state N of variables hold in narrow documents. */
static inline enum oval_datatype
language_nth_type(unsigned n)
{
	static const enum oval_datatype types[] = { OVAL_STRING, OVAL_INT,
		OVAL_FLOAT, OVAL_VERSION, OVAL_STRING, OVAL_INT,
		OVAL_EVR_STRING, OVAL_DEBIAN_EVR_STRING };

	return types[n % (sizeof(types) / sizeof(*types))];
}

/* Values that the type does not have are errors, which OpenSCAP lets pass. */
static inline enum oval_datatype
language_entity_type(
    struct language *l, const struct language_entity *entity, unsigned state)
{
	if (entity->type != LANGUAGE_ANY)
		return entity->type;
	if (!language_is_narrow(l))
		return language_type(l);
	return strcmp(entity->name, "value") == 0 ? language_nth_type(state)
						  : OVAL_STRING;
}

/* In a state; with a variable, if it may. */
static inline void
language_state_entity(struct language *l, const char *ns,
    const struct language_entity *entity, unsigned state)
{
	enum oval_datatype type = language_entity_type(l, entity, state);
	const char *operation = language_operation(l, type);
	bool varies = state >= 4 && language_one_in(l, 3);

	buf_printf(&l->b, "<%s:%s datatype='%s' operation='%s'", ns,
	    entity->name, oval_datatype_name(type), operation);
	if (language_one_in(l, 3))
		buf_printf(&l->b, " entity_check='%s'", language_check(l));
	if (!language_is_narrow(l) && language_one_in(l, 12))
		buf_printf(&l->b, " check_existence='%s'",
		    LANGUAGE_WORD(l, "at_least_one_exists", "all_exist",
			"any_exist", "none_exist", "only_one_exists"));
	if (varies)
		buf_printf(&l->b, " var_ref='" LANGUAGE_ID "' var_check='%s'/>",
		    "var", language_variable(l, type), language_check(l));
	else {
		buf_add_char(&l->b, '>');
		language_entity_value(
		    l, entity, type, strcmp(operation, "pattern match") == 0);
		buf_printf(&l->b, "</%s:%s>", ns, entity->name);
	}
}

static inline unsigned
language_n_entities(const struct language_kind *k)
{
	unsigned n = 0;

	while (n < 8 && k->entities[n].name != NULL)
		n++;
	return n;
}

/*
 * dpkg's epoch that is not there, which is 0 for OpenSCAP, and filters that
 * ask for a group that the pattern may not have.
 */
static inline bool
language_is_listed(const struct language *l, const struct language_kind *k,
    unsigned state, unsigned entity)
{
	const char *name = k->entities[entity].name;

	if (!language_is_narrow(l))
		return false;
	if (k == &language_kinds[LANGUAGE_DPKGINFO])
		return strcmp(name, "epoch") == 0;
	return state < 4 && strcmp(name, "subexpression") == 0;
}

/* The entities stand in the schema's order, each at most once. */
static inline void
language_state(struct language *l, const struct language_kind *k, unsigned i)
{
	unsigned n = language_n_entities(k);
	unsigned first = random_below(&l->r, n);
	unsigned at;

	while (language_is_listed(l, k, i, first))
		first = random_below(&l->r, n);
	buf_printf(&l->b,
	    "<%s:%s_state id='" LANGUAGE_ID "' version='1' operator='%s'>",
	    k->ns, k->name, "ste", k->base + i + 1,
	    LANGUAGE_WORD(l, "AND", "AND", "OR", "ONE", "XOR"));
	for (at = 0; at < n; at++)
		if (at == first ||
		    (language_one_in(l, 4) &&
			!language_is_listed(l, k, i, at) &&
			strcmp(k->entities[at].name, k->entities[first].name) !=
			    0))
			language_state_entity(l, k->ns, &k->entities[at], i);
	buf_printf(&l->b, "</%s:%s_state>", k->ns, k->name);
}

/* --- objects --- */

static inline const char *
language_name_operation(struct language *l)
{
	if (l->shared == LANGUAGE_DPKG && !l->wide)
		return "equals";
	if (l->shared == LANGUAGE_RPM && !l->wide)
		return LANGUAGE_WORD(
		    l, "equals", "equals", "pattern match", "not equal");
	return LANGUAGE_WORD(l, "equals", "equals", "equals", "pattern match",
	    "not equal", "case insensitive equals",
	    "case insensitive not equal");
}

static inline void
language_name_object(
    struct language *l, const struct language_kind *k, bool may_vary)
{
	const char *operation = language_name_operation(l);

	buf_printf(&l->b, "<%s:name operation='%s'", k->ns, operation);
	if (may_vary && language_one_in(l, 3)) {
		buf_printf(&l->b, " var_ref='" LANGUAGE_ID "' var_check='%s'/>",
		    "var",
		    language_one_in(l, 3)
			? language_variable(l, OVAL_STRING)
			: LANGUAGE_VARS_NAMES + random_below(&l->r, 4),
		    language_is_narrow(l) ? "at least one" : language_check(l));
		return;
	}
	buf_add_char(&l->b, '>');
	if (strcmp(operation, "pattern match") == 0)
		buf_add_str(&l->b, language_pattern(l));
	else
		buf_printf(&l->b, "%c%u", language_one_in(l, 8) ? 'N' : 'n',
		    random_below(&l->r, LANGUAGE_NAMES));
	buf_printf(&l->b, "</%s:name>", k->ns);
}

static inline void
language_behaviors(struct language *l, const struct language_kind *k)
{
	if (!language_one_in(l, 3))
		return;
	if (k == &language_kinds[LANGUAGE_TEXT])
		buf_printf(&l->b,
		    "<%s:behaviors ignore_case='%s' multiline='%s' "
		    "singleline='%s'/>",
		    k->ns, LANGUAGE_WORD(l, "true", "false"),
		    LANGUAGE_WORD(l, "true", "false"),
		    LANGUAGE_WORD(l, "true", "false"));
	else
		buf_printf(&l->b, "<%s:behaviors max_depth='%s'/>", k->ns,
		    LANGUAGE_WORD(l, "-1", "1"));
}

static inline void
language_place(struct language *l, const struct language_kind *k)
{
	switch (random_below(&l->r, 5)) {
	case 0:
		buf_printf(&l->b,
		    "<%s:path>/etc/app</%s:path><%s:filename "
		    "operation='pattern match'>%s</%s:filename>",
		    k->ns, k->ns, k->ns,
		    LANGUAGE_WORD(l, "\\.conf$", "^a", "^q", "."), k->ns);
		break;
	case 1:
		buf_printf(&l->b,
		    "<%s:path>%s</%s:path><%s:filename>%s</%s:filename>", k->ns,
		    LANGUAGE_WORD(l, "/etc/app", "/etc", "/none"), k->ns, k->ns,
		    LANGUAGE_WORD(l, "a.conf", "release", "none"), k->ns);
		break;
	case 2:
		buf_printf(&l->b,
		    "<%s:filepath operation='pattern match'>%s"
		    "</%s:filepath>",
		    k->ns,
		    LANGUAGE_WORD(l, "^/etc/app/.*\\.conf$", "^/etc/release$",
			"^/etc/none"),
		    k->ns);
		break;
	default:
		buf_printf(&l->b, "<%s:filepath>%s</%s:filepath>", k->ns,
		    LANGUAGE_WORD(l, "/etc/release", "/etc/app/a.conf",
			"/etc/app/b.conf", "/etc/none", "/etc/empty"),
		    k->ns);
		break;
	}
}

static inline void
language_text_object(struct language *l)
{
	buf_printf(&l->b,
	    "<ind:pattern operation='pattern match'>%s</ind:pattern>",
	    LANGUAGE_WORD(l, "^(\\w+) = (.*)$", "^k1 = (\\d+)$", "^(.+)$",
		"(\\d+)", "FOCAL", "^#.*", "k(\\d)(x)?", "a.b",
		language_is_narrow(l) ? "k" : "^(.*)$",
		language_is_narrow(l) ? "b" : "^$"));
	buf_printf(&l->b,
	    "<ind:instance datatype='int' operation='%s'>%s</ind:instance>",
	    LANGUAGE_WORD(l, "equals", "equals", "greater than or equal",
		"less than", "not equal"),
	    LANGUAGE_WORD(l, "1", "1", "2", "3"));
}

static inline void
language_verify(struct language *l, bool may_vary)
{
	buf_printf(&l->b, "<linux:behaviors nosize='%s' noconfigfiles='%s'/>",
	    LANGUAGE_WORD(l, "true", "false"),
	    LANGUAGE_WORD(l, "true", "false"));
	language_name_object(l, &language_kinds[LANGUAGE_VERIFY], may_vary);
	buf_printf(&l->b, "<linux:filepath operation='%s'>%s</linux:filepath>",
	    LANGUAGE_WORD(l, "equals", "pattern match", "not equal"),
	    LANGUAGE_WORD(l, "/etc/release", "^/etc/app/", "/none"));
}

static inline void
language_plain_object(
    struct language *l, const struct language_kind *k, unsigned i)
{
	bool may_vary = i >= 3;

	if (k == &language_kinds[LANGUAGE_FAMILY] ||
	    k == &language_kinds[LANGUAGE_UNAME])
		return;
	if (k == &language_kinds[LANGUAGE_VERIFY]) {
		language_verify(l, may_vary);
		return;
	}
	if (k == &language_kinds[LANGUAGE_VARIABLE]) {
		buf_printf(&l->b, "<ind:var_ref>" LANGUAGE_ID "</ind:var_ref>",
		    "var",
		    language_variable(l,
			language_is_narrow(l) ? language_nth_type(i)
					      : language_type(l)));
		return;
	}
	if (k->base < 20 && !may_vary && language_is_narrow(l)) {
		buf_add_str(&l->b, "<linux:name>n0</linux:name>");
	} else if (k->base < 20) {
		language_name_object(l, k, may_vary);
	} else {
		language_behaviors(l, k);
		language_place(l, k);
		if (k == &language_kinds[LANGUAGE_TEXT])
			language_text_object(l);
	}
	if (may_vary && language_one_in(l, 4))
		buf_printf(&l->b,
		    "<filter action='%s'>" LANGUAGE_ID "</filter>",
		    LANGUAGE_WORD(l, "include", "exclude"), "ste",
		    k->base + random_below(&l->r, 4) + 1);
}

static inline void
language_set(struct language *l, const struct language_kind *k, unsigned i)
{
	bool nests =
	    i > LANGUAGE_N_OBJECTS - LANGUAGE_N_SETS && language_one_in(l, 2);
	unsigned n = language_one_in(l, 6) ? 1 : 2;
	unsigned j;

	buf_printf(&l->b, "<set set_operator='%s'>",
	    LANGUAGE_WORD(l, "UNION", "INTERSECTION", "COMPLEMENT"));
	for (j = 0; j < n; j++) {
		if (nests)
			buf_printf(&l->b,
			    "<set><object_reference>" LANGUAGE_ID
			    "</object_reference></set>",
			    "obj", k->base + random_below(&l->r, i) + 1);
		else
			buf_printf(&l->b,
			    "<object_reference>" LANGUAGE_ID
			    "</object_reference>",
			    "obj", k->base + random_below(&l->r, i) + 1);
	}
	if (!nests && language_one_in(l, 3))
		buf_printf(&l->b,
		    "<filter action='%s'>" LANGUAGE_ID "</filter>",
		    LANGUAGE_WORD(l, "include", "exclude"), "ste",
		    k->base + random_below(&l->r, 4) + 1);
	buf_add_str(&l->b, "</set>");
}

static inline void
language_object(struct language *l, const struct language_kind *k, unsigned i)
{
	bool is_set = k->base < 30 && i >= LANGUAGE_N_OBJECTS - LANGUAGE_N_SETS;

	buf_printf(&l->b, "<%s:%s_object id='" LANGUAGE_ID "' version='1'>",
	    k->ns, k->name, "obj", k->base + i + 1);
	if (is_set)
		language_set(l, k, i);
	else
		language_plain_object(l, k, i);
	buf_printf(&l->b, "</%s:%s_object>", k->ns, k->name);
}

/* --- tests --- */

static inline unsigned
language_weight(const struct language *l, unsigned kind)
{
	bool is_file = kind == LANGUAGE_TEXT || kind == LANGUAGE_FILE;

	if (l->shared != LANGUAGE_WHOLE &&
	    (kind == LANGUAGE_VERIFY || kind == LANGUAGE_UNAME))
		return 0;
	if (l->shared == LANGUAGE_RPM &&
	    (kind == LANGUAGE_DPKGINFO || kind == LANGUAGE_FAMILY))
		return 0;
	if (l->shared == LANGUAGE_DPKG && (kind == LANGUAGE_RPMINFO || is_file))
		return 0;
	return language_kinds[kind].weight;
}

static inline const struct language_kind *
language_kind(struct language *l)
{
	unsigned total = 0;
	unsigned i, at;

	for (i = 0; i < LANGUAGE_N_KINDS; i++)
		total += language_weight(l, i);
	at = random_below(&l->r, total);
	for (i = 0; at >= language_weight(l, i); i++)
		at -= language_weight(l, i);
	return &language_kinds[i];
}

/* Of variables one with the object's type. */
static inline unsigned
language_test_state(
    struct language *l, const struct language_kind *k, unsigned object)
{
	if (language_is_narrow(l) && k == &language_kinds[LANGUAGE_VARIABLE])
		return object % LANGUAGE_N_STATES;
	return random_below(&l->r, LANGUAGE_N_STATES);
}

static inline void
language_test(struct language *l, unsigned i)
{
	const struct language_kind *k = language_kind(l);
	unsigned object = random_below(&l->r, LANGUAGE_N_OBJECTS);
	unsigned n = random_below(&l->r, 3);

	if (!l->shared && language_one_in(l, 25)) {
		buf_printf(&l->b,
		    "<ind:unknown_test id='" LANGUAGE_ID
		    "' version='1' comment='t' check='all'/>",
		    "tst", i + 1);
		return;
	}
	buf_printf(&l->b,
	    "<%s:%s_test id='" LANGUAGE_ID
	    "' version='1' comment='t' check='%s' check_existence='%s' "
	    "state_operator='%s'><%s:object object_ref='" LANGUAGE_ID "'/>",
	    k->ns, k->name, "tst", i + 1, language_check(l),
	    LANGUAGE_WORD(l, "at_least_one_exists", "at_least_one_exists",
		"any_exist", "none_exist", "only_one_exists", "all_exist"),
	    LANGUAGE_WORD(l, "AND", "OR", "ONE", "XOR"), k->ns, "obj",
	    k->base + object + 1);
	for (; n > 0; n--)
		buf_printf(&l->b, "<%s:state state_ref='" LANGUAGE_ID "'/>",
		    k->ns, "ste",
		    k->base + language_test_state(l, k, object) + 1);
	buf_printf(&l->b, "</%s:%s_test>", k->ns, k->name);
}

/* --- definitions --- */

static inline void
language_criteria(struct language *l, unsigned i, unsigned depth)
{
	unsigned n = random_below(&l->r, 3) + 1;

	buf_printf(&l->b, "<criteria operator='%s' negate='%s'>",
	    LANGUAGE_WORD(l, "AND", "OR", "OR", "ONE", "XOR"),
	    LANGUAGE_WORD(l, "false", "false", "false", "true"));
	for (; n > 0; n--) {
		if (depth < 2 && language_one_in(l, 3))
			language_criteria(l, i, depth + 1);
		else if (language_one_in(l, 5))
			buf_printf(&l->b,
			    "<extend_definition negate='%s' "
			    "definition_ref='" LANGUAGE_ID "'/>",
			    LANGUAGE_WORD(l, "false", "true"), "def",
			    random_below(&l->r, i) + 1);
		else
			buf_printf(&l->b,
			    "<criterion negate='%s' test_ref='" LANGUAGE_ID
			    "'/>",
			    LANGUAGE_WORD(l, "false", "false", "true"), "tst",
			    random_below(&l->r, LANGUAGE_N_TESTS) + 1);
	}
	buf_add_str(&l->b, "</criteria>");
}

static inline void
language_definition(struct language *l, unsigned i)
{
	buf_printf(&l->b,
	    "<definition id='" LANGUAGE_ID
	    "' version='1' class='miscellaneous'%s><metadata><title>t"
	    "</title><description/></metadata>",
	    "def", i + 1, language_one_in(l, 10) ? " deprecated='true'" : "");
	if (i < LANGUAGE_N_TESTS)
		buf_printf(&l->b,
		    "<criteria><criterion test_ref='" LANGUAGE_ID
		    "'/></criteria>",
		    "tst", i + 1);
	else if (!language_one_in(l, 25))
		language_criteria(l, i, 0);
	buf_add_str(&l->b, "</definition>");
}

/* The document between generator and end. */
static inline void
language_document(struct language *l)
{
	unsigned i, j;

	buf_add_str(&l->b, "<definitions>");
	for (i = 0; i < LANGUAGE_N_DEFINITIONS; i++)
		language_definition(l, i);
	buf_add_str(&l->b, "</definitions><tests>");
	for (i = 0; i < LANGUAGE_N_TESTS; i++)
		language_test(l, i);
	buf_add_str(&l->b, "</tests><objects>");
	for (i = 0; i < LANGUAGE_N_KINDS; i++)
		for (j = 0; j < LANGUAGE_N_OBJECTS; j++)
			language_object(l, &language_kinds[i], j);
	buf_add_str(&l->b, "</objects><states>");
	for (i = 0; i < LANGUAGE_N_KINDS; i++)
		for (j = 0; j < LANGUAGE_N_STATES; j++)
			language_state(l, &language_kinds[i], j);
	buf_add_str(&l->b, "</states>");
	language_variables(l);
}

#endif
