/* SPDX-License-Identifier: Apache-2.0 */
#include "content/usn.h"
#include "indexer/record_ids.h"
#include "indexer/usn_rows.h"
#include "schema_index.h"

struct usn_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct buf id;
};

/* "USN-4011-1"; livepatch notices carry their prefix already. */
static struct span
full_id(struct buf *b, struct span id)
{
	buf_reset(b);
	if (id.len > 0 && span_is_digit(id.ptr[0]))
		buf_add_str(b, "USN-");
	buf_add_span(b, id);
	return buf_span(b);
}

static void
make_words(struct document_rows *d, struct span id, const struct usn_notice *n)
{
	size_t i, k;

	search_begin(d);
	words_add_id(&d->head, id);
	words_add(&d->head, n->title);
	for (i = 0; i < n->n_cves; i++)
		words_add_id(&d->head, n->cves[i]);
	for (i = 0; i < n->n_releases; i++) {
		const struct usn_release *r = &n->releases[i];

		words_add(&d->head, r->codename);
		for (k = 0; k < r->n_sources; k++)
			words_add(&d->head, r->sources[k].name);
		for (k = 0; k < r->n_binaries; k++)
			words_add(&d->head, r->binaries[k].name);
	}
	words_add(&d->body, n->summary);
	words_add(&d->body, n->isummary);
	words_add(&d->body, n->description);
}

/* The one notice of a document that is made around a stored one. */
struct lone {
	struct document_rows *d;
	struct span id;
};

static int
on_lone(void *ctx, const struct usn_notice *n, struct err *e)
{
	const struct lone *lone = ctx;

	(void)e;
	make_words(lone->d, lone->id, n);
	return 0;
}

static int
words_of_raw(struct document_rows *d, int64_t key, struct span raw,
    struct arena *a, struct err *e)
{
	struct db_stmt *s = db_query(d->db, QUERY_INDEX_USN_ROW);
	struct lone lone = { .d = d };
	struct usn_sink sink = { &lone, on_lone };
	struct stream_options options = { .threads = 1 };
	struct stream *in = NULL;
	struct buf text = { 0 };
	int rc = -1;

	db_bind_int(s, "key", key);
	if (db_step(s, e) == -1)
		return -1;
	lone.id = arena_span(a, db_text(s, 0));
	db_reset(s);
	buf_printf(&text, "{\"%.*s\":%.*s}", SPAN_ARG(lone.id), SPAN_ARG(raw));
	if (stream_open_span(&in, buf_span(&text), &options, e) == 0)
		rc = usn_read(in, &sink, e);
	stream_close(in);
	buf_cleanup(&text);
	return rc;
}

static const unsigned deletes[] = {
	QUERY_INDEX_USN_DELETE,
	QUERY_INDEX_USN_REFERENCE_DELETE,
	QUERY_INDEX_USN_PACKAGE_DELETE,
	QUERY_INDEX_USN_RAW_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_USN_IDS,
	.raw = QUERY_INDEX_USN_RAW_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_raw,
};

static int
put_notice(struct usn_rows *r, int64_t key, const struct usn_notice *n,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_USN_PUT);

	db_bind_int(s, "key", key);
	db_bind_text(s, "id", buf_span(&r->id));
	db_bind_int(s, "published", n->timestamp);
	db_bind_text(s, "title", span_text(n->title));
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	return db_run(s, e);
}

static int
put_reference(
    struct usn_rows *r, int64_t key, size_t n, struct span value, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_USN_REFERENCE_PUT);

	db_bind_int(s, "notice", key);
	db_bind_int(s, "n", (int64_t)n);
	db_bind_text(s, "value", span_text(value));
	return db_run(s, e);
}

static int
put_references(
    struct usn_rows *r, int64_t key, const struct usn_notice *n, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n->n_cves && rc == 0; i++)
		rc = put_reference(r, key, i, n->cves[i], e);
	for (i = 0; i < n->n_urls && rc == 0; i++)
		rc = put_reference(r, key, n->n_cves + i, n->urls[i], e);
	return rc;
}

struct package {
	struct span release;
	bool is_source;
	struct span name;
	struct span version;
	struct span pocket;
};

static int
put_package(
    struct usn_rows *r, int64_t key, const struct package *p, struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_USN_PACKAGE_PUT);

	db_bind_int(s, "notice", key);
	db_bind_text(s, "release", span_text(p->release));
	db_bind_int(s, "is_source", p->is_source);
	db_bind_text(s, "name", span_text(p->name));
	db_bind_text(s, "version", span_text(p->version));
	db_bind_text(s, "pocket", span_text(p->pocket));
	return db_run(s, e);
}

static int
put_release(struct usn_rows *r, int64_t key, const struct usn_release *release,
    struct err *e)
{
	struct package p = { .release = release->codename, .is_source = true };
	size_t i;

	for (i = 0; i < release->n_sources; i++) {
		p.name = release->sources[i].name;
		p.version = release->sources[i].version;
		if (put_package(r, key, &p, e) != 0)
			return -1;
	}
	p.is_source = false;
	for (i = 0; i < release->n_binaries; i++) {
		p.name = release->binaries[i].name;
		p.version = release->binaries[i].version;
		p.pocket = release->binaries[i].pocket;
		if (put_package(r, key, &p, e) != 0)
			return -1;
	}
	return 0;
}

static int
put_raw(struct usn_rows *r, int64_t key, struct span raw, struct err *e)
{
	struct span packed;
	struct db_stmt *s;

	if (text_pack(r->d->text, raw, &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_USN_RAW_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "raw", packed);
	return db_run(s, e);
}

static int
on_notice(void *ctx, const struct usn_notice *n, struct err *e)
{
	struct usn_rows *r = ctx;
	struct record_source source = { full_id(&r->id, n->id), n->raw,
		n->offset };
	struct digest digest;
	int64_t key;
	size_t i;
	int rc = record_ids_take(&r->ids, &source, &key, &digest, e);

	if (rc != 1)
		return rc;
	if (put_notice(r, key, n, &digest, e) != 0 ||
	    put_references(r, key, n, e) != 0)
		return -1;
	for (i = 0; i < n->n_releases; i++)
		if (put_release(r, key, &n->releases[i], e) != 0)
			return -1;
	if (put_raw(r, key, n->raw, e) != 0)
		return -1;
	make_words(r->d, source.id, n);
	return search_put(r->d, key, e);
}

int
usn_rows_write(struct document_rows *d, struct err *e)
{
	struct usn_rows r = { .d = d };
	struct usn_sink sink = { &r, on_notice };
	int rc = -1;

	if (record_ids_init(&r.ids, d, &queries, e) == 0 &&
	    usn_read(d->in, &sink, e) == 0)
		rc = record_ids_finish(&r.ids, e);
	record_ids_cleanup(&r.ids);
	buf_cleanup(&r.id);
	return rc;
}

int
usn_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
