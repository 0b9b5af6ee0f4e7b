/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "eval/raw_block.h"
#include "eval/text.h"
#include "schema_index.h"

struct raw_reader {
	struct db *db;
	struct text_reader *text;  /* of the block in hand */
	struct text_reader *large; /* of a record that stands alone */
	bool has_block;
	int64_t key; /* of the block in hand */
	struct span records[RAW_BLOCK_RECORDS];
};

int
raw_block_split(
    struct span bytes, struct span records[RAW_BLOCK_RECORDS], struct err *e)
{
	struct unpack u = unpack_of(bytes);
	uint32_t slot;
	size_t i;

	for (i = 0; i < RAW_BLOCK_RECORDS; i++)
		records[i] = SPAN_NONE;
	while (u.rest.len > 0 && !u.failed) {
		slot = unpack_max(&u, RAW_BLOCK_RECORDS - 1);
		records[slot] = unpack_span(&u);
	}
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

struct raw_reader *
raw_reader_new(struct db *db)
{
	struct raw_reader *r = xcalloc(1, sizeof(*r));

	r->db = db;
	r->text = text_reader_new(db);
	r->large = text_reader_new(db);
	return r;
}

void
raw_reader_free(struct raw_reader *r)
{
	if (r == NULL)
		return;
	text_reader_free(r->text);
	text_reader_free(r->large);
	free(r);
}

/* 1: *bytes are what the row has; 0: there is none; -1. */
static int
unpack_row(struct raw_reader *r, unsigned query, int64_t key,
    struct text_reader *text, struct span *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, query);
	int rc;

	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 1 && text_unpack(text, db_blob(s, 0), bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

/* A block that is not there has no records. */
static int
load_block(struct raw_reader *r, int64_t key, struct err *e)
{
	struct span bytes = SPAN_NONE;

	if (r->has_block && r->key == key)
		return 0;
	r->has_block = false;
	if (unpack_row(r, QUERY_INDEX_RAW_BLOCK_GET, key, r->text, &bytes, e) ==
		-1 ||
	    raw_block_split(bytes, r->records, e) != 0)
		return -1;
	r->has_block = true;
	r->key = key;
	return 0;
}

int
raw_read(struct raw_reader *r, int64_t key, struct span *raw, struct err *e)
{
	int rc;

	if (load_block(r, raw_block_key(key), e) != 0)
		return -1;
	*raw = r->records[raw_block_slot(key)];
	if (raw->ptr != NULL)
		return 0;
	rc = unpack_row(r, QUERY_INDEX_RAW_LARGE_GET, key, r->large, raw, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "a record has no text");
	return rc == 1 ? 0 : -1;
}
