/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "bundle/refusal.h"
#include "syncd/mirror_parts.h"

/* Of the sources at hand? */
static bool
mirror_is_wanted(const struct mirror *m, struct span source)
{
	size_t i;

	for (i = 0; i < m->n_sources; i++)
		if (span_eq(m->sources[i], source))
			return true;
	return m->n_sources == 0;
}

/* What comes from a process lives until its next message. */
static struct target_custom
kept_custom(struct arena *a, const struct target_custom *c)
{
	return (struct target_custom){
		.source = arena_span(a, c->source),
		.origin = arena_span(a, c->origin),
		.media_type = arena_span(a, c->media_type),
		.etag = arena_span(a, c->etag),
		.last_modified = arena_span(a, c->last_modified),
		.proof = arena_span(a, c->proof),
		.licence = arena_span(a, c->licence),
		.fetched = c->fetched,
	};
}

/* Files of no source are the index role's: manifest and NOTICE. */
static int
on_target(void *ctx, const struct proc_tuf_target *t, struct err *e)
{
	struct mirror *m = ctx;
	struct arena *a = &m->arena;

	if (!tuf_is_target_path(t->path))
		return refuse(e, REFUSAL_SHAPE,
		    "%.*s: a target whose name is not one of a file",
		    SPAN_ARG(t->role));
	if (t->custom.source.len > 0 && !mirror_is_wanted(m, t->custom.source))
		return 0;
	m->targets = xgrow(
	    m->targets, &m->targets_cap, m->n_targets + 1, sizeof(*m->targets));
	m->targets[m->n_targets++] = (struct adopt_target){
		.path = arena_span(a, t->path),
		.role = arena_span(a, t->role),
		.sha256 = t->sha256,
		.size_bytes = t->size_bytes,
		.custom = kept_custom(a, &t->custom),
	};
	return 0;
}

int
mirror_list(
    struct mirror *m, const struct adopt_target **manifest, struct err *e)
{
	const struct proc_tuf_sink sink = { m, on_target };
	size_t i;

	if (proc_tuf_list(&m->tuf, &sink, e) != 0)
		return -1;
	for (i = 0; i < m->n_targets; i++)
		if (span_is(m->targets[i].path, REPOSITORY_MANIFEST)) {
			*manifest = &m->targets[i];
			return 0;
		}
	return refuse(e, REFUSAL_SHAPE, "no role names " REPOSITORY_MANIFEST);
}
