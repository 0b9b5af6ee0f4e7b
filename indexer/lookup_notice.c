/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/lookup_impl.h"
#include "schema_index.h"

static int
show_references(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q =
	    db_query(s->family->db, QUERY_INDEX_USN_REFERENCE_ROWS);
	int rc;

	db_bind_int(q, "key", key);
	sheet_list(&s->sheet, "references");
	while ((rc = db_step(q, e)) == 1)
		sheet_item(&s->sheet, db_text(q, 0));
	sheet_list_end(&s->sheet);
	return rc;
}

static int
show_packages(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q =
	    db_query(s->family->db, QUERY_INDEX_USN_PACKAGE_ROWS);
	int rc;

	db_bind_int(q, "key", key);
	sheet_list(&s->sheet, "packages");
	while ((rc = db_step(q, e)) == 1) {
		sheet_row(&s->sheet);
		sheet_cell(&s->sheet, "release", db_text(q, 0));
		sheet_cell(&s->sheet, "type",
		    db_int(q, 1) != 0 ? SPAN_LIT("source")
				      : SPAN_LIT("binary"));
		sheet_cell(&s->sheet, "name", db_text(q, 2));
		sheet_cell(&s->sheet, "version", db_text(q, 3));
		sheet_cell(&s->sheet, "pocket", db_text(q, 4));
		sheet_row_end(&s->sheet);
	}
	sheet_list_end(&s->sheet);
	return rc;
}

int
show_notice(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q = show_row(s, QUERY_INDEX_USN_ROW, key, e);
	struct span raw;

	if (q == NULL)
		return -1;
	sheet_record(&s->sheet, "notice", db_text(q, 0));
	sheet_text(&s->sheet, "title", db_text(q, 2));
	sheet_time(&s->sheet, "published", db_int(q, 1));
	db_reset(q);
	if (show_references(s, key, e) != 0 || show_packages(s, key, e) != 0 ||
	    show_origin(s, key, e) != 0 ||
	    show_raw(s, QUERY_INDEX_USN_RAW_GET, key, &raw, e) != 0)
		return -1;
	sheet_json(&s->sheet, "record", raw);
	sheet_record_end(&s->sheet);
	return 0;
}
