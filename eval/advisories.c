/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "content/release.h"
#include "eval/advisories.h"
#include "eval/advisory_text.h"
#include "schema_index.h"

struct advisories {
	const struct index_family *family;
	struct db *db;
	const struct document **documents; /* by id */
	struct map sources; /* with more than one document: 1, else 0 */
	struct advisory_texts *texts;
	struct arena arena; /* of the record in hand */
	struct span *aliases;
	size_t cap_aliases;
	int64_t *keys; /* records about a CVE */
	size_t n_keys;
	size_t cap_keys;
};

static int
by_id(const void *pa, const void *pb)
{
	const struct document *const *a = pa, *const *b = pb;

	return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

struct advisories *
advisories_new(const struct index_family *family)
{
	struct advisories *a = xcalloc(1, sizeof(*a));
	size_t i, n = family->n_documents;

	a->family = family;
	a->db = family->db;
	a->texts = advisory_texts_new(a->db);
	a->documents = xmalloc(xmul(n, sizeof(*a->documents)));
	for (i = 0; i < n; i++)
		a->documents[i] = &family->documents[i];
	for (i = 0; i < n; i++)
		if (!map_add(&a->sources, family->documents[i].source, 0, NULL))
			map_set(&a->sources, family->documents[i].source, 1);
	if (n > 0)
		qsort(a->documents, n, sizeof(*a->documents), by_id);
	return a;
}

void
advisories_free(struct advisories *a)
{
	if (a == NULL)
		return;
	advisory_texts_free(a->texts);
	arena_cleanup(&a->arena);
	map_cleanup(&a->sources);
	free(a->documents);
	free(a->aliases);
	free(a->keys);
	free(a);
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the index is damaged");
}

static const struct document *
document_of(const struct advisories *a, int64_t key)
{
	struct document wanted = { .id = (int64_t)((uint64_t)key >> 32) };
	const struct document *const w = &wanted;
	const struct document *const *found = bsearch(&w, a->documents,
	    a->family->n_documents, sizeof(*a->documents), by_id);

	return found == NULL ? NULL : *found;
}

/* --- records --- */

int
advisories_current(
    struct advisories *a, int64_t key, int64_t *current, struct err *e)
{
	const struct document *d = document_of(a, key);
	struct db_stmt *s;
	uint32_t several = 1;
	int rc;

	*current = key;
	/* Only documents of one source have records of the same id. */
	if (d != NULL && map_get(&a->sources, d->source, &several) &&
	    several == 0)
		return 0;
	s = db_query(a->db, QUERY_INDEX_ADVISORY_NEWEST);
	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 1)
		*current = db_int(s, 0);
	db_reset(s);
	return rc == -1 ? -1 : 0;
}

static int
read_aliases(struct advisories *a, struct advisory_record *r, struct err *e)
{
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_ADVISORY_ALIASES);
	int rc;

	db_bind_int(s, "key", r->key);
	while ((rc = db_step(s, e)) == 1) {
		a->aliases = xgrow(a->aliases, &a->cap_aliases,
		    r->n_aliases + 1, sizeof(*a->aliases));
		a->aliases[r->n_aliases++] =
		    arena_span(&a->arena, db_text(s, 0));
	}
	db_reset(s);
	r->aliases = a->aliases;
	return rc == -1 ? -1 : 0;
}

int
advisories_record(
    struct advisories *a, int64_t key, struct advisory_record *r, struct err *e)
{
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_ADVISORY_ROW);
	int rc;

	arena_reset(&a->arena);
	*r = (struct advisory_record){ .key = key };
	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc != 1)
		return rc;
	r->document = document_of(a, key);
	r->id = arena_span(&a->arena, db_text(s, 0));
	r->published = db_int(s, 1);
	r->modified = db_int(s, 2);
	r->withdrawn = db_int(s, 3) != 0;
	r->severity = arena_span(&a->arena, db_text(s, 4));
	r->title = arena_span(&a->arena, db_text(s, 5));
	db_reset(s);
	if (r->document == NULL)
		return damaged(e);
	return read_aliases(a, r, e) == 0 ? 1 : -1;
}

/* --- statements --- */

/* One question, while it is answered. */
struct asking {
	struct advisories *a;
	const struct advisories_query *q; /* NULL: all products */
	bool by_cve;
	uint32_t cve; /* its word; 0: only records have it */
	const struct advisories_sink *sink;
	struct advisory_record record;
	bool is_loaded;
	bool is_about; /* the record itself is about the CVE */
};

/* Where the record is silent its document speaks. */
static void
fill_in(const struct document *d, struct advisory_package *p)
{
	if (p->distribution.len > 0)
		return;
	p->distribution = d->distribution;
	if (p->release.len == 0)
		p->release = d->release;
}

/* 1: the product is one that was asked for; 0; -1. */
static int
is_asked(const struct asking *k, const struct document *d, uint32_t product,
    struct err *e)
{
	struct advisory_package p;

	if (k->q == NULL)
		return 1;
	if (advisory_texts_product(k->a->texts, product, &p, e) != 0)
		return -1;
	fill_in(d, &p);
	return (k->q->distribution.len == 0 ||
		   span_eq(k->q->distribution, p.distribution)) &&
	    (k->q->release.len == 0 ||
		release_covers(p.release, k->q->release));
}

/*
 * The record with all that a sink is told of it: 1; 0: another one stands for
 * it; -1.
 */
static int
load_current(struct asking *k, int64_t key, struct err *e)
{
	int64_t current;
	int rc;

	if (advisories_current(k->a, key, &current, e) != 0)
		return -1;
	if (current != key)
		return 0;
	rc = advisories_record(k->a, key, &k->record, e);
	return rc == 0 ? damaged(e) : rc;
}

/*
 * The statement, once the record is read: 1; 0: another record stands for it;
 * -1.
 */
static int
give(struct asking *k, int64_t key, const struct advisory_package *p,
    struct err *e)
{
	int rc;

	if (!k->is_loaded) {
		rc = load_current(k, key, e);
		if (rc != 1)
			return rc;
		k->is_loaded = true;
	}
	return k->sink->statement(k->sink->ctx, &k->record, p, e) == 0 ? 1 : -1;
}

/* 1: all of them; 0: another record stands for this one; -1. */
static int
give_group(
    struct asking *k, int64_t key, struct advisory_unpack *u, struct err *e)
{
	const struct document *d = document_of(k->a, key);
	struct advisory_package p;
	struct advisory_fact f;
	int rc;

	if (d == NULL)
		return damaged(e);
	while ((rc = advisory_unpack_fact(u, &f, e)) == 1) {
		if (k->by_cve && (f.cve == 0 ? !k->is_about : f.cve != k->cve))
			continue;
		if (advisory_texts_package(k->a->texts, &f, &p, e) != 0)
			return -1;
		fill_in(d, &p);
		if (k->q != NULL && k->q->wants != NULL &&
		    !k->q->wants(k->sink->ctx, key, d, &p))
			continue;
		rc = give(k, key, &p, e);
		if (rc != 1)
			return rc;
	}
	return rc == 0 ? 1 : -1;
}

/* A record is read only once something of it is wanted. */
static int
give_package(struct asking *k, struct db_stmt *s, struct err *e)
{
	int64_t key = db_int(s, 0);
	const struct document *d = document_of(k->a, key);
	struct advisory_unpack u =
	    advisory_unpack_of(db_blob(s, 1), (uint32_t)db_int(s, 2));
	uint32_t product;
	int rc;

	if (d == NULL)
		return damaged(e);
	k->is_loaded = false;
	while ((rc = advisory_unpack_group(&u, &product, e)) == 1) {
		rc = is_asked(k, d, product, e);
		if (rc == 1)
			rc = give_group(k, key, &u, e);
		else if (rc == 0)
			continue;
		if (rc != 1)
			return rc;
	}
	advisory_texts_trim(k->a->texts);
	return rc;
}

int
advisories_of_package(struct advisories *a, const struct advisories_query *q,
    const struct advisories_sink *sink, struct err *e)
{
	struct asking k = { .a = a, .q = q, .sink = sink };
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_ADVISORY_PACKAGE_FIND);
	int rc;

	db_bind_text(s, "name", q->name);
	while ((rc = db_step(s, e)) == 1) {
		rc = give_package(&k, s, e);
		if (rc != 0)
			break;
	}
	db_reset(s);
	return rc;
}

static int
give_record(struct asking *k, int64_t key, struct err *e)
{
	struct db_stmt *s =
	    db_query(k->a->db, QUERY_INDEX_ADVISORY_PACKAGE_ROWS);
	struct advisory_unpack u;
	uint32_t product;
	int rc;

	db_bind_int(s, "key", key);
	while ((rc = db_step(s, e)) == 1) {
		u = advisory_unpack_of(db_blob(s, 1), (uint32_t)db_int(s, 2));
		while ((rc = advisory_unpack_group(&u, &product, e)) == 1)
			if (give_group(k, key, &u, e) != 1)
				break;
		if (rc != 0)
			break;
	}
	db_reset(s);
	advisory_texts_trim(k->a->texts);
	return rc == 0 ? 0 : -1;
}

/* Gathered before any is given: a sink may take its time. */
static int
find_keys(struct advisories *a, struct span cve, struct err *e)
{
	struct db_stmt *s;
	int64_t value;
	int rc;

	a->n_keys = 0;
	if (advisory_alias_value(a->db, cve, &value, e) != 0)
		return -1;
	s = db_query(a->db, QUERY_INDEX_ADVISORY_ABOUT);
	db_bind_text(s, "id", cve);
	db_bind_int(s, "value", value);
	while ((rc = db_step(s, e)) == 1) {
		a->keys = xgrow(
		    a->keys, &a->cap_keys, a->n_keys + 1, sizeof(*a->keys));
		a->keys[a->n_keys++] = db_int(s, 0);
	}
	return rc;
}

static bool
is_about(const struct advisory_record *r, struct span cve)
{
	size_t i;

	if (span_eq(r->id, cve))
		return true;
	for (i = 0; i < r->n_aliases; i++)
		if (span_eq(r->aliases[i], cve))
			return true;
	return false;
}

int
advisories_statements(struct advisories *a, int64_t key, struct span cve,
    const struct advisories_sink *sink, struct err *e)
{
	struct asking k = { .a = a, .by_cve = cve.len > 0, .sink = sink };
	int64_t value;
	int rc;

	if (advisory_alias_value(a->db, cve, &value, e) != 0)
		return -1;
	k.cve = (uint32_t)value;
	rc = advisories_record(a, key, &k.record, e);
	if (rc != 1)
		return rc;
	k.is_loaded = true;
	k.is_about = is_about(&k.record, cve);
	/* By its own name, or a notice's, it gives all that it has. */
	if (k.is_about && !span_has_prefix(cve, "CVE-"))
		k.by_cve = false;
	return give_record(&k, key, e);
}

int
advisories_of_cve(struct advisories *a, struct span cve,
    const struct advisories_sink *sink, struct err *e)
{
	size_t i;
	int rc;

	if (cve.len == 0)
		return 0;
	rc = find_keys(a, cve, e);
	for (i = 0; i < a->n_keys && rc == 0; i++)
		rc = advisories_statements(a, a->keys[i], cve, sink, e);
	return rc;
}

int
advisories_keys(struct advisories *a, struct span cve, const int64_t **keys,
    size_t *n, struct err *e)
{
	int rc = find_keys(a, cve, e);

	*keys = a->keys;
	*n = a->n_keys;
	return rc;
}

int
advisories_have_release(const struct index_family *family,
    struct span distribution, struct span release, bool *yes, struct err *e)
{
	struct db_stmt *s = db_query(family->db, QUERY_INDEX_ADVISORY_RELEASES);
	int rc;

	*yes = false;
	db_bind_text(s, "distribution", distribution);
	while ((rc = db_step(s, e)) == 1 && !*yes)
		*yes = release_covers(db_text(s, 0), release);
	db_reset(s);
	return rc == -1 ? -1 : 0;
}
