/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories of every format: records by id, statements by what they say. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "eval/advisory_text.h"
#include "indexer/digest_impl.h"
#include "schema_index.h"

struct advisory_hash {
	struct family_hash *h;
	struct advisory_texts *texts;
	struct buf rows; /* all statements about one package, packed */
	struct span *items;
	size_t n;
	size_t cap;
};

static void
add_row(struct advisory_hash *a, const struct advisory_package *p)
{
	const struct span texts[] = { p->cve, p->distribution, p->release,
		p->version, p->arch, p->module, p->pocket, p->severity,
		p->detail };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		pack_span(&a->rows, texts[i]);
	pack_uint(&a->rows, (uint64_t)p->state << 1 | p->is_source);
}

/* Numbers of words come in the order of arrival: texts are what is sorted. */
static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return span_cmp(*x, *y);
}

/* Rows lie one behind the other: their lengths are kept, then their places. */
static int
add_facts(
    struct advisory_hash *a, struct span packed, uint32_t name, struct err *e)
{
	struct advisory_unpack u = advisory_unpack_of(packed, name);
	struct advisory_package p;
	struct advisory_fact f;
	uint32_t product;
	size_t before;
	int rc;

	while ((rc = advisory_unpack_group(&u, &product, e)) == 1)
		while ((rc = advisory_unpack_fact(&u, &f, e)) != 0) {
			if (rc == -1 ||
			    advisory_texts_package(a->texts, &f, &p, e) != 0)
				return -1;
			before = a->rows.len;
			add_row(a, &p);
			a->items = xgrow(
			    a->items, &a->cap, a->n + 1, sizeof(*a->items));
			a->items[a->n++].len = a->rows.len - before;
		}
	return rc;
}

static void
hash_rows(struct advisory_hash *a)
{
	size_t i, at = 0;

	for (i = 0; i < a->n; at += a->items[i++].len)
		a->items[i].ptr = a->rows.ptr + at;
	if (a->n > 0)
		qsort(a->items, a->n, sizeof(*a->items), by_bytes);
	for (i = 0; i < a->n; i++)
		digest_span(a->h, a->items[i]);
	digest_span(a->h, SPAN_NONE);
}

static int
hash_packages(struct advisory_hash *a, int64_t key, struct err *e)
{
	struct db_stmt *s =
	    db_query(a->h->db, QUERY_INDEX_ADVISORY_PACKAGE_ROWS);
	int rc;

	db_bind_int(s, "key", key);
	while ((rc = db_step(s, e)) == 1) {
		digest_span(a->h, db_text(s, 0));
		buf_reset(&a->rows);
		a->n = 0;
		if (add_facts(a, db_blob(s, 1), (uint32_t)db_int(s, 2), e) !=
		    0) {
			db_reset(s);
			return -1;
		}
		hash_rows(a);
	}
	digest_span(a->h, SPAN_NONE);
	advisory_texts_trim(a->texts);
	return rc;
}

static int
hash_record(struct advisory_hash *a, int64_t key, struct err *e)
{
	if (digest_rows(a->h, QUERY_INDEX_ADVISORY_ROW, key, "tiiittb", e) !=
		0 ||
	    digest_rows(a->h, QUERY_INDEX_ADVISORY_ALIAS_ROWS, key, "ti", e) !=
		0 ||
	    hash_packages(a, key, e) != 0)
		return -1;
	return digest_raw(a->h, QUERY_INDEX_ADVISORY_RAW_GET, key, e);
}

int
digest_advisory(struct family_hash *h, int64_t document, struct err *e)
{
	struct advisory_hash a = { .h = h };
	struct digest_ids ids;
	size_t i;
	int rc =
	    digest_ids_load(h, &ids, QUERY_INDEX_ADVISORY_IDS, document, e);

	a.texts = advisory_texts_new(h->db);
	for (i = 0; i < ids.n && rc == 0; i++) {
		digest_place(h, ids.items[i].ord);
		rc = hash_record(&a, row_key(document, ids.items[i].ord), e);
		if (rc != 0)
			err_context(e, "%.*s", SPAN_ARG(ids.items[i].id));
	}
	digest_span(h, SPAN_NONE);
	digest_ids_cleanup(&ids);
	advisory_texts_free(a.texts);
	buf_cleanup(&a.rows);
	free(a.items);
	return rc;
}
