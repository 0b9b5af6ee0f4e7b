/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "indexer/digest_impl.h"
#include "schema_index.h"

void
digest_row(struct family_hash *h, struct db_stmt *s, const char *columns)
{
	double real;
	int i;

	buf_reset(&h->row);
	for (i = 0; columns[i] != '\0'; i++) {
		pack_uint(&h->row, db_is_null(s, i));
		switch (columns[i]) {
		case 'i':
			pack_int(&h->row, db_int(s, i));
			break;
		case 'r':
			real = db_real(s, i);
			buf_add(&h->row, &real, sizeof(real));
			break;
		case 't':
			pack_span(&h->row, db_text(s, i));
			break;
		default:
			pack_span(&h->row, db_blob(s, i));
		}
	}
	digest_update(h->ctx, h->row.ptr, h->row.len);
}

void
digest_span(struct family_hash *h, struct span s)
{
	buf_reset(&h->row);
	pack_span(&h->row, s);
	digest_update(h->ctx, h->row.ptr, h->row.len);
}

void
digest_place(struct family_hash *h, uint32_t ord)
{
	buf_reset(&h->row);
	pack_uint(
	    &h->row, ord < h->places.n ? h->places.offsets[ord] : UINT64_MAX);
	digest_update(h->ctx, h->row.ptr, h->row.len);
}

int
digest_rows(struct family_hash *h, unsigned query, int64_t key,
    const char *columns, struct err *e)
{
	struct db_stmt *s = db_query(h->db, query);
	int rc;

	db_bind_int(s, "key", key);
	while ((rc = db_step(s, e)) == 1)
		digest_row(h, s, columns);
	digest_span(h, SPAN_NONE);
	return rc;
}

int
digest_raw(struct family_hash *h, unsigned query, int64_t key, struct err *e)
{
	struct db_stmt *s = db_query(h->db, query);
	struct span raw;
	int rc;

	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "a record has no text");
	if (rc == -1 || text_unpack(h->text, db_blob(s, 0), &raw, e) != 0)
		return -1;
	db_reset(s);
	digest_span(h, raw);
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct digest_id *x = a, *y = b;

	return span_cmp(x->id, y->id);
}

int
digest_ids_load(struct family_hash *h, struct digest_ids *ids, unsigned query,
    int64_t document, struct err *e)
{
	struct db_stmt *s = db_query(h->db, query);
	uint32_t i;
	int rc;

	*ids = (struct digest_ids){ 0 };
	db_bind_int(s, "low", row_key(document, 0));
	db_bind_int(s, "high", row_key(document, UINT32_MAX));
	while ((rc = db_step(s, e)) == 1) {
		ids->items = xgrow(
		    ids->items, &ids->cap, ids->n + 1, sizeof(*ids->items));
		ids->items[ids->n].ord = (uint32_t)db_int(s, 0);
		ids->items[ids->n].id = arena_span(&ids->arena, db_text(s, 1));
		if (ids->items[ids->n].ord >= ids->n_ranks)
			ids->n_ranks = ids->items[ids->n].ord + 1;
		ids->n++;
	}
	if (ids->n > 0)
		qsort(ids->items, ids->n, sizeof(*ids->items), by_id);
	ids->ranks = xmalloc(xmul(ids->n_ranks, sizeof(*ids->ranks)));
	memset(ids->ranks, 0xff, xmul(ids->n_ranks, sizeof(*ids->ranks)));
	for (i = 0; i < ids->n; i++)
		ids->ranks[ids->items[i].ord] = i;
	return rc;
}

void
digest_ids_cleanup(struct digest_ids *ids)
{
	free(ids->items);
	free(ids->ranks);
	arena_cleanup(&ids->arena);
}

uint32_t
digest_rank(const struct digest_ids *ids, uint64_t ord)
{
	return ord < ids->n_ranks ? ids->ranks[ord] : UINT32_MAX;
}

/* A document of the family and what hashes its records. */
struct family_document {
	int64_t id;
	enum document_format format;
};

/* Of the formats that share their rows with no other. */
static int (*const digests[])(
    struct family_hash *h, int64_t document, struct err *e) = {
	[DOCUMENT_OVAL] = digest_oval,
	[DOCUMENT_NVD] = digest_nvd,
	[DOCUMENT_NVD_11] = digest_nvd,
	[DOCUMENT_USN] = digest_usn,
	[DOCUMENT_KEV] = digest_kev,
	[DOCUMENT_EPSS] = digest_epss,
	[DOCUMENT_REPOSITORY_CPE] = digest_repository,
	[DOCUMENT_CPE] = digest_cpe,
	[DOCUMENT_DATASTREAM] = digest_datastream,
};

static int
hash_document(struct family_hash *h, int64_t id, enum document_format format,
    struct err *e)
{
	if (digest_rows(h, QUERY_INDEX_DOCUMENT_ROW, id, "ttttttttitttti", e) !=
		0 ||
	    place_load(h->db, id, &h->places, e) != 0)
		return -1;
	return document_format_advisories(format) != NULL
	    ? digest_advisory(h, id, e)
	    : digests[format](h, id, e);
}

static int
hash_documents(struct family_hash *h, struct err *e)
{
	struct db_stmt *s = db_query(h->db, QUERY_INDEX_DOCUMENT_LIST);
	struct family_document *all = NULL;
	size_t n = 0, cap = 0, i;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		all = xgrow(all, &cap, n + 1, sizeof(*all));
		all[n].id = db_int(s, 0);
		if (!document_format_parse(db_text(s, 2), &all[n].format)) {
			rc = err_set(e, ERR_FORMAT,
			    "document %.*s has an unknown format",
			    SPAN_ARG(db_text(s, 1)));
			db_reset(s);
			break;
		}
		n++;
	}
	for (i = 0; i < n && rc == 0; i++)
		rc = hash_document(h, all[i].id, all[i].format, e);
	free(all);
	return rc;
}

int
family_digests(const char *path, struct family_digests *out, struct err *e)
{
	struct family_hash h = { 0 };
	int rc;

	if (db_open(&h.db, path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, e) != 0)
		return -1;
	h.ctx = digest_new();
	h.plan = digest_new();
	h.text = text_reader_new(h.db);
	rc = hash_documents(&h, e);
	if (rc == 0) {
		digest_final(h.ctx, &out->content);
		digest_final(h.plan, &out->plan);
	} else {
		err_context(e, "%s", path);
	}
	text_reader_free(h.text);
	digest_free(h.ctx);
	digest_free(h.plan);
	places_cleanup(&h.places);
	buf_cleanup(&h.row);
	arena_cleanup(&h.arena);
	db_close(h.db);
	return rc;
}
