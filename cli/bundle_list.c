/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "cli/bundle.h"
#include "cli/print.h"
#include "schema_catalog.h"

/* Columns of ledger_list. */
enum column {
	COLUMN_ID = 0,
	COLUMN_TIME,
	COLUMN_EVENT,
	COLUMN_GENERATION,
	COLUMN_MADE,
	COLUMN_ROOT,
	COLUMN_TIMESTAMP,
	COLUMN_SNAPSHOT,
	COLUMN_SNAPSHOT_SHA256,
	COLUMN_NAME,
	COLUMN_SHA256,
	COLUMN_SIZE,
	COLUMN_BASE,
	COLUMN_SOURCES,
	COLUMN_EXPIRED,
};

static uint64_t
number(struct db_stmt *row, enum column c)
{
	return (uint64_t)db_int(row, (int)c);
}

static void
print_json(struct json_out *j, struct db_stmt *row)
{
	json_object(j, NULL);
	json_uint(j, "id", number(row, COLUMN_ID));
	json_time(j, "time", db_int(row, COLUMN_TIME));
	json_span(j, "event", db_text(row, COLUMN_EVENT));
	json_uint(j, "generation", number(row, COLUMN_GENERATION));
	json_time(j, "made", db_int(row, COLUMN_MADE));
	json_uint(j, "root", number(row, COLUMN_ROOT));
	json_uint(j, "timestamp", number(row, COLUMN_TIMESTAMP));
	json_uint(j, "snapshot", number(row, COLUMN_SNAPSHOT));
	json_span(j, "snapshot_sha256", db_text(row, COLUMN_SNAPSHOT_SHA256));
	json_span(j, "name", db_text(row, COLUMN_NAME));
	json_span(j, "sha256", db_text(row, COLUMN_SHA256));
	json_uint(j, "size_bytes", number(row, COLUMN_SIZE));
	json_span(j, "base", db_text(row, COLUMN_BASE));
	json_span(j, "sources", db_text(row, COLUMN_SOURCES));
	json_bool(j, "expired", db_int(row, COLUMN_EXPIRED) != 0);
	json_object_end(j);
}

static void
print_text(struct out *o, struct db_stmt *row)
{
	char time[CLOCK_TEXT_SIZE];

	out_printf(o, "%s  ", clock_text(db_int(row, COLUMN_TIME), time));
	out_printf(o, "%-8.*s  generation %" PRIu64 ", snapshot %" PRIu64,
	    SPAN_ARG(db_text(row, COLUMN_EVENT)),
	    number(row, COLUMN_GENERATION), number(row, COLUMN_SNAPSHOT));
	if (db_text(row, COLUMN_BASE).len > 0)
		out_str(o, ", delta");
	if (db_text(row, COLUMN_SOURCES).len > 0) {
		out_str(o, ", only ");
		print_safe(o, db_text(row, COLUMN_SOURCES));
	}
	if (db_int(row, COLUMN_EXPIRED) != 0)
		out_str(o, ", expired");
	if (db_text(row, COLUMN_NAME).len > 0) {
		out_printf(
		    o, ", %" PRIu64 " bytes: ", number(row, COLUMN_SIZE));
		print_safe(o, db_text(row, COLUMN_NAME));
	}
	out_char(o, '\n');
}

static int
print_all(struct db *catalog, bool as_json, struct out *o, struct err *e)
{
	struct db_stmt *row = db_query(catalog, QUERY_CATALOG_LEDGER_LIST);
	struct json_out j;
	size_t n = 0;
	int rc;

	json_out_init(&j, o);
	if (as_json)
		json_array(&j, NULL);
	for (; (rc = db_step(row, e)) == 1; n++) {
		if (as_json)
			print_json(&j, row);
		else
			print_text(o, row);
	}
	db_reset(row);
	if (as_json) {
		json_array_end(&j);
		out_char(o, '\n');
	} else if (rc == 0 && n == 0) {
		out_str(
		    o, "Nothing was signed, exported or imported here yet.\n");
	}
	return rc;
}

int
bundle_list(struct cli *cli, const struct bundle_arguments *a)
{
	struct db *catalog = NULL;
	struct err e = { 0 };
	struct state state;
	struct out o;
	int rc;

	if (a->n_names != 0)
		return cli_usage(cli, "list takes no names");
	if (cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	out_init(&o, STDOUT_FILENO);
	rc = catalog_open(&catalog, &state, DB_READ, &e);
	if (rc == 0)
		rc = print_all(catalog, a->as_json, &o, &e);
	if (rc == 0)
		rc = out_flush(&o, &e);
	out_cleanup(&o);
	db_close(catalog);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}
