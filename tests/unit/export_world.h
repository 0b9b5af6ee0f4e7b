/* SPDX-License-Identifier: Apache-2.0 */
/* A state directory with metadata and targets, as signing leaves it. */
#ifndef TESTS_UNIT_EXPORT_WORLD_H
#define TESTS_UNIT_EXPORT_WORLD_H

#include <string.h>

#include "base/proc.h"
#include "bundle/export.h"
#include "bundle/tar.h"
#include "schema_catalog.h"
#include "tests/unit/tmp.h"
#include "tests/unit/table.h"

static const struct role_rights export_rights[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
};

struct export_world {
	struct tmp tmp;
	struct state state;
	struct store store;
	struct db *catalog;
	struct repository repository;
	struct arena arena;
	struct buf path; /* of the file that is written */
	struct err e;
};

static inline void
export_check(const struct export_world *w, int rc)
{
	if (rc != 0)
		fail_msg("%s", w->e.msg);
}

static inline void
export_world_open(struct export_world *w)
{
	*w = (struct export_world){ 0 };
	tmp_init(&w->tmp);
	proc_init(export_rights, w->tmp.path);
	export_check(
	    w, state_open(&w->state, w->tmp.path, STATE_WRITE, 0, &w->e));
	export_check(w, store_open(&w->store, w->state.dirfd, &w->e));
	export_check(w, catalog_open(&w->catalog, &w->state, DB_WRITE, &w->e));
	export_check(
	    w, repository_open(&w->repository, w->state.dirfd, true, &w->e));
	export_check(w, file_make_dirs(w->tmp.dirfd, "out", &w->e));
	buf_printf(&w->path, "%s/out/b.tar", w->tmp.path);
}

static inline void
export_world_close(struct export_world *w)
{
	repository_close(&w->repository);
	db_close(w->catalog);
	store_close(&w->store);
	state_close(&w->state);
	arena_cleanup(&w->arena);
	buf_cleanup(&w->path);
	tmp_cleanup(&w->tmp);
}

/* A metadata file; role NULL: the catalog does not know it. */
static inline void
export_world_metadata(struct export_world *w, const char *name,
    const char *role, uint64_t version, const char *text)
{
	struct db_stmt *st = db_query(w->catalog, QUERY_CATALOG_TUF_ROLE_ADD);
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	export_check(
	    w, file_replace(w->repository.dirfd, name, span_of(text), &w->e));
	if (role == NULL)
		return;
	digest_of(span_of(text), &d);
	db_bind_text(st, ":name", span_of(role));
	db_bind_int(st, ":version", (int64_t)version);
	db_bind_int(st, ":expires", 0);
	db_bind_int(st, ":threshold", 1);
	db_bind_text(st, ":keyids", SPAN_LIT(""));
	db_bind_text(st, ":sha256", span_of(digest_hex(&d, hex)));
	db_bind_int(st, ":size_bytes", (int64_t)strlen(text));
	export_check(w, db_run(st, &w->e));
}

static inline struct digest
export_world_store(struct export_world *w, struct span text)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(text, &d);
	export_check(
	    w, file_replace(w->store.dirfd, digest_hex(&d, hex), text, &w->e));
	return d;
}

/* A target, in the store. */
static inline struct digest
export_world_target(struct export_world *w, const char *path, struct span text)
{
	struct db_stmt *st = db_query(w->catalog, QUERY_CATALOG_TUF_TARGET_ADD);
	struct digest d = export_world_store(w, text);
	char hex[DIGEST_HEX_SIZE];

	db_bind_text(st, ":path", span_of(path));
	db_bind_text(st, ":role", SPAN_LIT("nvd"));
	db_bind_text(st, ":sha256", span_of(digest_hex(&d, hex)));
	db_bind_int(st, ":size_bytes", (int64_t)text.len);
	export_check(w, db_run(st, &w->e));
	return d;
}

/* The source that a mirrored file is of. */
static inline void
export_world_source(
    struct export_world *w, const char *path, const char *source)
{
	const struct catalog_resource r = {
		.path = span_of(path),
		.source = span_of(source),
		.origin = SPAN_LIT("upstream"),
		.etag = SPAN_LIT(""),
		.last_modified = SPAN_LIT(""),
		.sha256 = SPAN_LIT("00"),
	};

	export_check(w, catalog_set_resource(w->catalog, &r, &w->e));
}

/* What stood at the path of a document once, or does. */
static inline struct digest
export_world_past(struct export_world *w, const char *path, struct span text)
{
	struct db_stmt *st =
	    db_query(w->catalog, QUERY_CATALOG_INDEXED_DOCUMENT_ADD);
	struct digest d = export_world_store(w, text);
	char hex[DIGEST_HEX_SIZE];

	db_bind_text(st, ":family", SPAN_LIT("nvd"));
	db_bind_text(st, ":name", span_of(path));
	db_bind_text(st, ":format", SPAN_LIT("nvd"));
	db_bind_text(st, ":source", SPAN_LIT("nvd"));
	db_bind_text(st, ":path", span_of(path));
	db_bind_text(st, ":sha256", span_of(digest_hex(&d, hex)));
	db_bind_int(st, ":size_bytes", (int64_t)text.len);
	db_bind_text(st, ":distribution", SPAN_LIT(""));
	db_bind_text(st, ":release", SPAN_LIT(""));
	db_bind_text(st, ":flavour", SPAN_LIT(""));
	db_bind_int(st, ":seen", 1);
	export_check(w, db_run(st, &w->e));
	return d;
}

/* Two roots, the other three, one role; four targets, two of them alike. */
static inline void
export_world_fill(struct export_world *w)
{
	export_world_open(w);
	export_world_metadata(w, "1.root.json", NULL, 1, "root 1");
	export_world_metadata(w, "2.root.json", "root", 2, "root 2");
	export_world_metadata(w, "timestamp.json", "timestamp", 9, "time 9");
	export_world_metadata(w, "7.snapshot.json", "snapshot", 7, "snap 7");
	export_world_metadata(w, "6.snapshot.json", NULL, 6, "snap 6");
	export_world_metadata(w, "1.targets.json", "targets", 1, "targets");
	export_world_metadata(w, "3.nvd.json", "nvd", 3, "nvd 3");
	export_world_target(w, "index/NOTICE", SPAN_LIT("notice"));
	export_world_target(w, "index/manifest.json", SPAN_LIT("manifest"));
	export_world_target(w, "nvd/h/a=20b.gz", SPAN_LIT("one"));
	export_world_target(w, "ubuntu/h/c/d", SPAN_LIT("one"));
	export_world_target(w, "ubuntu/h/c/e", SPAN_LIT("{}"));
	export_world_source(w, "h/a b.gz", "nvd");
	export_world_source(w, "h/c/d", "ubuntu-oval");
	export_world_source(w, "h/c/e", "usn");
}

static inline int
export_world_run(
    struct export_world *w, struct export_options *o, struct export_result *out)
{
	if (o->path == NULL)
		o->path = buf_str(&w->path);
	w->e = (struct err){ 0 };
	return export_run(&w->state, w->catalog, &w->store, o, out, &w->e);
}

#endif
