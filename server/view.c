/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "server/view_parts.h"

#define NO_FILE UINT32_MAX /* a target that is no file */

struct view *
view_new(void)
{
	struct view *v = xcalloc(1, sizeof(*v));

	atomic_init(&v->n_users, 1);
	return v;
}

struct view *
view_keep(struct view *v)
{
	atomic_fetch_add(&v->n_users, 1);
	return v;
}

void
view_drop(struct view *v)
{
	if (v == NULL || atomic_fetch_sub(&v->n_users, 1) != 1)
		return;
	map_cleanup(&v->by_path);
	map_cleanup(&v->by_tail);
	map_cleanup(&v->by_digest);
	arena_cleanup(&v->arena);
	free(v);
}

/* --- where what is --- */

/* Upstream's paths are parts of URLs: "Rocky%20Linux/all.zip". */
static struct span
decode(struct span path, struct buf *out)
{
	uint8_t c;
	size_t i;

	buf_reset(out);
	for (i = 0; i < path.len; i++) {
		if (path.ptr[i] == '%' && path.len - i > 2 &&
		    parse_hex(span_make(path.ptr + i + 1, 2), &c, 1)) {
			buf_add(out, &c, 1);
			i += 2;
		} else {
			buf_add(out, path.ptr + i, 1);
		}
	}
	return buf_span(out);
}

static void
index_path(struct view *v, struct span path, uint32_t i)
{
	map_add(&v->by_path, path, i, NULL);
	map_add(&v->by_tail, span_from(path, span_find(path, '/')), i, NULL);
}

void
view_index(struct view *v)
{
	struct buf path = { 0 };
	size_t i;

	for (i = 0; i < v->n_files; i++) {
		index_path(v, v->files[i].path, (uint32_t)i);
		map_add(&v->by_digest,
		    span_make(v->files[i].sha256.bytes, DIGEST_SIZE),
		    (uint32_t)i, NULL);
	}
	for (i = 0; i < v->n_files; i++)
		if (span_find(v->files[i].path, '%') < v->files[i].path.len)
			index_path(
			    v, decode(v->files[i].path, &path), (uint32_t)i);
	for (i = 0; i < v->n_targets; i++)
		map_add(&v->by_digest,
		    span_make(v->targets[i].sha256.bytes, DIGEST_SIZE), NO_FILE,
		    NULL);
	buf_cleanup(&path);
}

static const struct view_file *
find(const struct view *v, const struct map *m, struct span key)
{
	uint32_t i;

	return map_get(m, key, &i) && i != NO_FILE ? &v->files[i] : NULL;
}

const struct view_file *
view_find(const struct view *v, struct span path)
{
	return find(v, &v->by_path, path);
}

const struct view_file *
view_find_tail(const struct view *v, struct span path)
{
	return find(v, &v->by_tail, path);
}

bool
view_has(const struct view *v, const struct digest *sha256)
{
	uint32_t ignored;

	return map_get(
	    &v->by_digest, span_make(sha256->bytes, DIGEST_SIZE), &ignored);
}

const struct view_file *
view_find_digest(const struct view *v, const struct digest *sha256)
{
	return find(v, &v->by_digest, span_make(sha256->bytes, DIGEST_SIZE));
}

const struct view_target *
view_find_target(const struct view *v, struct span path)
{
	size_t i;

	/* Those with paths are few. */
	for (i = 0; i < v->n_targets; i++)
		if (path.len > 0 && span_eq(v->targets[i].path, path))
			return &v->targets[i];
	return NULL;
}

/* --- between our processes --- */

void
view_pack(struct buf *out, const struct view *v)
{
	size_t i;

	pack_uint(out, v->generation);
	pack_int(out, v->made);
	pack_span(out, v->timestamp);
	pack_uint(out, v->n_files);
	for (i = 0; i < v->n_files; i++) {
		const struct view_file *f = &v->files[i];

		pack_span(out, f->path);
		pack_span(out, f->source);
		pack_digest(out, &f->sha256);
		pack_uint(out, f->size_bytes);
		pack_span(out, f->modified);
		pack_int(out, f->fetched);
	}
	pack_uint(out, v->n_past);
	for (i = 0; i < v->n_past; i++) {
		pack_span(out, v->past[i].path);
		pack_digest(out, &v->past[i].sha256);
		pack_int(out, v->past[i].since);
	}
	pack_uint(out, v->n_targets);
	for (i = 0; i < v->n_targets; i++) {
		pack_span(out, v->targets[i].path);
		pack_digest(out, &v->targets[i].sha256);
	}
}

static void
unpack_files(struct view *v, struct unpack *u)
{
	size_t i;

	v->n_files = unpack_count(u);
	v->files = arena_array(&v->arena, v->n_files, sizeof(*v->files));
	for (i = 0; i < v->n_files; i++) {
		struct view_file *f = &v->files[i];

		f->path = arena_span(&v->arena, unpack_span(u));
		f->source = arena_span(&v->arena, unpack_span(u));
		unpack_digest(u, &f->sha256);
		f->size_bytes = unpack_uint(u);
		f->modified = arena_span(&v->arena, unpack_span(u));
		f->fetched = unpack_int(u);
	}
}

static void
unpack_others(struct view *v, struct unpack *u)
{
	size_t i;

	v->n_past = unpack_count(u);
	v->past = arena_array(&v->arena, v->n_past, sizeof(*v->past));
	for (i = 0; i < v->n_past; i++) {
		v->past[i].path = arena_span(&v->arena, unpack_span(u));
		unpack_digest(u, &v->past[i].sha256);
		v->past[i].since = unpack_int(u);
	}
	v->n_targets = unpack_count(u);
	v->targets = arena_array(&v->arena, v->n_targets, sizeof(*v->targets));
	for (i = 0; i < v->n_targets; i++) {
		v->targets[i].path = arena_span(&v->arena, unpack_span(u));
		unpack_digest(u, &v->targets[i].sha256);
	}
}

int
view_unpack(struct view **out, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);
	struct view *v = view_new();

	v->generation = unpack_uint(&u);
	v->made = unpack_int(&u);
	v->timestamp = arena_span(&v->arena, unpack_span(&u));
	unpack_files(v, &u);
	unpack_others(v, &u);
	if (!unpack_done(&u)) {
		view_drop(v);
		return err_set(
		    e, ERR_FORMAT, "a view that cannot be read came");
	}
	view_index(v);
	*out = v;
	return 0;
}
