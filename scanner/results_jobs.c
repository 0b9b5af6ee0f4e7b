/* SPDX-License-Identifier: Apache-2.0 */
/* Scans that were asked for over HTTP, and rolls that are kept. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scanner/results_impl.h"

/* --- rolls --- */

int
results_roll_get(
    struct results *r, struct span name, struct buf *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_ROLL_GET);
	int rc;

	db_bind_text(s, "name", name);
	rc = db_step(s, e);
	if (rc == 1 && results_column(r, s, 0, RESULTS_ROLL_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

int
results_roll_put(
    struct results *r, struct span name, struct span bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_ROLL_PUT);

	if (bytes.len > RESULTS_ROLL_MAX)
		return 0; /* it is made again instead */
	results_pack(r->zstd, bytes, &r->packed);
	db_bind_text(s, "name", name);
	db_bind_blob(s, "data", buf_span(&r->packed));
	db_bind_int(s, "size_bytes", (int64_t)bytes.len);
	db_bind_int(s, "used", clock_now());
	if (db_run(s, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_ROLL_TRIM);
	db_bind_int(s, "keep", RESULTS_ROLLS_MAX);
	return db_run(s, e);
}

/* --- jobs --- */

int
results_job_put(struct results *r, const struct results_job *j, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_JOB_PUT);

	db_bind_text(s, "name", j->name);
	db_bind_text(s, "target", results_text(j->target));
	db_bind_text(s, "who", results_text(j->who));
	db_bind_int(s, "now", clock_now());
	if (db_run(s, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_JOB_TRIM);
	db_bind_int(s, "keep", RESULTS_JOBS_MAX);
	return db_run(s, e);
}

int
results_job_start(struct results *r, struct span name, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_JOB_START);

	db_bind_text(s, "name", name);
	db_bind_int(s, "now", clock_now());
	return db_run(s, e);
}

int
results_job_end(struct results *r, const struct results_job *j, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_JOB_END);

	db_bind_text(s, "name", j->name);
	db_bind_int(s, "state", (int64_t)j->state);
	db_bind_int(s, "now", clock_now());
	db_bind_int(s, "verdict", (int64_t)j->verdict);
	db_bind_blob(s, "record",
	    j->has_record ? results_digest_span(&j->record) : SPAN_NONE);
	db_bind_text(s, "image", results_text(j->image));
	db_bind_text(s, "why", results_text(j->why));
	return db_run(s, e);
}

int
results_job(struct results *r, struct span name, struct arena *a,
    struct results_job *out, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_JOB_GET);
	int rc;

	*out = (struct results_job){ .name = arena_span(a, name) };
	db_bind_text(s, "name", results_text(name));
	rc = db_step(s, e);
	if (rc == 1) {
		out->state = (enum job_state)db_int(s, 0);
		out->target = arena_span(a, db_text(s, 1));
		out->who = arena_span(a, db_text(s, 2));
		out->created = db_int(s, 3);
		out->started = db_int(s, 4);
		out->ended = db_int(s, 5);
		out->verdict = (unsigned)db_int(s, 6);
		out->has_record = results_digest(db_blob(s, 7), &out->record);
		out->image = arena_span(a, db_text(s, 8));
		out->why = arena_span(a, db_text(s, 9));
	}
	db_reset(s);
	return rc;
}

int
results_jobs_open(struct results *r, struct arena *a, struct span **out,
    size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_JOB_OPEN_LIST);
	struct span *v = NULL;
	size_t cap = 0;
	size_t i;
	int rc;

	*n = 0;
	while ((rc = db_step(s, e)) == 1) {
		v = xgrow(v, &cap, *n + 1, sizeof(*v));
		v[(*n)++] = arena_span(a, db_text(s, 0));
	}
	db_reset(s);
	*out = arena_array(a, *n, sizeof(**out));
	for (i = 0; i < *n; i++)
		(*out)[i] = v[i];
	free(v);
	return rc;
}
