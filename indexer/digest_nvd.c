/* SPDX-License-Identifier: Apache-2.0 */
/* NVD's records, their rows and source bytes; then what products they name. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "eval/nvd_metric.h"
#include "eval/raw_block.h"
#include "indexer/digest_impl.h"
#include "schema_index.h"

struct product {
	struct span name;
	uint32_t rank; /* of the record that names it */
};

static int
hash_word(struct family_hash *h, int64_t id, struct err *e)
{
	struct db_stmt *s = db_query(h->db, QUERY_INDEX_WORD_VALUE);
	int rc;

	db_bind_int(s, "id", id);
	rc = db_step(s, e);
	if (rc == 1)
		digest_row(h, s, "t");
	db_reset(s);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	return rc == 1 ? 0 : -1;
}

static int
hash_metrics(struct family_hash *h, struct span packed, struct err *e)
{
	struct unpack u = unpack_of(packed);
	struct nvd_metric_ref m;

	while (nvd_metric_next(&u, &m)) {
		buf_reset(&h->row);
		pack_uint(&h->row, m.is_primary);
		digest_update(h->ctx, h->row.ptr, h->row.len);
		if (digest_rows(h, QUERY_INDEX_NVD_RATING_ROW, m.rating,
			"ttrtrr", e) != 0 ||
		    hash_word(h, m.source, e) != 0)
			return -1;
	}
	digest_span(h, SPAN_NONE);
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

static int
hash_cve(struct family_hash *h, int64_t key, struct err *e)
{
	struct db_stmt *s = db_query(h->db, QUERY_INDEX_NVD_CVE_ROW);
	int rc;

	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 1) {
		digest_row(h, s, "tiitttb");
		rc = hash_metrics(h, db_blob(s, 7), e);
	}
	db_reset(s);
	return rc;
}

static int
hash_record(struct family_hash *h, struct raw_reader *reader, int64_t key,
    struct err *e)
{
	struct span raw;

	if (hash_cve(h, key, e) != 0 ||
	    digest_rows(h, QUERY_INDEX_NVD_KEV_ROWS, key, "tttt", e) != 0 ||
	    raw_read(reader, key, &raw, e) != 0)
		return -1;
	digest_span(h, raw);
	return 0;
}

static int
hash_records(struct family_hash *h, const struct digest_ids *ids,
    int64_t document, struct err *e)
{
	struct raw_reader *reader = raw_reader_new(h->db);
	size_t i;
	int rc = 0;

	for (i = 0; i < ids->n && rc == 0; i++) {
		digest_place(h, ids->items[i].ord);
		rc = hash_record(
		    h, reader, row_key(document, ids->items[i].ord), e);
		if (rc != 0)
			err_context(e, "%.*s", SPAN_ARG(ids->items[i].id));
	}
	digest_span(h, SPAN_NONE);
	raw_reader_free(reader);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct product *x = a, *y = b;
	int order = span_cmp(x->name, y->name);

	return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static void
hash_sorted(struct family_hash *h, struct product *items, size_t n)
{
	size_t i;

	if (n > 0)
		qsort(items, n, sizeof(*items), by_name);
	for (i = 0; i < n; i++) {
		buf_reset(&h->row);
		pack_span(&h->row, items[i].name);
		pack_uint(&h->row, items[i].rank);
		digest_update(h->ctx, h->row.ptr, h->row.len);
	}
}

static int
hash_products(struct family_hash *h, const struct digest_ids *ids,
    int64_t document, struct err *e)
{
	struct db_stmt *s = db_query(h->db, QUERY_INDEX_NVD_PRODUCT_ROWS);
	struct product *items = NULL;
	size_t n = 0, cap = 0;
	int rc;

	arena_reset(&h->arena);
	db_bind_int(s, "low", row_key(document, 0));
	db_bind_int(s, "high", row_key(document, UINT32_MAX));
	while ((rc = db_step(s, e)) == 1) {
		items = xgrow(items, &cap, n + 1, sizeof(*items));
		items[n].rank = digest_rank(ids, (uint64_t)db_int(s, 0));
		items[n++].name = arena_span(&h->arena, db_text(s, 1));
	}
	if (rc == 0)
		hash_sorted(h, items, n);
	digest_span(h, SPAN_NONE);
	free(items);
	return rc;
}

int
digest_nvd(struct family_hash *h, int64_t document, struct err *e)
{
	struct digest_ids ids;
	int rc = digest_ids_load(h, &ids, QUERY_INDEX_NVD_IDS, document, e);

	if (rc == 0)
		rc = hash_records(h, &ids, document, e);
	if (rc == 0)
		rc = hash_products(h, &ids, document, e);
	digest_ids_cleanup(&ids);
	return rc;
}
