/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes a bundle in, in memory: a store, and the metadata it trusts. */
#ifndef TESTS_UNIT_BUNDLE_RECEIVER_H
#define TESTS_UNIT_BUNDLE_RECEIVER_H

#include "tests/unit/bundle_world.h"

#define RECEIVER_FILES_MAX 32

struct receiver_file {
	struct digest sha256;
	struct span bytes;
	bool is_stored; /* else: kept of an earlier try */
};

struct receiver {
	struct arena arena;
	struct receiver_file files[RECEIVER_FILES_MAX];
	size_t n_files;
	struct import_metadata trusted[2 * BUNDLE_METADATA_MAX];
	size_t n_trusted;
	struct span root; /* --root; empty: not given */
	struct buf missing;
	int fd; /* being written; 0: none */
	unsigned n_wanted;
	uint64_t skipped; /* bytes */
	struct span rest;
};

static inline void
receiver_cleanup(struct receiver *r)
{
	if (r->fd > 0)
		close(r->fd);
	arena_cleanup(&r->arena);
	buf_cleanup(&r->missing);
}

static inline struct receiver_file *
receiver_find(struct receiver *r, const struct digest *d)
{
	size_t i;

	for (i = 0; i < r->n_files; i++)
		if (digest_eq(&r->files[i].sha256, d))
			return &r->files[i];
	return NULL;
}

static inline void
receiver_store(struct receiver *r, struct span bytes, bool is_stored)
{
	struct receiver_file *f = &r->files[r->n_files++];

	f->bytes = arena_span(&r->arena, bytes);
	f->is_stored = is_stored;
	digest_of(bytes, &f->sha256);
}

static inline bool
receiver_has(void *ctx, const struct digest *d)
{
	struct receiver_file *f = receiver_find(ctx, d);

	return f != NULL && f->is_stored;
}

static inline int
receiver_scratch(void *ctx, int *fd, struct err *e)
{
	(void)ctx;
	return memfd_of(SPAN_NONE, fd, e);
}

static inline int
receiver_want(void *ctx, const struct import_blob *b, int *fd, struct err *e)
{
	struct receiver *r = ctx;
	struct receiver_file *f = receiver_find(r, &b->sha256);

	r->n_wanted++;
	if (f != NULL)
		return f->is_stored ? IMPORT_STORED : IMPORT_KEPT;
	if (receiver_scratch(r, fd, e) != 0)
		return -1;
	r->fd = dup(*fd);
	return IMPORT_WRITE;
}

static inline int
receiver_done(void *ctx, const struct import_blob *b, struct err *e)
{
	struct receiver *r = ctx;
	struct buf bytes = { 0 };

	if (file_read_fd(r->fd, 1 << 20, &bytes, e) != 0)
		abort();
	close(r->fd);
	r->fd = 0;
	receiver_store(r, buf_span(&bytes), true);
	if (!digest_eq(&r->files[r->n_files - 1].sha256, &b->sha256))
		abort();
	buf_cleanup(&bytes);
	return 0;
}

static inline int
receiver_stored(void *ctx, const struct digest *d, int *fd, struct err *e)
{
	struct receiver_file *f = receiver_find(ctx, d);

	if (f == NULL || !f->is_stored)
		return err_set(e, ERR_MISSING, "not stored");
	return memfd_of(f->bytes, fd, e);
}

static inline void
receiver_missing(void *ctx, struct span what)
{
	struct receiver *r = ctx;

	buf_printf(&r->missing, "%.*s;", SPAN_ARG(what));
}

static inline int
receiver_trusted(void *ctx, const char *name, size_t size_max, struct buf *out,
    struct err *e)
{
	const struct receiver *r = ctx;
	struct span found = SPAN_NONE;
	uint64_t highest = 0;
	size_t i;

	if (strcmp(name, IMPORT_OF_ROOT) == 0)
		found = r->root;
	for (i = 0; i < r->n_trusted; i++) {
		struct span have = r->trusted[i].name;
		uint64_t v = strtoul(have.ptr, NULL, 10);

		if (span_is(have, name))
			found = r->trusted[i].bytes;
		if (strcmp(name, IMPORT_NEWEST_ROOT) == 0 &&
		    span_has_suffix(have, ".root.json") && v > highest) {
			highest = v;
			found = r->trusted[i].bytes;
		}
	}
	if (found.len == 0)
		return err_set(e, ERR_MISSING, "%s", name);
	if (found.len > size_max)
		return err_set(e, ERR_LIMIT, "%s", name);
	buf_add_span(out, found);
	return 0;
}

static inline int
receiver_pull(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct receiver *r = ctx;

	(void)e;
	*n = size < r->rest.len ? size : r->rest.len;
	if (*n > 0)
		memcpy(ptr, r->rest.ptr, *n);
	r->rest = span_from(r->rest, *n);
	return 0;
}

static inline void
receiver_skip(void *ctx, uint64_t from, uint64_t to)
{
	struct receiver *r = ctx;

	r->skipped += to - from;
}

/* As an import does: what was accepted is trusted from then on. */
static inline int
receiver_import(struct receiver *r, struct span tar,
    const struct import_options *o, struct arena *a, struct import_result *out,
    struct err *e)
{
	const struct import_sink sink = { .ctx = r,
		.has = receiver_has,
		.want = receiver_want,
		.done = receiver_done,
		.stored = receiver_stored,
		.scratch = receiver_scratch,
		.missing = receiver_missing };
	const struct import_stream s = { .pull = { r, receiver_pull },
		.skip = receiver_skip,
		.trusted = receiver_trusted,
		.trusted_ctx = r,
		.options = o,
		.sink = &sink };
	size_t i;
	int rc;

	r->rest = tar;
	r->n_wanted = 0;
	r->skipped = 0;
	buf_reset(&r->missing);
	rc = import_stream(&s, a, out, e);
	for (i = 0; rc == 0 && !o->verify_only && i < out->n_metadata; i++) {
		struct import_metadata *m = &r->trusted[r->n_trusted++];

		m->name = arena_span(&r->arena, out->metadata[i].name);
		m->bytes = arena_span(&r->arena, out->metadata[i].bytes);
	}
	return rc;
}

#endif
