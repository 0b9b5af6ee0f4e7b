/* SPDX-License-Identifier: Apache-2.0 */
#include "content/openvex_impl.h"

/*
 * Canonical's sentences about a status of its tracker. What stands behind
 * "CVE notes" is anyone's text and decides nothing.
 */
static const struct phrase {
	const char *text;
	enum advisory_state state;
} phrases[] = {
	{ "decided to not fix", ADVISORY_WILL_NOT_FIX },
	{ "decided not to fix", ADVISORY_WILL_NOT_FIX },
	{ "will not fix", ADVISORY_WILL_NOT_FIX },
	{ "will not be fixed", ADVISORY_WILL_NOT_FIX },
	{ "no longer supported", ADVISORY_END_OF_LIFE },
	{ "end of life", ADVISORY_END_OF_LIFE },
	{ "end-of-life", ADVISORY_END_OF_LIFE },
	{ "end of standard support", ADVISORY_END_OF_LIFE },
	{ "deferred", ADVISORY_DEFERRED },
	{ "to defer", ADVISORY_DEFERRED },
};

/* Where the phrase begins, in any case of letters; or text.len. */
static size_t
find(struct span text, const char *phrase)
{
	struct span p = span_of(phrase);
	size_t i;

	for (i = 0; i + p.len <= text.len; i++)
		if (span_is_nocase(
			span_first(span_from(text, i), p.len), phrase))
			return i;
	return text.len;
}

static struct span
words_of(const struct json_node *statement)
{
	static const char *const members[] = { "action_statement",
		"status_notes", "impact_statement" };
	struct span text = SPAN_NONE;
	size_t i;

	for (i = 0; i < 3 && text.len == 0; i++)
		text = json_text(json_get(statement, members[i]));
	return span_trim(span_first(text, find(text, "CVE notes")));
}

static enum advisory_state
state_in(struct span words, enum advisory_state otherwise)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (find(words, phrases[i].text) < words.len)
			return phrases[i].state;
	return otherwise;
}

enum advisory_state
openvex_state(const struct json_node *statement, struct span *detail)
{
	struct span status = json_text(json_get(statement, "status"));
	struct span words = words_of(statement);

	*detail = words;
	if (span_is(status, "affected"))
		return state_in(words, ADVISORY_AFFECTED);
	if (span_is(status, "under_investigation"))
		return state_in(words, ADVISORY_NEEDS_TRIAGE);
	if (span_is(status, "not_affected")) {
		*detail = json_text(json_get(statement, "justification"));
		return ADVISORY_NOT_AFFECTED;
	}
	*detail = SPAN_NONE;
	if (span_is(status, "fixed"))
		return ADVISORY_FIXED;
	*detail = status;
	return ADVISORY_UNKNOWN;
}

/* "… classified this CVE as of Medium priority." */
struct span
openvex_severity(const struct json_node *statement)
{
	struct span text = json_text(json_get(statement, "status_notes"));
	size_t from = find(text, " as of ");
	struct span word;

	if (from == text.len)
		return SPAN_NONE;
	word = span_from(text, from + 7);
	word = span_first(word, find(word, " priority"));
	return advisory_is_word(word) ? word : SPAN_NONE;
}
