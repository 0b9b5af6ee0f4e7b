/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "content/datastream.h"
#include "indexer/datastream_rows.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

struct datastream_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct buf raw; /* of the part in hand */
};

/*
 * Unpacked by part_unpack(). With a digest of the source bytes, so that a
 * component counts as changed whatever in it changed.
 */
static void
part_pack(struct buf *b, const struct datastream_part *p)
{
	struct digest bytes;
	size_t i;

	buf_reset(b);
	digest_of(p->raw, &bytes);
	pack_span(b, span_make(bytes.bytes, DIGEST_SIZE));
	pack_uint(b, p->kind);
	pack_span(b, p->id);
	pack_span(b, p->timestamp);
	pack_span(b, p->scap_version);
	pack_span(b, p->use_case);
	pack_span(b, p->benchmark);
	pack_span(b, p->title);
	pack_span(b, p->version);
	pack_span(b, p->status);
	pack_uint(b, p->n_refs);
	for (i = 0; i < p->n_refs; i++) {
		pack_span(b, p->refs[i].id);
		pack_span(b, p->refs[i].section);
		pack_span(b, p->refs[i].href);
	}
	pack_uint(b, p->n_profiles);
	for (i = 0; i < p->n_profiles; i++) {
		pack_span(b, p->profiles[i].id);
		pack_span(b, p->profiles[i].title);
	}
}

static int
part_unpack(
    struct span raw, struct arena *a, struct datastream_part *p, struct err *e)
{
	struct unpack u = unpack_of(raw);
	size_t i;

	(void)unpack_span(&u); /* digest of the source bytes */
	p->kind = (enum datastream_kind)unpack_max(&u, DATASTREAM_KINDS - 1);
	p->id = unpack_span(&u);
	p->timestamp = unpack_span(&u);
	p->scap_version = unpack_span(&u);
	p->use_case = unpack_span(&u);
	p->benchmark = unpack_span(&u);
	p->title = unpack_span(&u);
	p->version = unpack_span(&u);
	p->status = unpack_span(&u);
	p->n_refs = unpack_count(&u);
	p->refs = arena_array(a, p->n_refs, sizeof(*p->refs));
	for (i = 0; i < p->n_refs; i++) {
		p->refs[i].id = unpack_span(&u);
		p->refs[i].section = unpack_span(&u);
		p->refs[i].href = unpack_span(&u);
	}
	p->n_profiles = unpack_count(&u);
	p->profiles = arena_array(a, p->n_profiles, sizeof(*p->profiles));
	for (i = 0; i < p->n_profiles; i++) {
		p->profiles[i].id = unpack_span(&u);
		p->profiles[i].title = unpack_span(&u);
	}
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

static void
make_words(struct document_rows *d, const struct datastream_part *p)
{
	size_t i;

	search_begin(d);
	words_add_id(&d->head, p->id);
	words_add_id(&d->head, p->benchmark);
	words_add(&d->head, p->title);
	for (i = 0; i < p->n_profiles; i++) {
		words_add(&d->head, p->profiles[i].id);
		words_add(&d->head, p->profiles[i].title);
	}
	for (i = 0; i < p->n_refs; i++)
		if (!span_has_prefix(p->refs[i].href, "#"))
			words_add(&d->body, p->refs[i].href);
}

static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct datastream_part p = { 0 };

	(void)key;
	if (part_unpack(raw, a, &p, e) != 0)
		return -1;
	make_words(d, &p);
	return 0;
}

static const unsigned deletes[] = {
	QUERY_INDEX_DATASTREAM_DELETE,
	QUERY_INDEX_DATASTREAM_REF_DELETE,
	QUERY_INDEX_DATASTREAM_PROFILE_DELETE,
	QUERY_INDEX_DATASTREAM_RAW_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_DATASTREAM_IDS,
	.raw = QUERY_INDEX_DATASTREAM_RAW_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
put_part(struct db *db, int64_t key, const struct datastream_part *p,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_DATASTREAM_PUT);

	db_bind_int(s, "key", key);
	db_bind_text(s, "id", p->id);
	db_bind_int(s, "kind", p->kind);
	db_bind_text(s, "timestamp", span_text(p->timestamp));
	db_bind_text(s, "scap_version", span_text(p->scap_version));
	db_bind_text(s, "use_case", span_text(p->use_case));
	db_bind_text(s, "benchmark", span_text(p->benchmark));
	db_bind_text(s, "title", span_text(p->title));
	db_bind_text(s, "version", span_text(p->version));
	db_bind_text(s, "status", span_text(p->status));
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	return db_run(s, e);
}

static int
put_ref(struct db *db, int64_t key, size_t n, const struct datastream_ref *ref,
    struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_DATASTREAM_REF_PUT);

	db_bind_int(s, "part", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_text(s, "id", ref->id);
	db_bind_text(s, "section", span_text(ref->section));
	db_bind_text(s, "href", ref->href);
	return db_run(s, e);
}

static int
put_profile(struct db *db, int64_t key, size_t n,
    const struct datastream_profile *profile, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_DATASTREAM_PROFILE_PUT);

	db_bind_int(s, "part", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_text(s, "id", profile->id);
	db_bind_text(s, "title", span_text(profile->title));
	return db_run(s, e);
}

static int
put_lists(
    struct db *db, int64_t key, const struct datastream_part *p, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->n_refs && rc == 0; i++)
		rc = put_ref(db, key, i, &p->refs[i], e);
	for (i = 0; i < p->n_profiles && rc == 0; i++)
		rc = put_profile(db, key, i, &p->profiles[i], e);
	return rc;
}

static int
put_raw(struct datastream_rows *r, int64_t key, struct err *e)
{
	struct span packed;
	struct db_stmt *s;

	if (text_pack(r->d->text, buf_span(&r->raw), &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_DATASTREAM_RAW_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "raw", packed);
	return db_run(s, e);
}

static int
on_part(void *ctx, const struct datastream_part *p, struct err *e)
{
	struct datastream_rows *r = ctx;
	struct record_source source = { .id = p->id, .offset = p->offset };
	struct digest digest;
	int64_t key;
	int rc;

	part_pack(&r->raw, p);
	source.raw = buf_span(&r->raw);
	rc = record_ids_take(&r->ids, &source, &key, &digest, e);
	if (rc != 1)
		return rc;
	if (put_part(r->d->db, key, p, &digest, e) != 0 ||
	    put_lists(r->d->db, key, p, e) != 0 || put_raw(r, key, e) != 0)
		return -1;
	make_words(r->d, p);
	return search_put(r->d, key, e);
}

int
datastream_rows_write(struct document_rows *d, struct err *e)
{
	struct datastream_rows r = { .d = d };
	struct datastream_sink sink = { &r, on_part };
	struct datastream_collection c;
	int rc = -1;

	if (record_ids_init(&r.ids, d, &queries, e) == 0 &&
	    datastream_read(d->in, &sink, &d->arena, &c, e) == 0)
		rc = record_ids_finish(&r.ids, e);
	if (rc == 0) {
		d->info.product_name = c.id;
		d->info.product_version = c.schematron_version;
		d->info.schema_version = c.scap_version;
		d->info.published = c.timestamp;
	}
	record_ids_cleanup(&r.ids);
	buf_cleanup(&r.raw);
	return rc;
}

int
datastream_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
