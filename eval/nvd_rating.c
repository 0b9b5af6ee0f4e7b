/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "eval/advisory_text.h"
#include "eval/nvd_metric.h"
#include "eval/nvd_rating.h"
#include "schema_index.h"

struct reader {
	struct db *db;
	struct arena *arena;
	struct nvd_rating *out;
};

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the index is damaged");
}

/* A row that must be there. */
static int
step(struct db_stmt *s, struct err *e)
{
	int rc = db_step(s, e);

	return rc == 0 ? damaged(e) : rc;
}

static int
read_source(struct reader *r, uint32_t word, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_INDEX_WORD_VALUE);
	int rc;

	db_bind_int(s, "id", word);
	rc = step(s, e);
	if (rc == 1)
		r->out->source = arena_span(r->arena, db_text(s, 0));
	db_reset(s);
	return rc == 1 ? 0 : -1;
}

static int
read_rating(struct reader *r, uint32_t rating, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_INDEX_NVD_RATING_ROW);
	char score[32];
	int rc;

	db_bind_int(s, "key", rating);
	rc = step(s, e);
	if (rc == 1) {
		r->out->version = arena_span(r->arena, db_text(s, 0));
		r->out->vector = arena_span(r->arena, db_text(s, 1));
		r->out->severity = arena_span(r->arena, db_text(s, 3));
		snprintf(score, sizeof(score), "%.1f", db_real(s, 2));
		if (!db_is_null(s, 2))
			r->out->score = arena_span(r->arena, span_of(score));
	}
	db_reset(s);
	return rc == 1 ? 0 : -1;
}

static size_t
count(struct span packed)
{
	struct unpack u = unpack_of(packed);
	struct nvd_metric_ref m;
	size_t n = 0;

	while (nvd_metric_next(&u, &m))
		n++;
	return n;
}

static int
read_all(struct reader *r, struct span packed, struct nvd_rating **out,
    size_t *n, struct err *e)
{
	struct unpack u = unpack_of(packed);
	struct nvd_metric_ref m;

	*out = arena_array(r->arena, count(packed), sizeof(**out));
	while (nvd_metric_next(&u, &m)) {
		r->out = &(*out)[*n];
		r->out->is_primary = m.is_primary;
		if (read_rating(r, m.rating, e) != 0 ||
		    read_source(r, m.source, e) != 0)
			return -1;
		++*n;
	}
	return unpack_done(&u) ? 0 : damaged(e);
}

int
nvd_ratings_find(struct db *db, struct span cve, struct arena *a,
    struct nvd_rating **out, size_t *n, struct err *e)
{
	struct reader r = { .db = db, .arena = a };
	struct db_stmt *s;
	int64_t value;
	int rc;

	*n = 0;
	if (advisory_alias_value(db, cve, &value, e) != 0)
		return -1;
	if (value == 0)
		return 0;
	s = db_query(db, QUERY_INDEX_EVAL_NVD_METRICS);
	db_bind_int(s, "value", value);
	rc = db_step(s, e);
	if (rc == 1)
		rc = read_all(&r, db_blob(s, 0), out, n, e);
	db_reset(s);
	return rc;
}
