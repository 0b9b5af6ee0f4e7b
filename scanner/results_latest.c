/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pack.h"
#include "scanner/inventory.h"
#include "scanner/record_lines.h"
#include "scanner/results_impl.h"

#define VERDICT_COLUMN 12 /* of the queries that row_read() reads */
#define COUNTS_COLUMN 26

const char *
results_image_name(const struct results_image *i, char name[RESULTS_NAME_SIZE])
{
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 };
	struct digest d;
	size_t k;

	pack_span(&b, i->target);
	pack_span(&b, i->digest);
	pack_span(&b, i->platform);
	digest_of(buf_span(&b), &d);
	buf_cleanup(&b);
	digest_hex(&d, hex);
	for (k = 0; k < RESULTS_NAME_SIZE - 1; k++)
		name[k] = hex[k];
	name[k] = '\0';
	return name;
}

/* --- counts --- */

void
results_counts_pack(struct buf *out, const struct record_tally *t)
{
	size_t i;

	for (i = 0; i < RESULTS_SEVERITIES; i++)
		pack_uint(out, t->severities[i]);
	pack_uint(out, t->n_waived);
	pack_uint(out, t->has_reasons);
}

static void
counts_read(struct span column, struct results_verdict *v)
{
	struct unpack u = unpack_of(column);
	size_t i;

	if (column.len == 0)
		return;
	for (i = 0; i < RESULTS_SEVERITIES; i++)
		v->severities[i] = unpack_uint(&u);
	v->n_waived = unpack_uint(&u);
	/* An older version's say nothing of reasons: there may be some. */
	v->has_reasons = unpack_done(&u) || unpack_max(&u, 1) == 1;
	v->has_counts = unpack_done(&u);
}

/* --- CVEs of an image --- */

static int
cves_write(struct results *r, int64_t image, const struct record_tally *t,
    struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_LATEST_CVES_GET);
	struct span list = results_text(buf_span(&t->cves));
	bool same;
	int rc;

	db_bind_int(s, "image", image);
	rc = db_step(s, e);
	same = rc == 1 && span_eq(db_blob(s, 0), list);
	db_reset(s);
	if (rc < 0 || same)
		return rc < 0 ? -1 : 0;
	s = db_query(r->db, QUERY_RESULTS_LATEST_CVES_PUT);
	db_bind_int(s, "image", image);
	db_bind_blob(s, "data", list);
	return db_run(s, e);
}

/* --- writing --- */

static int
latest_put(struct results *r, int64_t image, const struct results_image *i,
    int64_t now, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_LATEST_PUT);
	char name[RESULTS_NAME_SIZE];

	db_bind_int(s, "image", image);
	db_bind_text(s, "name", span_of(results_image_name(i, name)));
	db_bind_int(s, "now", now);
	return db_run(s, e);
}

int
results_latest_image(
    struct results *r, const struct results_image *i, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_ID);
	int64_t id = 0;
	int rc;

	db_bind_text(s, "target", results_text(i->target));
	db_bind_text(s, "digest", results_text(i->digest));
	db_bind_text(s, "platform", results_text(i->platform));
	rc = db_step(s, e);
	if (rc == 1)
		id = db_int(s, 0);
	db_reset(s);
	if (rc != 1)
		return rc == 0 ? results_damaged(e, "an image") : -1;
	return latest_put(r, id, i, clock_now(), e);
}

static int
latest_judge(struct results *r, int64_t image, int64_t verdict,
    const struct record_tally *t, struct err *e)
{
	struct db_stmt *s;

	if (cves_write(r, image, t, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_LATEST_JUDGE);
	db_bind_int(s, "image", image);
	db_bind_int(s, "verdict", verdict);
	return db_run(s, e);
}

/* A verdict that is there now, and those that it stands for. */
struct judgement {
	const struct results_verdict *verdict;
	int64_t id;
	int64_t inventory;
	const struct record_tally *tally;
	int64_t *images;
	size_t n;
	size_t cap;
};

/* Where none of a later moment stands. */
static int
images_find(struct results *r, struct judgement *j, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_JUDGED);
	int64_t judged_at = j->verdict->judged_at;
	int rc;

	db_bind_int(s, "inventory", j->inventory);
	db_bind_text(s, "target", results_text(j->verdict->target));
	db_bind_text(s, "image", results_text(j->verdict->image));
	while ((rc = db_step(s, e)) == 1) {
		if (db_int(s, 1) > judged_at ||
		    (db_int(s, 1) == judged_at && db_int(s, 2) > j->id))
			continue;
		j->images =
		    xgrow(j->images, &j->cap, j->n + 1, sizeof(*j->images));
		j->images[j->n++] = db_int(s, 0);
	}
	db_reset(s);
	return rc;
}

int
results_latest_verdict(struct results *r, const struct results_verdict *v,
    const struct results_rows_of *rows, const struct record_tally *t,
    struct err *e)
{
	struct judgement j = { .verdict = v,
		.id = rows->verdict,
		.inventory = rows->inventory,
		.tally = t };
	size_t i;
	int rc;

	/* By one document alone: it does not speak for the image. */
	if (v->document.len > 0)
		return 0;
	rc = images_find(r, &j, e);
	for (i = 0; rc == 0 && i < j.n; i++)
		rc = latest_judge(r, j.images[i], j.id, t, e);
	free(j.images);
	return rc;
}

/* --- filling in --- */

static int
fill_verdict(struct results *r, int64_t image, int64_t verdict, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_BY_ID);
	struct record_tally t;
	struct buf record = { 0 };
	struct buf counts = { 0 };
	int rc;

	db_bind_int(s, "id", verdict);
	rc = db_step(s, e);
	if (rc == 1)
		rc = results_column(r, s, 1, RESULTS_RECORD_MAX, &record, e);
	db_reset(s);
	if (rc != 0)
		goto out;
	record_tally(&t, buf_span(&record));
	results_counts_pack(&counts, &t);
	s = db_query(r->db, QUERY_RESULTS_VERDICT_COUNT_SET);
	db_bind_int(s, "id", verdict);
	db_bind_blob(s, "counts", buf_span(&counts));
	rc = db_run(s, e);
	if (rc == 0)
		rc = latest_judge(r, image, verdict, &t, e);
	record_tally_cleanup(&t);
out:
	buf_cleanup(&counts);
	buf_cleanup(&record);
	return rc;
}

/* 1: one was filled in; 0: there was none; -1. */
static int
fill_one(struct results *r, struct arena *a, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_LATEST_MISSING);
	struct results_image image = { 0 };
	int64_t id = 0;
	int64_t verdict = 0;
	int64_t scanned = 0;
	int rc = db_step(s, e);

	if (rc == 1) {
		id = db_int(s, 0);
		image.target = arena_span(a, db_text(s, 1));
		image.digest = arena_span(a, db_text(s, 2));
		image.platform = arena_span(a, db_text(s, 3));
		scanned = db_int(s, 4);
		verdict = db_int(s, 5);
	}
	db_reset(s);
	if (rc == 1 &&
	    (latest_put(r, id, &image, scanned, e) != 0 ||
		(verdict != 0 && fill_verdict(r, id, verdict, e) != 0)))
		rc = -1;
	return rc;
}

int
results_latest_fill(struct results *r, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_LATEST_MISSING);
	struct arena a = { 0 };
	int rc = db_step(s, e);

	db_reset(s);
	if (rc != 1)
		return rc;
	rc = results_begin(r, e) == 0 ? 1 : -1;
	while (rc == 1) {
		rc = fill_one(r, &a, e);
		arena_reset(&a);
	}
	if (rc == 0)
		rc = results_commit(r, e);
	if (rc != 0)
		results_rollback(r);
	arena_cleanup(&a);
	return rc;
}

/* --- reading --- */

static int
row_read(
    struct db_stmt *s, struct arena *a, struct results_row *out, struct err *e)
{
	struct results_image *i = &out->image;

	*out = (struct results_row){ .name = arena_span(a, db_text(s, 0)) };
	i->target = arena_span(a, db_text(s, 1));
	i->digest = arena_span(a, db_text(s, 2));
	i->platform = arena_span(a, db_text(s, 3));
	i->first_scanned = db_int(s, 4);
	i->last_scanned = db_int(s, 5);
	if (!results_digest(db_blob(s, 6), &i->inventory))
		return results_damaged(e, "an inventory's digest");
	i->inventory_size = (uint64_t)db_int(s, 7);
	i->n_packages = (uint64_t)db_int(s, 8);
	i->os = arena_span(a, db_text(s, 9));
	out->fails = db_int(s, 10) != 0;
	out->has_verdict = !db_is_null(s, VERDICT_COLUMN - 1);
	if (!out->has_verdict)
		return 0;
	if (results_verdict_columns(s, VERDICT_COLUMN, a, &out->verdict, e) !=
	    0)
		return -1;
	counts_read(db_blob(s, COUNTS_COLUMN), &out->verdict);
	return 0;
}

static int
rows_read(struct db_stmt *s, struct results_page *page, struct arena *a,
    struct results_row **out, struct err *e)
{
	int rc = 0;

	db_bind_int(s, "limit", (int64_t)page->limit);
	db_bind_int(s, "offset", (int64_t)page->offset);
	*out = arena_array(a, (size_t)page->limit, sizeof(**out));
	page->n = 0;
	while (page->n < page->limit && (rc = db_step(s, e)) == 1)
		if (row_read(s, a, &(*out)[page->n++], e) != 0) {
			rc = -1;
			break;
		}
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

static int
total_read(struct db_stmt *s, struct results_page *page, struct err *e)
{
	int rc = db_step(s, e);

	if (rc == 1)
		page->total = (uint64_t)db_int(s, 0);
	db_reset(s);
	return rc == 1 ? 0 : -1;
}

static void
bind_filter(struct db_stmt *s, const struct results_filter *f)
{
	db_bind_text(s, "words", results_text(f->words));
	db_bind_int(s, "verdict", f->verdict);
}

int
results_rows(struct results *r, const struct results_filter *f,
    struct results_page *page, struct arena *a, struct results_row **out,
    struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_PAGE_COUNT);

	bind_filter(s, f);
	if (total_read(s, page, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_IMAGE_PAGE);
	bind_filter(s, f);
	return rows_read(s, page, a, out, e);
}

/* Images that have a CVE; those that fail by it first. */
struct holders {
	int64_t *v[2]; /* not failing, failing */
	size_t n[2];
	size_t cap[2];
};

static int
holders_find(
    struct results *r, struct span cve, struct holders *h, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_LATEST_CVES_LIST);
	bool fails = false;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		if (!record_cve_find(db_blob(s, 1), cve, &fails))
			continue;
		h->v[fails] = xgrow(h->v[fails], &h->cap[fails],
		    h->n[fails] + 1, sizeof(**h->v));
		h->v[fails][h->n[fails]++] = db_int(s, 0);
	}
	db_reset(s);
	return rc;
}

/* s is RESULTS_IMAGE_GET, by image or name. 1; 0: there is none; -1. */
static int
row_get(
    struct db_stmt *s, struct arena *a, struct results_row *out, struct err *e)
{
	int rc = db_step(s, e);

	if (rc == 1 && row_read(s, a, out, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

static int
row_by_id(struct results *r, int64_t id, struct arena *a,
    struct results_row *out, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_GET);
	int rc;

	db_bind_int(s, "image", id);
	rc = row_get(s, a, out, e);
	return rc == 0 ? results_damaged(e, "an image") : rc == 1 ? 0 : -1;
}

int
results_cve_images(struct results *r, struct span cve,
    struct results_page *page, struct arena *a, struct results_row **out,
    struct err *e)
{
	struct holders h = { .n = { 0 } };
	int rc = holders_find(r, cve, &h, e);
	uint64_t i;

	page->total = h.n[0] + h.n[1];
	page->n = 0;
	*out = arena_array(a, (size_t)page->limit, sizeof(**out));
	for (i = page->offset;
	     rc == 0 && i < page->total && page->n < page->limit; i++) {
		bool fails = i < h.n[1];
		int64_t id = fails ? h.v[1][i] : h.v[0][i - h.n[1]];

		rc = row_by_id(r, id, a, &(*out)[page->n], e);
		(*out)[page->n++].fails = fails;
	}
	free(h.v[0]);
	free(h.v[1]);
	return rc;
}

static void
doubt(struct db_stmt *s, struct span cve, uint64_t generation,
    struct results_doubts *out)
{
	struct results_verdict v = { .verdict = (unsigned)db_int(s, 0) };
	bool fails = false;

	counts_read(db_blob(s, 2), &v);
	if (record_cve_find(db_blob(s, 3), cve, &fails))
		return;
	if ((v.verdict != VERDICT_PASS && v.verdict != VERDICT_FAIL) ||
	    !v.has_counts || v.has_reasons)
		out->n_unknown++;
	else if ((uint64_t)db_int(s, 1) != generation)
		out->n_older++;
}

int
results_doubts(struct results *r, struct span cve, uint64_t generation,
    struct results_doubts *out, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_DOUBTS);
	int rc;

	*out = (struct results_doubts){ 0 };
	while ((rc = db_step(s, e)) == 1)
		doubt(s, cve, generation, out);
	db_reset(s);
	return rc;
}

int
results_row(struct results *r, struct span name, struct arena *a,
    struct results_row *out, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_GET);

	db_bind_text(s, "name", results_text(name));
	return row_get(s, a, out, e);
}

int
results_row_origin(
    struct results *r, struct span name, struct buf *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_ORIGIN_NAMED);
	int rc;

	db_bind_text(s, "name", results_text(name));
	rc = db_step(s, e);
	if (rc == 1 &&
	    results_column(r, s, 0, INVENTORY_ORIGIN_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

static int
verdict_read(struct db_stmt *s, struct arena *a, struct results_verdict *v,
    struct err *e)
{
	if (results_verdict_columns(s, 1, a, v, e) != 0)
		return -1;
	counts_read(db_blob(s, 15), v);
	return 0;
}

int
results_verdict(struct results *r, const struct digest *d, struct arena *a,
    struct results_verdict *out, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_NAMED);
	int rc;

	db_bind_blob(s, "digest", results_digest_span(d));
	rc = db_step(s, e);
	if (rc == 1 && verdict_read(s, a, out, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

static void
bind_image(struct db_stmt *s, const struct results_image *image)
{
	db_bind_text(s, "target", results_text(image->target));
	db_bind_text(s, "image", results_text(image->digest));
}

int
results_verdicts_of(struct results *r, const struct results_image *image,
    struct results_page *page, struct arena *a, struct results_verdict **out,
    struct err *e)
{
	struct db_stmt *s =
	    db_query(r->db, QUERY_RESULTS_VERDICT_OF_IMAGE_COUNT);
	int rc = 0;

	bind_image(s, image);
	if (total_read(s, page, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_VERDICT_OF_IMAGE);
	bind_image(s, image);
	db_bind_int(s, "limit", (int64_t)page->limit);
	db_bind_int(s, "offset", (int64_t)page->offset);
	*out = arena_array(a, (size_t)page->limit, sizeof(**out));
	page->n = 0;
	while (page->n < page->limit && (rc = db_step(s, e)) == 1)
		if (verdict_read(s, a, &(*out)[page->n++], e) != 0) {
			rc = -1;
			break;
		}
	db_reset(s);
	return rc < 0 ? -1 : 0;
}
