/* SPDX-License-Identifier: Apache-2.0 */
/* Images, policies and verdicts. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scanner/inventory.h"
#include "scanner/record_lines.h"
#include "scanner/results_impl.h"

int
results_damaged(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "results.sqlite is damaged: %s", what);
}

/* 1: its row's id; 0: not there; -1. */
static int
results_inventory_id(
    struct results *r, const struct digest *d, int64_t *id, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_INVENTORY_ID);
	int rc;

	db_bind_blob(s, "digest", results_digest_span(d));
	rc = db_step(s, e);
	if (rc == 1)
		*id = db_int(s, 0);
	db_reset(s);
	return rc;
}

static int
need_inventory(
    struct results *r, const struct digest *d, int64_t *id, struct err *e)
{
	int rc = results_inventory_id(r, d, id, e);

	if (rc == 0)
		return err_set(
		    e, ERR_MISSING, "the inventory is not in results.sqlite");
	return rc == 1 ? 0 : -1;
}

/* --- images --- */

int
results_image_put(
    struct results *r, const struct results_image *i, struct err *e)
{
	struct db_stmt *s;
	int64_t id = 0;

	if (need_inventory(r, &i->inventory, &id, e) != 0)
		return -1;
	results_pack(r->zstd, i->origin, &r->packed);
	s = db_query(r->db, QUERY_RESULTS_IMAGE_PUT);
	db_bind_text(s, "target", results_text(i->target));
	db_bind_text(s, "digest", results_text(i->digest));
	db_bind_text(s, "platform", results_text(i->platform));
	db_bind_int(s, "inventory", id);
	db_bind_blob(s, "origin", buf_span(&r->packed));
	db_bind_int(s, "origin_size", (int64_t)i->origin.len);
	db_bind_int(s, "now", clock_now());
	return db_run(s, e) != 0 ? -1 : results_latest_image(r, i, e);
}

static int
image_row(
    struct db_stmt *s, struct arena *a, struct results_image *i, struct err *e)
{
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
	return 0;
}

int
results_images(struct results *r, struct arena *a, struct results_image **out,
    size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_IMAGE_LIST);
	struct results_image *v = NULL;
	size_t cap = 0;
	size_t i;
	int rc;

	*n = 0;
	while ((rc = db_step(s, e)) == 1) {
		v = xgrow(v, &cap, *n + 1, sizeof(*v));
		v[*n] = (struct results_image){ 0 };
		if (image_row(s, a, &v[(*n)++], e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(s);
	*out = arena_array(a, *n, sizeof(**out));
	for (i = 0; i < *n; i++)
		(*out)[i] = v[i];
	free(v);
	return rc;
}

int
results_origin_get(struct results *r, const struct digest *inventory,
    struct buf *bytes, struct err *e)
{
	struct db_stmt *s;
	int64_t id = 0;
	int rc = results_inventory_id(r, inventory, &id, e);

	if (rc != 1)
		return rc;
	s = db_query(r->db, QUERY_RESULTS_IMAGE_ORIGIN);
	db_bind_int(s, "inventory", id);
	rc = db_step(s, e);
	if (rc == 1 &&
	    results_column(r, s, 0, INVENTORY_ORIGIN_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

/* --- policies --- */

int
results_policy_put(
    struct results *r, struct span bytes, struct span name, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_POLICY_PUT);
	struct digest d;

	digest_of(bytes, &d);
	db_bind_blob(s, "digest", results_digest_span(&d));
	db_bind_blob(s, "data", results_text(bytes));
	db_bind_text(s, "name", results_text(name));
	return db_run(s, e);
}

int
results_policy_get(
    struct results *r, const struct digest *d, struct buf *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_POLICY_FIND);
	int rc;

	db_bind_blob(s, "digest", results_digest_span(d));
	rc = db_step(s, e);
	if (rc == 1)
		buf_add_span(bytes, db_blob(s, 1));
	db_reset(s);
	return rc;
}

/* One that is not there would leave a verdict that looks as if without. */
static int
need_policy(struct results *r, const struct results_verdict *v, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_POLICY_FIND);
	int rc;

	if (!v->has_policy)
		return 0;
	db_bind_blob(s, "digest", results_digest_span(&v->policy));
	rc = db_step(s, e);
	db_reset(s);
	if (rc == 0)
		return err_set(
		    e, ERR_MISSING, "the policy of a verdict is not kept");
	return rc == 1 ? 0 : -1;
}

/* --- verdicts --- */

/* Sets the verdict's id. */
static int
verdict_insert(struct results *r, const struct results_verdict *v,
    struct results_rows_of *rows, const struct record_tally *tally,
    struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_PUT);
	struct buf counts = { 0 };
	int rc;

	results_pack_record(r->zstd, v->record, &r->packed);
	db_bind_blob(s, "digest", results_digest_span(&v->digest));
	db_bind_int(s, "inventory", rows->inventory);
	db_bind_text(s, "target", results_text(v->target));
	db_bind_text(s, "image", results_text(v->image));
	db_bind_blob(s, "policy",
	    v->has_policy ? results_digest_span(&v->policy) : SPAN_NONE);
	db_bind_int(s, "generation", (int64_t)v->generation);
	db_bind_blob(s, "content", results_digest_span(&v->content));
	if (v->fail_on_set)
		db_bind_int(s, "fail_on", (int64_t)v->fail_on);
	else
		db_bind_text(s, "fail_on", SPAN_NONE);
	db_bind_text(s, "document", results_text(v->document));
	db_bind_int(s, "judged_at", v->judged_at);
	db_bind_int(s, "verdict", (int64_t)v->verdict);
	db_bind_int(s, "n_findings", (int64_t)v->n_findings);
	db_bind_int(s, "n_failing", (int64_t)v->n_failing);
	db_bind_blob(s, "record", buf_span(&r->packed));
	db_bind_int(s, "record_size", (int64_t)v->record.len);
	results_counts_pack(&counts, tally);
	db_bind_blob(s, "counts", buf_span(&counts));
	rc = db_step(s, e);
	if (rc == 1) {
		rows->verdict = db_int(s, 0);
		rc = db_run(s, e);
	} else if (rc == 0) {
		rc = results_damaged(e, "a verdict");
	}
	buf_cleanup(&counts);
	return rc;
}

int
results_verdict_put(struct results *r, struct results_verdict *v, struct err *e)
{
	struct results_rows_of rows = { 0, 0 };
	struct record_tally tally;
	int rc;

	digest_of(v->record, &v->digest);
	if (need_inventory(r, &v->inventory, &rows.inventory, e) != 0 ||
	    need_policy(r, v, e) != 0)
		return -1;
	record_tally(&tally, v->record);
	rc = verdict_insert(r, v, &rows, &tally, e);
	if (rc == 0)
		rc = results_latest_verdict(r, v, &rows, &tally, e);
	record_tally_cleanup(&tally);
	return rc;
}

int
results_verdict_columns(struct db_stmt *s, int first, struct arena *a,
    struct results_verdict *v, struct err *e)
{
	int c = first - 1;

	*v = (struct results_verdict){ 0 };
	v->has_policy = !db_is_null(s, c + 3);
	if (!results_digest(db_blob(s, c + 1), &v->digest) ||
	    !results_digest(db_blob(s, c + 2), &v->inventory) ||
	    !results_digest(db_blob(s, c + 10), &v->content) ||
	    (v->has_policy && !results_digest(db_blob(s, c + 3), &v->policy)))
		return results_damaged(e, "a verdict's digest");
	v->generation = (uint64_t)db_int(s, c + 4);
	v->judged_at = db_int(s, c + 5);
	v->verdict = (unsigned)db_int(s, c + 6);
	v->n_findings = (uint64_t)db_int(s, c + 7);
	v->n_failing = (uint64_t)db_int(s, c + 8);
	v->fail_on_set = !db_is_null(s, c + 11);
	v->fail_on = (unsigned)db_int(s, c + 11);
	if (a != NULL) {
		v->os = arena_span(a, db_text(s, c + 9));
		v->document = arena_span(a, db_text(s, c + 12));
		v->target = arena_span(a, db_text(s, c + 13));
		v->image = arena_span(a, db_text(s, c + 14));
	}
	return 0;
}

int
results_verdicts(struct results *r, struct arena *a,
    struct results_verdict **out, size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_LIST);
	struct results_verdict *v = NULL;
	size_t cap = 0;
	size_t i;
	int rc;

	*n = 0;
	while ((rc = db_step(s, e)) == 1) {
		v = xgrow(v, &cap, *n + 1, sizeof(*v));
		if (results_verdict_columns(s, 1, a, &v[(*n)++], e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(s);
	*out = arena_array(a, *n, sizeof(**out));
	for (i = 0; i < *n; i++)
		(*out)[i] = v[i];
	free(v);
	return rc;
}

int
results_verdict_last(struct results *r, const struct results_image *image,
    struct results_verdict *out, struct err *e)
{
	struct db_stmt *s;
	int64_t id = 0;
	int rc = results_inventory_id(r, &image->inventory, &id, e);

	if (rc != 1)
		return rc;
	s = db_query(r->db, QUERY_RESULTS_VERDICT_LAST);
	db_bind_int(s, "inventory", id);
	db_bind_text(s, "target", results_text(image->target));
	db_bind_text(s, "image", results_text(image->digest));
	rc = db_step(s, e);
	if (rc == 1 && results_verdict_columns(s, 1, NULL, out, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

int
results_record_get(
    struct results *r, const struct digest *d, struct buf *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_RECORD);
	int rc;

	db_bind_blob(s, "digest", results_digest_span(d));
	rc = db_step(s, e);
	if (rc == 1 &&
	    results_column(r, s, 0, RESULTS_RECORD_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}
