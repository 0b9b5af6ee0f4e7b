/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/pack.h"
#include "indexer/raw_blocks.h"
#include "schema_index.h"

/*
 * New records fill the last block while changed ones are here and there, so
 * one block would be packed again and again. At most 4 MiB each.
 */
#define OPEN_MAX 4

struct open_block {
	bool in_use;
	bool changed;
	int64_t key;
	uint64_t used; /* when, by number of calls */
	struct span records[RAW_BLOCK_RECORDS];
	struct arena arena; /* of the records */
};

struct raw_blocks {
	struct db *db;
	struct text_writer *writer;
	struct text_reader *reader;
	struct open_block open[OPEN_MAX];
	uint64_t n_calls;
	struct buf bytes; /* of a block, unpacked */
};

struct raw_blocks *
raw_blocks_new(struct db *db, struct text_writer *text)
{
	struct raw_blocks *b = xcalloc(1, sizeof(*b));

	b->db = db;
	b->writer = text;
	b->reader = text_reader_new(db);
	return b;
}

void
raw_blocks_free(struct raw_blocks *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < OPEN_MAX; i++)
		arena_cleanup(&b->open[i].arena);
	text_reader_free(b->reader);
	buf_cleanup(&b->bytes);
	free(b);
}

static int
write_row(struct raw_blocks *b, unsigned query, int64_t key, struct span packed,
    struct err *e)
{
	struct db_stmt *s = db_query(b->db, query);

	db_bind_int(s, "key", key);
	db_bind_blob(s, "packed", packed);
	return db_run(s, e);
}

static int
delete_row(struct raw_blocks *b, unsigned query, int64_t key, struct err *e)
{
	struct db_stmt *s = db_query(b->db, query);

	db_bind_int(s, "key", key);
	return db_run(s, e);
}

/* A block whose records are all gone goes, too. */
static int
write_block(struct raw_blocks *b, struct open_block *o, struct err *e)
{
	struct span packed;
	size_t i;

	buf_reset(&b->bytes);
	for (i = 0; i < RAW_BLOCK_RECORDS; i++) {
		if (o->records[i].ptr == NULL)
			continue;
		pack_uint(&b->bytes, i);
		pack_span(&b->bytes, o->records[i]);
	}
	if (b->bytes.len == 0)
		return delete_row(b, QUERY_INDEX_RAW_BLOCK_DELETE, o->key, e);
	text_pack_block(b->writer, buf_span(&b->bytes), &packed);
	return write_row(b, QUERY_INDEX_RAW_BLOCK_PUT, o->key, packed, e);
}

static int
close_block(struct raw_blocks *b, struct open_block *o, struct err *e)
{
	if (o->in_use && o->changed && write_block(b, o, e) != 0)
		return -1;
	o->in_use = false;
	o->changed = false;
	arena_reset(&o->arena);
	return 0;
}

static int
read_block(struct raw_blocks *b, struct open_block *o, struct err *e)
{
	struct db_stmt *s = db_query(b->db, QUERY_INDEX_RAW_BLOCK_GET);
	struct span bytes = SPAN_NONE;
	int rc;

	db_bind_int(s, "key", o->key);
	rc = db_step(s, e);
	if (rc == 1 && text_unpack(b->reader, db_blob(s, 0), &bytes, e) != 0)
		rc = -1;
	db_reset(s);
	if (rc == -1)
		return -1;
	if (rc == 1)
		bytes = arena_span(&o->arena, bytes);
	return raw_block_split(bytes, o->records, e);
}

/* The record's block; the one that was not used for longest makes room. */
static int
open_block(
    struct raw_blocks *b, int64_t key, struct open_block **out, struct err *e)
{
	struct open_block *o = &b->open[0];
	int64_t block = raw_block_key(key);
	size_t i;

	b->n_calls++;
	for (i = 0; i < OPEN_MAX; i++) {
		if (b->open[i].in_use && b->open[i].key == block) {
			o = &b->open[i];
			break;
		}
		if (b->open[i].used < o->used)
			o = &b->open[i];
	}
	if (i == OPEN_MAX) {
		if (close_block(b, o, e) != 0)
			return -1;
		o->key = block;
		if (read_block(b, o, e) != 0)
			return -1;
		o->in_use = true;
	}
	o->used = b->n_calls;
	*out = o;
	return 0;
}

static int
put_large(struct raw_blocks *b, int64_t key, struct span raw, struct err *e)
{
	struct span packed;

	text_pack_block(b->writer, raw, &packed);
	return write_row(b, QUERY_INDEX_RAW_LARGE_PUT, key, packed, e);
}

int
raw_blocks_put(
    struct raw_blocks *b, int64_t key, struct span raw, struct err *e)
{
	struct open_block *o;

	if (text_sample(b->writer, raw, e) != 0)
		return -1;
	if (raw.len > RAW_BLOCK_RECORD_MAX)
		return put_large(b, key, raw, e);
	if (open_block(b, key, &o, e) != 0)
		return -1;
	o->records[raw_block_slot(key)] = arena_span(&o->arena, raw);
	o->changed = true;
	return 0;
}

static int
get_large(struct raw_blocks *b, int64_t key, struct span *raw, struct err *e)
{
	struct db_stmt *s = db_query(b->db, QUERY_INDEX_RAW_LARGE_GET);
	int rc;

	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 1 && text_unpack(b->reader, db_blob(s, 0), raw, e) != 0)
		rc = -1;
	db_reset(s);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	return rc == 1 ? 0 : -1;
}

int
raw_blocks_get(
    struct raw_blocks *b, int64_t key, struct span *raw, struct err *e)
{
	struct open_block *o;

	if (open_block(b, key, &o, e) != 0)
		return -1;
	*raw = o->records[raw_block_slot(key)];
	return raw->ptr != NULL ? 0 : get_large(b, key, raw, e);
}

int
raw_blocks_remove(struct raw_blocks *b, int64_t key, struct err *e)
{
	struct open_block *o;

	if (open_block(b, key, &o, e) != 0)
		return -1;
	if (o->records[raw_block_slot(key)].ptr == NULL)
		return delete_row(b, QUERY_INDEX_RAW_LARGE_DELETE, key, e);
	o->records[raw_block_slot(key)] = SPAN_NONE;
	o->changed = true;
	return 0;
}

int
raw_blocks_flush(struct raw_blocks *b, struct err *e)
{
	size_t i;

	for (i = 0; i < OPEN_MAX; i++)
		if (close_block(b, &b->open[i], e) != 0)
			return -1;
	return 0;
}
