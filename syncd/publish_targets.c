/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/mirrored.h"
#include "schema_catalog.h"
#include "syncd/publish_parts.h"
#include "syncd/sources.h"

/* --- what the catalog has --- */

static int
read_resources(struct publish *p, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_RESOURCE_LIST);
	struct arena *a = &p->arena;
	size_t cap = 0;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		p->resources = xgrow(p->resources, &cap, p->n_resources + 1,
		    sizeof(*p->resources));
		p->resources[p->n_resources++] = (struct catalog_resource){
			.path = arena_span(a, db_text(q, 0)),
			.source = arena_span(a, db_text(q, 1)),
			.origin = arena_span(a, db_text(q, 2)),
			.etag = arena_span(a, db_text(q, 3)),
			.last_modified = arena_span(a, db_text(q, 4)),
			.checked = db_int(q, 5),
			.fetched = db_int(q, 6),
			.sha256 = arena_span(a, db_text(q, 7)),
			.size_bytes = (uint64_t)db_int(q, 8),
		};
	}
	db_reset(q);
	return rc;
}

static int
cmp_path(const void *path, const void *resource)
{
	const struct catalog_resource *r = resource;

	return span_cmp(*(const struct span *)path, r->path);
}

static int
cmp_name(const void *name, const void *document)
{
	const struct catalog_document *d = document;

	return span_cmp(*(const struct span *)name, d->name);
}

static const struct catalog_resource *
find_resource(const struct publish *p, struct span path)
{
	if (p->n_resources == 0)
		return NULL;
	return bsearch(&path, p->resources, p->n_resources,
	    sizeof(*p->resources), cmp_path);
}

static const struct catalog_document *
find_accepted(const struct publish *p, struct span name)
{
	if (p->n_accepted == 0)
		return NULL;
	return bsearch(
	    &name, p->accepted, p->n_accepted, sizeof(*p->accepted), cmp_name);
}

/* --- targets --- */

void
publish_add_target(struct publish *p, const struct publish_target *t)
{
	p->targets = xgrow(
	    p->targets, &p->targets_cap, p->n_targets + 1, sizeof(*p->targets));
	p->targets[p->n_targets++] = *t;
}

static bool
is_stored(const struct publish *p, struct span hex)
{
	struct digest d;

	return digest_parse(hex, &d) && store_has(&p->store, &d);
}

/* family and source of the file; proof is empty if it is no document. */
static int
add_file(struct publish *p, struct span family,
    const struct catalog_resource *r, struct span proof, struct err *e)
{
	const struct source *source = source_find(r->source);
	struct publish_target t = {
		.path = repository_target_path(family, r->path, &p->arena),
		.role = family,
		.sha256 = r->sha256,
		.size_bytes = r->size_bytes,
		.custom = {
		    .source = r->source,
		    .origin = r->origin,
		    .media_type = custom_media_type(r->path),
		    .etag = r->etag,
		    .last_modified = r->last_modified,
		    .proof = proof,
		    .licence = span_of(source == NULL ? NULL : source->licence),
		    .fetched = r->fetched,
		},
	};

	if (!tuf_is_target_path(t.path))
		return err_set(e, ERR_LIMIT,
		    "%.*s: its name is too long for a target, or no path",
		    SPAN_ARG(r->path));
	publish_add_target(p, &t);
	return 0;
}

/* What the catalog says of a document, as far as it is still this one. */
static void
complete(struct publish *p, struct catalog_document *d)
{
	const struct catalog_document *a = find_accepted(p, d->name);

	if (a == NULL)
		return;
	d->held = a->held;
	if (!span_eq(a->sha256, d->sha256))
		return;
	d->origin = a->origin;
	d->proof = a->proof;
	d->proved = a->proved;
	d->n_records = a->n_records;
	d->published = a->published;
}

/* A file of the generation; the catalog may know a later one by its path. */
static int
add_document(struct publish *p, const struct catalog_document *d, struct err *e)
{
	const struct catalog_resource *known = find_resource(p, d->path);
	struct catalog_resource r = { .path = d->path,
		.source = d->source,
		.origin = d->origin,
		.sha256 = d->sha256,
		.size_bytes = d->size_bytes };

	if (!is_stored(p, d->sha256))
		return err_set(e, ERR_MISSING,
		    "%.*s: its file is not in the store any more",
		    SPAN_ARG(d->name));
	if (known != NULL && span_eq(known->sha256, d->sha256))
		r = *known;
	r.source = d->source;
	/* Documents may share a file. */
	if (!map_add(&p->by_path, d->path, 0, NULL))
		return 0;
	return add_file(p, d->family, &r, d->proof, e);
}

static int
cmp_documents(const void *a, const void *b)
{
	const struct catalog_document *x = a, *y = b;
	int order = span_cmp(x->name, y->name);

	return order != 0 ? order : span_cmp(x->family, y->family);
}

static int
read_documents(struct publish *p, struct err *e)
{
	struct db_stmt *q =
	    db_query(p->catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	struct catalog_document *d;
	size_t cap = 0;
	int rc;

	db_bind_int(q, ":generation", (int64_t)p->generation);
	while ((rc = db_step(q, e)) == 1) {
		p->documents = xgrow(p->documents, &cap, p->n_documents + 1,
		    sizeof(*p->documents));
		d = &p->documents[p->n_documents++];
		*d = (struct catalog_document){
			.name = arena_span(&p->arena, db_text(q, 0)),
			.format = arena_span(&p->arena, db_text(q, 1)),
			.source = arena_span(&p->arena, db_text(q, 2)),
			.path = arena_span(&p->arena, db_text(q, 3)),
			.sha256 = arena_span(&p->arena, db_text(q, 4)),
			.size_bytes = (uint64_t)db_int(q, 5),
			.distribution = arena_span(&p->arena, db_text(q, 6)),
			.release = arena_span(&p->arena, db_text(q, 7)),
			.flavour = arena_span(&p->arena, db_text(q, 8)),
			.family = arena_span(&p->arena, db_text(q, 9)),
		};
		complete(p, d);
	}
	db_reset(q);
	if (p->n_documents > 0)
		qsort(p->documents, p->n_documents, sizeof(*p->documents),
		    cmp_documents);
	return rc;
}

static int
read_seen(struct publish *p, struct err *e)
{
	struct catalog_seen *rows;
	size_t n, i, j = 0;

	if (catalog_seen(p->catalog, p->generation, &p->arena, &rows, &n, e) !=
	    0)
		return -1;
	p->seen = arena_array(&p->arena, p->n_documents, sizeof(*p->seen));
	for (i = 0; i < p->n_documents; i++) {
		while (
		    j < n && span_cmp(rows[j].name, p->documents[i].name) < 0)
			j++;
		if (j < n && span_eq(rows[j].name, p->documents[i].name))
			p->seen[i] = rows[j].seen;
	}
	return 0;
}

/* .meta, manifests, listings, signatures: whatever was accepted and is kept. */
static int
add_other(struct publish *p, const struct catalog_resource *r, struct err *e)
{
	const struct source *source = source_find(r->source);
	uint32_t any;

	if (source == NULL || map_get(&p->by_path, r->path, &any) ||
	    !is_stored(p, r->sha256))
		return 0;
	return add_file(p, span_of(source->family), r, SPAN_NONE, e);
}

/* After a rollback the catalog knows a later one by its path. */
static int
add_mirrored(struct publish *p, const struct mirrored_file *f, struct err *e)
{
	const struct catalog_resource *known = find_resource(p, f->path);
	struct catalog_resource r = {
		.path = f->path,
		.source = f->source,
		.origin = known != NULL ? known->origin : SPAN_LIT("upstream"),
		.last_modified = f->last_modified,
		.fetched = f->fetched,
		.sha256 = f->sha256,
		.size_bytes = f->size_bytes,
	};

	if (known != NULL && span_eq(known->sha256, f->sha256))
		r = *known;
	return add_other(p, &r, e);
}

/* Those that belong to the generation, as far as that was written down. */
static int
add_others(struct publish *p, struct err *e)
{
	struct mirrored_files files;
	size_t i;

	if (mirrored_read(p->catalog, p->generation, &p->arena, &files, e) != 0)
		return -1;
	for (i = 0; i < files.n; i++)
		if (add_mirrored(p, &files.items[i], e) != 0)
			return -1;
	for (i = 0; files.n == 0 && i < p->n_resources; i++)
		if (add_other(p, &p->resources[i], e) != 0)
			return -1;
	return 0;
}

int
publish_targets(struct publish *p, struct err *e)
{
	size_t i;

	if (read_resources(p, e) != 0 ||
	    catalog_documents(
		p->catalog, &p->arena, &p->accepted, &p->n_accepted, e) != 0 ||
	    read_documents(p, e) != 0 || read_seen(p, e) != 0)
		return -1;
	for (i = 0; i < p->n_documents; i++)
		if (add_document(p, &p->documents[i], e) != 0)
			return -1;
	return add_others(p, e);
}

/* --- by role --- */

static int
cmp_targets(const void *a, const void *b)
{
	const struct publish_target *x = a, *y = b;

	return span_cmp(x->path, y->path);
}

/* Else no client would look for it there. */
static int
check_delegation(
    const struct publish_target *t, const struct trust_role *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n_paths; i++)
		if (tuf_path_fits(r->paths[i], t->path))
			return 0;
	return err_set(e, ERR_MISSING,
	    "targets.json delegates no path to role %.*s that %.*s fits",
	    SPAN_ARG(t->role), SPAN_ARG(t->path));
}

static int
give(struct publish *p, size_t first, size_t n, struct err *e)
{
	struct span name = p->targets[first].role;
	size_t i, j;

	if (n > TUF_TARGETS_OF_ROLE_MAX)
		return err_set(e, ERR_LIMIT,
		    "role %.*s would have %zu files, and clients take %u: "
		    "mirror fewer",
		    SPAN_ARG(name), n, TUF_TARGETS_OF_ROLE_MAX);
	for (i = PUBLISH_FIRST_DELEGATED; i < p->n_roles; i++) {
		if (!span_eq(p->roles[i].signer.name, name))
			continue;
		for (j = first; j < first + n; j++)
			if (check_delegation(
				&p->targets[j], &p->trust.roles[i], e) != 0)
				return -1;
		p->roles[i].targets = &p->targets[first];
		p->roles[i].n_targets = n;
		return 0;
	}
	return err_set(e, ERR_MISSING, "targets.json delegates to no role %.*s",
	    SPAN_ARG(name));
}

int
publish_targets_end(struct publish *p, struct err *e)
{
	size_t first, i;

	qsort(p->targets, p->n_targets, sizeof(*p->targets), cmp_targets);
	/* A role's targets lie in a folder of its name. */
	for (first = 0; first < p->n_targets; first = i) {
		for (i = first + 1; i < p->n_targets &&
		     span_eq(p->targets[i].role, p->targets[first].role);
		     i++)
			;
		if (give(p, first, i - first, e) != 0)
			return -1;
	}
	return 0;
}
