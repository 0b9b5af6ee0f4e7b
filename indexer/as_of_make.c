/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "indexer/as_of_make.h"
#include "indexer/generation.h"
#include "indexer/rebuild.h"
#include "schema_catalog.h"
#include "schema_index.h"

/* What a generation was made from, by family. */
struct contents {
	struct arena arena;
	struct rebuild_document *documents;
	struct span *families; /* of each document */
	size_t n;
	size_t cap;
	size_t cap_families;
};

/* A generation that is being made anew. */
struct making {
	const struct state *state;
	struct db *catalog;
	const struct as_of *g;
	struct store store;
	struct contents c;
	char folder[AS_OF_PATH_SIZE]; /* "index/building-as-of-7" */
};

static int
read_contents(
    struct db *catalog, uint64_t number, struct contents *c, struct err *e)
{
	struct db_stmt *q =
	    db_query(catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	struct arena *a = &c->arena;
	int rc;

	db_bind_int(q, ":generation", (int64_t)number);
	while ((rc = db_step(q, e)) == 1) {
		c->documents = xgrow(
		    c->documents, &c->cap, c->n + 1, sizeof(*c->documents));
		c->families = xgrow(c->families, &c->cap_families, c->n + 1,
		    sizeof(*c->families));
		c->documents[c->n] = (struct rebuild_document){
			.name = arena_span(a, db_text(q, 0)),
			.format = arena_span(a, db_text(q, 1)),
			.source = arena_span(a, db_text(q, 2)),
			.path = arena_span(a, db_text(q, 3)),
			.sha256 = arena_span(a, db_text(q, 4)),
			.distribution = arena_span(a, db_text(q, 6)),
			.release = arena_span(a, db_text(q, 7)),
			.flavour = arena_span(a, db_text(q, 8)),
		};
		c->families[c->n++] = arena_span(a, db_text(q, 9));
	}
	db_reset(q);
	return rc;
}

static void
contents_cleanup(struct contents *c)
{
	free(c->documents);
	free(c->families);
	arena_cleanup(&c->arena);
}

/* Asked before anything is built: it may take minutes. */
static int
check_contents(const struct making *m, struct err *e)
{
	const struct contents *c = &m->c;
	const struct as_of *g = m->g;
	const struct rebuild_document *first = NULL;
	char made[CLOCK_TEXT_SIZE];
	struct digest d;
	size_t i, n_gone = 0;

	clock_text(g->made, made);
	if (c->n == 0)
		return err_set(e, ERR_MISSING,
		    "generation %" PRIu64 " of %s is gone: neither it nor what "
		    "it was made from is kept any longer ([retention])",
		    g->generation, made);
	for (i = 0; i < c->n; i++) {
		if (digest_parse(c->documents[i].sha256, &d) &&
		    store_has(&m->store, &d))
			continue;
		first = first == NULL ? &c->documents[i] : first;
		n_gone++;
	}
	if (n_gone == 0)
		return 0;
	return err_set(e, ERR_MISSING,
	    "generation %" PRIu64 " of %s is gone, and %zu of the %zu files "
	    "that it was made from are no longer in the store: %.*s",
	    g->generation, made, n_gone, c->n, SPAN_ARG(first->name));
}

static bool
is_readable(const struct making *m, const char *below)
{
	struct buf path = { 0 };
	struct db *db = NULL;
	struct err ignored;
	bool readable;

	buf_printf(&path, "%s/%s", m->state->path, below);
	readable = db_open(&db, buf_str(&path), &SCHEMA_INDEX,
		       DB_READ_IMMUTABLE, &ignored) == 0;
	buf_cleanup(&path);
	db_close(db);
	return readable;
}

/* 1: another generation has the same documents, and its file was linked. */
static int
link_alike(
    const struct making *m, struct span family, const char *to, struct err *e)
{
	struct db_stmt *q =
	    db_query(m->catalog, QUERY_CATALOG_GENERATION_ALIKE);
	int dirfd = m->state->dirfd;
	char path[GENERATION_PATH_SIZE];
	struct buf from = { 0 };
	int rc;

	db_bind_int(q, ":generation", (int64_t)m->g->generation);
	db_bind_text(q, ":family", family);
	while ((rc = db_step(q, e)) == 1) {
		buf_reset(&from);
		buf_printf(&from, "%s/%.*s.sqlite",
		    generation_path((uint64_t)db_int(q, 0), path),
		    SPAN_ARG(family));
		if (is_readable(m, buf_str(&from)) &&
		    linkat(dirfd, buf_str(&from), dirfd, to, 0) == 0)
			break;
	}
	db_reset(q);
	buf_cleanup(&from);
	return rc;
}

static int
make_family(const struct making *m, size_t first, size_t n, struct err *e)
{
	struct span family = m->c.families[first];
	struct buf path = { 0 };
	size_t below;
	int rc;

	buf_printf(&path, "%s/", m->state->path);
	below = path.len;
	buf_printf(&path, "%s/%.*s.sqlite", m->folder, SPAN_ARG(family));
	rc = link_alike(m, family, buf_str(&path) + below, e);
	if (rc == 0)
		rc = rebuild_family(
		    &m->store, buf_str(&path), m->c.documents + first, n, e);
	buf_cleanup(&path);
	return rc == -1 ? -1 : 0;
}

/* The documents of a family stand together. */
static int
make_families(const struct making *m, struct err *e)
{
	size_t i, n;

	for (i = 0; i < m->c.n; i += n) {
		for (n = 1; i + n < m->c.n; n++)
			if (!span_eq(m->c.families[i], m->c.families[i + n]))
				break;
		if (make_family(m, i, n, e) != 0)
			return -1;
	}
	return 0;
}

static int
make(struct making *m, struct err *e)
{
	int dirfd = m->state->dirfd;

	if (store_open(&m->store, dirfd, e) != 0 ||
	    read_contents(m->catalog, m->g->generation, &m->c, e) != 0 ||
	    check_contents(m, e) != 0 || generation_clean(dirfd, e) != 0 ||
	    file_make_dirs(dirfd, AS_OF_FOLDER, e) != 0 ||
	    file_make_dirs(dirfd, m->folder, e) != 0)
		return -1;
	if (make_families(m, e) != 0)
		return err_context(e,
		    "generation %" PRIu64 " cannot be made anew",
		    m->g->generation);
	if (renameat(dirfd, m->folder, dirfd, m->g->below) != 0)
		return err_system(e, "%s", m->g->below);
	return 0;
}

int
as_of_make(const struct state *s, struct db *catalog, const struct as_of *g,
    struct err *e)
{
	struct making m = {
		.state = s, .catalog = catalog, .g = g, .store = { -1 }
	};
	struct err ignored;
	int rc;

	snprintf(m.folder, sizeof(m.folder), "index/building-as-of-%" PRIu64,
	    g->generation);
	rc = make(&m, e);
	if (rc != 0)
		file_remove_tree(s->dirfd, m.folder, &ignored);
	contents_cleanup(&m.c);
	store_close(&m.store);
	return rc;
}
