/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "content/kev.h"
#include "indexer/kev_rows.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

struct kev_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct span id; /* of the entry in hand */
};

static void
make_words(struct document_rows *d, const struct kev_entry *entry)
{
	struct span rest = entry->cwes, cwe;

	search_begin(d);
	words_add_id(&d->head, entry->cve);
	words_add(&d->head, entry->vendor);
	words_add(&d->head, entry->product);
	words_add(&d->head, entry->name);
	words_add(&d->body, entry->description);
	words_add(&d->body, entry->required_action);
	words_add(&d->body, entry->notes);
	while (span_next(&rest, '\n', &cwe))
		words_add_id(&d->body, cwe);
}

static int
on_lone(void *ctx, const struct kev_entry *entry, struct err *e)
{
	(void)e;
	make_words(ctx, entry);
	return 0;
}

/* The one entry of a catalog that is made around a stored one. */
static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct stream_options options = { .threads = 1 };
	struct kev_sink sink = { d, on_lone };
	struct kev_catalog catalog;
	struct stream *in = NULL;
	struct buf text = { 0 };
	int rc = -1;

	(void)key;
	buf_printf(&text, "{\"vulnerabilities\":[%.*s]}", SPAN_ARG(raw));
	if (stream_open_span(&in, buf_span(&text), &options, e) == 0)
		rc = kev_read(in, &sink, a, &catalog, e);
	stream_close(in);
	buf_cleanup(&text);
	return rc;
}

static const unsigned deletes[] = {
	QUERY_INDEX_KEV_DELETE,
	QUERY_INDEX_KEV_RAW_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_KEV_IDS,
	.raw = QUERY_INDEX_KEV_RAW_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
put_entry(struct kev_rows *r, int64_t key, const struct kev_entry *entry,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_KEV_PUT);

	db_bind_int(s, "key", key);
	db_bind_text(s, "id", r->id);
	db_bind_text(s, "cve", entry->cve);
	db_bind_text(s, "vendor", span_text(entry->vendor));
	db_bind_text(s, "product", span_text(entry->product));
	db_bind_text(s, "name", span_text(entry->name));
	db_bind_text(s, "added", span_text(entry->date_added));
	db_bind_text(s, "due", span_text(entry->due_date));
	db_bind_text(s, "action", span_text(entry->required_action));
	db_bind_text(s, "description", span_text(entry->description));
	db_bind_int(s, "ransomware", entry->ransomware);
	db_bind_text(s, "notes", span_text(entry->notes));
	db_bind_text(s, "cwes", span_text(entry->cwes));
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	return db_run(s, e);
}

static int
put_raw(struct kev_rows *r, int64_t key, struct span raw, struct err *e)
{
	struct span packed;
	struct db_stmt *s;

	if (text_pack(r->d->text, raw, &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_KEV_RAW_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "raw", packed);
	return db_run(s, e);
}

static int
on_entry(void *ctx, const struct kev_entry *entry, struct err *e)
{
	struct kev_rows *r = ctx;
	struct record_source source = { entry->cve, entry->raw, entry->offset };
	struct digest digest;
	int64_t key;
	int rc = record_ids_take(&r->ids, &source, &key, &digest, e);

	if (rc != 1)
		return rc;
	r->id = source.id;
	if (put_entry(r, key, entry, &digest, e) != 0 ||
	    put_raw(r, key, entry->raw, e) != 0)
		return -1;
	make_words(r->d, entry);
	return search_put(r->d, key, e);
}

int
kev_rows_write(struct document_rows *d, struct err *e)
{
	struct kev_rows r = { .d = d };
	struct kev_sink sink = { &r, on_entry };
	struct kev_catalog catalog;
	int rc;

	rc = record_ids_init(&r.ids, d, &queries, e);
	/* A CVE that the catalog has twice has two rows. */
	r.ids.repeats = true;
	if (rc == 0)
		rc = kev_read(d->in, &sink, &d->arena, &catalog, e);
	if (rc == 0)
		rc = record_ids_finish(&r.ids, e);
	if (rc == 0) {
		d->info.product_version = catalog.version;
		d->info.published = catalog.released.len > 0 ? catalog.released
							     : catalog.version;
	}
	record_ids_cleanup(&r.ids);
	return rc;
}

int
kev_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
