/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "indexer/lookup_impl.h"
#include "schema_index.h"

static void
cell_number(struct sheet *s, const char *name, struct db_stmt *q, int column)
{
	char text[32] = "";

	if (!db_is_null(q, column))
		snprintf(text, sizeof(text), "%.1f", db_real(q, column));
	sheet_cell(s, name, span_of(text));
}

static void
row_metric(struct sheet *s, struct db_stmt *q)
{
	sheet_cell(s, "version", db_text(q, 0));
	cell_number(s, "score", q, 4);
	sheet_cell(s, "severity", db_text(q, 5));
	sheet_cell(s, "vector", db_text(q, 3));
	sheet_cell(s, "source", db_text(q, 1));
	sheet_cell(s, "type",
	    db_int(q, 2) != 0 ? SPAN_LIT("Primary") : SPAN_LIT("Secondary"));
	if (!s->as_json)
		return;
	cell_number(s, "exploitability", q, 6);
	cell_number(s, "impact", q, 7);
}

static void
row_weakness(struct sheet *s, struct db_stmt *q)
{
	sheet_cell(s, "value", db_text(q, 1));
	sheet_cell(s, "source", db_text(q, 0));
}

static void
row_reference(struct sheet *s, struct db_stmt *q)
{
	sheet_cell(s, "url", db_text(q, 0));
	sheet_cell(s, "source", db_text(q, 1));
	sheet_cell(s, "tags", db_text(q, 2));
}

/* "cpe:… from 2.0 before 2.3" */
static void
cell_bound(
    struct sheet *s, const char *word, const char *name, struct span version)
{
	if (version.len == 0)
		return;
	if (!s->as_json)
		sheet_cell(s, "", span_of(word));
	sheet_cell(s, name, version);
}

static void
row_match(struct sheet *s, struct db_stmt *q)
{
	bool after = db_int(q, 4) != 0, before = db_int(q, 6) != 0;

	sheet_cell(s, "cpe", db_text(q, 2));
	cell_bound(s, after ? "after" : "from",
	    after ? "start_excluding" : "start_including", db_text(q, 3));
	cell_bound(s, before ? "before" : "up to",
	    before ? "end_excluding" : "end_including", db_text(q, 5));
	sheet_cell(s, "role",
	    db_int(q, 1) != 0 ? SPAN_LIT("vulnerable")
			      : SPAN_LIT("environment"));
}

static void
row_kev(struct sheet *s, struct db_stmt *q)
{
	sheet_cell(s, "added", db_text(q, 0));
	sheet_cell(s, "due", db_text(q, 1));
	sheet_cell(s, "name", db_text(q, 3));
	sheet_cell(s, "action", db_text(q, 2));
}

static const struct {
	unsigned query;
	const char *name;
	void (*row)(struct sheet *s, struct db_stmt *q);
} lists[] = {
	{ QUERY_INDEX_NVD_KEV_ROWS, "exploited", row_kev },
	{ QUERY_INDEX_NVD_METRIC_ROWS, "cvss", row_metric },
	{ QUERY_INDEX_NVD_WEAKNESS_ROWS, "weaknesses", row_weakness },
	{ QUERY_INDEX_NVD_REFERENCE_ROWS, "references", row_reference },
	{ QUERY_INDEX_NVD_MATCH_ROWS, "products", row_match },
};

static int
show_list(struct showing *s, size_t i, int64_t key, struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, lists[i].query);
	int rc;

	db_bind_int(q, "key", key);
	sheet_list(&s->sheet, lists[i].name);
	while ((rc = db_step(q, e)) == 1) {
		sheet_row(&s->sheet);
		lists[i].row(&s->sheet, q);
		sheet_row_end(&s->sheet);
	}
	sheet_list_end(&s->sheet);
	return rc;
}

static int
show_descriptions(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q =
	    db_query(s->family->db, QUERY_INDEX_NVD_DESCRIPTION_ROWS);
	struct span english = SPAN_NONE;
	int rc;

	db_bind_int(q, "key", key);
	while ((rc = db_step(q, e)) == 1)
		if (english.ptr == NULL && span_is(db_text(q, 0), "en"))
			english = arena_span(&s->arena, db_text(q, 1));
	sheet_text(&s->sheet, "description", english);
	return rc;
}

/* Every document that has the CVE, this one included. */
static int
show_documents(struct showing *s, struct span id, struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, QUERY_INDEX_NVD_DOCUMENTS);
	int rc;

	db_bind_text(q, "id", id);
	sheet_list(&s->sheet, "in");
	while ((rc = db_step(q, e)) == 1)
		sheet_item(&s->sheet, db_text(q, 0));
	sheet_list_end(&s->sheet);
	return rc;
}

static int
show_head(struct showing *s, int64_t key, struct span *id, struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, QUERY_INDEX_NVD_CVE_ROW);
	int rc;

	db_bind_int(q, "key", key);
	rc = db_step(q, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (rc == -1)
		return -1;
	*id = arena_span(&s->arena, db_text(q, 0));
	sheet_record(&s->sheet, "cve", *id);
	sheet_text(&s->sheet, "status", db_text(q, 3));
	sheet_time(&s->sheet, "published", db_int(q, 1) / 1000);
	sheet_time(&s->sheet, "modified", db_int(q, 2) / 1000);
	sheet_text(&s->sheet, "assigner", db_text(q, 4));
	sheet_text(&s->sheet, "tags", db_text(q, 5));
	db_reset(q);
	return 0;
}

int
show_cve(struct showing *s, int64_t key, struct err *e)
{
	struct span id, raw;
	size_t i;

	if (show_head(s, key, &id, e) != 0 || show_descriptions(s, key, e) != 0)
		return -1;
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (show_list(s, i, key, e) != 0)
			return -1;
	if (show_epss(s, id, e) != 0 || show_documents(s, id, e) != 0 ||
	    show_origin(s, key, e) != 0 ||
	    show_raw(s, QUERY_INDEX_NVD_RAW_GET, key, &raw, e) != 0)
		return -1;
	sheet_json(&s->sheet, "record", raw);
	sheet_record_end(&s->sheet);
	return 0;
}
