/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "indexer/mirrored.h"
#include "schema_catalog.h"

#define META ".meta"
#define FEED ".json.gz" /* what a .meta stands beside */

/* --- as they were written down --- */

static void
add(struct arena *a, struct mirrored_files *out, size_t *cap,
    const struct mirrored_file *f)
{
	struct mirrored_file *more;
	size_t i;

	if (out->n == *cap) {
		*cap = *cap == 0 ? 64 : *cap * 2;
		more = arena_array(a, *cap, sizeof(*more));
		for (i = 0; i < out->n; i++)
			more[i] = out->items[i];
		out->items = more;
	}
	out->items[out->n++] = *f;
}

int
mirrored_read(struct db *catalog, uint64_t generation, struct arena *a,
    struct mirrored_files *out, struct err *e)
{
	struct db_stmt *q =
	    db_query(catalog, QUERY_CATALOG_GENERATION_FILE_LIST);
	size_t cap = 0;
	int rc;

	*out = (struct mirrored_files){ 0 };
	db_bind_int(q, ":generation", (int64_t)generation);
	while ((rc = db_step(q, e)) == 1)
		add(a, out, &cap,
		    &(struct mirrored_file){
			.id = db_int(q, 0),
			.path = arena_span(a, db_text(q, 1)),
			.source = arena_span(a, db_text(q, 2)),
			.sha256 = arena_span(a, db_text(q, 3)),
			.size_bytes = (uint64_t)db_int(q, 4),
			.last_modified = arena_span(a, db_text(q, 5)),
			.fetched = db_int(q, 6),
		    });
	db_reset(q);
	return rc;
}

/* --- as they would be now --- */

struct derivation {
	struct db *catalog;
	struct arena *a;
	uint64_t generation;
	struct mirrored_files accepted; /* by path */
	struct mirrored_files before;   /* by path */
	struct map documents;           /* paths of what ever was one */
	struct map odd;   /* sources whose documents are not as accepted */
	struct map taken; /* path to place in out */
	struct mirrored_files *out;
	size_t cap;
	bool is_torn; /* a .meta had to stay out */
};

static int
cmp_path(const void *path, const void *file)
{
	const struct mirrored_file *f = file;

	return span_cmp(*(const struct span *)path, f->path);
}

static const struct mirrored_file *
find(const struct mirrored_files *files, struct span path)
{
	if (files->n == 0)
		return NULL;
	return bsearch(
	    &path, files->items, files->n, sizeof(*files->items), cmp_path);
}

static void
take(struct derivation *d, const struct mirrored_file *f)
{
	if (map_add(&d->taken, f->path, (uint32_t)d->out->n, NULL))
		add(d->a, d->out, &d->cap, f);
}

static int
read_accepted(struct derivation *d, struct err *e)
{
	struct db_stmt *q = db_query(d->catalog, QUERY_CATALOG_RESOURCE_LIST);
	struct arena *a = d->a;
	size_t cap = 0;
	int rc;

	while ((rc = db_step(q, e)) == 1)
		add(a, &d->accepted, &cap,
		    &(struct mirrored_file){
			.path = arena_span(a, db_text(q, 0)),
			.source = arena_span(a, db_text(q, 1)),
			.last_modified = arena_span(a, db_text(q, 4)),
			.fetched = db_int(q, 6),
			.sha256 = arena_span(a, db_text(q, 7)),
			.size_bytes = (uint64_t)db_int(q, 8),
		    });
	db_reset(q);
	return rc;
}

static int
read_document_paths(struct derivation *d, struct err *e)
{
	struct db_stmt *q = db_query(d->catalog, QUERY_CATALOG_DOCUMENT_PATHS);
	int rc;

	while ((rc = db_step(q, e)) == 1)
		map_add(&d->documents, db_text(q, 0), 0, NULL);
	db_reset(q);
	return rc;
}

/* Its own, or those of the generation that was current before it. */
static int
read_before(struct derivation *d, struct err *e)
{
	struct db_stmt *q =
	    db_query(d->catalog, QUERY_CATALOG_PUBLICATION_BEFORE);
	uint64_t number = 0;
	int rc;

	if (mirrored_read(d->catalog, d->generation, d->a, &d->before, e) != 0)
		return -1;
	if (d->before.n > 0)
		return 0;
	db_bind_int(q, ":generation", (int64_t)d->generation);
	rc = db_step(q, e);
	if (rc == 1)
		number = (uint64_t)db_int(q, 0);
	db_reset(q);
	if (rc != 1)
		return rc;
	return mirrored_read(d->catalog, number, d->a, &d->before, e);
}

static void
take_document(struct derivation *d, const struct mirrored_file *f)
{
	const struct mirrored_file *known = find(&d->accepted, f->path);

	if (known == NULL || !span_eq(known->sha256, f->sha256)) {
		map_add(&d->odd, f->source, 0, NULL);
		known = find(&d->before, f->path);
	}
	if (known != NULL && span_eq(known->sha256, f->sha256))
		take(d, known);
	else
		take(d, f);
}

static int
take_documents(struct derivation *d, struct err *e)
{
	struct db_stmt *q =
	    db_query(d->catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	int rc;

	db_bind_int(q, ":generation", (int64_t)d->generation);
	while ((rc = db_step(q, e)) == 1)
		take_document(d,
		    &(struct mirrored_file){
			.source = arena_span(d->a, db_text(q, 2)),
			.path = arena_span(d->a, db_text(q, 3)),
			.sha256 = arena_span(d->a, db_text(q, 4)),
			.size_bytes = (uint64_t)db_int(q, 5),
		    });
	db_reset(q);
	return rc;
}

/* Does it prove a feed of that list, and another one is taken? */
static bool
is_of_another(const struct derivation *d, const struct mirrored_files *list,
    struct span meta)
{
	const struct mirrored_file *feed;
	struct buf path = { 0 };
	bool is_taken, other;
	uint32_t i;

	if (!span_has_suffix(meta, META))
		return false;
	buf_printf(&path, "%.*s" FEED,
	    SPAN_ARG(span_first(meta, meta.len - strlen(META))));
	feed = find(list, buf_span(&path));
	is_taken = map_get(&d->taken, buf_span(&path), &i);
	other = is_taken != (feed != NULL) ||
	    (is_taken && !span_eq(feed->sha256, d->out->items[i].sha256));
	buf_cleanup(&path);
	return other;
}

/* Files that are no documents, of sources that are odd, or are not. */
static void
take_others(struct derivation *d, const struct mirrored_files *list, bool odd)
{
	uint32_t ignored;
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct mirrored_file *f = &list->items[i];

		if (map_get(&d->odd, f->source, &ignored) != odd ||
		    map_get(&d->documents, f->path, &ignored))
			continue;
		if (odd && is_of_another(d, list, f->path))
			d->is_torn = true;
		else
			take(d, f);
	}
}

static int
cmp_files(const void *a, const void *b)
{
	const struct mirrored_file *x = a, *y = b;

	return span_cmp(x->path, y->path);
}

static int
derive(struct derivation *d, struct err *e)
{
	struct mirrored_files *out = d->out;
	int rc = -1;

	*out = (struct mirrored_files){ 0 };
	if (read_accepted(d, e) != 0 || read_document_paths(d, e) != 0 ||
	    read_before(d, e) != 0 || take_documents(d, e) != 0)
		goto done;
	take_others(d, &d->accepted, false);
	take_others(d, d->before.n > 0 ? &d->before : &d->accepted, true);
	if (out->n > 0)
		qsort(out->items, out->n, sizeof(*out->items), cmp_files);
	rc = 0;
done:
	map_cleanup(&d->documents);
	map_cleanup(&d->odd);
	map_cleanup(&d->taken);
	return rc;
}

int
mirrored_derive(struct db *catalog, uint64_t generation, struct arena *a,
    struct mirrored_files *out, struct err *e)
{
	struct derivation d = {
		.catalog = catalog, .a = a, .generation = generation, .out = out
	};

	return derive(&d, e);
}

/* --- written down --- */

struct recording {
	struct db *catalog;
	uint64_t generation;
	struct mirrored_files had; /* by path */
	struct mirrored_files now; /* by path */
};

static bool
is_same(const struct mirrored_file *a, const struct mirrored_file *b)
{
	return span_eq(a->path, b->path) && span_eq(a->sha256, b->sha256) &&
	    span_eq(a->source, b->source) &&
	    span_eq(a->last_modified, b->last_modified);
}

static void
bind_file(struct db_stmt *q, const struct mirrored_file *f)
{
	db_bind_text(q, ":path", f->path);
	db_bind_text(q, ":sha256", f->sha256);
	db_bind_text(q, ":source", f->source);
	db_bind_text(q, ":last_modified",
	    f->last_modified.ptr == NULL ? SPAN_LIT("") : f->last_modified);
}

static int
add_file(struct recording *r, const struct mirrored_file *f, struct err *e)
{
	struct db_stmt *q = db_query(r->catalog, QUERY_CATALOG_FILE_ADD);

	bind_file(q, f);
	db_bind_int(q, ":size_bytes", (int64_t)f->size_bytes);
	db_bind_int(q, ":fetched", f->fetched);
	if (db_run(q, e) != 0)
		return -1;
	q = db_query(r->catalog, QUERY_CATALOG_GENERATION_FILE_ADD);
	bind_file(q, f);
	db_bind_int(q, ":generation", (int64_t)r->generation);
	return db_run(q, e);
}

static int
drop_file(struct recording *r, const struct mirrored_file *f, struct err *e)
{
	struct db_stmt *q =
	    db_query(r->catalog, QUERY_CATALOG_GENERATION_FILE_DROP);

	db_bind_int(q, ":generation", (int64_t)r->generation);
	db_bind_int(q, ":file", f->id);
	return db_run(q, e);
}

static int
add_new(struct recording *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->now.n; i++) {
		const struct mirrored_file *f = &r->now.items[i];
		const struct mirrored_file *had = find(&r->had, f->path);

		if ((had == NULL || !is_same(had, f)) && add_file(r, f, e) != 0)
			return -1;
	}
	return 0;
}

static int
drop_old(struct recording *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->had.n; i++) {
		const struct mirrored_file *f = &r->had.items[i];
		const struct mirrored_file *now = find(&r->now, f->path);

		if ((now == NULL || !is_same(now, f)) &&
		    drop_file(r, f, e) != 0)
			return -1;
	}
	return 0;
}

static int
current(struct db *catalog, uint64_t *generation, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_PUBLICATION_LAST);
	int rc = db_step(q, e);

	*generation = rc == 1 ? (uint64_t)db_int(q, 2) : 0;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

/*
 * What a run published that was killed before it told of its files waits for
 * one that brings them; until then the generation before it is shown.
 */
static bool
is_to_wait(const struct recording *r, const struct derivation *d)
{
	return r->had.n == 0 && d->before.n > 0 && d->is_torn;
}

int
mirrored_record(struct db *catalog, struct err *e)
{
	struct recording r = { .catalog = catalog };
	struct arena a = { 0 };
	struct derivation d = { .catalog = catalog, .a = &a, .out = &r.now };
	int rc = -1;

	if (current(catalog, &r.generation, e) != 0)
		return -1;
	if (r.generation == 0)
		return 0;
	d.generation = r.generation;
	if (mirrored_read(catalog, r.generation, &a, &r.had, e) == 0 &&
	    derive(&d, e) == 0 &&
	    (is_to_wait(&r, &d) ||
		(add_new(&r, e) == 0 && drop_old(&r, e) == 0)))
		rc = 0;
	arena_cleanup(&a);
	return rc;
}
