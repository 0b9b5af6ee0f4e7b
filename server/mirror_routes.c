/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/repository.h"
#include "indexer/upstream.h"
#include "server/served.h"
#include "server/route.h"

/* The same address with a slash at its end. */
static int
to_folder(struct request *q, struct response *s)
{
	struct buf to = { 0 };

	buf_printf(&to, "%.*s/",
	    SPAN_ARG(span_first(q->target, span_find(q->target, '?'))));
	response_redirect(s, 308, arena_span(&q->arena, buf_span(&to)));
	buf_cleanup(&to);
	return 0;
}

static int
get_mirror(struct request *q, struct response *s, struct err *e)
{
	if (span_has_suffix(q->captures[0], "/"))
		return served_list(q, s, q->captures[0]);
	if (view_find(q->view, q->captures[0]) == NULL &&
	    served_is_folder(q->view, q->captures[0]))
		return to_folder(q, s);
	return served_answer(q, s, q->captures[0], view_find, e);
}

static int
list_mirror(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	return served_list(q, s, SPAN_NONE);
}

static int
get_top(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	return to_folder(q, s);
}

/* "redhat/<host>/<path>", as in a bundle, or "<host>/<path>". */
static struct span
content_path(struct request *q)
{
	struct span path = q->captures[0];
	struct span family = span_first(path, span_find(path, '/'));
	const char *const *role = repository_roles;

	for (; *role != NULL; role++)
		if (span_is(family, *role))
			return repository_mirror_path(path, &q->arena);
	return path;
}

static int
get_content(struct request *q, struct response *s, struct err *e)
{
	const struct view_target *t;
	struct span path;

	if (span_has_prefix(q->captures[0], "index/")) {
		t = view_find_target(q->view, q->captures[0]);
		if (t == NULL)
			return served_missing(q, s);
		return served_blob(q, s, &t->sha256, t->path, e);
	}
	path = content_path(q);
	return served_answer(q, s, path, view_find, e);
}

static int
get_blob(struct request *q, struct response *s, struct err *e)
{
	const struct view_file *f;
	struct digest sha256;

	if (!digest_parse(q->captures[0], &sha256) ||
	    !view_has(q->view, &sha256))
		return served_missing(q, s);
	s->cache = RESPONSE_IMMUTABLE;
	f = view_find_digest(q->view, &sha256);
	if (f == NULL)
		return served_blob(q, s, &sha256, SPAN_NONE, e);
	served_file(q, s, f);
	return 0;
}

/* The upstreams' own paths, old ones too: whatever no other route has. */
static int
get_any(struct request *q, struct response *s, struct err *e)
{
	return served_answer(
	    q, s, upstream_tail(q->path, &q->arena), view_find_tail, e);
}

#define GET_FAST(path, handler)                                    \
	{                                                          \
		VERB_GET, path, ROUTE_FAST, SCOPE_READ, 0, handler \
	}
#define GET_WORK(path, handler)                                    \
	{                                                          \
		VERB_GET, path, ROUTE_WORK, SCOPE_READ, 0, handler \
	}

const struct route mirror_routes[] = {
	GET_FAST("/mirror", get_top),
	GET_FAST("/mirror/", list_mirror),
	GET_FAST("/mirror/{*}", get_mirror),
	GET_FAST("/content/{*}", get_content),
	GET_FAST("/blobs/sha256/{digest}", get_blob),
	GET_FAST("/tuf/metadata/{name}", served_tuf_metadata),
	GET_FAST("/tuf/targets/{*}", served_tuf_target),
	GET_FAST("/feeds/json/cve/2.0/{name}", served_nvd_feed),
	GET_FAST("/nvd_cache/{name}", served_nvd_cache),
	GET_WORK("/data/csaf/v2/{tree}/changes.csv", served_changes),
	GET_WORK("/data/csaf/v2/{tree}/deletions.csv", served_changes),
	GET_WORK("/data/csaf/v2/{tree}/{year}/{name}", served_record),
	GET_FAST("/data/oval/v2/PULP_MANIFEST", served_pulp_manifest),
	GET_FAST("/security/data/oval/v2/PULP_MANIFEST", served_pulp_manifest),
	GET_FAST("/{*}", get_any),
	{ 0 },
};
