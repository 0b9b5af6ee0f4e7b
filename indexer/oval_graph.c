/* SPDX-License-Identifier: Apache-2.0 */
/* What a document's references add up to: the end of oval_ids.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/oval_ids.h"

static const char *
referrer_name(enum oval_record by, enum oval_record to)
{
	if (by == OVAL_RECORD_DEFINITION)
		return to == OVAL_RECORD_TEST ? "criterion"
					      : "extend_definition";
	return oval_record_name(by);
}

/* The document as a graph: edges of node i are to[start[i]…start[i + 1]]. */
struct graph {
	uint32_t base[N_OVAL_RECORDS + 1]; /* first node of each part */
	uint32_t *start;
	uint32_t *to;
	uint32_t *height; /* 0: not seen, 1…: longest way down, plus one */
	bool *reached;    /* from a definition or a test */
};

#define HEIGHT_OPEN UINT32_MAX

static void
graph_cleanup(struct graph *g)
{
	free(g->start);
	free(g->to);
	free(g->height);
	free(g->reached);
}

static void
graph_make(struct graph *g, const struct oval_ids *ids)
{
	uint32_t n, i;
	int part;

	for (part = 0; part < N_OVAL_RECORDS; part++)
		g->base[part + 1] =
		    g->base[part] + (uint32_t)ids->parts[part].n;
	n = g->base[N_OVAL_RECORDS];
	g->start = xcalloc((size_t)n + 2, sizeof(*g->start));
	g->to = xcalloc(ids->n_edges, sizeof(*g->to));
	g->height = xcalloc(n, sizeof(*g->height));
	g->reached = xcalloc(n, sizeof(*g->reached));
	for (i = 0; i < ids->n_edges; i++)
		g->start[g->base[ids->edges[i].from_part] + ids->edges[i].from +
		    2]++;
	for (i = 1; i < n + 2; i++)
		g->start[i] += g->start[i - 1];
	for (i = 0; i < ids->n_edges; i++) {
		const struct oval_edge *x = &ids->edges[i];
		uint32_t *at = &g->start[g->base[x->from_part] + x->from + 1];

		g->to[(*at)++] = g->base[x->to_part] + x->to;
	}
}

static const struct oval_id *
id_of(const struct graph *g, const struct oval_ids *ids, uint32_t node,
    enum oval_record *record)
{
	int part = 0;

	while (node >= g->base[part + 1])
		part++;
	*record = (enum oval_record)part;
	return &ids->parts[part].items[node - g->base[part]];
}

static int
refuse_node(const struct graph *g, const struct oval_ids *ids, uint32_t node,
    enum err_code code, struct err *e)
{
	enum oval_record record;
	const struct oval_id *id = id_of(g, ids, node, &record);

	if (code == ERR_LIMIT)
		return err_set(e, code,
		    "line %" PRIu64
		    ": %s %.*s: more than %d references behind each other",
		    id->line, oval_record_name(record), SPAN_ARG(id->id),
		    OVAL_CHAIN_MAX);
	return err_set(e, code, "line %" PRIu64 ": %s %.*s refers to itself",
	    id->line, oval_record_name(record), SPAN_ARG(id->id));
}

/* Marks what definitions and tests lead to. */
static void
reach(struct graph *g)
{
	uint32_t n = g->base[N_OVAL_RECORDS], node, k;
	uint32_t *todo = xcalloc(n, sizeof(*todo));
	size_t n_todo = 0;

	for (node = 0; node < g->base[OVAL_RECORD_TEST + 1]; node++) {
		g->reached[node] = true;
		todo[n_todo++] = node;
	}
	while (n_todo > 0) {
		node = todo[--n_todo];
		for (k = g->start[node]; k < g->start[node + 1]; k++) {
			if (g->reached[g->to[k]])
				continue;
			g->reached[g->to[k]] = true;
			todo[n_todo++] = g->to[k];
		}
	}
	free(todo);
}

/* The first in the document of those that lead nowhere. */
static int
check_missing(const struct graph *g, const struct oval_ids *ids, struct err *e)
{
	const struct oval_edge *x, *first = NULL;
	const struct oval_id *from, *to;
	uint64_t line = UINT64_MAX;
	size_t i;

	for (i = 0; i < ids->n_edges; i++) {
		x = &ids->edges[i];
		from = &ids->parts[x->from_part].items[x->from];
		to = &ids->parts[x->to_part].items[x->to];
		if (to->defined || from->line >= line ||
		    !g->reached[g->base[x->from_part] + x->from])
			continue;
		first = x;
		line = from->line;
	}
	if (first == NULL)
		return 0;
	to = &ids->parts[first->to_part].items[first->to];
	return err_set(e, ERR_FORMAT,
	    "line %" PRIu64
	    ": %s refers to %s %.*s, which the document does not have",
	    line, referrer_name(first->from_part, first->to_part),
	    oval_record_name(first->to_part), SPAN_ARG(to->id));
}

/* A node being looked at and the edge to go on with. */
struct step {
	uint32_t node;
	uint32_t edge;
};

/* All below the node is known: so is its height. */
static int
close_node(
    struct graph *g, const struct oval_ids *ids, uint32_t node, struct err *e)
{
	uint32_t height = 1, k;

	for (k = g->start[node]; k < g->start[node + 1]; k++)
		if (g->height[g->to[k]] >= height)
			height = g->height[g->to[k]] + 1;
	g->height[node] = height;
	if (height > OVAL_CHAIN_MAX)
		return refuse_node(g, ids, node, ERR_LIMIT, e);
	return 0;
}

/* Depth first from one node, with a stack of our own. */
static int
descend(
    struct graph *g, const struct oval_ids *ids, uint32_t root, struct err *e)
{
	struct step stack[OVAL_CHAIN_MAX] = { { root, g->start[root] } };
	size_t depth = 1;
	uint32_t next;

	g->height[root] = HEIGHT_OPEN;
	while (depth > 0) {
		struct step *s = &stack[depth - 1];

		if (s->edge == g->start[s->node + 1]) {
			if (close_node(g, ids, s->node, e) != 0)
				return -1;
			depth--;
			continue;
		}
		next = g->to[s->edge++];
		if (g->height[next] == HEIGHT_OPEN)
			return refuse_node(g, ids, next, ERR_FORMAT, e);
		if (g->height[next] != 0)
			continue;
		if (depth == OVAL_CHAIN_MAX)
			return refuse_node(g, ids, next, ERR_LIMIT, e);
		g->height[next] = HEIGHT_OPEN;
		stack[depth++] = (struct step){ next, g->start[next] };
	}
	return 0;
}

int
oval_ids_missing_tests(struct oval_ids *ids,
    int (*fn)(void *ctx, struct span id, uint64_t line, struct err *e),
    void *ctx, struct err *e)
{
	struct oval_edge x;
	size_t i;

	for (i = 0; i < ids->n_edges; i++) {
		x = ids->edges[i];
		if (x.to_part != OVAL_RECORD_TEST ||
		    ids->parts[x.to_part].items[x.to].defined)
			continue;
		/* It is defined from now on: that moves the items. */
		if (fn(ctx, ids->parts[x.to_part].items[x.to].id,
			ids->parts[x.from_part].items[x.from].line, e) != 0)
			return -1;
	}
	return 0;
}

int
oval_ids_check(const struct oval_ids *ids, struct err *e)
{
	struct graph g = { 0 };
	uint32_t node;
	int rc;

	graph_make(&g, ids);
	reach(&g);
	rc = check_missing(&g, ids, e);
	for (node = 0; node < g.base[N_OVAL_RECORDS] && rc == 0; node++)
		if (g.height[node] == 0)
			rc = descend(&g, ids, node, e);
	graph_cleanup(&g);
	return rc;
}
