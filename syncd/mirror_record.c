/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "bundle/refusal.h"
#include "indexer/current.h"
#include "schema_catalog.h"
#include "syncd/mirror_parts.h"

static bool
is_same_adoption(const struct mirror *m, struct db_stmt *q)
{
	struct buf words = { 0 };
	bool same;
	size_t i;

	for (i = 0; i < m->n_sources; i++)
		buf_printf(&words, "%s%.*s", i == 0 ? "" : " ",
		    SPAN_ARG(m->sources[i]));
	same = span_eq(db_text(q, 13), buf_span(&words)) &&
	    db_int(q, 14) == m->trusted.is_expired &&
	    db_int(q, 6) == (int64_t)m->trusted.versions[TUF_TIMESTAMP] &&
	    db_int(q, 7) == (int64_t)m->trusted.versions[TUF_SNAPSHOT];
	buf_cleanup(&words);
	return same;
}

int
mirror_is_done(struct mirror *m, struct err *e)
{
	struct db_stmt *q = db_query(m->catalog, QUERY_CATALOG_LEDGER_LIST);
	struct index_reader reader;
	struct err ignored;
	bool same = false;
	int rc;

	while ((rc = db_step(q, e)) == 1)
		if (span_is(db_text(q, 2), "imported"))
			same = is_same_adoption(m, q);
	db_reset(q);
	if (rc == -1)
		return -1;
	if (!same || !file_exists(m->state->dirfd, ADOPT_RECEIPT))
		return 0;
	/* A damaged index is made anew by an adoption. */
	same = current_open(&reader, m->state, &ignored) == 0 &&
	    reader.generation != 0;
	m->result->adopted.generation = reader.generation;
	index_close(&reader);
	return same;
}

static int
record_run(struct mirror *m, bool failed, struct err *e)
{
	struct db_stmt *q = db_query(m->catalog, QUERY_CATALOG_RUN_ADD);

	db_bind_int(q, ":started", m->result->started);
	db_bind_int(q, ":ended", m->result->ended);
	db_bind_text(q, ":origin", m->shown);
	db_bind_int(q, ":n_fetched", (int64_t)m->result->n_fetched);
	db_bind_int(q, ":n_unchanged", 0);
	db_bind_int(q, ":n_not_offered", 0);
	db_bind_int(q, ":n_refused", failed);
	db_bind_int(q, ":generation", (int64_t)m->result->adopted.generation);
	db_bind_text(
	    q, ":result", failed ? SPAN_LIT("failed") : SPAN_LIT("ok"));
	return db_run(q, e);
}

static int
record_failure(struct mirror *m, const struct err *why, struct err *e)
{
	enum refusal r = refusal_of(why);
	struct buf detail = { 0 };
	int rc;

	buf_printf(&detail, "%s%s%s", refusal_name(r),
	    r == REFUSAL_NONE ? "" : ": ", why->msg);
	rc = catalog_audit(m->catalog, m->shown,
	    r == REFUSAL_NONE ? "failed" : "refused", buf_span(&detail), e);
	buf_cleanup(&detail);
	return rc;
}

int
mirror_record(struct mirror *m, const struct err *why, struct err *e)
{
	if (db_begin(m->catalog, e) != 0)
		return -1;
	if (record_run(m, why != NULL, e) == 0 &&
	    (why == NULL || record_failure(m, why, e) == 0) &&
	    db_commit(m->catalog, e) == 0)
		return 0;
	db_rollback(m->catalog);
	return -1;
}

int
mirror_last(struct db *catalog, struct due_last *out, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_RUN_ENDED);
	int rc = db_step(q, e);

	*out = (struct due_last){ 0 };
	if (rc == 1)
		*out =
		    (struct due_last){ db_int(q, 0), (unsigned)db_int(q, 1) };
	db_reset(q);
	return rc == -1 ? -1 : 0;
}
