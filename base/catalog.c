/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/catalog.h"
#include "base/clock.h"
#include "base/mem.h"
#include "schema_catalog.h"

/* Columns that may not be NULL get an empty text instead. */
static void
bind_text(struct db_stmt *s, const char *name, struct span v)
{
	db_bind_text(s, name, v.ptr == NULL ? SPAN_LIT("") : v);
}

int
catalog_audit_add(
    struct db *c, const struct catalog_audit_row *row, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_AUDIT_ADD);

	db_bind_int(s, ":time", clock_now());
	bind_text(s, ":subject", row->subject);
	bind_text(s, ":event", row->event);
	bind_text(s, ":detail", row->detail);
	bind_text(s, ":who", row->who);
	bind_text(s, ":address", row->address);
	return db_run(s, e);
}

int
catalog_audit(struct db *c, struct span subject, const char *event,
    struct span detail, struct err *e)
{
	const struct catalog_audit_row row = {
		.subject = subject, .event = span_of(event), .detail = detail
	};

	return catalog_audit_add(c, &row, e);
}

/* The first line of the audit log. */
static int
audit_made(struct db *c, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_AUDIT_ANY);
	int rc = db_step(s, e);

	db_reset(s);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return catalog_audit(c, SPAN_LIT("state"), "made", SPAN_NONE, e);
}

int
catalog_open(
    struct db **out, const struct state *s, enum db_mode mode, struct err *e)
{
	struct buf path = { 0 };
	int rc;

	buf_printf(&path, "%s/catalog.sqlite", s->path);
	rc = db_open(out, buf_str(&path), &SCHEMA_CATALOG, mode, e);
	buf_cleanup(&path);
	if (rc == 0 && mode == DB_WRITE && audit_made(*out, e) != 0) {
		db_close(*out);
		*out = NULL;
		rc = -1;
	}
	return rc;
}

int
catalog_resource(struct db *c, struct span path, struct arena *a,
    struct catalog_resource *out, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_RESOURCE_GET);
	int rc;

	*out = (struct catalog_resource){ .path = path };
	db_bind_text(s, ":path", path);
	rc = db_step(s, e);
	if (rc == 1) {
		out->origin = arena_span(a, db_text(s, 0));
		out->etag = arena_span(a, db_text(s, 1));
		out->last_modified = arena_span(a, db_text(s, 2));
		out->checked = db_int(s, 3);
		out->fetched = db_int(s, 4);
		out->sha256 = arena_span(a, db_text(s, 5));
		out->size_bytes = (uint64_t)db_int(s, 6);
	}
	db_reset(s);
	return rc;
}

int
catalog_set_resource(
    struct db *c, const struct catalog_resource *r, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_RESOURCE_SET);

	bind_text(s, ":path", r->path);
	bind_text(s, ":source", r->source);
	bind_text(s, ":origin", r->origin);
	bind_text(s, ":etag", r->etag);
	bind_text(s, ":last_modified", r->last_modified);
	db_bind_int(s, ":checked", r->checked);
	db_bind_int(s, ":fetched", r->fetched);
	bind_text(s, ":sha256", r->sha256);
	db_bind_int(s, ":size_bytes", (int64_t)r->size_bytes);
	return db_run(s, e);
}

static void
document_row(struct db_stmt *s, struct arena *a, struct catalog_document *d)
{
	struct span *const texts[] = { &d->name, &d->source, &d->family,
		&d->format, &d->distribution, &d->release, &d->flavour,
		&d->path, &d->origin, &d->sha256 };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = arena_span(a, db_text(s, (int)i));
	d->size_bytes = (uint64_t)db_int(s, 10);
	d->proof = arena_span(a, db_text(s, 11));
	d->proved = db_int(s, 12);
	d->n_records = (uint64_t)db_int(s, 13);
	d->published = arena_span(a, db_text(s, 14));
	d->held = arena_span(a, db_text(s, 15));
}

int
catalog_documents(struct db *c, struct arena *a, struct catalog_document **out,
    size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_DOCUMENT_LIST);
	struct catalog_document *rows = NULL;
	size_t cap = 0, count = 0;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		rows = xgrow(rows, &cap, count + 1, sizeof(*rows));
		document_row(s, a, &rows[count++]);
	}
	db_reset(s);
	*out = arena_array(a, count, sizeof(*rows));
	for (*n = 0; *n < count; (*n)++)
		(*out)[*n] = rows[*n];
	free(rows);
	return rc;
}

int
catalog_seen(struct db *c, uint64_t generation, struct arena *a,
    struct catalog_seen **out, size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_GENERATION_DOCUMENT_SEEN);
	struct catalog_seen *rows = NULL;
	size_t cap = 0, count = 0;
	int rc;

	db_bind_int(s, ":generation", (int64_t)generation);
	while ((rc = db_step(s, e)) == 1) {
		rows = xgrow(rows, &cap, count + 1, sizeof(*rows));
		rows[count++] =
		    (struct catalog_seen){ .name = arena_span(a, db_text(s, 0)),
			    .seen = db_int(s, 1) };
	}
	db_reset(s);
	*out = arena_array(a, count, sizeof(*rows));
	for (*n = 0; *n < count; (*n)++)
		(*out)[*n] = rows[*n];
	free(rows);
	return rc;
}

int
catalog_is_stale(struct db *c, uint64_t generation, bool *stale, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_LEDGER_IS_STALE);
	int rc;

	db_bind_int(s, ":generation", (int64_t)generation);
	rc = db_step(s, e);
	*stale = rc == 1 && db_int(s, 0) != 0;
	db_reset(s);
	return rc == -1 ? -1 : 0;
}

int
catalog_set_document(
    struct db *c, const struct catalog_document *d, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_DOCUMENT_SET);

	bind_text(s, ":name", d->name);
	bind_text(s, ":source", d->source);
	bind_text(s, ":family", d->family);
	bind_text(s, ":format", d->format);
	bind_text(s, ":distribution", d->distribution);
	bind_text(s, ":release", d->release);
	bind_text(s, ":flavour", d->flavour);
	bind_text(s, ":path", d->path);
	bind_text(s, ":origin", d->origin);
	bind_text(s, ":sha256", d->sha256);
	db_bind_int(s, ":size_bytes", (int64_t)d->size_bytes);
	bind_text(s, ":proof", d->proof);
	db_bind_int(s, ":proved", d->proved);
	db_bind_int(s, ":n_records", (int64_t)d->n_records);
	bind_text(s, ":published", d->published);
	return db_run(s, e);
}

int
catalog_audit_each(struct db *c, uint64_t limit, int64_t before,
    int (*fn)(void *ctx, const struct catalog_audit_row *row, struct err *e),
    void *ctx, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_AUDIT_LIST);
	struct catalog_audit_row row;
	int rc;

	db_bind_int(
	    s, ":limit", limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
	db_bind_int(s, ":before", before);
	while ((rc = db_step(s, e)) == 1) {
		row = (struct catalog_audit_row){
			.id = db_int(s, 0),
			.time = db_int(s, 1),
			.subject = db_text(s, 2),
			.event = db_text(s, 3),
			.detail = db_text(s, 4),
			.who = db_text(s, 5),
			.address = db_text(s, 6),
		};
		rc = fn(ctx, &row, e);
		if (rc != 0)
			break;
	}
	db_reset(s);
	return rc;
}

int
catalog_publications(struct db *c,
    int (*fn)(void *ctx, const struct catalog_publication *row, struct err *e),
    void *ctx, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_PUBLICATION_LIST);
	struct catalog_publication row;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		row = (struct catalog_publication){
			.id = db_int(s, 0),
			.time = db_int(s, 1),
			.generation = (uint64_t)db_int(s, 2),
			.event = db_text(s, 3),
		};
		rc = fn(ctx, &row, e);
		if (rc != 0)
			break;
	}
	db_reset(s);
	return rc;
}

int
catalog_drop_document(struct db *c, struct span name, struct err *e)
{
	struct db_stmt *s = db_query(c, QUERY_CATALOG_DOCUMENT_DROP);

	db_bind_text(s, ":name", name);
	return db_run(s, e);
}
