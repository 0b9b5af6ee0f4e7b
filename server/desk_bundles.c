/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /v1/bundles says: the files of bundles/, whose signatures prove them
 * until when, and what was signed, exported and imported.
 */
#include "base/catalog.h"
#include "base/json_out.h"
#include "schema_catalog.h"
#include "server/bundle_files.h"
#include "server/desk.h"

#define LEDGER_MAX 100 /* rows: the newest */

/* --- files --- */

static void
json_words(struct json_out *j, const char *name, struct span words)
{
	struct span word;

	json_array(j, name);
	while (words.len > 0 && span_next(&words, ' ', &word))
		json_span(j, NULL, word);
	json_array_end(j);
}

static void
json_file(struct json_out *j, const struct bundle_entry *entry)
{
	char hex[DIGEST_HEX_SIZE];

	json_object(j, NULL);
	json_str(j, "name", entry->name);
	json_uint(j, "size_bytes", entry->size_bytes);
	json_uint(j, "generation", entry->file.generation);
	if (entry->file.since == 0)
		json_null(j, "since");
	else
		json_uint(j, "since", entry->file.since);
	json_time(j, "made", entry->modified);
	json_str(j, "sha256", digest_hex(&entry->manifest, hex));
	json_uint(j, "snapshot", entry->snapshot);
	json_uint(j, "targets", entry->n_targets);
	json_words(j, "sources", entry->sources);
	json_object_end(j);
}

static int
json_files(struct desk_server *d, struct json_out *j, struct err *e)
{
	struct bundle_files *f;
	size_t i;

	if (bundle_files_get(d->state.dirfd, &f, e) != 0)
		return -1;
	json_array(j, "files");
	for (i = 0; i < bundle_files_count(f); i++)
		json_file(j, bundle_files_at(f, i));
	json_array_end(j);
	bundle_files_drop(f);
	return 0;
}

/* --- roles --- */

static void
json_role(struct json_out *j, struct db_stmt *q)
{
	json_object(j, NULL);
	json_span(j, "name", db_text(q, 0));
	json_int(j, "version", db_int(q, 1));
	json_time(j, "expires", db_int(q, 2));
	json_int(j, "threshold", db_int(q, 3));
	json_words(j, "keyids", db_text(q, 4));
	json_object_end(j);
}

static int
json_roles(struct db *catalog, struct json_out *j, struct err *e)
{
	struct db_stmt *q;
	int rc = 0;

	json_array(j, "roles");
	if (catalog != NULL) {
		q = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
		while ((rc = db_step(q, e)) == 1)
			json_role(j, q);
		db_reset(q);
	}
	json_array_end(j);
	return rc;
}

/* Fingerprints to compare another way: those of the root. */
static void
json_root_keys(struct json_out *j, struct span keyids)
{
	struct span keyid;

	while (keyids.len > 0 && span_next(&keyids, ' ', &keyid)) {
		json_object(j, NULL);
		json_str(j, "role", "root");
		json_span(j, "keyid", keyid);
		json_object_end(j);
	}
}

static int
json_keys(struct db *catalog, struct json_out *j, struct err *e)
{
	struct db_stmt *q;
	int rc = 0;

	json_array(j, "keys");
	if (catalog != NULL) {
		q = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
		while ((rc = db_step(q, e)) == 1)
			if (span_is(db_text(q, 0), "root"))
				json_root_keys(j, db_text(q, 4));
		db_reset(q);
	}
	json_array_end(j);
	return rc;
}

/* --- the ledger --- */

/* Where it lay on some machine is nobody's business. */
static struct span
base_name(struct span path)
{
	size_t slash = span_rfind(path, '/');

	return slash == path.len ? path : span_from(path, slash + 1);
}

/* Members as `bundle list --json` has them. */
static void
json_row(struct json_out *j, struct db_stmt *q)
{
	json_object(j, NULL);
	json_int(j, "id", db_int(q, 0));
	json_time(j, "time", db_int(q, 1));
	json_span(j, "event", db_text(q, 2));
	json_int(j, "generation", db_int(q, 3));
	json_time(j, "made", db_int(q, 4));
	json_int(j, "root", db_int(q, 5));
	json_int(j, "timestamp", db_int(q, 6));
	json_int(j, "snapshot", db_int(q, 7));
	json_span(j, "snapshot_sha256", db_text(q, 8));
	json_span(j, "name", base_name(db_text(q, 9)));
	json_span(j, "sha256", db_text(q, 10));
	json_int(j, "size_bytes", db_int(q, 11));
	json_span(j, "base", db_text(q, 12));
	json_span(j, "sources", db_text(q, 13));
	json_bool(j, "expired", db_int(q, 14) != 0);
	json_object_end(j);
}

static int
json_ledger(struct db *catalog, struct json_out *j, struct err *e)
{
	struct db_stmt *q;
	int rc = 0;

	json_array(j, "ledger");
	if (catalog != NULL) {
		q = db_query(catalog, QUERY_CATALOG_LEDGER_NEWEST);
		db_bind_int(q, ":limit", LEDGER_MAX);
		while ((rc = db_step(q, e)) == 1)
			json_row(j, q);
		db_reset(q);
	}
	json_array_end(j);
	return rc;
}

static int
answer_bundles(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct json_out j;

	(void)question;
	(void)fd;
	*answer_fd = -1;
	json_out_init(&j, out);
	json_object(&j, NULL);
	if (json_files(d, &j, e) != 0 || json_keys(d->catalog, &j, e) != 0 ||
	    json_roles(d->catalog, &j, e) != 0 ||
	    json_ledger(d->catalog, &j, e) != 0)
		return -1;
	json_object_end(&j);
	out_char(out, '\n');
	return 0;
}

const struct desk_entry desk_bundles_entries[] = {
	{ DESK_BUNDLES, answer_bundles },
	{ 0 },
};
