/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/file.h"
#include "bundle/repository.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "indexer/mirrored.h"
#include "schema_catalog.h"
#include "server/view_parts.h"

struct reading {
	struct view *view;
	struct db *catalog;
	const struct state *state;
};

/* --- which generation --- */

/* 0: there is none. */
static int
one_number(struct reading *r, unsigned query, int column, uint64_t *number,
    struct err *e)
{
	struct db_stmt *q = db_query(r->catalog, query);
	int rc = db_step(q, e);

	*number = rc == 1 ? (uint64_t)db_int(q, column) : 0;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static bool
has_index(const struct reading *r, uint64_t number)
{
	char path[GENERATION_PATH_SIZE];

	return file_exists(r->state->dirfd, generation_path(number, path));
}

/*
 * What is current, but for a generation whose files its run has not written
 * down yet, or never will since it was killed: then the one before, while it
 * is there.
 */
static int
choose(struct reading *r, struct mirrored_files *files, struct err *e)
{
	struct view *v = r->view;
	uint64_t shown, current;

	if (one_number(r, QUERY_CATALOG_PUBLICATION_LAST, 2, &current, e) !=
		0 ||
	    one_number(r, QUERY_CATALOG_PUBLICATION_SHOWN, 0, &shown, e) != 0)
		return -1;
	v->generation = current;
	if (current == 0 || current == shown)
		return mirrored_read(r->catalog, current, &v->arena, files, e);
	if (shown != 0 && shown < current && has_index(r, shown)) {
		v->generation = shown;
		return mirrored_read(r->catalog, shown, &v->arena, files, e);
	}
	return mirrored_derive(r->catalog, current, &v->arena, files, e);
}

/* --- what it shows --- */

static void
take_files(struct reading *r, const struct mirrored_files *files)
{
	struct view *v = r->view;
	size_t i;

	v->files = arena_array(&v->arena, files->n, sizeof(*v->files));
	for (i = 0; i < files->n; i++) {
		const struct mirrored_file *m = &files->items[i];
		struct view_file f = {
			.path = m->path,
			.source = m->source,
			.size_bytes = m->size_bytes,
			.modified = m->last_modified,
			.fetched = m->fetched,
		};

		if (digest_parse(m->sha256, &f.sha256))
			v->files[v->n_files++] = f;
	}
}

static int
count_rows(struct reading *r, unsigned query, size_t *n, struct err *e)
{
	struct db_stmt *q = db_query(r->catalog, query);
	int rc;

	*n = 0;
	while ((rc = db_step(q, e)) == 1)
		(*n)++;
	db_reset(q);
	return rc;
}

static int
take_past(struct reading *r, struct err *e)
{
	struct view *v = r->view;
	struct db_stmt *q;
	size_t n;
	int rc;

	if (count_rows(r, QUERY_CATALOG_FILE_PAST, &n, e) != 0)
		return -1;
	v->past = arena_array(&v->arena, n, sizeof(*v->past));
	q = db_query(r->catalog, QUERY_CATALOG_FILE_PAST);
	while ((rc = db_step(q, e)) == 1) {
		struct view_past p = {
			.path = arena_span(&v->arena, db_text(q, 0)),
			.since = db_int(q, 2),
		};

		if (v->n_past < n && digest_parse(db_text(q, 1), &p.sha256))
			v->past[v->n_past++] = p;
	}
	db_reset(q);
	return rc;
}

static int
take_targets(struct reading *r, struct err *e)
{
	struct view *v = r->view;
	struct db_stmt *q;
	struct digest d;
	size_t n;
	int rc;

	if (count_rows(r, QUERY_CATALOG_TUF_DIGESTS, &n, e) != 0)
		return -1;
	v->targets = arena_array(&v->arena, n, sizeof(*v->targets));
	q = db_query(r->catalog, QUERY_CATALOG_TUF_DIGESTS);
	while ((rc = db_step(q, e)) == 1)
		if (v->n_targets < n && digest_parse(db_text(q, 1), &d))
			v->targets[v->n_targets++] = (struct view_target){
				.path = arena_span(&v->arena, db_text(q, 0)),
				.sha256 = d,
			};
	db_reset(q);
	return rc;
}

static int
read_all(struct reading *r, struct err *e)
{
	struct mirrored_files files = { 0 };

	if (choose(r, &files, e) != 0)
		return -1;
	take_files(r, &files);
	if (r->view->generation != 0 &&
	    history_made(r->catalog, r->view->generation, &r->view->made, e) ==
		-1)
		return -1;
	return take_past(r, e) == 0 ? take_targets(r, e) : -1;
}

/*
 * Before the catalog: that names all targets of a timestamp.json before it is
 * written, and those of the one before along with them.
 */
static int
read_timestamp(struct reading *r, struct err *e)
{
	struct buf bytes = { 0 };
	struct err why = { 0 };
	int rc = file_read(r->state->dirfd, REPOSITORY_FOLDER "/timestamp.json",
	    TUF_TIMESTAMP_MAX, &bytes, &why);

	if (rc == 0)
		r->view->timestamp =
		    arena_span(&r->view->arena, buf_span(&bytes));
	else if (why.code == ERR_MISSING)
		rc = 0;
	else
		*e = why;
	buf_cleanup(&bytes);
	return rc;
}

int
view_read(
    struct view **out, struct db *catalog, const struct state *s, struct err *e)
{
	struct reading r = {
		.view = view_new(), .catalog = catalog, .state = s
	};
	int rc = -1;

	if (catalog == NULL)
		goto done;
	if (read_timestamp(&r, e) != 0 || db_savepoint(catalog, e) != 0)
		goto out;
	rc = read_all(&r, e);
	if (db_release(catalog, rc == 0 ? e : &(struct err){ 0 }) != 0)
		rc = -1;
	if (rc != 0)
		goto out;
done:
	rc = 0;
	view_index(r.view);
	*out = r.view;
	r.view = NULL;
out:
	view_drop(r.view);
	return rc;
}
