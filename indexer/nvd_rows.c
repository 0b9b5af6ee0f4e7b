/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/nvd_intern.h"
#include "indexer/nvd_rows.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

struct nvd_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct nvd_intern intern;
	struct arena words; /* products, while a record is cut into words */
};

enum nvd_shape
nvd_rows_shape(enum document_format format)
{
	return format == DOCUMENT_NVD_11 ? NVD_SHAPE_11 : NVD_SHAPE_20;
}

static void
make_words(struct document_rows *d, const struct nvd_cve *cve, struct arena *a)
{
	struct span vendor, product;
	size_t i;

	search_begin(d);
	words_add_id(&d->head, cve->id);
	for (i = 0; i < cve->n_weaknesses; i++)
		words_add_id(&d->head, cve->weaknesses[i].value);
	for (i = 0; i < cve->n_matches; i++) {
		if (!cve->matches[i].vulnerable ||
		    !nvd_cpe_product(cve->matches[i].cpe, a, &vendor, &product))
			continue;
		words_add(&d->head, vendor);
		words_add(&d->head, product);
	}
	for (i = 0; i < cve->n_descriptions; i++)
		if (span_is(cve->descriptions[i].lang, "en"))
			words_add(&d->body, cve->descriptions[i].value);
}

static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct nvd_cve cve;

	(void)key;
	if (nvd_read_record(raw, nvd_rows_shape(d->format), a, &cve, e) != 0)
		return -1;
	make_words(d, &cve, a);
	return 0;
}

static const unsigned deletes[] = {
	QUERY_INDEX_NVD_CVE_DELETE,
	QUERY_INDEX_NVD_KEV_DELETE,
	QUERY_INDEX_NVD_DESCRIPTION_DELETE,
	QUERY_INDEX_NVD_METRIC_DELETE,
	QUERY_INDEX_NVD_WEAKNESS_DELETE,
	QUERY_INDEX_NVD_REFERENCE_DELETE,
	QUERY_INDEX_NVD_NODE_DELETE,
	QUERY_INDEX_NVD_MATCH_DELETE,
	QUERY_INDEX_NVD_RAW_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_NVD_IDS,
	.raw = QUERY_INDEX_NVD_RAW_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
put_cve(struct nvd_rows *r, int64_t key, const struct nvd_cve *cve,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s;
	int64_t assigner;

	if (intern_word(&r->intern.words, cve->assigner, &assigner, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_CVE_PUT);
	db_bind_int(s, "key", key);
	db_bind_text(s, "id", cve->id);
	db_bind_int(s, "published", cve->published);
	db_bind_int(s, "modified", cve->modified);
	db_bind_text(s, "status", span_text(cve->status));
	db_bind_int(s, "assigner", assigner);
	db_bind_text(s, "tags", span_text(cve->tags));
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
put_descriptions(
    struct nvd_rows *r, int64_t key, const struct nvd_cve *cve, struct err *e)
{
	struct db_stmt *s;
	size_t i;

	for (i = 0; i < cve->n_descriptions; i++) {
		s = db_query(r->d->db, QUERY_INDEX_NVD_DESCRIPTION_PUT);
		db_bind_int(s, "cve", key);
		db_bind_int(s, "n", (int64_t)i);
		db_bind_text(s, "lang", span_text(cve->descriptions[i].lang));
		db_bind_text(s, "value", span_text(cve->descriptions[i].value));
		if (db_run(s, e) != 0)
			return -1;
	}
	return 0;
}

/* An unbound parameter is SQL NULL. */
static void
bind_number(struct db_stmt *s, const char *name, struct nvd_number n)
{
	if (n.known)
		db_bind_real(s, name, n.value);
}

static int
put_metric(struct nvd_rows *r, int64_t key, size_t n,
    const struct nvd_metric *m, struct err *e)
{
	struct db_stmt *s;
	int64_t source;

	if (intern_word(&r->intern.words, m->source, &source, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_METRIC_PUT);
	db_bind_int(s, "cve", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_text(s, "version", span_text(m->version));
	db_bind_int(s, "source", source);
	db_bind_int(s, "is_primary", m->is_primary);
	db_bind_text(s, "vector", span_text(m->vector));
	bind_number(s, "score", m->score);
	db_bind_text(s, "severity", span_text(m->severity));
	bind_number(s, "exploitability", m->exploitability);
	bind_number(s, "impact", m->impact);
	return db_run(s, e);
}

static int
put_weakness(struct nvd_rows *r, int64_t key, size_t n,
    const struct nvd_weakness *w, struct err *e)
{
	struct db_stmt *s;
	int64_t source, value;

	if (intern_word(&r->intern.words, w->source, &source, e) != 0 ||
	    intern_word(&r->intern.words, w->value, &value, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_WEAKNESS_PUT);
	db_bind_int(s, "cve", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_int(s, "source", source);
	db_bind_int(s, "value", value);
	return db_run(s, e);
}

static int
put_reference(struct nvd_rows *r, int64_t key, size_t n,
    const struct nvd_reference *ref, struct err *e)
{
	struct db_stmt *s;
	int64_t source, tags;

	if (intern_word(&r->intern.words, ref->source, &source, e) != 0 ||
	    intern_word(&r->intern.words, ref->tags, &tags, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_REFERENCE_PUT);
	db_bind_int(s, "cve", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_text(s, "url", span_text(ref->url));
	db_bind_int(s, "source", source);
	db_bind_int(s, "tags", tags);
	return db_run(s, e);
}

static int
put_node(struct nvd_rows *r, int64_t key, size_t n, const struct nvd_node *node,
    struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_NVD_NODE_PUT);

	db_bind_int(s, "cve", key);
	db_bind_int(s, "node", (int64_t)n);
	db_bind_int(s, "parent",
	    node->parent == NVD_NO_PARENT ? -1 : (int64_t)node->parent);
	db_bind_int(s, "is_and", node->is_and);
	db_bind_int(s, "negate", node->negate);
	return db_run(s, e);
}

static int
put_match(struct nvd_rows *r, int64_t key, size_t n, const struct nvd_match *m,
    struct err *e)
{
	struct db_stmt *s;
	int64_t criteria;

	if (nvd_intern_criteria(&r->intern, m, &criteria, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_MATCH_PUT);
	db_bind_int(s, "cve", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_int(s, "node", m->node);
	db_bind_int(s, "vulnerable", m->vulnerable);
	db_bind_int(s, "criteria", criteria);
	return db_run(s, e);
}

static int
put_parts(
    struct nvd_rows *r, int64_t key, const struct nvd_cve *cve, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < cve->n_metrics && rc == 0; i++)
		rc = put_metric(r, key, i, &cve->metrics[i], e);
	for (i = 0; i < cve->n_weaknesses && rc == 0; i++)
		rc = put_weakness(r, key, i, &cve->weaknesses[i], e);
	for (i = 0; i < cve->n_references && rc == 0; i++)
		rc = put_reference(r, key, i, &cve->references[i], e);
	for (i = 0; i < cve->n_nodes && rc == 0; i++)
		rc = put_node(r, key, i, &cve->nodes[i], e);
	for (i = 0; i < cve->n_matches && rc == 0; i++)
		rc = put_match(r, key, i, &cve->matches[i], e);
	return rc;
}

static int
put_raw(struct nvd_rows *r, int64_t key, struct span raw, struct err *e)
{
	struct span packed;
	struct db_stmt *s;

	if (text_pack(r->d->text, raw, &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_NVD_RAW_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "raw", packed);
	return db_run(s, e);
}

static int
on_cve(void *ctx, const struct nvd_cve *cve, struct err *e)
{
	struct nvd_rows *r = ctx;
	struct record_source source = { cve->id, cve->raw, cve->offset };
	struct digest digest;
	int64_t key;
	int rc = record_ids_take(&r->ids, &source, &key, &digest, e);

	if (rc != 1)
		return rc;
	if (put_cve(r, key, cve, &digest, e) != 0 ||
	    put_kev(r, key, &cve->kev, e) != 0 ||
	    put_descriptions(r, key, cve, e) != 0 ||
	    put_parts(r, key, cve, e) != 0 || put_raw(r, key, cve->raw, e) != 0)
		return -1;
	arena_reset(&r->words);
	make_words(r->d, cve, &r->words);
	return search_put(r->d, key, e);
}

int
nvd_rows_write(struct document_rows *d, struct err *e)
{
	struct nvd_rows r = { .d = d };
	struct nvd_sink sink = { &r, on_cve };
	struct nvd_header header;
	int rc = -1;

	nvd_intern_init(&r.intern, d->db);
	if (record_ids_init(&r.ids, d, &queries, e) != 0 ||
	    nvd_read(d->in, nvd_rows_shape(d->format), &sink, &d->arena,
		&header, e) != 0)
		goto out;
	d->info.product_name = header.format;
	d->info.schema_version = header.version;
	d->info.published = header.timestamp;
	rc = record_ids_finish(&r.ids, e);
out:
	record_ids_cleanup(&r.ids);
	nvd_intern_cleanup(&r.intern);
	arena_cleanup(&r.words);
	return rc;
}

int
nvd_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
