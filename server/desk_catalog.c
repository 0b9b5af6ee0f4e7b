/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalog tells, as JSON. */
#include "base/catalog.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/pack.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"
#include "server/desk_audit.h"
#include "server/desk_catalog.h"
#include "server/desk_rows.h"

/* A list whose rows have numbers that fall. */
struct rows {
	struct desk_rows asked;
	struct db *catalog; /* NULL: nothing was synced yet */
	struct json_out json;
	struct desk_server *desk;
	uint64_t current;
	uint64_t n;
	int64_t last;
};

/* It may have come to be since this process was started. */
static int
open_catalog(struct desk_server *d, struct err *e)
{
	if (d->catalog != NULL)
		return 0;
	if (catalog_open(&d->catalog, &d->state, DB_READ, e) == 0)
		return 0;
	return e->code == ERR_MISSING ? 0 : -1;
}

/* Begins {"name": [. */
static int
rows_begin(struct rows *r, struct desk_server *d, struct span question,
    struct out *out, struct err *e)
{
	*r = (struct rows){ .desk = d };
	if (desk_rows_unpack(&r->asked, question, e) != 0 ||
	    open_catalog(d, e) != 0 ||
	    generation_current(d->state.dirfd, &r->current, e) != 0)
		return -1;
	r->catalog = d->catalog;
	json_out_init(&r->json, out);
	return 0;
}

static void
count_row(struct rows *r, int64_t number)
{
	r->n++;
	r->last = number;
}

static void
rows_end(struct rows *r)
{
	json_array_end(&r->json);
	if (r->n == r->asked.limit && r->last > 1)
		json_int(&r->json, "next", r->last);
	else
		json_null(&r->json, "next");
	json_object_end(&r->json);
	out_char(r->json.out, '\n');
}

static struct db_stmt *
rows_query(struct rows *r, unsigned query)
{
	struct db_stmt *q = db_query(r->catalog, query);

	db_bind_int(q, ":before", (int64_t)r->asked.before);
	db_bind_int(q, ":limit", (int64_t)r->asked.limit);
	return q;
}

struct span
desk_origin(struct span origin)
{
	if (!span_has_prefix(origin, "/") && !span_has_prefix(origin, "./") &&
	    !span_has_prefix(origin, "../"))
		return origin;
	while (origin.len > 1 && origin.ptr[origin.len - 1] == '/')
		origin.len--;
	return span_from(origin, span_rfind(origin, '/') + 1);
}

static struct span
shown(const struct rows *r, struct span origin)
{
	return r->asked.addresses ? origin : desk_origin(origin);
}

/* --- runs --- */

static void
json_run(struct rows *r, struct db_stmt *q)
{
	struct json_out *j = &r->json;

	count_row(r, db_int(q, 0));
	json_object(j, NULL);
	json_int(j, "id", db_int(q, 0));
	json_time(j, "started", db_int(q, 1));
	json_time(j, "ended", db_int(q, 2));
	json_span(j, "origin", shown(r, db_text(q, 3)));
	json_span(j, "result", db_text(q, 9));
	json_int(j, "generation", db_int(q, 8));
	json_int(j, "fetched", db_int(q, 4));
	json_int(j, "unchanged", db_int(q, 5));
	json_int(j, "not_offered", db_int(q, 6));
	json_int(j, "refused", db_int(q, 7));
	json_object_end(j);
}

static int
answer_runs(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct db_stmt *q;
	struct rows r;
	int rc = 0;

	(void)fd;
	*answer_fd = -1;
	if (rows_begin(&r, d, question, out, e) != 0)
		return -1;
	json_object(&r.json, NULL);
	json_array(&r.json, "runs");
	if (r.catalog != NULL) {
		q = rows_query(&r, QUERY_CATALOG_RUN_LIST);
		while ((rc = db_step(q, e)) == 1)
			json_run(&r, q);
		db_reset(q);
	}
	rows_end(&r);
	return rc;
}

/* --- the audit log --- */

#define TOKEN "token" /* the subject is "token ci" */

static void
span_or_null(struct json_out *j, const char *name, struct span v, bool shown)
{
	if (shown)
		json_span(j, name, v);
	else
		json_null(j, name);
}

/* What tokens are called is for who may see whose they are. */
static int
json_entry(void *ctx, const struct catalog_audit_row *row, struct err *e)
{
	struct rows *r = ctx;
	struct json_out *j = &r->json;
	bool whole =
	    r->asked.addresses || !span_has_prefix(row->subject, TOKEN " ");

	(void)e;
	count_row(r, row->id);
	json_object(j, NULL);
	json_int(j, "id", row->id);
	json_time(j, "time", row->time);
	json_span(j, "event", row->event);
	json_span(
	    j, "subject", whole ? shown(r, row->subject) : SPAN_LIT(TOKEN));
	json_span(j, "detail", whole ? row->detail : SPAN_NONE);
	span_or_null(j, "who", row->who, r->asked.addresses);
	span_or_null(j, "address", row->address, r->asked.addresses);
	json_object_end(j);
	return 0;
}

static int
answer_audit(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct rows r;
	int rc = 0;

	(void)fd;
	*answer_fd = -1;
	if (rows_begin(&r, d, question, out, e) != 0)
		return -1;
	json_object(&r.json, NULL);
	json_array(&r.json, "entries");
	if (r.catalog != NULL)
		rc = catalog_audit_each(r.catalog, r.asked.limit,
		    (int64_t)r.asked.before, json_entry, &r, e);
	rows_end(&r);
	return rc;
}

/* --- generations --- */

static bool
is_at_hand(const struct desk_server *d, uint64_t number)
{
	char path[GENERATION_PATH_SIZE];

	return file_exists(d->state.dirfd, generation_path(number, path));
}

static void
json_head(struct rows *r, uint64_t number, int64_t made)
{
	struct json_out *j = &r->json;

	json_uint(j, "generation", number);
	json_time(j, "made", made);
	json_bool(j, "current", number == r->current);
	json_bool(j, "at_hand", is_at_hand(r->desk, number));
}

static int
json_generations(struct rows *r, struct err *e)
{
	struct db_stmt *q = rows_query(r, QUERY_CATALOG_GENERATION_LIST);
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		count_row(r, db_int(q, 0));
		json_object(&r->json, NULL);
		json_head(r, (uint64_t)db_int(q, 0), db_int(q, 1));
		json_int(&r->json, "documents", db_int(q, 2));
		json_int(&r->json, "size_bytes", db_int(q, 3));
		json_object_end(&r->json);
	}
	db_reset(q);
	return rc;
}

/* When it became current, and how. */
static int
json_publications(struct rows *r, struct err *e)
{
	struct db_stmt *q = db_query(r->catalog, QUERY_CATALOG_PUBLICATION_OF);
	int rc;

	db_bind_int(q, ":generation", (int64_t)r->asked.only);
	json_array(&r->json, "publications");
	while ((rc = db_step(q, e)) == 1) {
		json_object(&r->json, NULL);
		json_time(&r->json, "time", db_int(q, 0));
		json_span(&r->json, "event", db_text(q, 1));
		json_object_end(&r->json);
	}
	json_array_end(&r->json);
	db_reset(q);
	return rc;
}

static int
json_documents(struct rows *r, struct err *e)
{
	static const char *const columns[] = { "name", "format", "source",
		"path", "sha256", NULL, "distribution", "release", "flavour",
		"family" };
	struct db_stmt *q =
	    db_query(r->catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	size_t i;
	int rc;

	db_bind_int(q, ":generation", (int64_t)r->asked.only);
	json_array(&r->json, "documents");
	while ((rc = db_step(q, e)) == 1) {
		json_object(&r->json, NULL);
		for (i = 0; i < sizeof(columns) / sizeof(*columns); i++)
			if (columns[i] != NULL)
				json_span(
				    &r->json, columns[i], db_text(q, (int)i));
		json_int(&r->json, "size_bytes", db_int(q, 5));
		json_object_end(&r->json);
	}
	json_array_end(&r->json);
	db_reset(q);
	return rc;
}

static int
answer_generation(struct rows *r, struct err *e)
{
	int64_t made = 0;
	int rc = r->catalog == NULL
	    ? 0
	    : history_made(r->catalog, r->asked.only, &made, e);

	if (rc == 0)
		err_set(e, ERR_MISSING, "there is no such generation");
	if (rc != 1)
		return -1;
	json_object(&r->json, NULL);
	json_head(r, r->asked.only, made);
	if (json_publications(r, e) != 0 || json_documents(r, e) != 0)
		return -1;
	json_object_end(&r->json);
	out_char(r->json.out, '\n');
	return 0;
}

static int
answer_generations(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct rows r;
	int rc = 0;

	(void)fd;
	*answer_fd = -1;
	if (rows_begin(&r, d, question, out, e) != 0)
		return -1;
	if (r.asked.only != 0)
		return answer_generation(&r, e);
	json_object(&r.json, NULL);
	json_uint(&r.json, "current", r.current);
	json_array(&r.json, "generations");
	if (r.catalog != NULL)
		rc = json_generations(&r, e);
	rows_end(&r);
	return rc;
}

const struct desk_entry desk_catalog_entries[] = {
	{ DESK_STATUS, desk_answer_status },
	{ DESK_SOURCES, desk_answer_sources },
	{ DESK_RUNS, answer_runs },
	{ DESK_GENERATIONS, answer_generations },
	{ DESK_AUDIT, answer_audit },
	{ DESK_AS_OF, desk_answer_as_of },
	{ DESK_CHANGES, desk_answer_changes },
	{ DESK_SYNC, desk_answer_sync },
	{ 0 },
};
