/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ahead.h"
#include "eval/nvd_metric.h"
#include "indexer/nvd_intern.h"
#include "indexer/nvd_prepare.h"
#include "indexer/nvd_rows.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

struct nvd_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct nvd_intern intern;
	struct nvd_preparing preparing; /* the thread's that parses */
	struct nvd_header header;       /* at its end */
	struct buf product;             /* in hand: vendor:product */
	struct buf metrics;             /* of the record in hand, packed */
};

enum nvd_shape
nvd_rows_shape(enum document_format format)
{
	return format == DOCUMENT_NVD_11 ? NVD_SHAPE_11 : NVD_SHAPE_20;
}

static struct span
product_name(const struct nvd_product *p, struct buf *b)
{
	buf_reset(b);
	buf_add_span(b, p->vendor);
	buf_add_char(b, ':');
	buf_add_span(b, p->product);
	return buf_span(b);
}

static int
delete_products(struct document_rows *d, int64_t key,
    const struct nvd_products *products, struct err *e)
{
	struct buf name = { 0 };
	struct db_stmt *s;
	size_t i;
	int rc = 0;

	for (i = 0; i < products->n && rc == 0; i++) {
		s = db_query(d->db, QUERY_INDEX_NVD_PRODUCT_DELETE);
		db_bind_int(s, "cve", key);
		db_bind_text(
		    s, "product", product_name(&products->items[i], &name));
		rc = db_run(s, e);
	}
	buf_cleanup(&name);
	return rc;
}

static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct nvd_products products;
	struct nvd_cve cve;

	if (nvd_read_record(raw, nvd_rows_shape(d->format), a, &cve, e) != 0)
		return -1;
	products = nvd_find_products(&cve, a);
	search_begin(d);
	nvd_words(&d->head, &d->body, &cve, &products);
	return delete_products(d, key, &products, e);
}

static const unsigned deletes[] = {
	QUERY_INDEX_NVD_CVE_DELETE,
	QUERY_INDEX_NVD_KEV_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_NVD_IDS,
	.in_blocks = true,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
pack_metrics(struct nvd_rows *r, const struct nvd_cve *cve, struct err *e)
{
	int64_t rating, source;
	size_t i;

	buf_reset(&r->metrics);
	for (i = 0; i < cve->n_metrics; i++) {
		const struct nvd_metric *m = &cve->metrics[i];

		if (nvd_intern_rating(&r->intern, m, &rating, e) != 0 ||
		    intern_word(&r->intern.words, m->source, &source, e) != 0)
			return -1;
		nvd_metric_pack(&r->metrics,
		    &(struct nvd_metric_ref){
			(uint32_t)rating, (uint32_t)source, m->is_primary });
	}
	return 0;
}

static int
put_cve(struct nvd_rows *r, int64_t key, const struct nvd_cve *cve,
    const struct digest *digest, struct err *e)
{
	struct intern *words = &r->intern.words;
	int64_t id, status, assigner, tags;
	struct db_stmt *s;

	if (nvd_intern_id(&r->intern, cve->id, &id, e) != 0 ||
	    intern_word(words, cve->status, &status, e) != 0 ||
	    intern_word(words, cve->assigner, &assigner, e) != 0 ||
	    intern_word(words, cve->tags, &tags, e) != 0 ||
	    pack_metrics(r, cve, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_CVE_PUT);
	db_bind_int(s, "key", key);
	db_bind_int(s, "id", id);
	db_bind_int(s, "published", cve->published);
	db_bind_int(s, "modified", cve->modified);
	db_bind_int(s, "status", status);
	db_bind_int(s, "assigner", assigner);
	db_bind_int(s, "tags", tags);
	db_bind_blob(s, "metrics", span_text(buf_span(&r->metrics)));
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	return db_run(s, e);
}

static int
put_kev(
    struct nvd_rows *r, int64_t key, const struct nvd_kev *kev, struct err *e)
{
	struct db_stmt *s;

	if (kev->exploit_add.len == 0)
		return 0;
	s = db_query(r->d->db, QUERY_INDEX_NVD_KEV_PUT);
	db_bind_int(s, "cve", key);
	db_bind_text(s, "exploit_add", kev->exploit_add);
	db_bind_text(s, "action_due", span_text(kev->action_due));
	db_bind_text(s, "required_action", span_text(kev->required_action));
	db_bind_text(s, "name", span_text(kev->name));
	return db_run(s, e);
}

static int
put_product(
    struct nvd_rows *r, int64_t key, const struct nvd_product *p, struct err *e)
{
	struct span name = product_name(p, &r->product);
	struct db_stmt *s;
	int64_t product;

	if (intern_word(&r->intern.words, name, &product, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_PRODUCT_PUT);
	db_bind_int(s, "product", product);
	db_bind_int(s, "cve", key);
	return db_run(s, e);
}

static int
put_parts(struct nvd_rows *r, int64_t key, const struct nvd_cve *cve,
    const struct nvd_products *products, struct err *e)
{
	size_t i;
	int rc = put_kev(r, key, &cve->kev, e);

	for (i = 0; i < products->n && rc == 0; i++)
		rc = put_product(r, key, &products->items[i], e);
	return rc;
}

static int
put_words(struct nvd_rows *r, int64_t key, const struct nvd_prepared *p,
    struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_SEARCH_PUT);

	db_bind_int(s, "key", key);
	db_bind_text(s, "head", p->head);
	db_bind_text(s, "body", p->body);
	return db_run(s, e);
}

static int
take_record(void *ctx, const void *item, struct err *e)
{
	struct nvd_rows *r = ctx;
	const struct nvd_prepared *p = item;
	const struct nvd_cve *cve = &p->cve;
	struct record_source source = { cve->id, cve->raw, cve->offset };
	int64_t key;
	int rc = record_ids_take_known(&r->ids, &source, &p->digest, &key, e);

	if (rc != 1)
		return rc;
	if (put_cve(r, key, cve, &p->digest, e) != 0 ||
	    put_parts(r, key, cve, &p->products, e) != 0 ||
	    raw_blocks_put(r->d->blocks, key, cve->raw, e) != 0)
		return -1;
	return put_words(r, key, p, e);
}

/* --- in the thread that parses --- */

struct feeding {
	struct nvd_rows *rows;
	struct ahead *ahead;
};

static int
on_cve(void *ctx, const struct nvd_cve *cve, struct err *e)
{
	struct feeding *f = ctx;
	const struct nvd_prepared *prepared;

	if (nvd_prepare(&f->rows->preparing, cve, ahead_arena(f->ahead),
		&prepared, e) != 0)
		return -1;
	return ahead_add(f->ahead, prepared, e);
}

static int
make_records(void *ctx, struct ahead *a, struct err *e)
{
	struct nvd_rows *r = ctx;
	struct feeding f = { r, a };
	struct nvd_sink sink = { &f, on_cve };

	return nvd_read(r->d->in, nvd_rows_shape(r->d->format), &sink,
	    &r->d->arena, &r->header, e);
}

int
nvd_rows_write(struct document_rows *d, struct err *e)
{
	struct nvd_rows r = { .d = d };
	const struct ahead_work work = { &r, make_records, take_record };
	int rc = -1;

	nvd_intern_init(&r.intern, d->db);
	words_init();
	if (record_ids_init(&r.ids, d, &queries, e) != 0 ||
	    ahead_run(&work, e) != 0)
		goto out;
	d->info.product_name = r.header.format;
	d->info.schema_version = r.header.version;
	d->info.published = r.header.timestamp;
	if (record_ids_finish(&r.ids, e) == 0)
		rc = raw_blocks_flush(d->blocks, e);
out:
	record_ids_cleanup(&r.ids);
	nvd_intern_cleanup(&r.intern);
	nvd_preparing_cleanup(&r.preparing);
	buf_cleanup(&r.product);
	buf_cleanup(&r.metrics);
	return rc;
}

int
nvd_rows_remove(struct document_rows *d, struct err *e)
{
	if (record_ids_remove(d, &queries, e) != 0)
		return -1;
	return raw_blocks_flush(d->blocks, e);
}
