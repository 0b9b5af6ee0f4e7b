/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "indexer/nvd_match.h"

#define PREFIX "cpe:2.3:"

/*
 * A component in lower case, without escapes; wildcards, which stand without
 * a backslash, become bytes that no name has.
 */
#define MANY '\1' /* "*" */
#define ONE '\2'  /* "?" */

static const char any[] = { MANY, '\0' };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Cuts the next component off *rest into text, which has room for all. */
static bool
next_field(struct span *rest, char *text, size_t *n)
{
	size_t i;

	*n = 0;
	for (i = 0; i < rest->len && rest->ptr[i] != ':'; i++) {
		char c = rest->ptr[i];

		if (c >= 0 && (c <= ' ' || c == 0x7f))
			return false;
		if (c == '\\') {
			if (++i == rest->len)
				return false;
			c = rest->ptr[i];
			if (c >= 0 && (c <= ' ' || c == 0x7f))
				return false;
		} else if (c == '*') {
			c = MANY;
		} else if (c == '?') {
			c = ONE;
		}
		text[(*n)++] = lower(c);
	}
	*rest = i < rest->len ? span_from(*rest, i + 1) : SPAN_NONE;
	return true;
}

/* All components into text; those that are left out may be anything. */
static bool
split(struct span name, char text[CPE_NAME_MAX], struct span fields[CPE_FIELDS])
{
	struct span rest = span_from(name, sizeof(PREFIX) - 1);
	size_t i, n;

	if (!span_has_prefix(name, PREFIX) || name.len > CPE_NAME_MAX)
		return false;
	for (i = 0; i < CPE_FIELDS; i++) {
		fields[i] = span_of(any);
		if (rest.ptr == NULL)
			continue;
		if (!next_field(&rest, text, &n))
			return false;
		if (n > 0)
			fields[i] = span_make(text, n);
		text += n;
	}
	return rest.ptr == NULL;
}

static bool
is_any(struct span s)
{
	return s.len == 1 && s.ptr[0] == MANY;
}

static bool
is_na(struct span s)
{
	return s.len == 1 && s.ptr[0] == '-';
}

static bool
has_wildcard(struct span s)
{
	return span_find(s, MANY) < s.len || span_find(s, ONE) < s.len;
}

bool
nvd_pattern_parse(struct nvd_pattern *p, struct span name, struct arena *a)
{
	char *text = arena_alloc(a, CPE_NAME_MAX);
	struct span part;

	if (!split(name, text, p->fields))
		return false;
	part = p->fields[CPE_PART];
	return part.len == 1 &&
	    (is_any(part) || strchr("aoh", part.ptr[0]) != NULL);
}

bool
nvd_pattern_has(const struct nvd_pattern *p, enum cpe_field field)
{
	return !has_wildcard(p->fields[field]);
}

bool
nvd_pattern_is_any(const struct nvd_pattern *p, enum cpe_field field)
{
	return is_any(p->fields[field]);
}

struct span
nvd_pattern_text(
    const struct nvd_pattern *p, enum cpe_field field, struct arena *a)
{
	if (has_wildcard(p->fields[field]))
		return SPAN_NONE;
	return arena_span(a, p->fields[field]);
}

/* --- components --- */

/* The pattern with wildcards against text without; "?" is one byte or none. */
static bool
glob(struct span pattern, struct span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == MANY) {
			star = p++;
			from = t;
		} else if (p < pattern.len &&
		    (pattern.ptr[p] == ONE || pattern.ptr[p] == text.ptr[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len &&
	    (pattern.ptr[p] == MANY || pattern.ptr[p] == ONE))
		p++;
	return p == pattern.len;
}

/* Is there a value that both allow? */
static bool
overlap(struct span a, struct span b)
{
	bool wild_a = has_wildcard(a), wild_b = has_wildcard(b);

	if (is_any(a) || is_any(b))
		return true;
	if (is_na(a) || is_na(b))
		return is_na(a) && is_na(b);
	if (wild_a && wild_b)
		return true;
	if (wild_a)
		return glob(a, b);
	return wild_b ? glob(b, a) : span_eq(a, b);
}

/* --- versions --- */

/* Can both hold: a version up to end, and one from start on? */
static bool
reaches(struct nvd_bound end, struct nvd_bound start)
{
	int order;

	if (end.version.len == 0 || start.version.len == 0)
		return true;
	order = nvd_version_cmp(end.version, start.version);
	return order > 0 || (order == 0 && !end.excluding && !start.excluding);
}

static bool
ranges_overlap(struct nvd_bound start_a, struct nvd_bound end_a,
    struct nvd_bound start_b, struct nvd_bound end_b)
{
	return reaches(end_a, start_b) && reaches(end_b, start_a);
}

static bool
version_matches(
    const struct nvd_pattern *p, const struct nvd_match *m, struct span has)
{
	struct span asked = p->fields[CPE_VERSION];
	struct nvd_bound start = { m->version_start, m->start_excluding };
	struct nvd_bound end = { m->version_end, m->end_excluding };
	bool bounded = start.version.len > 0 || end.version.len > 0;
	bool ranged = p->start.version.len > 0 || p->end.version.len > 0;
	struct nvd_bound one = { is_any(has) ? asked : has, false };

	if (ranged && is_na(has))
		return false;
	if (ranged && !is_any(has))
		return has_wildcard(has) ||
		    ranges_overlap(one, one, p->start, p->end);
	if (ranged)
		return ranges_overlap(start, end, p->start, p->end);
	if (!overlap(asked, has))
		return false;
	if (!bounded || !is_any(has) || is_any(asked) || has_wildcard(asked))
		return true;
	return !is_na(asked) && ranges_overlap(one, one, start, end);
}

static bool
field_matches(const struct nvd_pattern *p, size_t field, struct span has)
{
	struct span asked = p->fields[field];

	if (p->is_match_string && field != CPE_UPDATE && is_any(has))
		return is_any(asked);
	return overlap(asked, has);
}

bool
nvd_pattern_matches(const struct nvd_pattern *p, const struct nvd_match *m)
{
	struct span has[CPE_FIELDS];
	char text[CPE_NAME_MAX];
	size_t i;

	if ((p->vulnerable_only && !m->vulnerable) || !split(m->cpe, text, has))
		return false;
	for (i = 0; i < CPE_FIELDS; i++)
		if (i != CPE_VERSION && !field_matches(p, i, has[i]))
			return false;
	return version_matches(p, m, has[CPE_VERSION]);
}

/* --- order --- */

enum token { END = 0, WORD, NUMBER };

/* The next run of digits or of letters; backslashes and joints are between. */
static enum token
next_token(struct span *rest, struct span *token)
{
	bool digits;
	size_t i = 0, n;

	while (i < rest->len && !span_is_digit(rest->ptr[i]) &&
	    !span_is_alpha(rest->ptr[i]))
		i++;
	*rest = span_from(*rest, i);
	if (rest->len == 0)
		return END;
	digits = span_is_digit(rest->ptr[0]);
	for (n = 1; n < rest->len; n++)
		if (digits ? !span_is_digit(rest->ptr[n])
			   : !span_is_alpha(rest->ptr[n]))
			break;
	*token = span_first(*rest, n);
	*rest = span_from(*rest, n);
	return digits ? NUMBER : WORD;
}

static int
compare_numbers(struct span a, struct span b)
{
	while (a.len > 0 && a.ptr[0] == '0')
		a = span_from(a, 1);
	while (b.len > 0 && b.ptr[0] == '0')
		b = span_from(b, 1);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return span_cmp(a, b);
}

static bool
is_zero(struct span number)
{
	return compare_numbers(number, SPAN_LIT("0")) == 0;
}

/* "3.7.0a1" comes before "3.7.0", but "1.0.2a" after "1.0.2". */
static bool
is_before_release(struct span word, struct span rest)
{
	static const char *const words[] = { "alpha", "beta", "rc", "pre",
		"preview", "dev", "snapshot", "milestone" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is_nocase(word, words[i]))
			return true;
	return word.len == 1 && strchr("abmABM", word.ptr[0]) != NULL &&
	    rest.len > 0 && span_is_digit(rest.ptr[0]);
}

static int
compare_words(struct span a, struct span b)
{
	size_t i, n = a.len < b.len ? a.len : b.len;

	for (i = 0; i < n; i++) {
		int order = lower(a.ptr[i]) - lower(b.ptr[i]);

		if (order != 0)
			return order;
	}
	return (a.len > b.len) - (a.len < b.len);
}

/* What is left of the longer one: 1 if that makes it the later one. */
static int
tail_order(enum token kind, struct span token, struct span rest)
{
	for (; kind != END; kind = next_token(&rest, &token)) {
		if (kind == WORD)
			return is_before_release(token, rest) ? -1 : 1;
		if (!is_zero(token))
			return 1;
	}
	return 0;
}

int
nvd_version_cmp(struct span a, struct span b)
{
	struct span x = SPAN_NONE, y = SPAN_NONE;

	for (;;) {
		enum token kind_a = next_token(&a, &x);
		enum token kind_b = next_token(&b, &y);
		int order;

		if (kind_a == END)
			return -tail_order(kind_b, y, b);
		if (kind_b == END)
			return tail_order(kind_a, x, a);
		if (kind_a != kind_b)
			return kind_a == NUMBER ? 1 : -1;
		order = kind_a == NUMBER ? compare_numbers(x, y)
					 : compare_words(x, y);
		if (order != 0)
			return order;
	}
}
