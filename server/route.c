/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/route.h"

/* A route that fits, and what its names stand for. */
struct fit {
	unsigned literals;
	bool has_rest; /* ends with {*} */
	struct span captures[REQUEST_CAPTURES_MAX];
	size_t n;
};

static bool
fits_part(struct span pattern, struct span part, struct fit *f)
{
	if (pattern.len == 0 || pattern.ptr[0] != '{') {
		f->literals++;
		return span_eq(pattern, part);
	}
	if (part.len == 0 || f->n == REQUEST_CAPTURES_MAX)
		return false;
	f->captures[f->n++] = part;
	return true;
}

/* {*}: the part and all behind it, to the path's end. */
static bool
take_rest(struct span part, struct span path, struct fit *f)
{
	size_t at = (size_t)(part.ptr - path.ptr);

	if (part.len == 0 || f->n == REQUEST_CAPTURES_MAX)
		return false;
	f->has_rest = true;
	f->captures[f->n++] = span_from(path, at);
	return true;
}

/* Up to its first name a pattern stands in the path: most are out by that. */
static bool
begins_alike(const char *pattern, struct span path)
{
	size_t i;

	for (i = 0; pattern[i] != '\0' && pattern[i] != '{'; i++)
		if (i == path.len || path.ptr[i] != pattern[i])
			return false;
	return pattern[i] == '{' || i == path.len;
}

/* Both begin with "/". */
static bool
fits(const char *pattern, struct span path, struct fit *f)
{
	struct span rest = span_from(path, 1);
	struct span want, name, part;

	if (!begins_alike(pattern, path))
		return false;
	want = span_of(pattern + 1);
	*f = (struct fit){ 0 };
	while (span_next(&want, '/', &name)) {
		if (!span_next(&rest, '/', &part))
			return false;
		if (span_is(name, "{*}"))
			return take_rest(part, path, f);
		if (!fits_part(name, part, f))
			return false;
	}
	return rest.ptr == NULL;
}

/* Above 0: a fits better. */
static int
compare(const struct fit *a, const struct fit *b)
{
	if (a->literals != b->literals)
		return a->literals > b->literals ? 1 : -1;
	return (int)b->has_rest - (int)a->has_rest;
}

static bool
takes(const struct route *r, enum verb v)
{
	return r->verb == v || (r->verb == VERB_GET && v == VERB_HEAD);
}

static void
keep(struct request *q, const struct route *r, const struct fit *f)
{
	q->route = r;
	memcpy(q->captures, f->captures, sizeof(q->captures));
	q->n_captures = f->n;
}

/* Of a pattern that fits no less well than those before. */
static void
consider(struct request *q, const struct route *r, const struct fit *f,
    struct fit *best, unsigned *allowed)
{
	if (*allowed == 0 || compare(f, best) > 0) {
		*best = *f;
		*allowed = 0;
		q->route = NULL;
	}
	*allowed |= 1u << r->verb;
	if (q->route == NULL && takes(r, q->verb))
		keep(q, r, f);
}

const struct route *
route_find(struct request *q, unsigned *allowed)
{
	const struct route *const *table;
	const struct route *r;
	struct fit f, best = { 0 };

	q->route = NULL;
	*allowed = 0;
	for (table = route_tables; *table != NULL; table++) {
		for (r = *table; r->path != NULL; r++) {
			if (!fits(r->path, q->path, &f) ||
			    (*allowed != 0 && compare(&f, &best) < 0))
				continue;
			consider(q, r, &f, &best, allowed);
		}
	}
	if ((*allowed & 1u << VERB_GET) != 0)
		*allowed |= 1u << VERB_HEAD;
	return q->route;
}

enum route_kind
route_kind_of(const struct request *q)
{
	if (q->route->kind != ROUTE_MAY_JUDGE)
		return q->route->kind;
	return q->n_params > 0 ? ROUTE_JUDGE : ROUTE_WORK;
}
