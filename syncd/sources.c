/* SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "syncd/sources.h"

#define NAME_SIZE 256 /* a configured word, a stream's name */
#define FIRST_YEAR 2002

/* The parts of a pattern in braces; each fills a field of the file. */
enum slot {
	SLOT_CODENAME = 0,
	SLOT_FLAVOUR,
	SLOT_MAJOR,
	SLOT_STREAM,
	SLOT_FEED,
	N_SLOTS,
};

static const char *const slot_names[N_SLOTS] = {
	[SLOT_CODENAME] = "{codename}",
	[SLOT_FLAVOUR] = "{flavour}",
	[SLOT_MAJOR] = "{major}",
	[SLOT_STREAM] = "{stream}",
	[SLOT_FEED] = "{feed}",
};

static const char *const flavours[] = { "cve", "usn" };
static const char *const rolling_feeds[] = { "modified", "recent" };

static bool
is_one_of(struct span s, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

static bool
is_digits(struct span s)
{
	uint64_t ignored;

	return parse_uint(s, UINT32_MAX, &ignored);
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Never a slash, nor anything that a path could climb with. */
static bool
is_stream(struct span s)
{
	size_t i;

	if (s.len == 0 || s.len >= NAME_SIZE || s.ptr[0] == '.')
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_digit(s.ptr[i]) && !span_is_alpha(s.ptr[i]) &&
		    strchr("._-", s.ptr[i]) == NULL)
			return false;
	return true;
}

static bool
is_codename(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_lower(s.ptr[i]))
			return false;
	return s.len > 0 && s.len < NAME_SIZE;
}

static bool
slot_fits(enum slot slot, struct span s)
{
	switch (slot) {
	case SLOT_CODENAME:
		return is_codename(s);
	case SLOT_FLAVOUR:
		return is_one_of(s, flavours, 2);
	case SLOT_MAJOR:
		return s.len <= 2 && is_digits(s);
	case SLOT_STREAM:
		return is_stream(s);
	default:
		return (s.len == 4 && is_digits(s)) ||
		    is_one_of(s, rolling_feeds, 2);
	}
}

/* The slot that the pattern goes on with; N_SLOTS: plain text. */
static enum slot
slot_at(const char *pattern)
{
	enum slot i;

	for (i = 0; i < N_SLOTS; i++)
		if (strncmp(pattern, slot_names[i], strlen(slot_names[i])) == 0)
			break;
	return i;
}

/* Tries the longest text for a slot first. */
static bool
fit(const char *pattern, struct span text, struct span values[N_SLOTS])
{
	enum slot slot = slot_at(pattern);
	const char *rest;
	size_t len;

	if (slot == N_SLOTS) {
		if (*pattern == '\0' || text.len == 0)
			return *pattern == '\0' && text.len == 0;
		return *pattern == text.ptr[0] &&
		    fit(pattern + 1, span_from(text, 1), values);
	}
	rest = pattern + strlen(slot_names[slot]);
	for (len = text.len; len > 0; len--) {
		values[slot] = span_first(text, len);
		if (slot_fits(slot, values[slot]) &&
		    fit(rest, span_from(text, len), values))
			return true;
	}
	return false;
}

/* The file's name without folders, compression and ".xml" or ".json". */
static struct span
document_name(struct span path)
{
	static const char *const ends[] = { ".bz2", ".gz", ".xml", ".json" };
	size_t slash = span_rfind(path, '/');
	struct span name = path;
	size_t i;

	if (slash < path.len)
		name = span_from(path, slash + 1);
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_has_suffix(name, ends[i]))
			name = span_first(name, name.len - strlen(ends[i]));
	return name;
}

/* "<…>.json.gz" for "<…>.meta", if that is what the source's .meta proves. */
static bool
match_meta(const struct source *s, struct span file)
{
	struct span values[N_SLOTS];
	char name[NAME_SIZE];

	if (s->index != SOURCE_INDEX_META || !span_has_suffix(file, ".meta"))
		return false;
	file.len -= strlen(".meta");
	if (file.len + sizeof(".json.gz") > sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s.json.gz", SPAN_ARG(file));
	return fit(s->pattern, span_of(name), values);
}

bool
source_match(const struct source *s, struct span path, struct source_file *out)
{
	struct span values[N_SLOTS] = { { NULL, 0 } };
	struct span file = path;

	*out = (struct source_file){ .source = s };
	if (!span_has_prefix(file, s->host))
		return false;
	file = span_from(file, strlen(s->host));
	if (!span_has_prefix(file, s->base))
		return false;
	file = span_from(file, strlen(s->base));
	out->name = document_name(path);
	out->fallback = s->fallback != NULL && span_is(file, s->fallback);
	if (match_meta(s, file) ||
	    (s->index == SOURCE_INDEX_MANIFEST &&
		span_is(file, "PULP_MANIFEST"))) {
		out->role = SOURCE_INDEX;
		return true;
	}
	if (!out->fallback && !fit(s->pattern, file, values))
		return false;
	out->role = SOURCE_DOCUMENT;
	out->release =
	    values[values[SLOT_MAJOR].len > 0 ? SLOT_MAJOR : SLOT_CODENAME];
	out->flavour = values[SLOT_FLAVOUR];
	if (values[SLOT_STREAM].len > 0)
		out->flavour = values[SLOT_STREAM];
	if (values[SLOT_FEED].len > 0)
		out->flavour = values[SLOT_FEED];
	out->rolling = is_one_of(values[SLOT_FEED], rolling_feeds, 2);
	return true;
}

bool
source_match_any(struct span path, struct source_file *out)
{
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (source_match(&sources[i], path, out))
			return true;
	return false;
}

struct span
source_path(const struct source *s, struct span name, struct arena *a)
{
	struct buf path = { 0 };
	struct span copy;

	buf_printf(&path, "%s%s%.*s", s->host, s->base, SPAN_ARG(name));
	copy = arena_span(a, buf_span(&path));
	buf_cleanup(&path);
	return copy;
}

struct span
source_manifest_path(const struct source *s, struct arena *a)
{
	return source_path(s, SPAN_LIT("PULP_MANIFEST"), a);
}

/* The path with one end in place of another. */
static struct span
change_end(struct span path, const char *from, const char *to, struct arena *a)
{
	struct buf changed = { 0 };
	struct span copy;

	if (span_has_suffix(path, from))
		path.len -= strlen(from);
	buf_printf(&changed, "%.*s%s", SPAN_ARG(path), to);
	copy = arena_span(a, buf_span(&changed));
	buf_cleanup(&changed);
	return copy;
}

struct span
source_meta_path(struct span path, struct arena *a)
{
	return change_end(path, ".json.gz", ".meta", a);
}

struct span
source_meta_document(struct span path, struct arena *a)
{
	return change_end(path, ".meta", ".json.gz", a);
}

/* The pattern with its slots filled. */
static void
fill(const char *pattern, const char *const values[N_SLOTS], struct buf *out)
{
	enum slot slot;

	while (*pattern != '\0') {
		slot = slot_at(pattern);
		if (slot == N_SLOTS) {
			buf_add_char(out, *pattern++);
			continue;
		}
		buf_add_str(out, values[slot]);
		pattern += strlen(slot_names[slot]);
	}
}

struct naming {
	const struct source *source;
	int (*fn)(void *ctx, struct span path, struct err *e);
	void *ctx;
};

static int
name_one(
    const struct naming *n, const char *const values[N_SLOTS], struct err *e)
{
	struct buf path = { 0 };
	int rc;

	buf_printf(&path, "%s%s", n->source->host, n->source->base);
	fill(n->source->pattern, values, &path);
	rc = n->fn(n->ctx, buf_span(&path), e);
	buf_cleanup(&path);
	return rc;
}

static int
name_words(
    const struct naming *n, const struct source_names *names, struct err *e)
{
	const char *values[N_SLOTS] = { NULL };
	const char *const *word, *const *flavour;

	for (word = names->words; *word != NULL; word++) {
		values[SLOT_CODENAME] = *word;
		for (flavour = names->flavours; *flavour != NULL; flavour++) {
			values[SLOT_FLAVOUR] = *flavour;
			if (name_one(n, values, e) != 0)
				return -1;
		}
	}
	return 0;
}

static int
name_years(
    const struct naming *n, const struct source_names *names, struct err *e)
{
	const char *values[N_SLOTS] = { NULL };
	char text[16];
	unsigned year;
	size_t i;

	for (year = names->first_year; year <= names->last_year; year++) {
		snprintf(text, sizeof(text), "%04u", year);
		values[SLOT_FEED] = text;
		if (name_one(n, values, e) != 0)
			return -1;
	}
	for (i = 0; i < sizeof(rolling_feeds) / sizeof(*rolling_feeds); i++) {
		values[SLOT_FEED] = rolling_feeds[i];
		if (name_one(n, values, e) != 0)
			return -1;
	}
	return 0;
}

struct source_names
source_names_of(const struct source *s, struct config *c, unsigned current_year)
{
	struct source_names names = {
		.source = s,
		.first_year = FIRST_YEAR,
		.last_year = s->last_year != 0 ? s->last_year : current_year,
	};

	if (s->words_key != NULL)
		names.words = config_words(c, s->words_key);
	if (s->flavours_key != NULL)
		names.flavours = config_words(c, s->flavours_key);
	if (s->first_year_key != NULL)
		names.first_year = (unsigned)config_uint(c, s->first_year_key);
	return names;
}

int
source_each_name(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e)
{
	static const char *const nothing[N_SLOTS] = { NULL };
	const struct naming n = { names->source, fn, ctx };

	if (names->source->index == SOURCE_INDEX_MANIFEST)
		return 0;
	switch (names->source->choice) {
	case SOURCE_CHOICE_WORDS:
		return name_words(&n, names, e);
	case SOURCE_CHOICE_YEARS:
		return name_years(&n, names, e);
	default:
		return name_one(&n, nothing, e);
	}
}

bool
source_wants(const struct source_names *names, struct span flavour)
{
	const char *const *words = names->words;
	char text[NAME_SIZE];

	if (words == NULL)
		return true;
	if (flavour.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(flavour));
	for (; *words != NULL; words++)
		if (fnmatch(*words, text, 0) == 0)
			return true;
	return false;
}
