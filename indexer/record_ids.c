/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/record_ids.h"

static struct record_id *
item_at(struct record_ids *r, uint32_t ord)
{
	r->items = xgrow(r->items, &r->cap, (size_t)ord + 1, sizeof(*r->items));
	while (r->n <= ord)
		r->items[r->n++] = (struct record_id){ 0 };
	return &r->items[ord];
}

static int
load(struct record_ids *r, struct db_stmt *s, struct err *e)
{
	uint64_t ord = (uint64_t)db_int(s, 0);
	struct span digest = db_blob(s, 2);
	struct record_id *item;
	size_t i;

	if (ord >= RECORDS_MAX || digest.len != DIGEST_SIZE ||
	    !map_add(&r->map, db_text(s, 1), (uint32_t)ord, NULL))
		return err_set(e, ERR_FORMAT, "the index is damaged");
	item = item_at(r, (uint32_t)ord);
	item->stored = true;
	for (i = 0; i < DIGEST_SIZE; i++)
		item->digest.bytes[i] = (uint8_t)digest.ptr[i];
	return 0;
}

int
record_ids_init(struct record_ids *r, struct document_rows *d,
    const struct record_queries *queries, struct err *e)
{
	struct db_stmt *s;
	int rc;

	*r = (struct record_ids){ .d = d, .queries = queries };
	if (d->fresh)
		return 0;
	s = db_query(d->db, queries->ids);
	db_bind_int(s, "low", row_key(d->document, 0));
	db_bind_int(s, "high", row_key(d->document, UINT32_MAX));
	while ((rc = db_step(s, e)) == 1) {
		if (load(r, s, e) != 0) {
			db_reset(s);
			return -1;
		}
	}
	return rc;
}

void
record_ids_cleanup(struct record_ids *r)
{
	map_cleanup(&r->map);
	free(r->items);
	arena_cleanup(&r->arena);
	map_cleanup(&r->repeated);
	buf_cleanup(&r->id);
}

static int
read_raw(struct record_ids *r, int64_t key, struct span *raw, struct err *e)
{
	struct document_rows *d = r->d;
	struct db_stmt *s;
	int rc;

	if (r->queries->in_blocks)
		return raw_blocks_get(d->blocks, key, raw, e);
	s = db_query(d->db, r->queries->raw);
	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (rc == -1 || text_unpack(d->old, db_blob(s, 0), raw, e) != 0)
		return -1;
	db_reset(s);
	return 0;
}

/* Takes a stored record's words and rows out. */
static int
drop(struct record_ids *r, int64_t key, struct err *e)
{
	struct document_rows *d = r->d;
	struct span raw = SPAN_NONE;
	size_t i;

	if (read_raw(r, key, &raw, e) != 0)
		return -1;
	arena_reset(&r->arena);
	if (r->queries->words(d, key, raw, &r->arena, e) != 0 ||
	    search_take(d, key, e) != 0)
		return -1;
	for (i = 0; i < r->queries->n_deletes; i++)
		if (rows_delete(d->db, r->queries->deletes[i], key, e) != 0)
			return -1;
	return r->queries->in_blocks ? raw_blocks_remove(d->blocks, key, e) : 0;
}

/* "id#2" for an id that was there before. */
static struct record_id *
take_repeated(struct record_ids *r, struct record_source *source, uint32_t *ord)
{
	uint32_t n = 2;

	if (!map_add(&r->repeated, source->id, n, &n))
		map_set(&r->repeated, source->id, ++n);
	buf_reset(&r->id);
	buf_printf(&r->id, "%.*s#%" PRIu32, SPAN_ARG(source->id), n);
	source->id = buf_span(&r->id);
	map_add(&r->map, source->id, (uint32_t)r->n, ord);
	return item_at(r, *ord);
}

int
record_ids_take(struct record_ids *r, struct record_source *source,
    int64_t *key, struct digest *digest, struct err *e)
{
	digest_of(source->raw, digest);
	return record_ids_take_known(r, source, digest, key, e);
}

int
record_ids_take_known(struct record_ids *r, struct record_source *source,
    const struct digest *digest, int64_t *key, struct err *e)
{
	struct record_id *item;
	uint32_t ord;

	map_add(&r->map, source->id, (uint32_t)r->n, &ord);
	item = item_at(r, ord);
	if (item->defined && r->repeats)
		item = take_repeated(r, source, &ord);
	if (item->defined)
		return err_set(e, ERR_FORMAT, "%.*s is there twice",
		    SPAN_ARG(span_first(source->id, 64)));
	item->defined = true;
	*key = row_key(r->d->document, ord);
	place_add(r->d, ord, source->offset);
	rows_count(r->d);
	if (!item->stored) {
		r->d->outcome->n_added++;
		return 1;
	}
	if (digest_eq(&item->digest, digest))
		return 0;
	r->d->outcome->n_changed++;
	return drop(r, *key, e) == 0 ? 1 : -1;
}

int
record_ids_finish(struct record_ids *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (!r->items[i].stored || r->items[i].defined)
			continue;
		if (drop(r, row_key(r->d->document, (uint32_t)i), e) != 0)
			return -1;
		r->d->outcome->n_removed++;
	}
	return 0;
}

int
record_ids_remove(struct document_rows *d, const struct record_queries *queries,
    struct err *e)
{
	struct record_ids ids;
	int rc = record_ids_init(&ids, d, queries, e);

	if (rc == 0)
		rc = record_ids_finish(&ids, e);
	record_ids_cleanup(&ids);
	return rc;
}
