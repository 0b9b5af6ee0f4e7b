/* SPDX-License-Identifier: Apache-2.0 */
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
    uint64_t line, uint32_t *ord, struct err *e)
{
	struct oval_id *item;

	*ord = ordinal(ids, part, id);
	item = &ids->parts[part].items[*ord];
	if (item->defined)
		return err_set(e, ERR_FORMAT,
		    "%s %.*s is in the document twice", oval_record_name(part),
		    SPAN_ARG(id));
	item->defined = true;
	item->line = line;
	return 0;
}

static int
add_edge(const struct oval_referrer *from, enum oval_record to_part,
    uint32_t to, struct err *e)
{
	struct oval_ids *ids = from->ids;

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

	ref->ord = OVAL_ORD_NONE;
	if (ref->id.len == 0)
		return 0;
	ref->ord = ordinal(from->ids, to, ref->id);
	return add_edge(from, to, ref->ord, e);
}
