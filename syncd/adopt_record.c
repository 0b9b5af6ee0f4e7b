/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog is told what was adopted, so that it says the same as the one
 * of the side that signed. Validators come along: an own sync later asks
 * upstream with them.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "indexer/mirrored.h"
#include "schema_catalog.h"
#include "syncd/adopt_parts.h"

/* --- documents --- */

static int
set_document(struct adoption *ad, const struct catalog_document *d,
    int64_t seen, struct err *e)
{
	struct db_stmt *q;

	if (catalog_set_document(ad->catalog, d, e) != 0)
		return -1;
	if (d->held.len > 0) {
		q = db_query(ad->catalog, QUERY_CATALOG_DOCUMENT_HELD);
		db_bind_text(q, ":name", d->name);
		db_bind_text(q, ":held", d->held);
		if (db_run(q, e) != 0)
			return -1;
	}
	if (seen == 0)
		return 0;
	q = db_query(ad->catalog, QUERY_CATALOG_INDEXED_DOCUMENT_SEEN);
	db_bind_text(q, ":family", d->family);
	db_bind_text(q, ":name", d->name);
	db_bind_text(q, ":format", d->format);
	db_bind_text(q, ":source", d->source);
	db_bind_text(q, ":path", d->path);
	db_bind_text(q, ":sha256", d->sha256);
	db_bind_text(q, ":distribution", adopt_text(d->distribution));
	db_bind_text(q, ":release", adopt_text(d->release));
	db_bind_text(q, ":flavour", adopt_text(d->flavour));
	db_bind_int(q, ":seen", seen);
	return db_run(q, e);
}

/* What the manifest does not have is no document of the cache any more. */
static int
drop_documents(struct adoption *ad, struct err *e)
{
	struct catalog_document *known;
	size_t i, n;

	if (catalog_documents(ad->catalog, &ad->arena, &known, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++)
		if (adopt_is_selected(ad, known[i].source) &&
		    adopt_promised(ad, known[i].family, known[i].name) ==
			NULL &&
		    catalog_drop_document(ad->catalog, known[i].name, e) != 0)
			return -1;
	return 0;
}

static int
record_documents(struct adoption *ad, struct err *e)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	if (drop_documents(ad, e) != 0)
		return -1;
	for (i = 0; i < m->n_documents; i++)
		if (adopt_is_selected(ad, m->documents[i].source) &&
		    set_document(ad, &m->documents[i], m->seen[i], e) != 0)
			return -1;
	return 0;
}

/* --- files --- */

static const struct manifest_source *
find_source(const struct adoption *ad, struct span name)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	for (i = 0; i < m->n_sources; i++)
		if (span_eq(m->sources[i].name, name))
			return &m->sources[i];
	return NULL;
}

static int
set_resource(struct adoption *ad, const struct adopt_target *t,
    struct span path, struct err *e)
{
	const struct manifest_source *source =
	    find_source(ad, t->custom.source);
	char hex[DIGEST_HEX_SIZE];
	const struct catalog_resource r = {
		.path = path,
		.source = t->custom.source,
		.origin = t->custom.origin,
		.etag = t->custom.etag,
		.last_modified = t->custom.last_modified,
		.checked =
		    source != NULL ? source->checked : ad->a->manifest->made,
		.fetched = t->custom.fetched,
		.sha256 = span_of(digest_hex(&t->sha256, hex)),
		.size_bytes = t->size_bytes,
	};

	return catalog_set_resource(ad->catalog, &r, e);
}

static int
drop_resource(struct adoption *ad, struct span path, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_RESOURCE_DROP);

	db_bind_text(q, ":path", path);
	return db_run(q, e);
}

struct paths {
	struct span *items;
	size_t n;
	size_t cap;
};

/* Files of the sources at hand that are no targets any more. */
static int
list_gone(struct adoption *ad, const struct map *kept, struct paths *out,
    struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_RESOURCE_LIST);
	uint32_t ignored;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		if (!adopt_is_selected(ad, db_text(q, 1)) ||
		    map_get(kept, db_text(q, 0), &ignored))
			continue;
		out->items = xgrow(
		    out->items, &out->cap, out->n + 1, sizeof(*out->items));
		out->items[out->n++] = arena_span(&ad->arena, db_text(q, 0));
	}
	db_reset(q);
	return rc;
}

static int
record_resources(struct adoption *ad, struct err *e)
{
	struct paths gone = { 0 };
	struct map kept = { 0 };
	int rc = -1;
	size_t i;

	for (i = 0; i < ad->a->n_targets; i++) {
		const struct adopt_target *t = &ad->a->targets[i];
		struct span path;

		if (t->custom.source.len == 0 ||
		    !adopt_is_selected(ad, t->custom.source))
			continue;
		path = repository_mirror_path(t->path, &ad->arena);
		map_set(&kept, path, 0);
		if (set_resource(ad, t, path, e) != 0)
			goto out;
	}
	if (list_gone(ad, &kept, &gone, e) != 0)
		goto out;
	for (i = 0; i < gone.n; i++)
		if (drop_resource(ad, gone.items[i], e) != 0)
			goto out;
	rc = 0;
out:
	free(gone.items);
	map_cleanup(&kept);
	return rc;
}

/* --- sources --- */

static int
set_source(struct adoption *ad, const struct manifest_source *s, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_SOURCE_COPY);

	db_bind_text(q, ":name", s->name);
	db_bind_int(q, ":checked", s->checked);
	db_bind_int(q, ":changed", s->changed);
	db_bind_text(q, ":result", s->result);
	db_bind_text(q, ":message", adopt_text(s->message));
	db_bind_int(q, ":n_failed", (int64_t)s->n_failed);
	return db_run(q, e);
}

/* The cursor of an API belongs to what was read there before. */
static int
drop_row(struct adoption *ad, unsigned query, struct span name, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, query);

	db_bind_text(
	    q, query == QUERY_CATALOG_CURSOR_DROP ? ":source" : ":name", name);
	return db_run(q, e);
}

static int
drop_sources(struct adoption *ad, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_SOURCE_LIST);
	struct paths all = { 0 };
	size_t i;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		all.items =
		    xgrow(all.items, &all.cap, all.n + 1, sizeof(*all.items));
		all.items[all.n++] = arena_span(&ad->arena, db_text(q, 0));
	}
	db_reset(q);
	for (i = 0; rc == 0 && i < all.n; i++)
		if (adopt_is_selected(ad, all.items[i]) &&
		    (drop_row(ad, QUERY_CATALOG_SOURCE_DROP, all.items[i], e) !=
			    0 ||
			drop_row(ad, QUERY_CATALOG_CURSOR_DROP, all.items[i],
			    e) != 0))
			rc = -1;
	free(all.items);
	return rc;
}

static int
record_sources(struct adoption *ad, struct err *e)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	if (drop_sources(ad, e) != 0)
		return -1;
	for (i = 0; i < m->n_sources; i++)
		if (adopt_is_selected(ad, m->sources[i].name) &&
		    set_source(ad, &m->sources[i], e) != 0)
			return -1;
	return 0;
}

/* --- the run --- */

static int
record_run(struct adoption *ad, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_RUN_ADD);
	const struct adopt_result *r = ad->result;

	db_bind_int(q, ":started", ad->started);
	db_bind_int(q, ":ended", clock_now());
	db_bind_text(q, ":origin", adopt_text(ad->a->name));
	db_bind_int(q, ":n_fetched", (int64_t)r->n_new);
	db_bind_int(q, ":n_unchanged", (int64_t)(r->n_documents - r->n_new));
	db_bind_int(q, ":n_not_offered", 0);
	db_bind_int(q, ":n_refused", 0);
	db_bind_int(q, ":generation", (int64_t)r->generation);
	db_bind_text(q, ":result", SPAN_LIT("ok"));
	return db_run(q, e);
}

static int
record_all(struct adoption *ad, struct err *e)
{
	if (record_documents(ad, e) != 0 || record_resources(ad, e) != 0 ||
	    record_sources(ad, e) != 0 || adopt_record_tuf(ad, e) != 0 ||
	    mirrored_record(ad->catalog, e) != 0)
		return -1;
	return record_run(ad, e);
}

int
adopt_record(struct adoption *ad, struct err *e)
{
	if (db_begin(ad->catalog, e) != 0)
		return -1;
	if (record_all(ad, e) == 0 && db_commit(ad->catalog, e) == 0)
		return 0;
	db_rollback(ad->catalog);
	return -1;
}
