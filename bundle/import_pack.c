/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bundle/import_pack.h"
#include "bundle/refusal.h"

void
import_pack_digest(struct buf *b, const struct digest *d)
{
	pack_span(b, span_make(d->bytes, DIGEST_SIZE));
}

void
import_unpack_digest(struct unpack *u, struct digest *d)
{
	struct span s = unpack_span(u);

	if (s.len == DIGEST_SIZE)
		memcpy(d->bytes, s.ptr, DIGEST_SIZE);
	else
		u->failed = true;
}

void
import_pack_err(struct buf *b, const struct err *e)
{
	pack_uint(b, (uint64_t)e->code);
	pack_span(b, span_of(e->msg));
}

int
import_unpack_err(struct unpack *u, struct err *e)
{
	enum err_code code =
	    (enum err_code)unpack_max(u, ERR_REFUSED + REFUSAL_SHAPE);
	struct span text = unpack_span(u);

	return err_set(
	    e, code == ERR_NONE ? ERR_SYSTEM : code, "%.*s", SPAN_ARG(text));
}

/* --- the manifest --- */

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

/* Matched by get_manifest(). */
static void
put_manifest(struct buf *b, const struct manifest *m)
{
	size_t i;

	pack_uint(b, m->generation);
	pack_int(b, m->made);
	pack_uint(b, m->n_families);
	for (i = 0; i < m->n_families; i++) {
		pack_span(b, m->families[i].name);
		import_pack_digest(b, &m->families[i].content);
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

/* Matched by put_manifest(). */
static void
get_manifest(struct unpack *u, struct arena *a, struct manifest *m)
{
	struct manifest_family *families;
	struct catalog_document *documents;
	struct manifest_source *sources;
	int64_t *seen;
	size_t i;

	m->generation = unpack_uint(u);
	m->made = unpack_int(u);
	m->n_families = unpack_count(u);
	m->families = families =
	    arena_array(a, m->n_families, sizeof(*families));
	for (i = 0; i < m->n_families; i++) {
		families[i].name = unpack_span(u);
		import_unpack_digest(u, &families[i].content);
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

/* --- targets and metadata --- */

/* Matched by get_target(). */
static void
put_target(struct buf *b, const struct import_target *t)
{
	pack_span(b, t->path);
	pack_span(b, t->role);
	import_pack_digest(b, &t->sha256);
	pack_uint(b, t->size_bytes);
	pack_span(b, t->custom.source);
	pack_span(b, t->custom.origin);
	pack_span(b, t->custom.media_type);
	pack_span(b, t->custom.etag);
	pack_span(b, t->custom.last_modified);
	pack_span(b, t->custom.proof);
	pack_span(b, t->custom.licence);
	pack_int(b, t->custom.fetched);
}

/* Matched by put_target(). */
static void
get_target(struct unpack *u, struct import_target *t)
{
	t->path = unpack_span(u);
	t->role = unpack_span(u);
	import_unpack_digest(u, &t->sha256);
	t->size_bytes = unpack_uint(u);
	t->custom.source = unpack_span(u);
	t->custom.origin = unpack_span(u);
	t->custom.media_type = unpack_span(u);
	t->custom.etag = unpack_span(u);
	t->custom.last_modified = unpack_span(u);
	t->custom.proof = unpack_span(u);
	t->custom.licence = unpack_span(u);
	t->custom.fetched = unpack_int(u);
}

/* Matched by get_files(). */
static void
put_files(struct buf *b, const struct import_result *r)
{
	size_t i;

	pack_uint(b, r->n_targets);
	for (i = 0; i < r->n_targets; i++)
		put_target(b, &r->targets[i]);
	pack_uint(b, r->n_metadata);
	for (i = 0; i < r->n_metadata; i++) {
		pack_span(b, r->metadata[i].name);
		pack_span(b, r->metadata[i].bytes);
	}
}

/* Matched by put_files(). */
static void
get_files(struct unpack *u, struct arena *a, struct import_result *r)
{
	struct import_target *targets;
	struct import_metadata *metadata;
	size_t i;

	r->n_targets = unpack_count(u);
	r->targets = targets = arena_array(a, r->n_targets, sizeof(*targets));
	for (i = 0; i < r->n_targets; i++)
		get_target(u, &targets[i]);
	r->n_metadata = unpack_count(u);
	r->metadata = metadata =
	    arena_array(a, r->n_metadata, sizeof(*metadata));
	for (i = 0; i < r->n_metadata; i++) {
		metadata[i].name = unpack_span(u);
		metadata[i].bytes = unpack_span(u);
	}
}

/* --- all of it --- */

void
import_pack_result(struct buf *b, const struct import_result *r)
{
	pack_uint(b, r->is_replay);
	pack_uint(b, r->is_gap);
	pack_uint(b, r->is_expired);
	put_manifest(b, &r->manifest);
	put_files(b, r);
	pack_uint(b, r->root_version);
	pack_uint(b, r->timestamp_version);
	pack_uint(b, r->snapshot_version);
	pack_uint(b, r->snapshot_before);
	import_pack_digest(b, &r->snapshot);
	import_pack_digest(b, &r->bundle);
	pack_uint(b, r->size_bytes);
	pack_span(b, r->base);
	pack_span(b, r->sources);
	pack_uint(b, r->n_new);
	pack_uint(b, r->new_bytes);
}

bool
import_unpack_result(
    struct span packed, struct arena *a, struct import_result *out)
{
	struct unpack u = unpack_of(packed);

	*out = (struct import_result){ 0 };
	out->is_replay = unpack_max(&u, 1) == 1;
	out->is_gap = unpack_max(&u, 1) == 1;
	out->is_expired = unpack_max(&u, 1) == 1;
	get_manifest(&u, a, &out->manifest);
	get_files(&u, a, out);
	out->root_version = unpack_uint(&u);
	out->timestamp_version = unpack_uint(&u);
	out->snapshot_version = unpack_uint(&u);
	out->snapshot_before = unpack_uint(&u);
	import_unpack_digest(&u, &out->snapshot);
	import_unpack_digest(&u, &out->bundle);
	out->size_bytes = unpack_uint(&u);
	out->base = unpack_span(&u);
	out->sources = unpack_span(&u);
	out->n_new = unpack_uint(&u);
	out->new_bytes = unpack_uint(&u);
	return unpack_done(&u);
}
