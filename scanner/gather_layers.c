/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the package databases again, as each layer left them. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "scanner/gather.h"

struct trace {
	struct gather *gather;
	struct map since;    /* package to the layer since which it is there */
	struct digest state; /* of the databases, where they come from */
	bool has_state;
	uint64_t bytes; /* of databases that were read */
	struct buf key;
};

static struct span
key_of(struct trace *t, const struct package *p)
{
	buf_reset(&t->key);
	pack_uint(&t->key, p->kind);
	pack_span(&t->key, p->name);
	pack_span(&t->key, p->arch);
	pack_span(&t->key, p->full_version);
	return buf_span(&t->key);
}

/* Which entries of which layers the databases are. True if that is news. */
static bool
state_is_new(struct trace *t)
{
	const struct image *img = &t->gather->image;
	struct digest before = t->state;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < img->n_needed; i++) {
		const struct node *n = &img->tree.nodes[img->needed[i]];

		pack_uint(&b, img->needed[i]);
		pack_uint(&b, n->layer);
		pack_uint(&b, n->ordinal);
		t->bytes += n->detail == NULL ? 0 : n->detail->size_bytes;
	}
	digest_of(buf_span(&b), &t->state);
	buf_cleanup(&b);
	if (t->has_state && digest_eq(&before, &t->state)) {
		return false;
	}
	t->has_state = true;
	return true;
}

/* Those that were there before keep their layer, others are of this one. */
static void
since_take(struct trace *t, const struct system *s, uint32_t layer)
{
	struct map now = { 0 };
	size_t i;

	for (i = 0; i < s->n_packages; i++) {
		struct span key = key_of(t, &s->packages[i]);
		uint32_t since = layer;

		map_get(&t->since, key, &since);
		map_add(&now, key, since, NULL);
	}
	map_cleanup(&t->since);
	t->since = now;
}

/* All that is there could be read, or there is nothing. */
static bool
is_whole(const struct system *s)
{
	enum package_kind kind;

	for (kind = 0; kind < N_PACKAGE_KINDS; kind++)
		if (s->collected[kind] > COLLECTION_COMPLETE)
			return false;
	return s->n_packages <= GATHER_TRACE_PACKAGES_MAX;
}

/* The databases as layer i left them. False: they cannot be told. */
static bool
trace_layer(struct trace *t, size_t i)
{
	struct gather *g = t->gather;
	struct facts facts = { .system = { .packages = NULL } };
	struct facts *kept = g->facts;
	bool is_known = true;

	packages_cleanup(g);
	g->facts = &facts;
	g->list.arena = &facts.system.arena;
	image_layers_apply(&g->image, i + 1);
	packages_look_up(g);
	if (!state_is_new(t)) {
		g->image.n_needed = 0;
	} else if (t->bytes > GATHER_TRACE_MAX || !image_load(&g->image)) {
		is_known = false;
	} else {
		packages_read(g);
		is_known = is_whole(&facts.system);
		if (is_known)
			since_take(t, &facts.system, (uint32_t)i);
		image_unload(&g->image);
	}
	g->facts = kept;
	packages_cleanup(g);
	facts_cleanup(&facts);
	return is_known;
}

static void
take(struct trace *t)
{
	struct facts *f = t->gather->facts;
	struct system *s = &f->system;
	size_t i;

	f->package_layers =
	    arena_array(&s->arena, s->n_packages, sizeof(*f->package_layers));
	for (i = 0; i < s->n_packages; i++) {
		uint32_t layer = LAYER_NONE;

		map_get(&t->since, key_of(t, &s->packages[i]), &layer);
		f->package_layers[i] = (uint16_t)layer;
	}
}

void
layers_trace(struct gather *g)
{
	struct trace t = { .gather = g };
	bool is_known = g->image.n_layers > 0 &&
	    g->image.n_layer_problems == 0 && g->facts->system.n_packages > 0 &&
	    is_whole(&g->facts->system);
	size_t i;

	image_unload(&g->image);
	g->image.is_settled = true;
	for (i = 0; is_known && i < g->image.n_layers; i++)
		is_known = trace_layer(&t, i);
	if (is_known)
		take(&t);
	map_cleanup(&t.since);
	buf_cleanup(&t.key);
}
