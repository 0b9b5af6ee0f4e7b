/* SPDX-License-Identifier: Apache-2.0 */
/* What a source is asked for, and what the configuration says of it. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "syncd/sources_pattern.h"

#define FIRST_YEAR 2002
#define KEY_SIZE 96 /* "source.<name>.<key>" */

struct naming {
	const struct source_names *names;
	const struct source_path *path;
	int (*fn)(void *ctx, struct span path, struct err *e);
	void *ctx;
};

static int
name_one(
    const struct naming *n, const struct span values[N_SLOTS], struct err *e)
{
	const struct source *s = n->names->source;
	struct buf path = { 0 };
	int rc;

	buf_printf(&path, "%s%s", s->host, s->base);
	pattern_fill(n->path->pattern, values, &path);
	rc = n->fn(n->ctx, buf_span(&path), e);
	buf_cleanup(&path);
	return rc;
}

/* With each flavour, where the name has one. */
static int
name_word(const struct naming *n, const char *word, struct err *e)
{
	const char *const *flavour = n->names->flavours;
	struct span values[N_SLOTS];
	size_t i;

	for (i = 0; i < N_SLOTS; i++)
		values[i] = span_of(word);
	if (!pattern_has(n->path->pattern, SLOT_FLAVOUR) || flavour == NULL)
		return name_one(n, values, e);
	for (; *flavour != NULL; flavour++) {
		values[SLOT_FLAVOUR] = span_of(*flavour);
		if (name_one(n, values, e) != 0)
			return -1;
	}
	return 0;
}

static int
name_years(const struct naming *n, struct err *e)
{
	const char *const *feed;
	char text[16];
	unsigned year;

	for (year = n->names->first_year; year <= n->names->last_year; year++) {
		snprintf(text, sizeof(text), "%04u", year);
		if (name_word(n, text, e) != 0)
			return -1;
	}
	for (feed = rolling_feeds; *feed != NULL; feed++)
		if (name_word(n, *feed, e) != 0)
			return -1;
	return 0;
}

static int
name_path(const struct naming *n, struct err *e)
{
	const char *const *word;

	if (strchr(n->path->pattern, '{') == NULL)
		return name_word(n, "", e);
	if (pattern_has(n->path->pattern, SLOT_FEED))
		return name_years(n, e);
	for (word = n->names->words; word != NULL && *word != NULL; word++)
		if (name_word(n, *word, e) != 0)
			return -1;
	return 0;
}

static int
each_name(struct naming *n, bool second, struct err *e)
{
	const struct source_path *p = n->names->source->paths;

	for (; p->pattern != NULL; p++) {
		n->path = p;
		if (p->asked && p->second == second && name_path(n, e) != 0)
			return -1;
	}
	return 0;
}

int
source_each_name(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e)
{
	struct naming n = { names, NULL, fn, ctx };

	return each_name(&n, false, e);
}

int
source_each_second(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e)
{
	struct naming n = { names, NULL, fn, ctx };

	return each_name(&n, true, e);
}

bool
source_wants(const struct source_names *names, struct span flavour)
{
	const char *const *words = names->words;
	char text[SOURCE_NAME_SIZE];

	if (words == NULL || *words == NULL)
		return true;
	if (flavour.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(flavour));
	for (; *words != NULL; words++)
		if (fnmatch(*words, text, 0) == 0)
			return true;
	return false;
}

/* --- [source.NAME] --- */

static const char *
key_of(const struct source *s, const char *key, char text[KEY_SIZE])
{
	snprintf(text, KEY_SIZE, "source.%s.%s", s->name, key);
	return text;
}

static const char *
text_of(const struct source *s, const struct config *c, const char *key)
{
	char name[KEY_SIZE];
	const char *text = config_str(c, key_of(s, key, name));

	return text[0] == '\0' ? NULL : text;
}

static const char *const *
words_of(const struct source *s, struct config *c, const char *key,
    const char *standard)
{
	const char *text = text_of(s, c, key);

	if (standard == NULL)
		return NULL;
	return config_split(c, text != NULL ? text : standard);
}

struct source_names
source_names_of(const struct source *s, struct config *c, unsigned current_year)
{
	struct source_names names = {
		.source = s,
		.first_year = FIRST_YEAR,
		.last_year = s->last_year != 0 ? s->last_year : current_year,
	};
	const char *year = text_of(s, c, "first_year");
	uint64_t first;

	names.words = words_of(s, c, "releases", s->releases);
	names.flavours = words_of(s, c, "flavours", s->flavours);
	if (year != NULL && parse_uint(span_of(year), 9999, &first))
		names.first_year = (unsigned)first;
	return names;
}

bool
source_enabled(const struct source *s, const struct config *c)
{
	const char *text = text_of(s, c, "enabled");

	if (text != NULL)
		return strcmp(text, "yes") == 0;
	return s->enabled;
}

const char *
source_url(const struct source *s, const struct config *c)
{
	return text_of(s, c, "url");
}

const char *
source_schedule(const struct source *s, const struct config *c)
{
	const char *text = text_of(s, c, "schedule");

	return text != NULL ? text : config_str(c, "sync.schedule");
}

uint64_t
source_size_max(const struct source *s, const struct config *c)
{
	const char *text = text_of(s, c, "size_max_mib");
	uint64_t mib;

	if (text != NULL && parse_uint(span_of(text), UINT32_MAX, &mib))
		return mib * 1024 * 1024;
	return s->size_max;
}

unsigned
source_interval_ms(const struct source *s, const struct config *c)
{
	const char *text = text_of(s, c, "interval_ms");
	uint64_t ms;

	if (text != NULL && parse_uint(span_of(text), UINT32_MAX, &ms))
		return (unsigned)ms;
	/* NVD's limit is ten times higher with a key: DISTRIBUTION §5. */
	return source_api_key(s, c) != NULL ? s->interval_ms / 3
					    : s->interval_ms;
}

const char *
source_api_key(const struct source *s, const struct config *c)
{
	return text_of(s, c, "api_key");
}
