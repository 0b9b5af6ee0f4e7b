/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/oval_ids.h"

void
oval_ids_cleanup(struct oval_ids *ids)
{
	int part;

	for (part = 0; part < N_OVAL_RECORDS; part++) {
		map_cleanup(&ids->parts[part].map);
		free(ids->parts[part].items);
	}
	arena_cleanup(&ids->arena);
	free(ids->edges);
	*ids = (struct oval_ids){ 0 };
}

static void
extend(struct oval_part_ids *p, size_t n)
{
	p->items = xgrow(p->items, &p->cap, n, sizeof(*p->items));
	while (p->n < n)
		p->items[p->n++] = (struct oval_id){ 0 };
}

int
oval_ids_load(struct oval_ids *ids, enum oval_record part, uint64_t ord,
    struct span id, struct err *e)
{
	struct oval_part_ids *p = &ids->parts[part];

	if (ord >= OVAL_ORD_NONE || !map_add(&p->map, id, (uint32_t)ord, NULL))
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (ord >= p->n)
		extend(p, (size_t)ord + 1);
	p->items[ord].id = arena_span(&ids->arena, id);
	p->items[ord].stored = true;
	return 0;
}

/* The ordinal of id, a new one if it is new. */
static uint32_t
ordinal(struct oval_ids *ids, enum oval_record part, struct span id)
{
	struct oval_part_ids *p = &ids->parts[part];
	uint32_t ord;

	if (map_add(&p->map, id, (uint32_t)p->n, &ord)) {
		extend(p, (size_t)ord + 1);
		p->items[ord].id = arena_span(&ids->arena, id);
	}
	return ord;
}

int
oval_ids_define(struct oval_ids *ids, enum oval_record part, struct span id,
    uint32_t *ord, struct err *e)
{
	struct oval_id *item;

	*ord = ordinal(ids, part, id);
	item = &ids->parts[part].items[*ord];
	if (item->defined)
		return err_set(e, ERR_FORMAT,
		    "%s %.*s is in the document twice", oval_record_name(part),
		    SPAN_ARG(id));
	item->defined = true;
	return 0;
}

/* Tests are referred to by definitions only: they close no circle. */
static int
add_edge(const struct oval_referrer *from, enum oval_record to_part,
    uint32_t to, struct err *e)
{
	struct oval_ids *ids = from->ids;

	if (to_part == OVAL_RECORD_TEST || from->part == OVAL_RECORD_TEST)
		return 0;
	if (ids->n_edges == OVAL_EDGES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %zu references", OVAL_EDGES_MAX);
	ids->edges = xgrow(
	    ids->edges, &ids->cap_edges, ids->n_edges + 1, sizeof(*ids->edges));
	ids->edges[ids->n_edges++] = (struct oval_edge){
		.from = from->ord,
		.to = to,
		.from_part = from->part,
		.to_part = to_part,
	};
	return 0;
}

int
oval_ids_refer(
    void *ctx, enum oval_record to, struct oval_ref *ref, struct err *e)
{
	const struct oval_referrer *from = ctx;
	struct oval_id *item;

	ref->ord = OVAL_ORD_NONE;
	if (ref->id.len == 0)
		return 0;
	ref->ord = ordinal(from->ids, to, ref->id);
	item = &from->ids->parts[to].items[ref->ord];
	if (!item->referred) {
		item->referred = true;
		item->line = from->line;
		item->by = from->part;
	}
	return add_edge(from, to, ref->ord, e);
}

static const char *
referrer_name(enum oval_record by, enum oval_record to)
{
	if (by == OVAL_RECORD_DEFINITION)
		return to == OVAL_RECORD_TEST ? "criterion"
					      : "extend_definition";
	return oval_record_name(by);
}

static int
check_missing(const struct oval_ids *ids, struct err *e)
{
	const struct oval_id *first = NULL, *id;
	enum oval_record to = 0;
	int part;
	size_t i;

	for (part = 0; part < N_OVAL_RECORDS; part++) {
		for (i = 0; i < ids->parts[part].n; i++) {
			id = &ids->parts[part].items[i];
			if (!id->referred || id->defined ||
			    (first != NULL && first->line <= id->line))
				continue;
			first = id;
			to = (enum oval_record)part;
		}
	}
	if (first == NULL)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "line %" PRIu64
	    ": %s refers to %s %.*s, which the document does not have",
	    first->line, referrer_name(first->by, to), oval_record_name(to),
	    SPAN_ARG(first->id));
}

/* The document as a graph: edges of node i are to[start[i]…start[i + 1]]. */
struct graph {
	uint32_t base[N_OVAL_RECORDS + 1]; /* first node of each part */
	uint32_t *start;
	uint32_t *to;
	uint32_t *height; /* 0: not seen, 1…: longest way down, plus one */
};

#define HEIGHT_OPEN UINT32_MAX

static void
graph_cleanup(struct graph *g)
{
	free(g->start);
	free(g->to);
	free(g->height);
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

static int
refuse_node(const struct graph *g, const struct oval_ids *ids, uint32_t node,
    enum err_code code, struct err *e)
{
	int part = 0;
	const struct oval_id *id;

	while (node >= g->base[part + 1])
		part++;
	id = &ids->parts[part].items[node - g->base[part]];
	if (code == ERR_LIMIT)
		return err_set(e, code,
		    "line %" PRIu64
		    ": %s %.*s: more than %d references behind each other",
		    id->line, oval_record_name((enum oval_record)part),
		    SPAN_ARG(id->id), OVAL_CHAIN_MAX);
	return err_set(e, code,
	    "line %" PRIu64 ": reference to %s %.*s leads back to itself",
	    id->line, oval_record_name((enum oval_record)part),
	    SPAN_ARG(id->id));
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
oval_ids_check(const struct oval_ids *ids, struct err *e)
{
	struct graph g = { 0 };
	uint32_t node;
	int rc = check_missing(ids, e);

	if (rc != 0 || ids->n_edges == 0)
		return rc;
	graph_make(&g, ids);
	for (node = 0; node < g.base[N_OVAL_RECORDS] && rc == 0; node++)
		if (g.height[node] == 0)
			rc = descend(&g, ids, node, e);
	graph_cleanup(&g);
	return rc;
}
