/* SPDX-License-Identifier: Apache-2.0 */
/* Products of NVD's dictionary, and data streams with their components. */
#include "content/datastream.h"
#include "eval/dictionary.h"
#include "indexer/lookup_impl.h"
#include "schema_index.h"

static void
row_name(struct sheet *s, const struct dictionary_name *name)
{
	struct span rest = name->deprecated_by, by;

	sheet_row(s);
	sheet_cell(s, "name", name->rest);
	sheet_cell(s, "title", name->title);
	if (name->deprecated)
		sheet_cell(s, "state", SPAN_LIT("deprecated"));
	if (s->as_json) {
		sheet_cell(s, "deprecated_by", name->deprecated_by);
	} else {
		while (span_next(&rest, '\n', &by))
			sheet_cell(s, "", by);
	}
	sheet_row_end(s);
}

int
show_product(struct showing *s, int64_t key, struct err *e)
{
	struct db_stmt *q = show_row(s, QUERY_INDEX_CPE_ROW, key, e);
	struct dictionary_name name;
	struct unpack u;
	struct span names;

	if (q == NULL)
		return -1;
	sheet_record(&s->sheet, "product", db_text(q, 0));
	sheet_text(&s->sheet, "title", db_text(q, 1));
	db_reset(q);
	if (show_raw(s, QUERY_INDEX_CPE_NAMES_GET, key, &names, e) != 0)
		return -1;
	u = unpack_of(names);
	sheet_list(&s->sheet, "names");
	while (dictionary_next(&u, &name))
		row_name(&s->sheet, &name);
	sheet_list_end(&s->sheet);
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (show_origin(s, key, e) != 0)
		return -1;
	sheet_record_end(&s->sheet);
	return 0;
}

static int
show_rows(struct showing *s, unsigned query, int64_t key,
    const char *const names[], struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, query);
	int rc, i;

	db_bind_int(q, "key", key);
	sheet_list(&s->sheet, names[0]);
	while ((rc = db_step(q, e)) == 1) {
		sheet_row(&s->sheet);
		for (i = 0; names[i + 1] != NULL; i++)
			sheet_cell(&s->sheet, names[i + 1], db_text(q, i));
		sheet_row_end(&s->sheet);
	}
	sheet_list_end(&s->sheet);
	return rc;
}

static void
show_part(struct sheet *s, struct db_stmt *q)
{
	int64_t kind = db_int(q, 1);

	if (kind < 0 || kind >= DATASTREAM_KINDS)
		kind = DATASTREAM_OTHER;
	sheet_record(
	    s, datastream_kind_name((enum datastream_kind)kind), db_text(q, 0));
	sheet_text(s, "title", db_text(q, 6));
	sheet_text(s, "benchmark", db_text(q, 5));
	sheet_text(s, "version", db_text(q, 7));
	sheet_text(s, "status", db_text(q, 8));
	sheet_text(s, "scap", db_text(q, 3));
	sheet_text(s, "use", db_text(q, 4));
	sheet_text(s, "timestamp", db_text(q, 2));
}

int
show_datastream(struct showing *s, int64_t key, struct err *e)
{
	static const char *const profiles[] = { "profiles", "id", "title",
		NULL };
	static const char *const refs[] = { "components", "id", "section",
		"href", NULL };
	struct db_stmt *q = show_row(s, QUERY_INDEX_DATASTREAM_ROW, key, e);

	if (q == NULL)
		return -1;
	show_part(&s->sheet, q);
	db_reset(q);
	if (show_rows(s, QUERY_INDEX_DATASTREAM_PROFILE_ROWS, key, profiles,
		e) != 0 ||
	    show_rows(s, QUERY_INDEX_DATASTREAM_REF_ROWS, key, refs, e) != 0 ||
	    show_origin(s, key, e) != 0)
		return -1;
	sheet_record_end(&s->sheet);
	return 0;
}
