/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/scan.h"

static const char *const names[] = {
	[SEVERITY_NONE] = "unrated",
	[SEVERITY_NEGLIGIBLE] = "negligible",
	[SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

/* The vendors' other words: Red Hat's, and trackers' for "not rated". */
static const struct {
	const char *name;
	enum severity severity;
} synonyms[] = {
	{ "important", SEVERITY_HIGH }, { "moderate", SEVERITY_MEDIUM },
	{ "none", SEVERITY_NONE }, { "untriaged", SEVERITY_NONE },
	{ "unknown", SEVERITY_NONE },
	{ "unimportant", SEVERITY_NEGLIGIBLE }, /* Debian's */
};

const char *
severity_name(enum severity s)
{
	return names[s];
}

bool
severity_parse(struct span name, enum severity *out)
{
	size_t i;

	/* Debian's old ones: "high**". */
	while (span_has_suffix(name, "*"))
		name = span_first(name, name.len - 1);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (span_is_nocase(name, names[i])) {
			*out = (enum severity)i;
			return true;
		}
	}
	for (i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++) {
		if (span_is_nocase(name, synonyms[i].name)) {
			*out = synonyms[i].severity;
			return true;
		}
	}
	return false;
}
