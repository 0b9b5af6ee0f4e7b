/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "eval/dictionary.h"
#include "indexer/cpe_rows.h"
#include "indexer/cpe_spool.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

struct cpe_rows {
	struct document_rows *d;
	struct cpe_spool *spool;
	struct record_ids ids;
	struct buf id;  /* of the product in hand */
	struct buf raw; /* its names */
};

/* What two titles begin with, whole words. */
static struct span
common(struct span a, struct span b)
{
	size_t i = 0, end = 0;

	while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i]) {
		i++;
		if ((i == a.len || a.ptr[i] == ' ') &&
		    (i == b.len || b.ptr[i] == ' '))
			end = i;
	}
	return span_first(a, end);
}

/* The product as its names show it. */
struct product {
	struct span title;
	uint64_t n;
};

static int
product_of(struct span raw, struct product *out, struct err *e)
{
	struct unpack u = unpack_of(raw);
	struct dictionary_name name;

	*out = (struct product){ 0 };
	while (dictionary_next(&u, &name)) {
		out->title =
		    out->n == 0 ? name.title : common(out->title, name.title);
		out->n++;
	}
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

/* In the body: whoever looks for a product wants its advisories first. */
static void
make_words(struct document_rows *d, struct span id, struct span title)
{
	struct buf plain = { 0 };
	size_t i;

	for (i = sizeof("cpe:2.3:a:") - 1; i < id.len; i++)
		if (id.ptr[i] != '\\')
			buf_add_char(
			    &plain, id.ptr[i] == ':' ? ' ' : id.ptr[i]);
	search_begin(d);
	words_add(&d->body, buf_span(&plain));
	words_add(&d->body, title);
	buf_cleanup(&plain);
}

static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct db_stmt *s = db_query(d->db, QUERY_INDEX_CPE_ROW);
	struct span id;
	struct product p;
	int rc;

	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc != 1)
		return rc == 0 ? err_set(e, ERR_FORMAT, "the index is damaged")
			       : -1;
	id = arena_span(a, db_text(s, 0));
	db_reset(s);
	if (product_of(raw, &p, e) != 0)
		return -1;
	make_words(d, id, p.title);
	return 0;
}

static const unsigned deletes[] = {
	QUERY_INDEX_CPE_DELETE,
	QUERY_INDEX_CPE_NAMES_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_CPE_IDS,
	.raw = QUERY_INDEX_CPE_NAMES_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
put_product(struct cpe_rows *r, int64_t key, const struct product *p,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_CPE_PUT);
	struct span packed;

	db_bind_int(s, "key", key);
	db_bind_text(s, "id", buf_span(&r->id));
	db_bind_text(s, "title", span_text(p->title));
	db_bind_int(s, "n", (int64_t)p->n);
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	if (db_run(s, e) != 0 ||
	    text_pack(r->d->text, buf_span(&r->raw), &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_CPE_NAMES_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "names", packed);
	return db_run(s, e);
}

static bool
same_name(const struct dictionary_name *a, const struct dictionary_name *b)
{
	return a->deprecated == b->deprecated && span_eq(a->title, b->title) &&
	    span_eq(a->deprecated_by, b->deprecated_by);
}

/* Names that were added, changed and removed. */
static void
count_names(struct span old, struct span now, struct index_outcome *o)
{
	struct unpack was = unpack_of(old), is = unpack_of(now);
	struct dictionary_name a, b;
	bool more_a = dictionary_next(&was, &a);
	bool more_b = dictionary_next(&is, &b);

	while (more_a || more_b) {
		int order = !more_b ? -1
		    : !more_a       ? 1
				    : span_cmp(a.rest, b.rest);

		if (order == 0 && !same_name(&a, &b))
			o->n_changed++;
		o->n_removed += order < 0;
		o->n_added += order > 0;
		if (order <= 0)
			more_a = dictionary_next(&was, &a);
		if (order >= 0)
			more_b = dictionary_next(&is, &b);
	}
}

/* What is stored of the product with the ordinal, unpacked. */
static int
stored_names(struct cpe_rows *r, uint32_t ord, struct span *out, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_CPE_NAMES_GET);
	int rc;

	db_bind_int(s, "key", row_key(r->d->document, ord));
	rc = db_step(s, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (rc == -1 || text_unpack(r->d->old, db_blob(s, 0), out, e) != 0)
		return -1;
	db_reset(s);
	return 0;
}

/* Adds to *o what becomes of the product's names. */
static int
count_product(struct cpe_rows *r, struct index_outcome *o, struct err *e)
{
	struct span old = SPAN_NONE, now = buf_span(&r->raw);
	struct digest digest;
	uint32_t ord;

	if (map_get(&r->ids.map, buf_span(&r->id), &ord) &&
	    r->ids.items[ord].stored) {
		digest_of(now, &digest);
		if (digest_eq(&digest, &r->ids.items[ord].digest))
			return 0;
		if (stored_names(r, ord, &old, e) != 0)
			return -1;
	}
	count_names(old, now, o);
	return 0;
}

/* Twin of dictionary_next(). */
static void
pack_names(struct cpe_rows *r, const struct cpe_entry *names, size_t n)
{
	size_t i;

	buf_reset(&r->id);
	buf_add_str(&r->id, "cpe:2.3:");
	buf_add_span(&r->id, names[0].product);
	buf_reset(&r->raw);
	for (i = 0; i < n; i++) {
		pack_span(&r->raw, names[i].rest);
		pack_span(&r->raw, names[i].title);
		pack_uint(&r->raw, names[i].deprecated);
		pack_span(&r->raw, names[i].deprecated_by);
	}
}

/* To record_ids.h a record is a product; to the outcome it is a name. */
static int
on_product(void *ctx, const struct cpe_entry *names, size_t n, struct err *e)
{
	struct cpe_rows *r = ctx;
	struct index_outcome outcome = *r->d->outcome;
	struct record_source source;
	struct digest digest;
	struct product p;
	int64_t key;
	int rc;

	pack_names(r, names, n);
	outcome.n_records += n;
	if (count_product(r, &outcome, e) != 0)
		return -1;
	source.id = buf_span(&r->id);
	source.raw = buf_span(&r->raw);
	source.offset = 0;
	rc = record_ids_take(&r->ids, &source, &key, &digest, e);
	*r->d->outcome = outcome;
	if (rc != 1)
		return rc;
	if (product_of(source.raw, &p, e) != 0 ||
	    put_product(r, key, &p, &digest, e) != 0)
		return -1;
	make_words(r->d, source.id, p.title);
	return search_put(r->d, key, e);
}

/* Products that are no longer there. */
static int
remove_rest(struct cpe_rows *r, struct err *e)
{
	struct index_outcome outcome = *r->d->outcome;
	struct span old = SPAN_NONE;
	size_t i;
	int rc;

	for (i = 0; i < r->ids.n; i++) {
		if (!r->ids.items[i].stored || r->ids.items[i].defined)
			continue;
		if (stored_names(r, (uint32_t)i, &old, e) != 0)
			return -1;
		count_names(old, SPAN_NONE, &outcome);
	}
	rc = record_ids_finish(&r->ids, e);
	*r->d->outcome = outcome;
	return rc;
}

static int
on_name(void *ctx, const struct cpe_name *name, struct err *e)
{
	struct cpe_rows *r = ctx;

	rows_count(r->d);
	return cpe_spool_add(r->spool, name, e);
}

static int
write_all(struct cpe_rows *r, struct err *e)
{
	struct cpe_sink sink = { r, on_name };
	struct document_rows *d = r->d;

	if (cpe_read(d->in, &sink, &d->arena, &d->info.published, e) != 0)
		return -1;
	d->outcome->n_records = 0;
	if (cpe_spool_each(r->spool, on_product, r, e) != 0)
		return -1;
	return remove_rest(r, e);
}

int
cpe_rows_write(struct document_rows *d, struct err *e)
{
	struct cpe_rows r = { .d = d, .spool = cpe_spool_new() };
	int rc = -1;

	if (record_ids_init(&r.ids, d, &queries, e) == 0)
		rc = write_all(&r, e);
	buf_reset(&d->places); /* a name is found by what it says */
	record_ids_cleanup(&r.ids);
	cpe_spool_free(r.spool);
	buf_cleanup(&r.id);
	buf_cleanup(&r.raw);
	return rc;
}

int
cpe_rows_remove(struct document_rows *d, struct err *e)
{
	struct cpe_rows r = { .d = d };
	int rc = record_ids_init(&r.ids, d, &queries, e);

	if (rc == 0)
		rc = remove_rest(&r, e);
	record_ids_cleanup(&r.ids);
	return rc;
}
