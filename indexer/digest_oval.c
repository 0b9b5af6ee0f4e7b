/* SPDX-License-Identifier: Apache-2.0 */
#include "content/oval_pack.h"
#include "eval/raw_block.h"
#include "indexer/digest_impl.h"
#include "indexer/oval_refs.h"
#include "schema_index.h"

struct oval_hash {
	struct family_hash *h;
	struct raw_reader *raw;
	int64_t document;
	struct digest_ids ids[N_OVAL_RECORDS];
	struct oval_walk walk;
	struct buf packed;
};

/* A reference to what the document lacks has no key to hash. */
static int
rename_ref(void *ctx, enum oval_record to, struct oval_ref *ref, struct err *e)
{
	const struct oval_hash *o = ctx;

	(void)e;
	ref->ord = digest_rank(&o->ids[to], ref->ord);
	return 0;
}

static int
hash_nodes(struct oval_hash *o, struct span packed, struct err *e)
{
	struct oval_node *nodes;
	size_t n;

	if (oval_unpack_nodes(packed, &o->h->arena, &nodes, &n, e) != 0 ||
	    oval_walk_nodes(&o->walk, nodes, n, e) != 0)
		return -1;
	oval_pack_nodes(&o->packed, nodes, n);
	return 0;
}

static int
hash_test(struct oval_hash *o, struct span packed, struct err *e)
{
	struct oval_test t = { 0 };

	if (oval_unpack_test(packed, &o->h->arena, &t, e) != 0 ||
	    oval_walk_test(&o->walk, &t, e) != 0)
		return -1;
	oval_pack_test(&o->packed, &t);
	return 0;
}

static int
hash_object(struct oval_hash *o, struct span packed, struct err *e)
{
	struct oval_object object = { 0 };

	if (oval_unpack_object(packed, &o->h->arena, &object, e) != 0 ||
	    oval_walk_object(&o->walk, &object, e) != 0)
		return -1;
	oval_pack_object(&o->packed, &object);
	return 0;
}

static int
hash_state(struct oval_hash *o, struct span packed, struct err *e)
{
	struct oval_state s = { 0 };

	if (oval_unpack_state(packed, &o->h->arena, &s, e) != 0 ||
	    oval_walk_state(&o->walk, &s, e) != 0)
		return -1;
	oval_pack_state(&o->packed, &s);
	return 0;
}

static int
hash_variable(struct oval_hash *o, struct span packed, struct err *e)
{
	struct oval_variable v = { 0 };

	if (oval_unpack_variable(packed, &o->h->arena, &v, e) != 0 ||
	    oval_walk_variable(&o->walk, &v, e) != 0)
		return -1;
	oval_pack_variable(&o->packed, &v);
	return 0;
}

/* How each type stands in its table: the packed column is the last one. */
static const struct record {
	unsigned ids;
	unsigned row;
	const char *columns;
	int packed; /* number of the packed column */
	int (*hash)(struct oval_hash *o, struct span packed, struct err *e);
} records[N_OVAL_RECORDS] = {
	[OVAL_RECORD_DEFINITION] = { QUERY_INDEX_DEFINITION_IDS,
	    QUERY_INDEX_DEFINITION_ROW, "tiiibtt", 7, hash_nodes },
	[OVAL_RECORD_TEST] = { QUERY_INDEX_TEST_IDS, QUERY_INDEX_TEST_GET, "",
	    0, hash_test },
	[OVAL_RECORD_OBJECT] = { QUERY_INDEX_OBJECT_IDS, QUERY_INDEX_OBJECT_GET,
	    "", 0, hash_object },
	[OVAL_RECORD_STATE] = { QUERY_INDEX_STATE_IDS, QUERY_INDEX_STATE_GET,
	    "", 0, hash_state },
	[OVAL_RECORD_VARIABLE] = { QUERY_INDEX_VARIABLE_IDS,
	    QUERY_INDEX_VARIABLE_GET, "", 0, hash_variable },
};

static int
hash_record(struct oval_hash *o, const struct record *type,
    const struct digest_id *id, struct err *e)
{
	struct db_stmt *s = db_query(o->h->db, type->row);
	int rc;

	db_bind_int(s, "key", row_key(o->document, id->ord));
	rc = db_step(s, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "%.*s is gone", SPAN_ARG(id->id));
	digest_span(o->h, id->id);
	digest_row(o->h, s, type->columns);
	arena_reset(&o->h->arena);
	buf_reset(&o->packed);
	rc = type->hash(o, db_blob(s, type->packed), e);
	db_reset(s);
	digest_span(o->h, buf_span(&o->packed));
	return rc == 0 ? 0 : err_context(e, "%.*s", SPAN_ARG(id->id));
}

static int
hash_type(struct oval_hash *o, enum oval_record type, struct err *e)
{
	const struct digest_ids *ids = &o->ids[type];
	struct span raw;
	size_t i;

	for (i = 0; i < ids->n; i++) {
		if (hash_record(o, &records[type], &ids->items[i], e) != 0)
			return -1;
		if (type != OVAL_RECORD_DEFINITION)
			continue;
		digest_place(o->h, ids->items[i].ord);
		if (raw_read(o->raw, row_key(o->document, ids->items[i].ord),
			&raw, e) != 0)
			return err_context(
			    e, "%.*s", SPAN_ARG(ids->items[i].id));
		digest_span(o->h, raw);
	}
	digest_span(o->h, SPAN_NONE);
	return 0;
}

int
digest_oval(struct family_hash *h, int64_t document, struct err *e)
{
	struct oval_hash o = { .h = h, .document = document };
	int type, rc = 0;

	o.walk = (struct oval_walk){ &o, rename_ref };
	o.raw = raw_reader_new(h->db);
	for (type = 0; type < N_OVAL_RECORDS && rc == 0; type++)
		rc = digest_ids_load(
		    h, &o.ids[type], records[type].ids, document, e);
	for (type = 0; type < N_OVAL_RECORDS && rc == 0; type++)
		rc = hash_type(&o, (enum oval_record)type, e);
	if (rc == 0)
		rc = digest_plan(h, document, &o.ids[OVAL_RECORD_TEST],
		    &o.ids[OVAL_RECORD_DEFINITION], e);
	for (type = 0; type < N_OVAL_RECORDS; type++)
		digest_ids_cleanup(&o.ids[type]);
	raw_reader_free(o.raw);
	buf_cleanup(&o.packed);
	return rc;
}
