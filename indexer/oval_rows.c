/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/digest.h"
#include "content/oval_pack.h"
#include "eval/plan.h"
#include "indexer/oval_ids.h"
#include "indexer/oval_rows.h"
#include "indexer/oval_words.h"
#include "schema_index.h"

/* The queries of each part's table. */
static const struct part_queries {
	unsigned ids, get, put, delete, delete_all;
} queries[N_OVAL_RECORDS] = {
	[OVAL_RECORD_DEFINITION] = { QUERY_INDEX_DEFINITION_IDS,
	    QUERY_INDEX_DEFINITION_GET, QUERY_INDEX_DEFINITION_PUT,
	    QUERY_INDEX_DEFINITION_DELETE, 0 },
	[OVAL_RECORD_TEST] = { QUERY_INDEX_TEST_IDS, QUERY_INDEX_TEST_GET,
	    QUERY_INDEX_TEST_PUT, QUERY_INDEX_TEST_DELETE,
	    QUERY_INDEX_TEST_DELETE_ALL },
	[OVAL_RECORD_OBJECT] = { QUERY_INDEX_OBJECT_IDS, QUERY_INDEX_OBJECT_GET,
	    QUERY_INDEX_OBJECT_PUT, QUERY_INDEX_OBJECT_DELETE,
	    QUERY_INDEX_OBJECT_DELETE_ALL },
	[OVAL_RECORD_STATE] = { QUERY_INDEX_STATE_IDS, QUERY_INDEX_STATE_GET,
	    QUERY_INDEX_STATE_PUT, QUERY_INDEX_STATE_DELETE,
	    QUERY_INDEX_STATE_DELETE_ALL },
	[OVAL_RECORD_VARIABLE] = { QUERY_INDEX_VARIABLE_IDS,
	    QUERY_INDEX_VARIABLE_GET, QUERY_INDEX_VARIABLE_PUT,
	    QUERY_INDEX_VARIABLE_DELETE, QUERY_INDEX_VARIABLE_DELETE_ALL },
};

struct oval_rows {
	struct document_rows *d;
	struct oval_ids ids;
	struct buf packed;
	struct arena old; /* the definition that is replaced */
	struct oval_preparing preparing;
};

/* A record on its way into its table. */
struct part_row {
	enum oval_record part;
	struct span id;
	uint32_t ord;
	int64_t key;
	bool stored;
	struct oval_referrer referrer;
	struct oval_walk walk;
};

static int
load_ids(struct oval_rows *r, enum oval_record part, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, queries[part].ids);
	int rc;

	db_bind_int(s, "low", row_key(r->d->document, 0));
	db_bind_int(s, "high", row_key(r->d->document, UINT32_MAX));
	while ((rc = db_step(s, e)) == 1) {
		if (oval_ids_load(&r->ids, part, (uint64_t)db_int(s, 0),
			db_text(s, 1), e) != 0) {
			db_reset(s);
			return -1;
		}
	}
	return rc;
}

/* Gives the record its ordinal and readies the walk over its references. */
static int
begin_row(struct oval_rows *r, struct part_row *row, enum oval_record part,
    struct span id, uint64_t line, struct err *e)
{
	row->part = part;
	row->id = id;
	if (oval_ids_define(&r->ids, part, id, line, &row->ord, e) != 0)
		return -1;
	row->key = row_key(r->d->document, row->ord);
	row->stored = r->ids.parts[part].items[row->ord].stored;
	row->referrer = (struct oval_referrer){ &r->ids, part, row->ord };
	row->walk = (struct oval_walk){ &row->referrer, oval_ids_refer };
	buf_reset(&r->packed);
	return 0;
}

/* 1: stands there with these bytes; 0: not or otherwise; -1. */
static int
is_same(struct oval_rows *r, const struct part_row *row, struct err *e)
{
	struct db_stmt *s;
	int rc;

	if (!row->stored)
		return 0;
	s = db_query(r->d->db, queries[row->part].get);
	db_bind_int(s, "key", row->key);
	rc = db_step(s, e);
	if (rc != 1)
		return rc;
	rc = span_eq(db_blob(s, 0), buf_span(&r->packed));
	db_reset(s);
	return rc;
}

static int
put_row(struct oval_rows *r, const struct part_row *row, struct err *e)
{
	struct db_stmt *s;
	int same = is_same(r, row, e);

	if (same != 0)
		return same == 1 ? 0 : -1;
	s = db_query(r->d->db, queries[row->part].put);
	db_bind_int(s, "key", row->key);
	db_bind_text(s, "id", row->id);
	db_bind_blob(s, "packed", buf_span(&r->packed));
	return db_run(s, e);
}

static int
on_test(void *ctx, const struct oval_test *t, struct err *e)
{
	struct oval_rows *r = ctx;
	struct oval_test copy = *t;
	struct part_row row;

	if (begin_row(r, &row, OVAL_RECORD_TEST, t->id, t->line, e) != 0 ||
	    oval_walk_test(&row.walk, &copy, e) != 0)
		return -1;
	oval_pack_test(&r->packed, &copy);
	return put_row(r, &row, e);
}

/*
 * A criterion without its test is unknown: the rest of the document still
 * counts (docs/decisions/0008-missing-tests-are-unknown.md).
 */
static int
put_missing_test(void *ctx, struct span id, uint64_t line, struct err *e)
{
	const struct oval_test missing = {
		.id = id,
		.kind = OVAL_KIND_UNKNOWN,
		.comment = SPAN_LIT("the document does not have this test"),
		.check = OVAL_CHECK_ALL,
		.existence = OVAL_EXISTENCE_AT_LEAST_ONE,
		.object = { .ord = OVAL_ORD_NONE },
		.line = line,
	};
	struct oval_rows *r = ctx;
	struct index_outcome *o = r->d->outcome;

	if (o->n_missing++ == 0)
		snprintf(o->missing, sizeof(o->missing),
		    "line %" PRIu64 ": criterion refers to test %.*s, which "
		    "the document does not have",
		    line, SPAN_ARG(span_first(id, 128)));
	return on_test(r, &missing, e);
}

static int
on_object(void *ctx, const struct oval_object *o, struct err *e)
{
	struct oval_rows *r = ctx;
	struct oval_object copy = *o;
	struct part_row row;

	if (begin_row(r, &row, OVAL_RECORD_OBJECT, o->id, o->line, e) != 0 ||
	    oval_walk_object(&row.walk, &copy, e) != 0)
		return -1;
	oval_pack_object(&r->packed, &copy);
	return put_row(r, &row, e);
}

static int
on_state(void *ctx, const struct oval_state *s, struct err *e)
{
	struct oval_rows *r = ctx;
	struct oval_state copy = *s;
	struct part_row row;

	if (begin_row(r, &row, OVAL_RECORD_STATE, s->id, s->line, e) != 0 ||
	    oval_walk_state(&row.walk, &copy, e) != 0)
		return -1;
	oval_pack_state(&r->packed, &copy);
	return put_row(r, &row, e);
}

static int
on_variable(void *ctx, const struct oval_variable *v, struct err *e)
{
	struct oval_rows *r = ctx;
	struct oval_variable copy = *v;
	struct part_row row;

	if (begin_row(r, &row, OVAL_RECORD_VARIABLE, v->id, v->line, e) != 0 ||
	    oval_walk_variable(&row.walk, &copy, e) != 0)
		return -1;
	oval_pack_variable(&r->packed, &copy);
	return put_row(r, &row, e);
}

/* Takes out the words and source bytes of the definition's last publication. */
static int
take_words(struct document_rows *d, struct arena *a, int64_t key, struct err *e)
{
	struct oval_definition old;
	struct span raw;

	arena_reset(a);
	if (raw_blocks_get(d->blocks, key, &raw, e) != 0 ||
	    oval_read_definition(raw, a, &old, e) != 0 ||
	    raw_blocks_remove(d->blocks, key, e) != 0)
		return -1;
	search_begin(d);
	oval_words(&d->head, &d->body, &old);
	return search_take(d, key, e);
}

/* 1: the stored definition has this digest and these nodes; 0; -1. */
static int
is_same_definition(struct oval_rows *r, const struct part_row *row,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_DEFINITION_GET);
	int rc;

	db_bind_int(s, "key", row->key);
	rc = db_step(s, e);
	if (rc != 1)
		return rc;
	rc = span_eq(db_blob(s, 0), span_make(digest->bytes, DIGEST_SIZE)) &&
	    span_eq(db_blob(s, 1), buf_span(&r->packed));
	db_reset(s);
	return rc;
}

static int
put_words(struct oval_rows *r, int64_t key,
    const struct oval_definition *definition, struct err *e)
{
	const struct oval_prepared *prepared = definition->prepared;
	struct document_rows *d = r->d;
	struct db_stmt *s;

	if (!prepared->has_words) {
		search_begin(d);
		oval_words(&d->head, &d->body, definition);
		return search_put(d, key, e);
	}
	s = db_query(d->db, QUERY_INDEX_SEARCH_PUT);
	db_bind_int(s, "key", key);
	db_bind_text(s, "head", prepared->head);
	db_bind_text(s, "body", prepared->body);
	return db_run(s, e);
}

static int
put_text(struct oval_rows *r, const struct part_row *row,
    const struct oval_definition *definition, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_DEFINITION_TEXT_PUT);

	db_bind_int(s, "key", row->key);
	db_bind_text(s, "title", span_text(definition->metadata.title));
	db_bind_text(s, "severity", span_text(definition->metadata.severity));
	if (db_run(s, e) != 0 ||
	    raw_blocks_put(r->d->blocks, row->key, definition->raw, e) != 0)
		return -1;
	return put_words(r, row->key, definition, e);
}

static int
put_definition(struct oval_rows *r, const struct part_row *row,
    const struct oval_definition *definition, struct err *e)
{
	const struct oval_prepared *prepared = definition->prepared;
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_DEFINITION_PUT);

	db_bind_int(s, "key", row->key);
	db_bind_text(s, "id", row->id);
	db_bind_int(s, "version", (int64_t)definition->version);
	db_bind_int(s, "class", definition->class);
	db_bind_int(s, "deprecated", definition->deprecated);
	db_bind_blob(
	    s, "digest", span_make(prepared->digest.bytes, DIGEST_SIZE));
	db_bind_blob(s, "nodes", buf_span(&r->packed));
	if (db_run(s, e) != 0)
		return -1;
	return put_text(r, row, definition, e);
}

static int
on_definition(
    void *ctx, const struct oval_definition *definition, struct err *e)
{
	const struct oval_prepared *prepared = definition->prepared;
	struct oval_rows *r = ctx;
	struct part_row row;
	int same = 0;

	if (begin_row(r, &row, OVAL_RECORD_DEFINITION, definition->id,
		definition->line, e) != 0 ||
	    oval_walk_nodes(
		&row.walk, definition->nodes, definition->n_nodes, e) != 0)
		return -1;
	oval_pack_nodes(&r->packed, definition->nodes, definition->n_nodes);
	place_add(r->d, row.ord, definition->offset);
	rows_count(r->d);
	if (row.stored)
		same = is_same_definition(r, &row, &prepared->digest, e);
	if (same != 0)
		return same == 1 ? 0 : -1;
	if (!row.stored)
		r->d->outcome->n_added++;
	else if (take_words(r->d, &r->old, row.key, e) != 0)
		return -1;
	else
		r->d->outcome->n_changed++;
	return put_definition(r, &row, definition, e);
}

/* In the thread that parses: it has the reader's words to itself. */
static const void *
on_prepare(void *ctx, const struct oval_definition *definition, struct arena *a)
{
	struct oval_rows *r = ctx;

	return oval_prepare(&r->preparing, definition, a);
}

static int
on_generator(void *ctx, const struct oval_generator *g, struct err *e)
{
	struct oval_rows *r = ctx;
	struct document_rows *d = r->d;

	(void)e;
	d->info.product_name = arena_span(&d->arena, g->product_name);
	d->info.product_version = arena_span(&d->arena, g->product_version);
	d->info.schema_version = arena_span(&d->arena, g->schema_version);
	d->info.published = arena_span(&d->arena, g->timestamp);
	return 0;
}

static int
remove_definition(
    struct document_rows *d, struct arena *a, int64_t key, struct err *e)
{
	if (take_words(d, a, key, e) != 0 ||
	    rows_delete(d->db, QUERY_INDEX_DEFINITION_TEXT_DELETE, key, e) !=
		0 ||
	    rows_delete(d->db, QUERY_INDEX_DEFINITION_DELETE, key, e) != 0)
		return -1;
	d->outcome->n_removed++;
	return 0;
}

/* What stands in the index and no longer in the document. */
static int
remove_rest(struct oval_rows *r, enum oval_record part, struct err *e)
{
	const struct oval_part_ids *ids = &r->ids.parts[part];
	int64_t key;
	size_t i;
	int rc = 0;

	for (i = 0; i < ids->n && rc == 0; i++) {
		if (!ids->items[i].stored || ids->items[i].defined)
			continue;
		key = row_key(r->d->document, (uint32_t)i);
		if (part == OVAL_RECORD_DEFINITION)
			rc = remove_definition(r->d, &r->old, key, e);
		else
			rc =
			    rows_delete(r->d->db, queries[part].delete, key, e);
	}
	return rc;
}

int
oval_rows_write(struct document_rows *d, struct err *e)
{
	struct oval_rows r = { .d = d };
	struct oval_sink sink = {
		.ctx = &r,
		.generator = on_generator,
		.definition = on_definition,
		.test = on_test,
		.object = on_object,
		.state = on_state,
		.variable = on_variable,
		.prepare = on_prepare,
	};
	int part, rc = -1;

	r.preparing.with_words = d->fresh;
	words_init();
	for (part = 0; part < N_OVAL_RECORDS && !d->fresh; part++)
		if (load_ids(&r, (enum oval_record)part, e) != 0)
			goto out;
	if (oval_read_ahead(d->in, &sink, e) != 0 ||
	    oval_ids_missing_tests(&r.ids, put_missing_test, &r, e) != 0 ||
	    oval_ids_check(&r.ids, e) != 0)
		goto out;
	for (part = 0; part < N_OVAL_RECORDS && !d->fresh; part++)
		if (remove_rest(&r, (enum oval_record)part, e) != 0)
			goto out;
	if (raw_blocks_flush(d->blocks, e) == 0)
		rc = plan_write(d->db, d->document, e);
out:
	oval_ids_cleanup(&r.ids);
	oval_preparing_cleanup(&r.preparing);
	buf_cleanup(&r.packed);
	arena_cleanup(&r.old);
	return rc;
}

int
oval_rows_remove(struct document_rows *d, struct err *e)
{
	static const unsigned plan_deletes[] = {
		QUERY_INDEX_PLAN_DELETE_ALL,
		QUERY_INDEX_PACKAGE_TEST_DELETE_ALL,
		QUERY_INDEX_TEST_DEFINITION_DELETE_ALL,
		QUERY_INDEX_BASELINE_DELETE_ALL,
		QUERY_INDEX_WANT_DELETE_ALL,
	};
	struct oval_rows r = { .d = d };
	int part = OVAL_RECORD_DEFINITION;
	size_t i;
	int rc = load_ids(&r, OVAL_RECORD_DEFINITION, e);

	if (rc == 0)
		rc = remove_rest(&r, OVAL_RECORD_DEFINITION, e);
	if (rc == 0)
		rc = raw_blocks_flush(d->blocks, e);
	for (part++; part < N_OVAL_RECORDS && rc == 0; part++)
		rc = rows_delete_all(
		    d->db, queries[part].delete_all, d->document, e);
	for (i = 0; i < sizeof(plan_deletes) / sizeof(*plan_deletes); i++)
		if (rc == 0)
			rc = rows_delete_all(
			    d->db, plan_deletes[i], d->document, e);
	oval_ids_cleanup(&r.ids);
	arena_cleanup(&r.old);
	return rc;
}
