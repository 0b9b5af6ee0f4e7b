/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "content/oval_read.h"

#define WORDS(name)                                                 \
	const struct oval_words oval_words_##name = { name##_names, \
		sizeof(name##_names) / sizeof(name##_names[0]) }

static const char *const class_names[] = {
	[OVAL_CLASS_NONE] = NULL,
	[OVAL_CLASS_VULNERABILITY] = "vulnerability",
	[OVAL_CLASS_PATCH] = "patch",
	[OVAL_CLASS_INVENTORY] = "inventory",
	[OVAL_CLASS_COMPLIANCE] = "compliance",
	[OVAL_CLASS_MISCELLANEOUS] = "miscellaneous",
};
WORDS(class);

static const char *const operator_names[] = {
	[OVAL_AND] = "AND",
	[OVAL_OR] = "OR",
	[OVAL_ONE] = "ONE",
	[OVAL_XOR] = "XOR",
};
WORDS(operator);

static const char *const check_names[] = {
	[OVAL_CHECK_ALL] = "all",
	[OVAL_CHECK_AT_LEAST_ONE] = "at least one",
	[OVAL_CHECK_ONLY_ONE] = "only one",
	[OVAL_CHECK_NONE_SATISFY] = "none satisfy",
	[OVAL_CHECK_NONE_EXIST] = "none exist",
};
WORDS(check);

static const char *const existence_names[] = {
	[OVAL_EXISTENCE_AT_LEAST_ONE] = "at_least_one_exists",
	[OVAL_EXISTENCE_ALL] = "all_exist",
	[OVAL_EXISTENCE_ANY] = "any_exist",
	[OVAL_EXISTENCE_NONE] = "none_exist",
	[OVAL_EXISTENCE_ONLY_ONE] = "only_one_exists",
};
WORDS(existence);

static const char *const operation_names[] = {
	[OVAL_EQUALS] = "equals",
	[OVAL_NOT_EQUAL] = "not equal",
	[OVAL_NOCASE_EQUALS] = "case insensitive equals",
	[OVAL_NOCASE_NOT_EQUAL] = "case insensitive not equal",
	[OVAL_GREATER_THAN] = "greater than",
	[OVAL_LESS_THAN] = "less than",
	[OVAL_GREATER_THAN_OR_EQUAL] = "greater than or equal",
	[OVAL_LESS_THAN_OR_EQUAL] = "less than or equal",
	[OVAL_BITWISE_AND] = "bitwise and",
	[OVAL_BITWISE_OR] = "bitwise or",
	[OVAL_PATTERN_MATCH] = "pattern match",
	[OVAL_SUBSET_OF] = "subset of",
	[OVAL_SUPERSET_OF] = "superset of",
};
WORDS(operation);

static const char *const datatype_names[] = {
	[OVAL_STRING] = "string",
	[OVAL_BINARY] = "binary",
	[OVAL_BOOLEAN] = "boolean",
	[OVAL_DEBIAN_EVR_STRING] = "debian_evr_string",
	[OVAL_EVR_STRING] = "evr_string",
	[OVAL_FILESET_REVISION] = "fileset_revision",
	[OVAL_FLOAT] = "float",
	[OVAL_INT] = "int",
	[OVAL_IOS_VERSION] = "ios_version",
	[OVAL_IPV4_ADDRESS] = "ipv4_address",
	[OVAL_IPV6_ADDRESS] = "ipv6_address",
	[OVAL_VERSION] = "version",
	[OVAL_RECORD] = "record",
};
WORDS(datatype);

static const char *const status_names[] = {
	[OVAL_STATUS_NONE] = "none",
	[OVAL_STATUS_RELEASED] = "released",
	[OVAL_STATUS_NEEDED] = "needed",
	[OVAL_STATUS_NEEDS_TRIAGE] = "needs-triage",
	[OVAL_STATUS_DEFERRED] = "deferred",
	[OVAL_STATUS_IGNORED] = "ignored",
	[OVAL_STATUS_PENDING] = "pending",
	[OVAL_STATUS_NOT_AFFECTED] = "not-affected",
	[OVAL_STATUS_UNKNOWN] = "unknown",
};

struct kind_row {
	const char *name;
	const char *ns;
	const char *elements[3]; /* by enum oval_part */
};

#define KIND(name, ns)                                              \
	{                                                           \
		name, OVAL_NS_DEFINITIONS ns,                       \
		{                                                   \
			name "_test", name "_object", name "_state" \
		}                                                   \
	}

static const struct kind_row kinds[] = {
	[OVAL_KIND_OTHER] = { "other", "", { "", "", "" } },
	[OVAL_KIND_UNKNOWN] = KIND("unknown", "#independent"),
	[OVAL_KIND_DPKGINFO] = KIND("dpkginfo", "#linux"),
	[OVAL_KIND_RPMINFO] = KIND("rpminfo", "#linux"),
	[OVAL_KIND_RPMVERIFYFILE] = KIND("rpmverifyfile", "#linux"),
	[OVAL_KIND_TEXTFILECONTENT54] =
	    KIND("textfilecontent54", "#independent"),
	[OVAL_KIND_FAMILY] = KIND("family", "#independent"),
	[OVAL_KIND_VARIABLE] = KIND("variable", "#independent"),
	[OVAL_KIND_UNAME] = KIND("uname", "#unix"),
	[OVAL_KIND_FILE] = KIND("file", "#unix"),
};

const char *
oval_class_name(enum oval_class v)
{
	return v == OVAL_CLASS_NONE ? "none" : class_names[v];
}

const char *
oval_operator_name(enum oval_operator v)
{
	return operator_names[v];
}

const char *
oval_check_name(enum oval_check v)
{
	return check_names[v];
}

const char *
oval_existence_name(enum oval_existence v)
{
	return existence_names[v];
}

const char *
oval_operation_name(enum oval_operation v)
{
	return operation_names[v];
}

const char *
oval_datatype_name(enum oval_datatype v)
{
	return datatype_names[v];
}

const char *
oval_status_name(enum oval_status v)
{
	return status_names[v];
}

const char *
oval_kind_name(enum oval_kind v)
{
	return kinds[v].name;
}

bool
oval_word_parse(const struct oval_words *w, struct span s, unsigned *out)
{
	unsigned i;

	for (i = 0; i < w->n; i++) {
		if (w->names[i] != NULL && span_is(s, w->names[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

const char *
oval_kind_element(enum oval_kind v, enum oval_part part)
{
	return kinds[v].elements[part];
}

enum oval_kind
oval_kind_of(struct span ns, struct span name, enum oval_part part)
{
	unsigned i;

	for (i = OVAL_KIND_OTHER + 1; i < OVAL_N_KINDS; i++)
		if (span_is(name, kinds[i].elements[part]) &&
		    span_is(ns, kinds[i].ns))
			return (enum oval_kind)i;
	return OVAL_KIND_OTHER;
}

/* FORMATS §1.5: what follows "<package> package in <release>". */
static const struct {
	const char *text;
	enum oval_status status;
} status_texts[] = {
	{ "was vulnerable but has been fixed", OVAL_STATUS_RELEASED },
	{ "was vulnerable and has been fixed", OVAL_STATUS_RELEASED },
	{ "is affected and needs fixing", OVAL_STATUS_NEEDED },
	{ "is affected and may need fixing", OVAL_STATUS_NEEDS_TRIAGE },
	{ "is affected, but a decision has been made to defer addressing it",
	    OVAL_STATUS_DEFERRED },
	{ "is affected. An update containing the fix has been completed and "
	  "is pending publication",
	    OVAL_STATUS_PENDING },
	{ "is related to the CVE in some way and has been fixed",
	    OVAL_STATUS_NOT_AFFECTED },
	{ "has a vulnerability that is not known", OVAL_STATUS_UNKNOWN },
};

/* Cuts the first word off, and the blank behind it. */
static struct span
word_cut(struct span *s)
{
	size_t i = span_find(*s, ' ');
	struct span word = span_first(*s, i);

	*s = span_from(*s, i == s->len ? i : i + 1);
	return word;
}

enum oval_status
oval_status_of(struct span comment)
{
	struct span rest = comment;
	struct span word;
	size_t i;

	word = word_cut(&rest);
	if (span_has_prefix(word, "(CVE-")) /* pkg flavour */
		word = word_cut(&rest);
	if (span_is(word, "The")) /* old trusty files */
		word = word_cut(&rest);
	if (span_has_suffix(word, ":"))
		return span_has_prefix(rest,
			   "while related to the CVE in some way, a decision "
			   "has been made to ignore this issue")
		    ? OVAL_STATUS_IGNORED
		    : OVAL_STATUS_NONE;
	if (!span_has_prefix(rest, "package in "))
		return OVAL_STATUS_NONE;
	rest = span_from(rest, strlen("package in "));
	word_cut(&rest); /* the release, with a comma behind it or not */
	for (i = 0; i < sizeof(status_texts) / sizeof(status_texts[0]); i++)
		if (span_has_prefix(rest, status_texts[i].text))
			return status_texts[i].status;
	return OVAL_STATUS_NONE;
}
