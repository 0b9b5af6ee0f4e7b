/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files of each source are: upstream, a URL or a folder. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "syncd/sync_parts.h"

static bool
is_url(const char *text)
{
	struct span s = span_of(text);

	return span_has_prefix(s, "http://") || span_has_prefix(s, "https://");
}

bool
sync_is_folder(const char *from)
{
	return !is_url(from);
}

struct span
sync_url_shown(struct span url)
{
	size_t colon = span_find(url, ':');
	struct span rest = span_from(url, colon < url.len ? colon : 0);
	struct span host;
	size_t at;

	if (!span_has_prefix(rest, "://"))
		return url;
	rest = span_from(rest, 3);
	host = span_first(rest, span_find(rest, '/'));
	at = span_rfind(host, '@');
	return at < host.len ? span_from(rest, at + 1) : url;
}

struct sync_place *
sync_place(const struct sync *s, const struct source *source)
{
	return &s->places[source - sources];
}

bool
sync_in_tree(const struct sync *s, const struct sync_item *it)
{
	return sync_place(s, it->file.source)->treefd != -1;
}

/* "<start>/<host><base>", or "<start>/" where start is the base itself. */
static const char *
base_url(struct sync *s, const char *start, const struct source *below)
{
	struct span from = span_of(start);
	struct buf url = { 0 };
	const char *copy;

	while (span_has_suffix(from, "/"))
		from.len--;
	buf_printf(&url, "%.*s/", SPAN_ARG(from));
	if (below != NULL)
		buf_printf(&url, "%s%s", below->host, below->base);
	copy = arena_str(&s->arena, buf_span(&url));
	buf_cleanup(&url);
	return copy;
}

static int
open_folder(struct sync *s, const char *name, const char *who, int *fd,
    struct span *origin, struct err *e)
{
	char *path;

	if (file_open_dir(AT_FDCWD, name, false, fd, e) != 0)
		return err_context(e, "%s", who);
	path = realpath(name, NULL);
	if (path == NULL)
		return err_system(e, "%s: %s", who, name);
	*origin = arena_span(&s->arena, span_of(path));
	free(path);
	return 0;
}

/* What [source.NAME] says; without --from only. */
static int
open_own(struct sync *s, const struct source *source, struct sync_place *p,
    struct err *e)
{
	const char *url = source_url(source, s->options.config);
	const char *from = url;

	if (url == NULL && source->local)
		return 0;
	if (url != NULL && !is_url(url)) {
		p->own = true;
		return open_folder(
		    s, url, source->name, &p->treefd, &p->origin, e);
	}
	p->url = url == NULL ? base_url(s, "https:/", source)
			     : base_url(s, from, NULL);
	p->origin = url == NULL ? SPAN_LIT("upstream")
				: sync_url_shown(span_of(p->url));
	return 0;
}

int
sync_place_open(struct sync *s, const struct source *source, struct err *e)
{
	struct sync_place *p = sync_place(s, source);
	const char *from = s->options.from;

	if (p->treefd != -1 || p->url != NULL)
		return 0;
	if (from == NULL)
		return open_own(s, source, p, e);
	p->origin = s->result.origin;
	if (s->treefd != -1)
		p->treefd = s->treefd;
	else
		p->url = base_url(s, from, source);
	return 0;
}

int
sync_places_open(struct sync *s, struct err *e)
{
	const char *from = s->options.from;
	struct span origin;
	size_t i;

	s->places = arena_array(&s->arena, n_sources, sizeof(*s->places));
	for (i = 0; i < n_sources; i++)
		s->places[i].treefd = -1;
	s->result.origin = SPAN_LIT("upstream");
	if (from != NULL && !is_url(from) &&
	    open_folder(s, from, "--from", &s->treefd, &s->result.origin, e) !=
		0)
		return -1;
	if (from != NULL && is_url(from)) {
		origin = span_of(from);
		while (span_has_suffix(origin, "/"))
			origin.len--;
		s->result.origin =
		    sync_url_shown(arena_span(&s->arena, origin));
	}
	s->result.whole_tree = s->treefd != -1;
	for (i = 0; i < n_sources; i++)
		if (sync_is_selected(s, &sources[i]) &&
		    sync_place_open(s, &sources[i], e) != 0)
			return -1;
	return 0;
}

void
sync_places_close(struct sync *s)
{
	size_t i;

	for (i = 0; s->places != NULL && i < n_sources; i++)
		if (s->places[i].own && s->places[i].treefd != -1)
			close(s->places[i].treefd);
	if (s->treefd != -1)
		close(s->treefd);
}
