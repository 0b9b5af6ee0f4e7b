/* SPDX-License-Identifier: Apache-2.0 */

#include "bundle/import_pack.h"
#include "bundle/manifest_pack.h"
#include "bundle/refusal.h"

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

/* --- targets and metadata --- */

/* Matched by get_target(). */
static void
put_target(struct buf *b, const struct import_target *t)
{
	pack_span(b, t->path);
	pack_span(b, t->role);
	pack_digest(b, &t->sha256);
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
	unpack_digest(u, &t->sha256);
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
	manifest_pack(b, &r->manifest);
	put_files(b, r);
	pack_uint(b, r->root_version);
	pack_uint(b, r->timestamp_version);
	pack_uint(b, r->snapshot_version);
	pack_uint(b, r->snapshot_before);
	pack_digest(b, &r->snapshot);
	pack_digest(b, &r->bundle);
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
	manifest_unpack(&u, a, &out->manifest);
	get_files(&u, a, out);
	out->root_version = unpack_uint(&u);
	out->timestamp_version = unpack_uint(&u);
	out->snapshot_version = unpack_uint(&u);
	out->snapshot_before = unpack_uint(&u);
	unpack_digest(&u, &out->snapshot);
	unpack_digest(&u, &out->bundle);
	out->size_bytes = unpack_uint(&u);
	out->base = unpack_span(&u);
	out->sources = unpack_span(&u);
	out->n_new = unpack_uint(&u);
	out->new_bytes = unpack_uint(&u);
	return unpack_done(&u);
}
