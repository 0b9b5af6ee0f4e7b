/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indexer/advisory_facts.h"
#include "indexer/advisory_rows.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

#define PACKED_LENGTH_MAX 10 /* bytes of a length */

struct advisory_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct advisory_facts facts; /* of the record in hand */
	struct buf packed;
	struct buf kept; /* summary and source bytes */
};

/* --- words to search --- */

static int
add_head(struct document_rows *d, unsigned query, int64_t key,
    void (*add)(struct words *w, struct span text), struct err *e)
{
	struct db_stmt *s = db_query(d->db, query);
	int rc;

	db_bind_int(s, "key", key);
	while ((rc = db_step(s, e)) == 1)
		add(&d->head, db_text(s, 0));
	return rc;
}

/* From the rows: what is taken out again is what was put in. */
static int
make_words(
    struct document_rows *d, int64_t key, struct span summary, struct err *e)
{
	struct db_stmt *s = db_query(d->db, QUERY_INDEX_ADVISORY_ROW);
	int rc;

	search_begin(d);
	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (rc == -1)
		return -1;
	words_add_id(&d->head, db_text(s, 0));
	words_add(&d->head, db_text(s, 5));
	db_reset(s);
	if (add_head(d, QUERY_INDEX_ADVISORY_ALIAS_ROWS, key, words_add_id,
		e) != 0 ||
	    add_head(d, QUERY_INDEX_ADVISORY_PACKAGE_ROWS, key, words_add, e) !=
		0)
		return -1;
	words_add(&d->body, summary);
	return 0;
}

static int
words_of_kept(struct document_rows *d, int64_t key, struct span kept,
    struct arena *a, struct err *e)
{
	struct span summary, raw;

	(void)a;
	if (advisory_unpack_kept(kept, &summary, &raw, e) != 0)
		return -1;
	return make_words(d, key, summary, e);
}

static const unsigned deletes[] = {
	QUERY_INDEX_ADVISORY_DELETE,
	QUERY_INDEX_ADVISORY_ALIAS_DELETE,
	QUERY_INDEX_ADVISORY_PACKAGE_DELETE,
	QUERY_INDEX_ADVISORY_RAW_DELETE,
};

static const struct record_queries queries = {
	.ids = QUERY_INDEX_ADVISORY_IDS,
	.raw = QUERY_INDEX_ADVISORY_RAW_GET,
	.deletes = deletes,
	.n_deletes = sizeof(deletes) / sizeof(*deletes),
	.words = words_of_kept,
};

/* --- rows --- */

static int
put_advisory(struct advisory_rows *r, int64_t key, const struct advisory *a,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s;
	uint32_t severity;

	if (advisory_facts_word(&r->facts, a->severity, &severity, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_ADVISORY_PUT);
	db_bind_int(s, "key", key);
	db_bind_text(s, "id", a->id);
	db_bind_int(s, "published", a->published);
	db_bind_int(s, "modified", a->modified);
	db_bind_int(s, "withdrawn", a->withdrawn);
	db_bind_int(s, "severity", severity);
	db_bind_text(s, "title", span_text(a->title));
	db_bind_blob(s, "digest", span_make(digest->bytes, DIGEST_SIZE));
	return db_run(s, e);
}

static int
put_alias(struct advisory_rows *r, int64_t key, uint32_t value, int64_t n,
    struct err *e)
{
	struct db_stmt *s = db_query(r->d->db, QUERY_INDEX_ADVISORY_ALIAS_PUT);

	db_bind_int(s, "value", (int32_t)value);
	db_bind_int(s, "advisory", key);
	db_bind_int(s, "n", n);
	return db_run(s, e);
}

static int
put_aliases(struct advisory_rows *r, int64_t key, const struct advisory *a,
    struct err *e)
{
	uint32_t value;
	size_t i;

	for (i = 0; i < a->n_aliases; i++) {
		if (a->aliases[i].len == 0)
			continue;
		if (advisory_facts_alias(&r->facts, a->aliases[i], &value, e) !=
			0 ||
		    put_alias(r, key, value, (int64_t)i, e) != 0)
			return -1;
	}
	return 0;
}

static int
put_cves(struct advisory_rows *r, int64_t key, struct err *e)
{
	size_t i;

	for (i = 0; i < r->facts.n_cves; i++)
		if (put_alias(r, key, r->facts.cves[i], -1, e) != 0)
			return -1;
	return 0;
}

static int
put_packages(struct advisory_rows *r, int64_t key, struct err *e)
{
	const struct advisory_fact *facts = r->facts.items;
	size_t i = 0, first;
	struct db_stmt *s;

	while (i < r->facts.n) {
		first = i;
		while (i < r->facts.n && facts[i].name == facts[first].name)
			i++;
		buf_reset(&r->packed);
		advisory_pack(&r->packed, &facts[first], i - first);
		s = db_query(r->d->db, QUERY_INDEX_ADVISORY_PACKAGE_PUT);
		db_bind_int(s, "name", facts[first].name);
		db_bind_int(s, "advisory", key);
		db_bind_blob(s, "packed", buf_span(&r->packed));
		if (db_run(s, e) != 0)
			return -1;
	}
	return 0;
}

/* The summary stands there a second time, which zstd makes nothing of. */
static int
put_kept(struct advisory_rows *r, int64_t key, const struct advisory *a,
    struct err *e)
{
	struct span packed;
	struct db_stmt *s;

	buf_reset(&r->kept);
	advisory_pack_kept(&r->kept, a->summary, a->raw);
	if (text_pack(r->d->text, buf_span(&r->kept), &packed, e) != 0)
		return -1;
	s = db_query(r->d->db, QUERY_INDEX_ADVISORY_RAW_PUT);
	db_bind_int(s, "key", key);
	db_bind_blob(s, "raw", packed);
	return db_run(s, e);
}

/* --- the document --- */

static int
check_limits(const struct advisory *a, struct err *e)
{
	struct span id = span_first(a->id, 64);

	if (a->id.len == 0)
		return err_set(e, ERR_LIMIT, "a record has no id");
	if (a->id.len > ADVISORY_ID_MAX)
		return err_set(e, ERR_LIMIT,
		    "an id has more than %u bytes: %.*s", ADVISORY_ID_MAX,
		    SPAN_ARG(id));
	if (a->n_packages > ADVISORY_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s has more than %u packages",
		    SPAN_ARG(id), ADVISORY_PACKAGES_MAX);
	if (a->n_aliases > ADVISORY_ALIASES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s has more than %u aliases",
		    SPAN_ARG(id), ADVISORY_ALIASES_MAX);
	if (xadd(xadd(a->raw.len, a->summary.len), PACKED_LENGTH_MAX) >
	    TEXT_RAW_MAX)
		return err_set(e, ERR_LIMIT, "%.*s is larger than %zu MiB",
		    SPAN_ARG(id), TEXT_RAW_MAX >> 20);
	return 0;
}

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	struct advisory_rows *r = ctx;
	struct record_source source = { a->id, a->raw, a->offset };
	struct advisory record = *a;
	struct digest digest;
	int64_t key;
	int rc;

	if (check_limits(a, e) != 0)
		return -1;
	rc = record_ids_take(&r->ids, &source, &key, &digest, e);
	if (rc != 1)
		return rc;
	record.id = source.id;
	if (advisory_facts_make(&r->facts, a, e) != 0 ||
	    put_advisory(r, key, &record, &digest, e) != 0 ||
	    put_aliases(r, key, a, e) != 0 || put_cves(r, key, e) != 0 ||
	    put_packages(r, key, e) != 0 || put_kept(r, key, a, e) != 0 ||
	    make_words(r->d, key, a->summary, e) != 0)
		return -1;
	return search_put(r->d, key, e);
}

/* As the view advisory_rival has it. */
static bool
is_superseded(enum document_format format)
{
	return format == DOCUMENT_OSV || format == DOCUMENT_OPENVEX ||
	    format == DOCUMENT_CSAF || format == DOCUMENT_CSAF_DELETIONS;
}

static int
read_all(struct advisory_rows *r, struct err *e)
{
	struct advisory_sink sink = { r, on_advisory };
	struct document_rows *d = r->d;
	struct advisory_about about = { 0 };
	advisory_reader *read = document_format_advisories(d->format);

	if (record_ids_init(&r->ids, d, &queries, e) != 0)
		return -1;
	/* Where one record stands for another its id is to be its own. */
	r->ids.repeats = !is_superseded(d->format);
	if (read(d->in, &sink, &d->arena, &about, e) != 0)
		return -1;
	d->info.product_name = about.product_name;
	d->info.product_version = about.product_version;
	d->info.published = about.published;
	return record_ids_finish(&r->ids, e);
}

int
advisory_rows_write(struct document_rows *d, struct err *e)
{
	struct advisory_rows r = { .d = d };
	int rc;

	advisory_facts_init(&r.facts, d->db);
	rc = read_all(&r, e);
	record_ids_cleanup(&r.ids);
	advisory_facts_cleanup(&r.facts);
	buf_cleanup(&r.packed);
	buf_cleanup(&r.kept);
	return rc;
}

int
advisory_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
