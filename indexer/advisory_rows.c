/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/advisory_pack.h"
#include "eval/cve_number.h"
#include "indexer/advisory_rows.h"
#include "indexer/intern.h"
#include "indexer/record_ids.h"
#include "schema_index.h"

#define PACKED_LENGTH_MAX 10 /* bytes of a length */

struct advisory_rows {
	struct document_rows *d;
	struct record_ids ids;
	struct intern words;
	struct intern products;
	struct advisory_fact *facts; /* of the record in hand */
	size_t n_facts;
	size_t cap_facts;
	uint32_t *cves; /* that its statements name */
	size_t n_cves;
	size_t cap_cves;
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

/* --- statements as numbers --- */

static int
narrow(int64_t wide, uint32_t *id, struct err *e)
{
	if (wide > INT32_MAX)
		return err_set(e, ERR_LIMIT, "the index has too many words");
	*id = (uint32_t)wide;
	return 0;
}

/* 0: empty */
static int
word(struct advisory_rows *r, struct span text, uint32_t *id, struct err *e)
{
	int64_t wide;

	*id = 0;
	if (text.len == 0)
		return 0;
	if (intern_word(&r->words, text, &wide, e) != 0)
		return -1;
	return narrow(wide, id, e);
}

/* A CVE, or whatever else a record is about. */
static int
about(struct advisory_rows *r, struct span text, uint32_t *id, struct err *e)
{
	*id = cve_number(text);
	return *id != 0 ? 0 : word(r, text, id, e);
}

struct product {
	uint32_t distribution;
	uint32_t release;
	uint32_t pocket;
	uint32_t module;
	uint32_t arch;
	uint32_t is_source;
};

static void
bind_product(struct db_stmt *s, const void *what)
{
	const struct product *p = what;

	db_bind_int(s, "distribution", p->distribution);
	db_bind_int(s, "release", p->release);
	db_bind_int(s, "pocket", p->pocket);
	db_bind_int(s, "module", p->module);
	db_bind_int(s, "arch", p->arch);
	db_bind_int(s, "is_source", p->is_source);
}

static const struct intern_kind product_kind = {
	QUERY_INDEX_ADVISORY_PRODUCT_GET, QUERY_INDEX_ADVISORY_PRODUCT_PUT,
	bind_product
};

static int
product_of(struct advisory_rows *r, const struct advisory_package *p,
    uint32_t *id, struct err *e)
{
	struct product product = { .is_source = p->is_source };
	int64_t wide;

	if (word(r, p->distribution, &product.distribution, e) != 0 ||
	    word(r, p->release, &product.release, e) != 0 ||
	    word(r, p->pocket, &product.pocket, e) != 0 ||
	    word(r, p->module, &product.module, e) != 0 ||
	    word(r, p->arch, &product.arch, e) != 0 ||
	    intern_id(&r->products, span_make(&product, sizeof(product)),
		&product, &wide, e) != 0)
		return -1;
	return narrow(wide, id, e);
}

static int
add_fact(
    struct advisory_rows *r, const struct advisory_package *p, struct err *e)
{
	struct advisory_fact f = { .state = p->state };

	if (word(r, p->name, &f.name, e) != 0 ||
	    about(r, p->cve, &f.cve, e) != 0 ||
	    word(r, p->version, &f.version, e) != 0 ||
	    word(r, p->severity, &f.severity, e) != 0 ||
	    word(r, p->detail, &f.detail, e) != 0 ||
	    product_of(r, p, &f.product, e) != 0)
		return -1;
	r->facts[r->n_facts++] = f;
	return 0;
}

static void
merge_facts(struct advisory_rows *r)
{
	size_t i, n = 0;

	if (r->n_facts == 0)
		return;
	qsort(r->facts, r->n_facts, sizeof(*r->facts), advisory_fact_cmp);
	for (i = 1; i < r->n_facts; i++)
		if (advisory_fact_cmp(&r->facts[n], &r->facts[i]) != 0)
			r->facts[++n] = r->facts[i];
	r->n_facts = n + 1;
}

/* Nothing that is withdrawn, or about no package, states anything. */
static int
make_facts(struct advisory_rows *r, const struct advisory *a, struct err *e)
{
	size_t i;

	r->n_facts = 0;
	if (a->withdrawn)
		return 0;
	r->facts =
	    xgrow(r->facts, &r->cap_facts, a->n_packages, sizeof(*r->facts));
	for (i = 0; i < a->n_packages; i++)
		if (a->packages[i].name.len > 0 &&
		    add_fact(r, &a->packages[i], e) != 0)
			return -1;
	merge_facts(r);
	return 0;
}

/* --- rows --- */

static int
put_advisory(struct advisory_rows *r, int64_t key, const struct advisory *a,
    const struct digest *digest, struct err *e)
{
	struct db_stmt *s;
	uint32_t severity;

	if (word(r, a->severity, &severity, e) != 0)
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
		if (about(r, a->aliases[i], &value, e) != 0 ||
		    put_alias(r, key, value, (int64_t)i, e) != 0)
			return -1;
	}
	return 0;
}

static int
cmp_cve(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static int
put_cves(struct advisory_rows *r, int64_t key, struct err *e)
{
	uint32_t last = 0;
	size_t i;

	r->cves = xgrow(r->cves, &r->cap_cves, r->n_facts, sizeof(*r->cves));
	for (i = 0; i < r->n_facts; i++)
		r->cves[i] = r->facts[i].cve;
	if (r->n_facts > 0)
		qsort(r->cves, r->n_facts, sizeof(*r->cves), cmp_cve);
	for (i = 0; i < r->n_facts; i++) {
		if (r->cves[i] == last)
			continue;
		last = r->cves[i];
		if (put_alias(r, key, last, -1, e) != 0)
			return -1;
	}
	return 0;
}

static int
put_packages(struct advisory_rows *r, int64_t key, struct err *e)
{
	struct db_stmt *s;
	size_t i = 0, first;

	while (i < r->n_facts) {
		first = i;
		while (
		    i < r->n_facts && r->facts[i].name == r->facts[first].name)
			i++;
		buf_reset(&r->packed);
		advisory_pack(&r->packed, &r->facts[first], i - first);
		s = db_query(r->d->db, QUERY_INDEX_ADVISORY_PACKAGE_PUT);
		db_bind_int(s, "name", r->facts[first].name);
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
	struct digest digest;
	int64_t key;
	int rc;

	if (check_limits(a, e) != 0)
		return -1;
	rc = record_ids_take(&r->ids, &source, &key, &digest, e);
	if (rc != 1)
		return rc;
	if (make_facts(r, a, e) != 0 ||
	    put_advisory(r, key, a, &digest, e) != 0 ||
	    put_aliases(r, key, a, e) != 0 || put_cves(r, key, e) != 0 ||
	    put_packages(r, key, e) != 0 || put_kept(r, key, a, e) != 0 ||
	    make_words(r->d, key, a->summary, e) != 0)
		return -1;
	return search_put(r->d, key, e);
}

static int
read_all(struct advisory_rows *r, struct err *e)
{
	struct advisory_sink sink = { r, on_advisory };
	struct document_rows *d = r->d;
	struct advisory_about about = { 0 };
	advisory_reader *read = document_format_advisories(d->format);

	if (record_ids_init(&r->ids, d, &queries, e) != 0 ||
	    read(d->in, &sink, &d->arena, &about, e) != 0)
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

	intern_words_init(&r.words, d->db);
	intern_init(&r.products, d->db, &product_kind);
	rc = read_all(&r, e);
	record_ids_cleanup(&r.ids);
	intern_cleanup(&r.words);
	intern_cleanup(&r.products);
	free(r.facts);
	free(r.cves);
	buf_cleanup(&r.packed);
	buf_cleanup(&r.kept);
	return rc;
}

int
advisory_rows_remove(struct document_rows *d, struct err *e)
{
	return record_ids_remove(d, &queries, e);
}
