/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small bundles, made in memory, and a state to import them into that is
 * memory, too: keys 1 and 2 sign the root, 3 the timestamp, 4 the snapshot, 5
 * the targets, 6 role `index`, 7 role `ubuntu`.
 */
#ifndef TESTS_UNIT_BUNDLE_WORLD_H
#define TESTS_UNIT_BUNDLE_WORLD_H

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/memfd.h"
#include "bundle/import_stream.h"
#include "bundle/layout.h"
#include "bundle/patch.h"
#include "bundle/refusal.h"
#include "bundle/tar.h"
#include "tests/unit/tuf_keys.h"

#define BUNDLE_NOW ((int64_t)1800000000)
#define BUNDLE_DAY 86400
#define BUNDLE_FILES_MAX 8
#define BUNDLE_METADATA_MAX 24

/* What a bundle is made of; zeros are the ordinary case. */
struct bundle_spec {
	unsigned n_roots;       /* 0: one */
	unsigned root_days;     /* that the root lasts; 0: 400 */
	unsigned stray_root;    /* version of the one root, that others made */
	uint64_t version;       /* of all but the root; 0: 1 */
	uint64_t snapshot;      /* of the snapshot; 0: as the others */
	int64_t expires_in;     /* seconds; 0: 30 days */
	int64_t made_in;        /* of the manifest */
	unsigned timestamp_key; /* 0: the right one */
	const char *text;       /* of the second file; NULL: "two" */
	const char *leave_out;  /* a path that does not come along */
	const char *add;        /* a path that nothing names */
	const char *spoil;      /* a path whose bytes are others */
	const char *other;      /* a path that was signed with other bytes */
	const char *foreign;    /* a path of `index` that is not its own */
	const char *no_target;  /* a document that is no target */
	const char *sources;    /* annotations */
	const char *base;
	const char *extra_link; /* one entry too many, before the end */
	bool no_manifest;
	const char *old_text; /* the second file comes as a patch against it */
};

struct bundle_file {
	struct span path;
	struct span bytes;
	struct digest sha256;
};

struct bundle_made {
	struct arena arena;
	struct span roots[BUNDLE_METADATA_MAX];
	unsigned n_roots;
	struct import_metadata metadata[BUNDLE_METADATA_MAX];
	size_t n_metadata;
	struct bundle_file files[BUNDLE_FILES_MAX];
	size_t n_files;
	struct buf tar;
};

static inline void
bundle_made_cleanup(struct bundle_made *m)
{
	arena_cleanup(&m->arena);
	buf_cleanup(&m->tar);
}

/* --- metadata --- */

static inline struct span
bundle_sign(
    struct arena *a, const struct tuf_file *f, const unsigned *keys, size_t n)
{
	struct buf bytes = { 0 }, file = { 0 };
	struct tuf_signature signatures[4];
	struct span out;
	size_t i;

	tuf_write_signed(&bytes, f);
	for (i = 0; i < n; i++)
		signatures[i] = tuf_keys_sign(keys[i], buf_span(&bytes));
	tuf_write_file(&file, buf_span(&bytes), signatures, n);
	out = arena_span(a, buf_span(&file));
	buf_cleanup(&bytes);
	buf_cleanup(&file);
	return out;
}

static inline int
bundle_by_id(const void *a, const void *b)
{
	const struct tuf_key *x = a, *y = b;

	return memcmp(x->id.bytes, y->id.bytes, DIGEST_SIZE);
}

static inline struct tuf_key *
bundle_keys(struct arena *a, unsigned first, size_t n)
{
	struct tuf_key *keys = arena_array(a, n, sizeof(*keys));
	size_t i;

	for (i = 0; i < n; i++)
		keys[i] = tuf_keys_public(first + (unsigned)i);
	qsort(keys, n, sizeof(*keys), bundle_by_id);
	return keys;
}

static inline struct tuf_role
bundle_role(struct arena *a, const char *name, unsigned first, size_t n)
{
	struct tuf_key *keys = bundle_keys(a, first, n);
	struct digest *ids = arena_array(a, n, sizeof(*ids));
	size_t i;

	for (i = 0; i < n; i++)
		ids[i] = keys[i].id;
	return (struct tuf_role){ span_of(name), ids, n, (unsigned)n };
}

static inline void
bundle_add_metadata(
    struct bundle_made *m, uint64_t version, const char *role, struct span b)
{
	char name[REPOSITORY_NAME_SIZE] = "timestamp.json";

	if (version > 0)
		snprintf(name, sizeof(name), "%ju.%s.json", (uintmax_t)version,
		    role);
	m->metadata[m->n_metadata++] =
	    (struct import_metadata){ arena_span(&m->arena, span_of(name)), b };
}

static inline void
bundle_add_roots(
    struct bundle_made *m, unsigned first, unsigned last, unsigned days)
{
	static const unsigned all[] = { 1, 2, 8, 9 };
	const unsigned *keys = first == 1 ? all : all + 2;
	struct arena *a = &m->arena;
	struct tuf_file f = { .type = TUF_ROOT,
		.is_consistent = true,
		.expires = BUNDLE_NOW + (int64_t)days * BUNDLE_DAY };

	f.n_keys = first == 1 ? 5 : 9;
	f.keys = bundle_keys(a, 1, f.n_keys);
	f.roles[TUF_ROOT] = bundle_role(a, "root", keys[0], 2);
	f.roles[TUF_TIMESTAMP] = bundle_role(a, "timestamp", 3, 1);
	f.roles[TUF_SNAPSHOT] = bundle_role(a, "snapshot", 4, 1);
	f.roles[TUF_TARGETS] = bundle_role(a, "targets", 5, 1);
	for (f.version = first; f.version <= last; f.version++) {
		m->roots[m->n_roots] = bundle_sign(a, &f, keys, 2);
		bundle_add_metadata(
		    m, f.version, "root", m->roots[m->n_roots++]);
	}
}

/* The targets of a role are the files whose paths begin with its name. */
static inline struct span
bundle_role_file(struct bundle_made *m, const struct bundle_spec *s,
    const char *role, unsigned key)
{
	struct tuf_target *t =
	    arena_array(&m->arena, m->n_files + 1, sizeof(*t));
	struct tuf_file f = { .type = TUF_TARGETS,
		.version = s->version,
		.expires = BUNDLE_NOW + s->expires_in,
		.targets = t };
	size_t i;

	for (i = 0; i < m->n_files; i++) {
		const struct bundle_file *file = &m->files[i];

		if (!span_has_prefix(file->path, role))
			continue;
		t[f.n_targets] = (struct tuf_target){ .path = file->path,
			.size_bytes = file->bytes.len,
			.sha256 = file->sha256 };
		if (span_is(file->path, "index/manifest.json"))
			t[f.n_targets].custom_json = SPAN_NONE;
		else
			t[f.n_targets].custom_json =
			    SPAN_LIT("{\"source\":\"ubuntu-oval\"}");
		if (s->other != NULL && span_is(file->path, s->other))
			digest_of(SPAN_LIT("other"), &t[f.n_targets].sha256);
		f.n_targets++;
	}
	if (s->foreign != NULL && strcmp(role, "index") == 0)
		t[f.n_targets++] =
		    (struct tuf_target){ .path = span_of(s->foreign),
			    .size_bytes = 1 };
	return bundle_sign(&m->arena, &f, &key, 1);
}

static inline struct span
bundle_targets_file(struct bundle_made *m, const struct bundle_spec *s)
{
	static const struct span of_index[] = { { "index/*", 7 } };
	static const struct span of_ubuntu[] = { { "ubuntu/*", 8 },
		{ "ubuntu/*/*", 10 } };
	const unsigned key = 5;
	struct tuf_delegation d[2] = {
		{ .role = bundle_role(&m->arena, "index", 6, 1),
		    .paths = of_index,
		    .n_paths = 1,
		    .terminating = true },
		{ .role = bundle_role(&m->arena, "ubuntu", 7, 1),
		    .paths = of_ubuntu,
		    .n_paths = 2,
		    .terminating = true },
	};
	struct tuf_file f = { .type = TUF_TARGETS,
		.version = s->version,
		.expires = BUNDLE_NOW + s->expires_in,
		.keys = bundle_keys(&m->arena, 6, 2),
		.n_keys = 2,
		.delegations = d,
		.n_delegations = 2 };

	return bundle_sign(&m->arena, &f, &key, 1);
}

static inline struct tuf_meta
bundle_meta(const char *name, uint64_t version, struct span bytes)
{
	struct tuf_meta meta = { .name = span_of(name),
		.version = version,
		.has_length = true,
		.size_bytes = bytes.len,
		.has_sha256 = true };

	digest_of(bytes, &meta.sha256);
	return meta;
}

static inline void
bundle_add_roles(struct bundle_made *m, const struct bundle_spec *s)
{
	const unsigned key = 4,
		       last = s->timestamp_key > 0 ? s->timestamp_key : 3;
	struct span index = bundle_role_file(m, s, "index", 6);
	struct span ubuntu = bundle_role_file(m, s, "ubuntu", 7);
	struct span targets = bundle_targets_file(m, s);
	struct tuf_meta meta[] = {
		bundle_meta("index.json", s->version, index),
		bundle_meta("targets.json", s->version, targets),
		bundle_meta("ubuntu.json", s->version, ubuntu),
	};
	struct tuf_file f = { .type = TUF_SNAPSHOT,
		.version = s->snapshot,
		.expires = BUNDLE_NOW + s->expires_in,
		.meta = meta,
		.n_meta = 3 };
	struct span snapshot = bundle_sign(&m->arena, &f, &key, 1);
	struct tuf_meta one =
	    bundle_meta("snapshot.json", s->snapshot, snapshot);

	f = (struct tuf_file){ .type = TUF_TIMESTAMP,
		.version = s->version,
		.expires = BUNDLE_NOW + s->expires_in,
		.meta = &one,
		.n_meta = 1 };
	bundle_add_metadata(
	    m, 0, "timestamp", bundle_sign(&m->arena, &f, &last, 1));
	bundle_add_metadata(m, s->snapshot, "snapshot", snapshot);
	bundle_add_metadata(m, s->version, "targets", targets);
	bundle_add_metadata(m, s->version, "index", index);
	bundle_add_metadata(m, s->version, "ubuntu", ubuntu);
}

/* --- files --- */

static inline void
bundle_add_file(struct bundle_made *m, const char *path, struct span bytes)
{
	struct bundle_file *f = &m->files[m->n_files++];

	f->path = span_of(path);
	f->bytes = arena_span(&m->arena, bytes);
	digest_of(f->bytes, &f->sha256);
}

/* Of the files that are there, but for the first, which it is to be. */
static inline struct span
bundle_manifest(struct bundle_made *m, const struct bundle_spec *s)
{
	struct catalog_document docs[BUNDLE_FILES_MAX] = { 0 };
	int64_t seen[BUNDLE_FILES_MAX] = { 0 };
	struct manifest man = { .generation = s->version,
		.made = BUNDLE_NOW + s->made_in,
		.documents = docs,
		.seen = seen };
	struct buf out = { 0 };
	struct span bytes;
	size_t i;

	for (i = 1; i < m->n_files; i++) {
		char *hex = arena_alloc(&m->arena, DIGEST_HEX_SIZE);
		struct catalog_document *d = &docs[man.n_documents++];

		*d = (struct catalog_document){ .name = m->files[i].path,
			.source = SPAN_LIT("ubuntu-oval"),
			.family = SPAN_LIT("ubuntu"),
			.format = SPAN_LIT("oval"),
			.path = SPAN_LIT("host/file.xml"),
			.origin = SPAN_LIT("upstream"),
			.sha256 = span_of(digest_hex(&m->files[i].sha256, hex)),
			.size_bytes = m->files[i].bytes.len,
			.proof = SPAN_LIT("tls"),
			.proved = BUNDLE_NOW };
	}
	if (s->no_target != NULL) {
		docs[man.n_documents] = docs[0];
		docs[man.n_documents].name = span_of(s->no_target);
		docs[man.n_documents++].sha256 = span_of(
		    "0000000000000000000000000000000000000000000000000000000000"
		    "000000");
	}
	manifest_write(&out, &man);
	bytes = arena_span(&m->arena, buf_span(&out));
	buf_cleanup(&out);
	return bytes;
}

/* --- the tar --- */

static inline void
bundle_entry(
    struct buf *tar, struct span path, struct span link, struct span body)
{
	static const char zeros[TAR_BLOCK];
	const struct tar_entry entry = { path, link, body.len };

	tar_head(tar, &entry);
	buf_add_span(tar, body);
	buf_add(tar, zeros, tar_padding(body.len));
}

static inline void
bundle_blob(struct buf *tar, const struct digest *d, struct span body)
{
	struct buf path = { 0 };

	layout_blob_path(&path, d);
	bundle_entry(tar, buf_span(&path), SPAN_NONE, body);
	buf_cleanup(&path);
}

static inline void
bundle_part(struct buf *tar, const struct layout_part *p, struct span body)
{
	struct buf path = { 0 }, blob = { 0 };
	unsigned i;

	bundle_blob(tar, &p->sha256, body);
	layout_blob_path(&blob, &p->sha256);
	for (i = 0; layout_link_path(&path, p, i) == 1; i++) {
		bundle_entry(tar, buf_span(&path), buf_span(&blob), SPAN_NONE);
		buf_reset(&path);
	}
	buf_cleanup(&path);
	buf_cleanup(&blob);
}

static inline void
bundle_head(struct buf *tar, const struct layout *l)
{
	struct buf manifest = { 0 }, index = { 0 };
	struct digest digest, config;

	layout_manifest(&manifest, l);
	digest_of(buf_span(&manifest), &digest);
	digest_of(layout_config(), &config);
	layout_index(&index, &digest, manifest.len);
	bundle_entry(tar, SPAN_LIT("oci-layout"), SPAN_NONE, layout_oci());
	bundle_entry(tar, SPAN_LIT("index.json"), SPAN_NONE, buf_span(&index));
	bundle_blob(tar, &digest, buf_span(&manifest));
	bundle_blob(tar, &config, layout_config());
	buf_cleanup(&manifest);
	buf_cleanup(&index);
}

struct bundle_body {
	struct layout_part part;
	struct span bytes;
};

/* In place of the second file. */
static inline void
bundle_patch(struct bundle_made *m, const struct bundle_spec *s,
    struct bundle_body *body)
{
	struct buf patch = { 0 };
	struct err e;
	uint64_t size;
	int fds[3];

	if (memfd_of(span_of(s->old_text), &fds[0], &e) != 0 ||
	    memfd_of(body->bytes, &fds[1], &e) != 0 ||
	    memfd_of(SPAN_NONE, &fds[2], &e) != 0 ||
	    patch_make(fds[0], fds[1], fds[2], &size, &e) != 1 ||
	    file_read_fd(fds[2], 1 << 20, &patch, &e) != 0)
		abort();
	body->part.kind = LAYOUT_IS_PATCH;
	body->bytes = arena_span(&m->arena, buf_span(&patch));
	buf_cleanup(&patch);
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
}

static inline bool
bundle_is(const char *path, struct span name)
{
	return path != NULL && span_is(name, path);
}

static inline size_t
bundle_bodies(
    struct bundle_made *m, const struct bundle_spec *s, struct bundle_body *out)
{
	size_t i, n = 0;

	for (i = 0; i < m->n_metadata; i++) {
		out[n].part = (struct layout_part){ .kind = LAYOUT_IS_METADATA,
			.name = m->metadata[i].name };
		out[n++].bytes = m->metadata[i].bytes;
	}
	for (i = 0; i < m->n_files; i++) {
		if (bundle_is(s->leave_out, m->files[i].path))
			continue;
		out[n].part = (struct layout_part){ .kind = LAYOUT_IS_TARGET,
			.name = m->files[i].path };
		out[n].bytes = m->files[i].bytes;
		if (s->old_text != NULL && i == 2)
			bundle_patch(m, s, &out[n]);
		n++;
	}
	if (s->add != NULL) {
		out[n].part = (struct layout_part){ .kind = LAYOUT_IS_TARGET,
			.name = span_of(s->add) };
		out[n++].bytes = SPAN_LIT("added");
	}
	for (i = 0; i < n; i++) {
		digest_of(out[i].bytes, &out[i].part.sha256);
		out[i].part.size_bytes = out[i].bytes.len;
	}
	return n;
}

static inline void
bundle_spoil(struct bundle_made *m, struct span *bytes)
{
	char *other = arena_str(&m->arena, *bytes);

	other[bytes->len - 1] ^= 1;
	bytes->ptr = other;
}

static inline void
bundle_write(struct bundle_made *m, const struct bundle_spec *s)
{
	struct bundle_body bodies[BUNDLE_METADATA_MAX + BUNDLE_FILES_MAX + 1];
	struct layout_part parts[BUNDLE_METADATA_MAX + BUNDLE_FILES_MAX + 1];
	struct layout l = { .parts = parts,
		.n_parts = bundle_bodies(m, s, bodies),
		.base_snapshot = span_of(s->base),
		.sources = span_of(s->sources) };
	size_t i;

	for (i = 0; i < l.n_parts; i++)
		parts[i] = bodies[i].part;
	bundle_head(&m->tar, &l);
	for (i = 0; i < l.n_parts; i++) {
		if (bundle_is(s->spoil, parts[i].name))
			bundle_spoil(m, &bodies[i].bytes);
		bundle_part(&m->tar, &parts[i], bodies[i].bytes);
	}
	if (s->extra_link != NULL)
		bundle_entry(&m->tar, span_of(s->extra_link),
		    SPAN_LIT("oci-layout"), SPAN_NONE);
	tar_end(&m->tar);
}

/* m begins empty. */
static inline void
bundle_make(struct bundle_made *m, const struct bundle_spec *spec)
{
	struct bundle_spec s = *spec;

	*m = (struct bundle_made){ 0 };
	s.n_roots = s.n_roots > 0 ? s.n_roots : 1;
	s.version = s.version > 0 ? s.version : 1;
	s.snapshot = s.snapshot > 0 ? s.snapshot : s.version;
	s.expires_in = s.expires_in != 0 ? s.expires_in : 30 * BUNDLE_DAY;
	if (!s.no_manifest)
		m->n_files++;
	bundle_add_file(m, "ubuntu/host/one.xml", SPAN_LIT("ONE"));
	bundle_add_file(
	    m, "ubuntu/host/two.xml", span_of(s.text == NULL ? "TWO" : s.text));
	if (!s.no_manifest) {
		size_t n = m->n_files;
		struct span manifest = bundle_manifest(m, &s);

		m->n_files = 0;
		bundle_add_file(m, "index/manifest.json", manifest);
		m->n_files = n;
	}
	s.root_days = s.root_days > 0 ? s.root_days : 400;
	if (s.stray_root > 0)
		bundle_add_roots(m, s.stray_root, s.stray_root, s.root_days);
	else
		bundle_add_roots(m, 1, s.n_roots, s.root_days);
	bundle_add_roles(m, &s);
	bundle_write(m, &s);
}

#endif
