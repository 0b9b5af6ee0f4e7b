/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "syncd/sources_pattern.h"

static const char *const slot_names[N_SLOTS] = {
	[SLOT_CODENAME] = "{codename}",
	[SLOT_SERVICE] = "{service}",
	[SLOT_FLAVOUR] = "{flavour}",
	[SLOT_MAJOR] = "{major}",
	[SLOT_RELEASE] = "{release}",
	[SLOT_VRELEASE] = "{vrelease}",
	[SLOT_YEAR] = "{year}",
	[SLOT_DATE] = "{date}",
	[SLOT_FEED] = "{feed}",
	[SLOT_ARCH] = "{arch}",
	[SLOT_STREAM] = "{stream}",
	[SLOT_FILE] = "{file}",
	[SLOT_QUERY] = "{query}",
};

const char *const rolling_feeds[] = { "modified", "recent", NULL };
static const char *const arches[] = { "x86_64", "aarch64", NULL };

static bool
is_one_of(struct span s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (span_is(s, *words))
			return true;
	return false;
}

/* words have blanks between them. */
static bool
is_word_of(struct span s, const char *words)
{
	struct span rest = words == NULL ? SPAN_NONE : span_of(words);
	size_t end;

	while (rest.len > 0) {
		end = span_find(rest, ' ');
		if (span_eq(s, span_first(rest, end)))
			return true;
		rest = end < rest.len ? span_from(rest, end + 1) : SPAN_NONE;
	}
	return false;
}

static bool
is_digits(struct span s)
{
	uint64_t ignored;

	return parse_uint(s, UINT32_MAX, &ignored);
}

/* Only letters, digits and these; never at the start a dot. */
static bool
is_plain(struct span s, const char *others)
{
	size_t i;

	if (s.len == 0 || s.len >= SOURCE_NAME_SIZE || s.ptr[0] == '.')
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_digit(s.ptr[i]) && !span_is_alpha(s.ptr[i]) &&
		    strchr(others, s.ptr[i]) == NULL)
			return false;
	return true;
}

static bool
is_lower_word(struct span s, bool digits)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_lower(s.ptr[i]) &&
		    !(digits && (s.ptr[i] == '-' || span_is_digit(s.ptr[i]))))
			return false;
	return s.len > 0 && s.len < SOURCE_NAME_SIZE && span_is_lower(s.ptr[0]);
}

/* "15.3", "15-sp4" */
static bool
is_numbered(struct span s)
{
	size_t end = 0;

	while (end < s.len && (span_is_digit(s.ptr[end]) || s.ptr[end] == '.'))
		end++;
	if (end == 0 || !span_is_digit(s.ptr[0]) ||
	    !span_is_digit(s.ptr[end - 1]) || s.len >= SOURCE_NAME_SIZE)
		return false;
	s = span_from(s, end);
	return s.len == 0 ||
	    (span_has_prefix(s, "-sp") && is_digits(span_from(s, 3)));
}

static bool
is_date(struct span s)
{
	return s.len == 10 && s.ptr[4] == '-' && s.ptr[7] == '-' &&
	    is_digits(span_first(s, 4)) &&
	    is_digits(span_first(span_from(s, 5), 2)) &&
	    is_digits(span_from(s, 8));
}

static bool
slot_fits(enum slot slot, const char *flavours, struct span s)
{
	switch (slot) {
	case SLOT_CODENAME:
		return is_lower_word(s, false);
	case SLOT_SERVICE:
		return is_lower_word(s, true);
	case SLOT_FLAVOUR:
		return is_word_of(s, flavours);
	case SLOT_MAJOR:
		return s.len <= 2 && is_digits(s);
	case SLOT_RELEASE:
		return is_numbered(s);
	case SLOT_VRELEASE:
		return span_is(s, "edge") ||
		    (span_has_prefix(s, "v") && is_numbered(span_from(s, 1)));
	case SLOT_YEAR:
		return s.len == 4 && is_digits(s);
	case SLOT_DATE:
		return is_date(s);
	case SLOT_FEED:
		return (s.len == 4 && is_digits(s)) ||
		    is_one_of(s, rolling_feeds);
	case SLOT_ARCH:
		return is_one_of(s, arches);
	case SLOT_QUERY:
		return is_plain(s, "._-=&%:+");
	default:
		return is_plain(s, "._+-");
	}
}

/* The slot that the pattern goes on with; N_SLOTS: plain text. */
static enum slot
slot_at(const char *pattern)
{
	enum slot i;

	if (*pattern != '{')
		return N_SLOTS;
	for (i = 0; i < N_SLOTS; i++)
		if (strncmp(pattern, slot_names[i], strlen(slot_names[i])) == 0)
			break;
	return i;
}

bool
pattern_has(const char *pattern, enum slot slot)
{
	return strstr(pattern, slot_names[slot]) != NULL;
}

/* Tries the longest text for a slot first; it never holds a slash. */
bool
pattern_fit(const char *pattern, const char *flavours, struct span text,
    struct span values[N_SLOTS])
{
	enum slot slot;
	const char *rest;
	size_t len;

	for (; (slot = slot_at(pattern)) == N_SLOTS; pattern++) {
		if (*pattern == '\0' || text.len == 0)
			return *pattern == '\0' && text.len == 0;
		if (*pattern != text.ptr[0])
			return false;
		text = span_from(text, 1);
	}
	rest = pattern + strlen(slot_names[slot]);
	len = span_find(text, '/');
	if (len >= SOURCE_NAME_SIZE)
		len = SOURCE_NAME_SIZE - 1;
	for (; len > 0; len--) {
		values[slot] = span_first(text, len);
		if (slot_fits(slot, flavours, values[slot]) &&
		    pattern_fit(rest, flavours, span_from(text, len), values))
			return true;
	}
	values[slot] = SPAN_NONE;
	return false;
}

void
pattern_fill(
    const char *pattern, const struct span values[N_SLOTS], struct buf *out)
{
	enum slot slot;

	while (*pattern != '\0') {
		slot = slot_at(pattern);
		if (slot == N_SLOTS) {
			buf_add_char(out, *pattern++);
			continue;
		}
		/* A release is written with a v there, edge is not. */
		if (slot == SLOT_VRELEASE && values[slot].len > 0 &&
		    span_is_digit(values[slot].ptr[0]))
			buf_add_char(out, 'v');
		buf_add_span(out, values[slot]);
		pattern += strlen(slot_names[slot]);
	}
}
