/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"

struct recording {
	struct db *catalog;
	const struct state *state;
	int64_t current_made; /* if it was not known; else 0 */
};

int
history_made(struct db *catalog, uint64_t number, int64_t *made, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_GENERATION_GET);
	int rc;

	db_bind_int(q, ":number", (int64_t)number);
	rc = db_step(q, e);
	if (rc == 1)
		*made = db_int(q, 0);
	db_reset(q);
	return rc;
}

int
history_last(struct db *catalog, uint64_t *number, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_GENERATION_LAST);
	int rc = db_step(q, e);

	*number = rc == 1 ? (uint64_t)db_int(q, 0) : 0;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

int
history_current_at(
    struct db *catalog, int64_t time, uint64_t *number, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_PUBLICATION_AT);
	int rc;

	db_bind_int(q, ":time", time);
	rc = db_step(q, e);
	if (rc == 1)
		*number = (uint64_t)db_int(q, 2);
	db_reset(q);
	return rc;
}

/* The columns that tell one indexed document from another. */
static void
bind_document(
    struct db_stmt *q, const struct index_family *f, const struct document *d)
{
	db_bind_text(q, ":family", f->name);
	db_bind_text(q, ":name", d->name);
	db_bind_text(q, ":format", d->format);
	db_bind_text(q, ":source", d->source);
	db_bind_text(q, ":path", d->path);
	db_bind_text(q, ":sha256", d->sha256);
	db_bind_text(q, ":distribution", d->distribution);
	db_bind_text(q, ":release", d->release);
	db_bind_text(q, ":flavour", d->flavour);
}

/* A generation that is being recorded. */
struct made {
	uint64_t number;
	int64_t time;
};

static int
record_document(struct db *catalog, const struct made *g,
    const struct index_family *f, const struct document *d, struct err *e)
{
	struct db_stmt *q =
	    db_query(catalog, QUERY_CATALOG_INDEXED_DOCUMENT_ADD);

	bind_document(q, f, d);
	db_bind_int(q, ":size_bytes", (int64_t)d->size_bytes);
	db_bind_int(q, ":seen", g->time);
	if (db_run(q, e) != 0)
		return -1;
	q = db_query(catalog, QUERY_CATALOG_GENERATION_DOCUMENT_ADD);
	bind_document(q, f, d);
	db_bind_int(q, ":generation", (int64_t)g->number);
	return db_run(q, e);
}

static int
record_documents(struct db *catalog, const struct made *g,
    const struct index_reader *r, struct err *e)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++)
			if (record_document(catalog, g, &r->families[i],
				&r->families[i].documents[k], e) != 0)
				return -1;
	return 0;
}

/* One of another version of the program stays, and nothing is said of it. */
static int
record_generation(
    void *ctx, uint64_t number, int64_t made, bool is_current, struct err *e)
{
	struct recording *r = ctx;
	struct db_stmt *q;
	char below[GENERATION_PATH_SIZE];
	struct index_reader reader;
	int64_t known;
	int rc = history_made(r->catalog, number, &known, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (is_current)
		r->current_made = made;
	generation_path(number, below);
	if (generation_open(&reader, r->state, below, e) != 0) {
		log_warn("index: %s: what it was made from is not known: %s",
		    below, e->msg);
		return 0;
	}
	q = db_query(r->catalog, QUERY_CATALOG_GENERATION_ADD);
	db_bind_int(q, ":number", (int64_t)number);
	db_bind_int(q, ":made", made);
	rc = db_run(q, e);
	if (rc == 0)
		rc = record_documents(r->catalog,
		    &(struct made){ .number = number, .time = made }, &reader,
		    e);
	index_close(&reader);
	return rc;
}

static int
last_published(struct db *catalog, uint64_t *number, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_PUBLICATION_LAST);
	int rc = db_step(q, e);

	*number = rc == 1 ? (uint64_t)db_int(q, 2) : 0;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

/* A generation that was known before is current because of a rollback. */
static int
record_publication(
    const struct recording *r, uint64_t current, uint64_t before, struct err *e)
{
	struct db_stmt *q = db_query(r->catalog, QUERY_CATALOG_PUBLICATION_ADD);
	const char *event = r->current_made != 0 ? "published" : "rolled-back";
	struct buf subject = { 0 }, detail = { 0 };
	int rc;

	db_bind_int(
	    q, ":time", r->current_made != 0 ? r->current_made : clock_now());
	db_bind_int(q, ":generation", (int64_t)current);
	db_bind_text(q, ":event", span_of(event));
	rc = db_run(q, e);
	if (rc == 0) {
		buf_printf(&subject, "generation %" PRIu64, current);
		if (before != 0)
			buf_printf(&detail,
			    "generation %" PRIu64 " was current", before);
		rc = catalog_audit(r->catalog, buf_span(&subject), event,
		    buf_span(&detail), e);
	}
	buf_cleanup(&subject);
	buf_cleanup(&detail);
	return rc;
}

static int
record_all(struct recording *r, struct err *e)
{
	uint64_t current, before;

	if (generation_each(r->state->dirfd, record_generation, r, e) != 0 ||
	    generation_current(r->state->dirfd, &current, e) != 0 ||
	    last_published(r->catalog, &before, e) != 0)
		return -1;
	if (current == 0 || current == before)
		return 0;
	return record_publication(r, current, before, e);
}

int
history_record(struct db *catalog, const struct state *s, struct err *e)
{
	struct recording r = { .catalog = catalog, .state = s };

	if (db_begin(catalog, e) != 0)
		return -1;
	if (record_all(&r, e) == 0 && db_commit(catalog, e) == 0)
		return 0;
	db_rollback(catalog);
	return -1;
}
