/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalog says of the repository that was adopted, and the ledger. */
#include <fcntl.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/memfd.h"
#include "schema_catalog.h"
#include "syncd/adopt_parts.h"

/* --- roles and targets --- */

struct metadata_files {
	const struct adopt *a;
	struct repository repository;
};

/* What is adopted, and what of it was here before. */
static int
open_metadata(void *ctx, const char *name, int *fd, struct err *e)
{
	const struct metadata_files *files = ctx;
	size_t i;

	for (i = 0; i < files->a->n_metadata; i++)
		if (span_is(files->a->metadata[i].name, name))
			return memfd_of(files->a->metadata[i].bytes, fd, e);
	*fd = openat(
	    files->repository.dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *fd != -1 ? 0 : err_system(e, REPOSITORY_FOLDER "/%s", name);
}

int
adopt_roles(struct adoption *ad, struct err *e)
{
	struct metadata_files files = { .a = ad->a };
	const struct roles_files source = { &files, open_metadata };
	int rc;

	if (repository_open(&files.repository, ad->state->dirfd, true, e) != 0)
		return -1;
	rc = roles_run(&source, ad->a->root_version, &ad->arena, &ad->roles,
	    &ad->n_roles, e);
	repository_close(&files.repository);
	return rc;
}

static int
record_role(struct adoption *ad, const struct role_row *r, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_TUF_ROLE_ADD);
	char hex[DIGEST_HEX_SIZE];

	db_bind_text(q, ":name", r->name);
	db_bind_int(q, ":version", (int64_t)r->version);
	db_bind_int(q, ":expires", r->expires);
	db_bind_int(q, ":threshold", (int64_t)r->threshold);
	db_bind_text(q, ":keyids", adopt_text(r->keyids));
	db_bind_text(q, ":sha256", span_of(digest_hex(&r->sha256, hex)));
	db_bind_int(q, ":size_bytes", (int64_t)r->size_bytes);
	return db_run(q, e);
}

static int
record_target(struct adoption *ad, const struct adopt_target *t, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_TUF_TARGET_ADD);
	char hex[DIGEST_HEX_SIZE];

	db_bind_text(q, ":path", t->path);
	db_bind_text(q, ":role", t->role);
	db_bind_text(q, ":sha256", span_of(digest_hex(&t->sha256, hex)));
	db_bind_int(q, ":size_bytes", (int64_t)t->size_bytes);
	return db_run(q, e);
}

static int
record_rows(struct adoption *ad, struct err *e)
{
	static const unsigned clear[] = { QUERY_CATALOG_TUF_ROLE_CLEAR,
		QUERY_CATALOG_TUF_PREVIOUS_CLEAR,
		QUERY_CATALOG_TUF_PREVIOUS_FILL,
		QUERY_CATALOG_TUF_TARGET_CLEAR };
	size_t i;

	/* gc keeps the files of the last repository as well. */
	for (i = 0; i < sizeof(clear) / sizeof(*clear); i++)
		if (db_run(db_query(ad->catalog, clear[i]), e) != 0)
			return -1;
	for (i = 0; i < ad->n_roles; i++)
		if (record_role(ad, &ad->roles[i], e) != 0)
			return -1;
	for (i = 0; i < ad->a->n_targets; i++)
		if (record_target(ad, &ad->a->targets[i], e) != 0)
			return -1;
	return 0;
}

/* --- the ledger --- */

static void
add_words(struct buf *b, const struct span *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%s%.*s", i == 0 ? "" : " ", SPAN_ARG(words[i]));
}

static int
add_ledger(struct adoption *ad, struct span sources, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_LEDGER_ADD);
	const struct adopt *a = ad->a;
	char hex[DIGEST_HEX_SIZE];

	db_bind_int(q, ":time", clock_now());
	db_bind_text(q, ":event", SPAN_LIT("imported"));
	db_bind_int(q, ":generation", (int64_t)a->manifest->generation);
	db_bind_int(q, ":made", a->manifest->made);
	db_bind_int(q, ":root", (int64_t)a->root_version);
	db_bind_int(q, ":timestamp", (int64_t)a->timestamp_version);
	db_bind_int(q, ":snapshot", (int64_t)a->snapshot_version);
	db_bind_text(
	    q, ":snapshot_sha256", span_of(digest_hex(&a->snapshot, hex)));
	db_bind_text(q, ":name", adopt_text(a->name));
	db_bind_text(q, ":sha256", adopt_text(a->bundle));
	db_bind_int(q, ":size_bytes", (int64_t)a->size_bytes);
	db_bind_text(q, ":base", adopt_text(a->base));
	db_bind_text(q, ":sources", sources);
	db_bind_int(q, ":expired", a->is_expired);
	return db_run(q, e);
}

/* A run that was killed had come as far as this. */
static bool
is_last(struct db_stmt *q, const struct adopt *a, struct span sources)
{
	char hex[DIGEST_HEX_SIZE];

	return span_is(db_text(q, 2), "imported") &&
	    db_int(q, 6) == (int64_t)a->timestamp_version &&
	    db_int(q, 14) == a->is_expired &&
	    span_is(db_text(q, 8), digest_hex(&a->snapshot, hex)) &&
	    span_eq(db_text(q, 10), a->bundle) &&
	    span_eq(db_text(q, 13), sources);
}

/* 1: the last row is the one that is to be written. */
static int
is_in_ledger(struct adoption *ad, struct span sources, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_LEDGER_LIST);
	bool last = false;
	int rc;

	while ((rc = db_step(q, e)) == 1)
		last = is_last(q, ad->a, sources);
	db_reset(q);
	return rc == -1 ? -1 : last;
}

static int
record_ledger(struct adoption *ad, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf sources = { 0 }, detail = { 0 };
	int rc;

	add_words(&sources, ad->a->sources, ad->a->n_sources);
	buf_printf(&detail,
	    "generation %" PRIu64 ", timestamp %" PRIu64 ", snapshot %" PRIu64
	    " %s%s",
	    ad->a->manifest->generation, ad->a->timestamp_version,
	    ad->a->snapshot_version, digest_hex(&ad->a->snapshot, hex),
	    ad->a->is_expired ? ", expired" : "");
	if (sources.len > 0)
		buf_printf(&detail, "; only %s", buf_str(&sources));
	rc = is_in_ledger(ad, span_of(buf_str(&sources)), e);
	if (rc == 0) {
		rc = add_ledger(ad, span_of(buf_str(&sources)), e);
		if (rc == 0)
			rc = catalog_audit(ad->catalog, ad->a->name, "imported",
			    buf_span(&detail), e);
	}
	buf_cleanup(&sources);
	buf_cleanup(&detail);
	return rc == -1 ? -1 : 0;
}

int
adopt_record_tuf(struct adoption *ad, struct err *e)
{
	return record_rows(ad, e) == 0 ? record_ledger(ad, e) : -1;
}
