/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "syncd/sources_pattern.h"

const struct source *
source_find(struct span name)
{
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (span_is(name, sources[i].name))
			return &sources[i];
	return NULL;
}

const char *const *
source_names_all(void)
{
	static const char *names[64];
	size_t i;

	for (i = 0; i < n_sources && i + 1 < sizeof(names) / sizeof(*names);
	     i++)
		names[i] = sources[i].name;
	return names;
}

/* The file's name without folders, compression and kind. */
static struct span
document_name(struct span path)
{
	static const char *const ends[] = { ".bz2", ".gz", ".xz", ".zst",
		".tar", ".zip", ".xml", ".json", ".csv" };
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

/* What stands in the table, with the slots' values; else otherwise. */
static struct span
fill_or(const char *pattern, const struct span values[N_SLOTS],
    struct span otherwise, struct arena *a)
{
	struct buf text = { 0 };
	struct span copy;

	if (pattern == NULL)
		return otherwise;
	if (strchr(pattern, '{') == NULL)
		return span_of(pattern);
	pattern_fill(pattern, values, &text);
	copy = arena_span(a, buf_span(&text));
	buf_cleanup(&text);
	return copy;
}

static struct span
release_of(const struct span values[N_SLOTS])
{
	static const enum slot slots[] = { SLOT_MAJOR, SLOT_RELEASE,
		SLOT_CODENAME };
	struct span release = values[SLOT_VRELEASE];
	size_t i;

	/* "v3.20" is the folder of 3.20. */
	if (release.len > 1 && span_is_digit(release.ptr[1]))
		release = span_from(release, 1);
	for (i = 0; i < 3 && release.len == 0; i++)
		release = values[slots[i]];
	return release;
}

static struct span
flavour_of(const struct span values[N_SLOTS])
{
	if (values[SLOT_FEED].len > 0)
		return values[SLOT_FEED];
	if (values[SLOT_FLAVOUR].len > 0)
		return values[SLOT_FLAVOUR];
	return values[SLOT_STREAM];
}

static void
describe(const struct source *s, const struct span values[N_SLOTS],
    struct span path, struct arena *a, struct source_file *out)
{
	const struct source_path *kind = out->kind;
	const char *distribution =
	    kind->distribution != NULL ? kind->distribution : s->distribution;
	const char *const *feed;

	out->role = kind->role;
	out->name = fill_or(kind->document, values, document_name(path), a);
	if (kind->role != SOURCE_DOCUMENT)
		return;
	if (distribution != NULL)
		out->distribution = span_of(distribution);
	out->release = fill_or(kind->release, values, release_of(values), a);
	out->flavour = fill_or(kind->flavour, values, flavour_of(values), a);
	for (feed = rolling_feeds; *feed != NULL; feed++)
		if (span_is(values[SLOT_FEED], *feed))
			out->rolling = true;
}

bool
source_match(const struct source *s, struct span path, struct arena *a,
    struct source_file *out)
{
	const char *flavours =
	    s->all_flavours != NULL ? s->all_flavours : s->flavours;
	struct span file = path;
	const struct source_path *p;

	*out = (struct source_file){ .source = s };
	if (!span_has_prefix(file, s->host))
		return false;
	file = span_from(file, strlen(s->host));
	if (!span_has_prefix(file, s->base))
		return false;
	file = span_from(file, strlen(s->base));
	for (p = s->paths; p->pattern != NULL; p++) {
		struct span values[N_SLOTS] = { { NULL, 0 } };

		if (!pattern_fit(p->pattern, flavours, file, values))
			continue;
		out->kind = p;
		describe(s, values, path, a, out);
		return true;
	}
	return false;
}

bool
source_match_any(struct span path, struct arena *a, struct source_file *out)
{
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (source_match(&sources[i], path, a, out))
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
source_relative(const struct source *s, struct span path)
{
	return span_from(path, strlen(s->host) + strlen(s->base));
}

const struct source_path *
source_listing(const struct source *s)
{
	const struct source_path *p;

	for (p = s->paths; p->pattern != NULL; p++)
		if (p->role == SOURCE_LISTING && p->asked)
			return p;
	return NULL;
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
