/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <zstd.h>

#include "base/mem.h"
#include "eval/text.h"
#include "schema_index.h"

#define DICTIONARIES_MAX 64 /* that one reader keeps open */

struct opened {
	unsigned id;
	ZSTD_DDict *dictionary;
};

struct text_reader {
	struct db *db;
	ZSTD_DCtx *zstd;
	struct opened opened[DICTIONARIES_MAX];
	size_t n_opened;
	struct buf raw;
};

struct text_reader *
text_reader_new(struct db *db)
{
	struct text_reader *r = xcalloc(1, sizeof(*r));

	r->db = db;
	r->zstd = ZSTD_createDCtx();
	if (r->zstd == NULL)
		abort();
	return r;
}

void
text_reader_free(struct text_reader *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_opened; i++)
		ZSTD_freeDDict(r->opened[i].dictionary);
	ZSTD_freeDCtx(r->zstd);
	buf_cleanup(&r->raw);
	free(r);
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "a text in the index is damaged: make it anew with `scapcache "
	    "index verify` and `scapcache sync`");
}

static int
find_dictionary(
    struct text_reader *r, unsigned id, ZSTD_DDict **out, struct err *e)
{
	struct db_stmt *s;
	struct span bytes;
	size_t i;
	int rc;

	for (i = 0; i < r->n_opened; i++)
		if (r->opened[i].id == id) {
			*out = r->opened[i].dictionary;
			return 0;
		}
	s = db_query(r->db, QUERY_INDEX_DICTIONARY_GET);
	db_bind_int(s, "id", id);
	rc = db_step(s, e);
	if (rc == -1)
		return -1;
	if (rc == 0 || i == DICTIONARIES_MAX)
		return damaged(e);
	bytes = db_blob(s, 0);
	r->opened[i].id = id;
	r->opened[i].dictionary = ZSTD_createDDict(bytes.ptr, bytes.len);
	*out = r->opened[i].dictionary;
	r->n_opened++;
	db_reset(s);
	return 0;
}

int
text_unpack(
    struct text_reader *r, struct span packed, struct span *raw, struct err *e)
{
	unsigned id = ZSTD_getDictID_fromFrame(packed.ptr, packed.len);
	unsigned long long size =
	    ZSTD_getFrameContentSize(packed.ptr, packed.len);
	ZSTD_DDict *dictionary = NULL;
	size_t n;

	/* Both error values of the size are above the limit. */
	if (size > TEXT_RAW_MAX)
		return damaged(e);
	if (id != 0 && find_dictionary(r, id, &dictionary, e) != 0)
		return -1;
	buf_reset(&r->raw);
	buf_reserve(&r->raw, (size_t)size + 1);
	n = ZSTD_decompress_usingDDict(r->zstd, r->raw.ptr, (size_t)size,
	    packed.ptr, packed.len, dictionary);
	if (ZSTD_isError(n) != 0 || n != size)
		return damaged(e);
	*raw = span_make(r->raw.ptr, n);
	return 0;
}
