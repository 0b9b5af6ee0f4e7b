/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two state directories: what is published in the first becomes a manifest
 * with TUF metadata, which the second adopts. Signatures are not looked at
 * here: whoever calls adopt_run() has proved them.
 */
#ifndef TESTS_UNIT_ADOPT_WORLD_H
#define TESTS_UNIT_ADOPT_WORLD_H

#include "base/clock.h"
#include "bundle/refusal.h"
#include "bundle/tuf.h"
#include "indexer/current.h"
#include "syncd/adopt.h"
#include "tests/unit/site.h"

#define ADOPT_DOCUMENTS_MAX 8
#define ADOPT_METADATA_MAX 8

static const struct role_rights adopt_rights[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_FETCH] = { .name = "fetch" },
	[ROLE_VERIFY] = { .name = "verify" },
	[ROLE_INDEX] = { .name = "index",
	    .reads = { "@state/store", NULL },
	    .files_max = 256 },
	[ROLE_SCAN] = { .name = "scan", .reads = { "@state/index", NULL } },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
};

struct adopt_world {
	struct site a; /* signs */
	struct site b; /* adopts */
	struct arena arena;
	struct manifest manifest;
	struct catalog_document documents[ADOPT_DOCUMENTS_MAX];
	int64_t seen[ADOPT_DOCUMENTS_MAX];
	struct manifest_family families[ADOPT_DOCUMENTS_MAX];
	struct manifest_source sources[2];
	struct adopt_target targets[ADOPT_DOCUMENTS_MAX];
	struct adopt_metadata metadata[ADOPT_METADATA_MAX];
	struct adopt adopt;
	struct adopt_result result;
	struct err e;
};

static inline void
adopt_world_open(struct adopt_world *w)
{
	*w = (struct adopt_world){ 0 };
	site_open(&w->a);
	site_open(&w->b);
}

static inline void
adopt_world_close(struct adopt_world *w)
{
	site_close(&w->a);
	site_close(&w->b);
	arena_cleanup(&w->arena);
}

struct adopt_text {
	const char *family;
	const char *name;
	const char *source;
	const char *text; /* NULL: remove it */
};

/* Publishes them in a, one generation. */
static inline void
adopt_world_publish(
    struct adopt_world *w, const struct adopt_text *texts, size_t n)
{
	struct generation_builder *g = NULL;
	struct index_outcome outcome;
	const char *path = NULL;
	uint64_t last;
	size_t i;

	proc_init(adopt_rights, w->a.state.path);
	site_record(&w->a);
	if (history_last(w->a.catalog, &last, &w->e) != 0 ||
	    generation_begin(&g, w->a.state.dirfd, last, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	for (i = 0; i < n; i++) {
		struct buf below = { 0 };
		struct index_input in = { .format = DOCUMENT_NVD,
			.name = span_of(texts[i].name),
			.source = span_of(texts[i].source) };
		struct verified_file *file = NULL;

		buf_printf(&below, "host/%s.json", texts[i].name);
		in.path = arena_span(&w->arena, buf_span(&below));
		buf_cleanup(&below);
		if (texts[i].text != NULL)
			file = family_world_file(
			    &w->a.world, span_of(texts[i].text));
		in.file = file;
		outcome = (struct index_outcome){ 0 };
		if (generation_family(
			g, span_of(texts[i].family), &path, &w->e) != 0)
			fail_msg("%s", w->e.msg);
		chmod(path, 0644);
		if ((file != NULL &&
			store_add(&w->a.store, file, &w->e) != 0) ||
		    index_family_run(path, &in, 1, &outcome, &w->e) != 0)
			fail_msg("%s", w->e.msg);
		verified_close(file);
	}
	if (generation_publish(g, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	site_record(&w->a);
}

static inline void
adopt_world_family(struct adopt_world *w, const struct index_family *f)
{
	struct manifest *m = &w->manifest;
	struct family_digests digests;
	struct buf path = { 0 };
	size_t i;

	buf_printf(&path, "%s/index/current/%.*s.sqlite", w->a.state.path,
	    SPAN_ARG(f->name));
	if (index_digests_run(buf_str(&path), &digests, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	buf_cleanup(&path);
	w->families[m->n_families++] =
	    (struct manifest_family){ arena_span(&w->arena, f->name),
		    digests.content };
	for (i = 0; i < f->n_documents; i++) {
		const struct document *d = &f->documents[i];

		w->documents[m->n_documents] = (struct catalog_document){
			.name = arena_span(&w->arena, d->name),
			.source = arena_span(&w->arena, d->source),
			.family = arena_span(&w->arena, f->name),
			.format = arena_span(&w->arena, d->format),
			.path = arena_span(&w->arena, d->path),
			.origin = SPAN_LIT("upstream"),
			.sha256 = arena_span(&w->arena, d->sha256),
			.size_bytes = d->size_bytes,
			.proof = SPAN_LIT("tls"),
			.proved = 900,
			.n_records = d->n_records,
		};
		w->seen[m->n_documents++] = 800;
	}
}

/* The manifest of what is current in a. */
static inline void
adopt_world_manifest(struct adopt_world *w)
{
	struct index_reader r;
	size_t i;

	w->manifest = (struct manifest){ .made = 1000,
		.families = w->families,
		.documents = w->documents,
		.seen = w->seen,
		.sources = w->sources,
		.n_sources = 2 };
	w->sources[0] = (struct manifest_source){ .name = SPAN_LIT("cisa-kev"),
		.checked = 950,
		.changed = 940,
		.result = SPAN_LIT("ok") };
	w->sources[1] = (struct manifest_source){ .name = SPAN_LIT("nvd"),
		.checked = 960,
		.changed = 930,
		.result = SPAN_LIT("failed"),
		.message = SPAN_LIT("no answer"),
		.n_failed = 3 };
	if (current_open(&r, &w->a.state, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	w->manifest.generation = r.generation;
	for (i = 0; i < r.n_families; i++)
		adopt_world_family(w, &r.families[i]);
	index_close(&r);
}

/* Their files come into b's store. */
static inline void
adopt_world_targets(struct adopt_world *w)
{
	size_t i;

	for (i = 0; i < w->manifest.n_documents; i++) {
		const struct catalog_document *d = &w->documents[i];
		struct adopt_target *t = &w->targets[i];
		struct verified_file *file = NULL;

		*t = (struct adopt_target){
			.path = repository_target_path(
			    d->family, d->path, &w->arena),
			.role = d->family,
			.size_bytes = d->size_bytes,
			.custom = { .source = d->source,
			    .origin = SPAN_LIT("upstream"),
			    .etag = SPAN_LIT("\"e\""),
			    .fetched = 890 },
		};
		digest_parse(d->sha256, &t->sha256);
		if (store_get(&w->a.store, &t->sha256, &file, &w->e) != 0 ||
		    store_add(&w->b.store, file, &w->e) != 0)
			fail_msg("%s", w->e.msg);
		verified_close(file);
	}
}

static inline struct span
adopt_world_file(struct adopt_world *w, const struct tuf_file *f)
{
	const struct tuf_signature none = { { { 0 } }, { 0 }, { NULL, 0 } };
	struct buf b = { 0 }, file = { 0 };
	struct span out;

	tuf_write_signed(&b, f);
	tuf_write_file(&file, buf_span(&b), &none, 1);
	out = arena_span(&w->arena, buf_span(&file));
	buf_cleanup(&b);
	buf_cleanup(&file);
	return out;
}

static inline void
adopt_world_add(struct adopt_world *w, const char *name, struct tuf_file f)
{
	f.expires = 2000000000;
	w->metadata[w->adopt.n_metadata++] =
	    (struct adopt_metadata){ span_of(name), adopt_world_file(w, &f) };
}

/* Version v of everything but the root. */
static inline void
adopt_world_sign(struct adopt_world *w, uint64_t v)
{
	static const struct digest keyid = { { 7 } };
	struct tuf_role role = { SPAN_LIT("nvd"), &keyid, 1, 1 };
	const struct span paths[] = { SPAN_LIT("nvd/*/*") };
	const struct tuf_delegation delegation = {
		.role = role, .paths = paths, .n_paths = 1, .terminating = true
	};
	const struct tuf_meta listed[] = {
		{ .name = SPAN_LIT("nvd.json"), .version = v },
		{ .name = SPAN_LIT("targets.json"), .version = v },
	};
	const struct tuf_meta snapshot = { .name = SPAN_LIT("snapshot.json"),
		.version = v };
	struct tuf_file root = { .type = TUF_ROOT, .version = 1 };
	char *names[4];
	size_t i;

	for (i = 0; i < 4; i++)
		names[i] = arena_alloc(&w->arena, REPOSITORY_NAME_SIZE);
	for (i = 0; i < N_TUF_TYPES; i++)
		root.roles[i] =
		    (struct tuf_role){ span_of(tuf_type_name((enum tuf_type)i)),
			    &keyid, 1, 1 };
	w->adopt.n_metadata = 0;
	adopt_world_add(w, "1.root.json", root);
	adopt_world_add(w, repository_name(v, SPAN_LIT("targets"), names[0]),
	    (struct tuf_file){ .type = TUF_TARGETS,
		.version = v,
		.delegations = &delegation,
		.n_delegations = 1 });
	adopt_world_add(w, repository_name(v, SPAN_LIT("nvd"), names[1]),
	    (struct tuf_file){ .type = TUF_TARGETS, .version = v });
	adopt_world_add(w, repository_name(v, SPAN_LIT("snapshot"), names[2]),
	    (struct tuf_file){ .type = TUF_SNAPSHOT,
		.version = v,
		.meta = listed,
		.n_meta = 2 });
	adopt_world_add(w, "timestamp.json",
	    (struct tuf_file){ .type = TUF_TIMESTAMP,
		.version = v,
		.meta = &snapshot,
		.n_meta = 1 });
}

/* All that b is to adopt of what a has now, as version v. */
static inline void
adopt_world_offer(struct adopt_world *w, uint64_t v)
{
	adopt_world_manifest(w);
	adopt_world_targets(w);
	w->adopt = (struct adopt){
		.manifest = &w->manifest,
		.metadata = w->metadata,
		.targets = w->targets,
		.n_targets = w->manifest.n_documents,
		.root_version = 1,
		.timestamp_version = v,
		.snapshot_version = v,
		.snapshot = { { 5, (uint8_t)v } },
		.name = SPAN_LIT("full.tar"),
		.bundle = SPAN_LIT("b0"),
		.size_bytes = 10240,
	};
	adopt_world_sign(w, v);
	proc_init(adopt_rights, w->b.state.path);
}

static inline int
adopt_world_run(struct adopt_world *w)
{
	return adopt_run(&w->b.state, w->b.catalog, &w->b.store, &w->adopt,
	    &w->result, &w->e);
}

static inline void
adopt_world_must(struct adopt_world *w)
{
	if (adopt_world_run(w) != 0)
		fail_msg("%s", w->e.msg);
}

#endif
