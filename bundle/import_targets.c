/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "bundle/import_trust.h"
#include "bundle/refusal.h"

/* What the roles have, in the making. */
struct gathering {
	struct import_trust *trust;
	struct import_target *targets;
	size_t n;
	size_t cap;
};

/* The tree goes with the client. */
static void
keep_custom(struct arena *a, struct target_custom *c)
{
	struct span *const spans[] = { &c->source, &c->origin, &c->media_type,
		&c->etag, &c->last_modified, &c->proof, &c->licence };
	size_t i;

	for (i = 0; i < sizeof(spans) / sizeof(*spans); i++)
		*spans[i] = arena_span(a, *spans[i]);
}

static int
add_target(struct gathering *g, struct span role, const struct tuf_target *t,
    struct err *e)
{
	struct arena *a = g->trust->arena;
	const struct tuf_target *proved = NULL;
	struct import_target *out;
	struct target_custom custom;
	int rc;

	if (!tuf_is_target_path(t->path))
		return refuse(e, REFUSAL_SHAPE,
		    "%.*s: a target whose name is not one of a file",
		    SPAN_ARG(role));
	rc = tuf_client_target(g->trust->client, t->path, &proved, e);
	if (rc == -1)
		return -1;
	if (rc == 0 || proved != t)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s names %.*s, which is not its own", SPAN_ARG(role),
		    SPAN_ARG(t->path));
	custom_read(t->custom, &custom);
	keep_custom(a, &custom);
	g->targets = xgrow(g->targets, &g->cap, g->n + 1, sizeof(*g->targets));
	out = &g->targets[g->n++];
	*out = (struct import_target){ .path = arena_span(a, t->path),
		.role = role,
		.sha256 = t->sha256,
		.size_bytes = t->size_bytes,
		.custom = custom };
	return 0;
}

static int
add_role(struct gathering *g, struct span role, const struct tuf_file *f,
    struct err *e)
{
	size_t i;

	role = arena_span(g->trust->arena, role);
	for (i = 0; i < f->n_targets; i++)
		if (add_target(g, role, &f->targets[i], e) != 0)
			return -1;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct import_target *x = a, *y = b;

	return span_cmp(x->path, y->path);
}

static int
gather(struct gathering *g, struct err *e)
{
	const struct tuf_file *top =
	    tuf_client_top(g->trust->client, TUF_TARGETS);
	const struct tuf_file *f;
	size_t i;

	if (add_role(g, SPAN_LIT("targets"), top, e) != 0)
		return -1;
	for (i = 0; i < top->n_delegations; i++) {
		struct span role = top->delegations[i].role.name;

		if (!tuf_is_role_name(role))
			return refuse(e, REFUSAL_SHAPE,
			    "targets: a role whose name is not one of a file");
		if (tuf_client_role(g->trust->client, role, &f, e) != 0 ||
		    add_role(g, role, f, e) != 0)
			return -1;
	}
	return 0;
}

int
import_trust_targets(
    struct import_trust *t, struct import_result *out, struct err *e)
{
	struct gathering g = { .trust = t };
	struct import_target *targets;
	int rc = gather(&g, e);
	size_t i;

	if (rc == 0) {
		if (g.n > 0)
			qsort(g.targets, g.n, sizeof(*g.targets), by_path);
		targets = arena_array(t->arena, g.n, sizeof(*targets));
		for (i = 0; i < g.n; i++)
			targets[i] = g.targets[i];
		out->targets = targets;
		out->n_targets = g.n;
	}
	free(g.targets);
	return rc;
}
