/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "indexer/upstream.h"

/* FORMATS §1.1, §3.1. */
static const struct {
	const char *host;
	const char *folder;
	const char *own_host;
	const char *own_folder;
} others[] = {
	{ "access.redhat.com", "/security/data/", "security.access.redhat.com",
	    "/data/" },
	{ "www.redhat.com", "/security/data/", "security.access.redhat.com",
	    "/data/" },
	{ "people.canonical.com", "/~ubuntu-security/oval/",
	    "security-metadata.canonical.com", "/oval/" },
};

#define N_OTHERS (sizeof(others) / sizeof(*others))

static struct span
join(struct span host, const char *folder, struct span rest, struct arena *a)
{
	struct buf b = { 0 };
	struct span path;

	buf_printf(&b, "%.*s%s%.*s", SPAN_ARG(host), folder, SPAN_ARG(rest));
	path = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return path;
}

/* "access.redhat.com/security/data/x" → "security.access.redhat.com/data/x",
 * in a; any other path as it is. */
static struct span
upstream_path(struct span path, struct arena *a)
{
	struct span host = span_first(path, span_find(path, '/'));
	struct span tail = span_from(path, host.len);
	size_t i;

	for (i = 0; i < N_OTHERS; i++)
		if (span_is(host, others[i].host) &&
		    span_has_prefix(tail, others[i].folder))
			return join(span_of(others[i].own_host),
			    others[i].own_folder,
			    span_from(tail, strlen(others[i].folder)), a);
	return path;
}

struct span
upstream_tail(struct span tail, struct arena *a)
{
	size_t i;

	for (i = 0; i < N_OTHERS; i++)
		if (span_has_prefix(tail, others[i].folder))
			return join(SPAN_NONE, others[i].own_folder,
			    span_from(tail, strlen(others[i].folder)), a);
	return tail;
}

struct span
upstream_of_url(struct span url, struct arena *a)
{
	size_t colon = span_find(url, ':');
	struct span scheme = span_first(url, colon);
	struct span rest = span_from(url, colon);
	struct span host;

	if ((!span_is_nocase(scheme, "https") &&
		!span_is_nocase(scheme, "http")) ||
	    !span_has_prefix(rest, "://"))
		return SPAN_NONE;
	rest = span_from(rest, strlen("://"));
	host = arena_lower(a, span_first(rest, span_find(rest, '/')));
	return upstream_path(join(host, "", span_from(rest, host.len), a), a);
}
