/* SPDX-License-Identifier: Apache-2.0 */

#include "bundle/manifest_pack.h"

/* Matched by get_document(). */
static void
put_document(struct buf *b, const struct catalog_document *d)
{
	pack_span(b, d->name);
	pack_span(b, d->source);
	pack_span(b, d->family);
	pack_span(b, d->format);
	pack_span(b, d->distribution);
	pack_span(b, d->release);
	pack_span(b, d->flavour);
	pack_span(b, d->path);
	pack_span(b, d->origin);
	pack_span(b, d->sha256);
	pack_uint(b, d->size_bytes);
	pack_span(b, d->proof);
	pack_int(b, d->proved);
	pack_uint(b, d->n_records);
	pack_span(b, d->published);
	pack_span(b, d->held);
}

/* Matched by put_document(). */
static void
get_document(struct unpack *u, struct catalog_document *d)
{
	d->name = unpack_span(u);
	d->source = unpack_span(u);
	d->family = unpack_span(u);
	d->format = unpack_span(u);
	d->distribution = unpack_span(u);
	d->release = unpack_span(u);
	d->flavour = unpack_span(u);
	d->path = unpack_span(u);
	d->origin = unpack_span(u);
	d->sha256 = unpack_span(u);
	d->size_bytes = unpack_uint(u);
	d->proof = unpack_span(u);
	d->proved = unpack_int(u);
	d->n_records = unpack_uint(u);
	d->published = unpack_span(u);
	d->held = unpack_span(u);
}

/* Matched by get_source(). */
static void
put_source(struct buf *b, const struct manifest_source *s)
{
	pack_span(b, s->name);
	pack_int(b, s->checked);
	pack_int(b, s->changed);
	pack_span(b, s->result);
	pack_span(b, s->message);
	pack_uint(b, s->n_failed);
}

/* Matched by put_source(). */
static void
get_source(struct unpack *u, struct manifest_source *s)
{
	s->name = unpack_span(u);
	s->checked = unpack_int(u);
	s->changed = unpack_int(u);
	s->result = unpack_span(u);
	s->message = unpack_span(u);
	s->n_failed = unpack_uint(u);
}

void
manifest_pack(struct buf *b, const struct manifest *m)
{
	size_t i;

	pack_uint(b, m->generation);
	pack_int(b, m->made);
	pack_uint(b, m->n_families);
	for (i = 0; i < m->n_families; i++) {
		pack_span(b, m->families[i].name);
		pack_digest(b, &m->families[i].content);
	}
	pack_uint(b, m->n_documents);
	for (i = 0; i < m->n_documents; i++) {
		put_document(b, &m->documents[i]);
		pack_int(b, m->seen[i]);
	}
	pack_uint(b, m->n_sources);
	for (i = 0; i < m->n_sources; i++)
		put_source(b, &m->sources[i]);
}

void
manifest_unpack(struct unpack *u, struct arena *a, struct manifest *m)
{
	struct manifest_family *families;
	struct catalog_document *documents;
	struct manifest_source *sources;
	int64_t *seen;
	size_t i;

	*m = (struct manifest){ 0 };
	m->generation = unpack_uint(u);
	m->made = unpack_int(u);
	m->n_families = unpack_count(u);
	m->families = families =
	    arena_array(a, m->n_families, sizeof(*families));
	for (i = 0; i < m->n_families; i++) {
		families[i].name = unpack_span(u);
		unpack_digest(u, &families[i].content);
	}
	m->n_documents = unpack_count(u);
	m->documents = documents =
	    arena_array(a, m->n_documents, sizeof(*documents));
	m->seen = seen = arena_array(a, m->n_documents, sizeof(*seen));
	for (i = 0; i < m->n_documents; i++) {
		get_document(u, &documents[i]);
		seen[i] = unpack_int(u);
	}
	m->n_sources = unpack_count(u);
	m->sources = sources = arena_array(a, m->n_sources, sizeof(*sources));
	for (i = 0; i < m->n_sources; i++)
		get_source(u, &sources[i]);
}
