/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/db.h"
#include "base/stream.h"
#include "content/csaf_deletions.h"
#include "content/csaf.h"
#include "content/debian_tracker.h"
#include "content/errata.h"
#include "content/openvex.h"
#include "content/osv.h"
#include "content/photon.h"
#include "content/secdb.h"
#include "content/updateinfo.h"
#include "indexer/advisory_rows.h"
#include "indexer/cpe_rows.h"
#include "indexer/datastream_rows.h"
#include "indexer/epss_rows.h"
#include "indexer/family.h"
#include "indexer/kev_rows.h"
#include "indexer/nvd_rows.h"
#include "indexer/oval_rows.h"
#include "indexer/repository_rows.h"
#include "indexer/usn_rows.h"
#include "schema_index.h"

/* Formats of advisories share their rows; each has a reader of its own. */
#define ADVISORIES(reader) advisory_rows_write, advisory_rows_remove, reader

static const struct format {
	const char *name;
	int (*write)(struct document_rows *d, struct err *e);
	int (*remove)(struct document_rows *d, struct err *e);
	advisory_reader *advisories;
} formats[] = {
	[DOCUMENT_OVAL] = { "oval", oval_rows_write, oval_rows_remove, NULL },
	[DOCUMENT_NVD] = { "nvd", nvd_rows_write, nvd_rows_remove, NULL },
	[DOCUMENT_NVD_11] = { "nvd-1.1", nvd_rows_write, nvd_rows_remove,
	    NULL },
	[DOCUMENT_USN] = { "usn", usn_rows_write, usn_rows_remove, NULL },
	[DOCUMENT_OSV] = { "osv", ADVISORIES(osv_read) },
	[DOCUMENT_OPENVEX] = { "openvex", ADVISORIES(openvex_read) },
	[DOCUMENT_CSAF] = { "csaf", ADVISORIES(csaf_read) },
	[DOCUMENT_CSAF_DELETIONS] = { "csaf-deletions",
	    ADVISORIES(csaf_deletions_read) },
	[DOCUMENT_DEBIAN_TRACKER] = { "debian-tracker",
	    ADVISORIES(debian_tracker_read) },
	[DOCUMENT_SECDB] = { "secdb", ADVISORIES(secdb_read) },
	[DOCUMENT_ERRATA] = { "errata", ADVISORIES(errata_read) },
	[DOCUMENT_UPDATEINFO] = { "updateinfo", ADVISORIES(updateinfo_read) },
	[DOCUMENT_PHOTON] = { "photon", ADVISORIES(photon_read) },
	[DOCUMENT_KEV] = { "kev", kev_rows_write, kev_rows_remove, NULL },
	[DOCUMENT_EPSS] = { "epss", epss_rows_write, epss_rows_remove, NULL },
	[DOCUMENT_REPOSITORY_CPE] = { "repository-cpe", repository_rows_write,
	    repository_rows_remove, NULL },
	[DOCUMENT_CPE] = { "cpe", cpe_rows_write, cpe_rows_remove, NULL },
	[DOCUMENT_DATASTREAM] = { "datastream", datastream_rows_write,
	    datastream_rows_remove, NULL },
};

#define N_FORMATS (sizeof(formats) / sizeof(*formats))

advisory_reader *
document_format_advisories(enum document_format f)
{
	return formats[f].advisories;
}

const char *
document_format_name(enum document_format f)
{
	return formats[f].name;
}

bool
document_format_parse(struct span name, enum document_format *out)
{
	size_t i;

	for (i = DOCUMENT_OVAL; i < N_FORMATS; i++)
		if (span_is(name, formats[i].name)) {
			*out = (enum document_format)i;
			return true;
		}
	return false;
}

/* The document's row as it stood before. */
struct known {
	bool found;
	bool same; /* nothing about it would change */
	int64_t id;
	enum document_format format;
	uint64_t n_records;
};

static bool
is_removal(const struct index_input *in)
{
	return in->file == NULL && in->store == NULL;
}

static const struct digest *
digest_in(const struct index_input *in)
{
	return in->file != NULL ? &verified_proof(in->file)->sha256
				: &in->sha256;
}

static int
find_document(
    struct db *db, const struct index_input *in, struct known *k, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_DOCUMENT_GET);
	char hex[DIGEST_HEX_SIZE];
	int rc;

	*k = (struct known){ 0 };
	db_bind_text(s, "name", in->name);
	rc = db_step(s, e);
	if (rc != 1)
		return rc;
	k->found = true;
	k->id = db_int(s, 0);
	k->n_records = (uint64_t)db_int(s, 8);
	if (!document_format_parse(db_text(s, 2), &k->format)) {
		db_reset(s);
		return err_set(e, ERR_FORMAT, "the index is damaged");
	}
	k->same = !is_removal(in) && k->format == in->format &&
	    span_is(db_text(s, 1), digest_hex(digest_in(in), hex)) &&
	    span_eq(db_text(s, 3), in->source) &&
	    span_eq(db_text(s, 4), in->distribution) &&
	    span_eq(db_text(s, 5), in->release) &&
	    span_eq(db_text(s, 6), in->flavour) &&
	    span_eq(db_text(s, 7), in->path);
	db_reset(s);
	return 0;
}

static int
add_document(
    struct db *db, const struct index_input *in, int64_t *id, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_DOCUMENT_ADD);

	db_bind_text(s, "name", in->name);
	if (db_run(s, e) != 0)
		return -1;
	*id = db_last_id(db);
	return 0;
}

static int
put_document(
    const struct document_rows *d, const struct index_input *in, struct err *e)
{
	struct db_stmt *s = db_query(d->db, QUERY_INDEX_DOCUMENT_PUT);
	const struct proof *proof = verified_proof(in->file);
	char hex[DIGEST_HEX_SIZE];

	db_bind_int(s, "id", d->document);
	db_bind_text(s, "format", span_of(document_format_name(in->format)));
	db_bind_text(s, "source", span_text(in->source));
	db_bind_text(s, "distribution", span_text(in->distribution));
	db_bind_text(s, "release", span_text(in->release));
	db_bind_text(s, "flavour", span_text(in->flavour));
	db_bind_text(s, "path", span_text(in->path));
	db_bind_text(s, "sha256", span_of(digest_hex(&proof->sha256, hex)));
	db_bind_int(s, "size_bytes", (int64_t)proof->size_bytes);
	db_bind_text(s, "product_name", span_text(d->info.product_name));
	db_bind_text(s, "product_version", span_text(d->info.product_version));
	db_bind_text(s, "schema_version", span_text(d->info.schema_version));
	db_bind_text(s, "published", span_text(d->info.published));
	db_bind_int(s, "n_records", (int64_t)d->outcome->n_records);
	db_bind_int(s, "n_missing", (int64_t)d->outcome->n_missing);
	snprintf(d->outcome->published, sizeof(d->outcome->published), "%.*s",
	    SPAN_ARG(span_first(d->info.published, INDEX_PUBLISHED_SIZE - 1)));
	return db_run(s, e);
}

static int
write_rows(struct document_rows *d, const struct index_input *in, struct err *e)
{
	const struct stream_options options = { .out_max = in->unpacked_max };
	int rc = -1;

	if (stream_open_fd(&d->in, verified_fd(in->file), &options, e) != 0)
		return -1;
	if (formats[d->format].write(d, e) == 0 && place_save(d, e) == 0)
		rc = put_document(d, in, e);
	stream_close(d->in);
	return rc;
}

static int
remove_rows(struct document_rows *d, struct err *e)
{
	if (formats[d->format].remove(d, e) != 0 ||
	    rows_delete(d->db, QUERY_INDEX_PLACE_DELETE, d->document, e) != 0)
		return -1;
	return rows_delete(d->db, QUERY_INDEX_DOCUMENT_DELETE, d->document, e);
}

/* A document that turned into another format starts anew. */
static int
write_document(struct document_rows *d, const struct index_input *in,
    const struct known *known, struct err *e)
{
	d->document = known->id;
	d->format = known->format;
	d->fresh = !known->found;
	if (document_rows_init(d, e) != 0)
		return -1;
	if (is_removal(in))
		return remove_rows(d, e);
	if (known->found && known->format != in->format) {
		if (remove_rows(d, e) != 0)
			return -1;
		d->fresh = true;
	}
	d->format = in->format;
	if (d->fresh && add_document(d->db, in, &d->document, e) != 0)
		return -1;
	return write_rows(d, in, e);
}

/* One that is in the store is open for its turn only. */
static int
write_opened(struct document_rows *d, const struct index_input *in,
    const struct known *known, struct err *e)
{
	struct verified_file *file = NULL;
	struct index_input opened = *in;
	int rc;

	if (in->file != NULL || is_removal(in))
		return write_document(d, in, known, e);
	if (store_get(in->store, &in->sha256, &file, e) != 0) {
		/* A file that cannot be read keeps only itself out. */
		if (e->code == ERR_SYSTEM)
			e->code = ERR_MISSING;
		return -1;
	}
	opened.file = file;
	rc = write_document(d, &opened, known, e);
	verified_close(file);
	return rc;
}

static int
build_document(struct db *db, const struct index_input *in, size_t i,
    struct index_outcome *outcome, const struct index_progress *progress,
    struct err *e)
{
	struct document_rows d = { .db = db,
		.format = in->format,
		.outcome = outcome,
		.progress = progress,
		.input = i };
	int64_t before = db_total_changes(db);
	struct known known;
	int rc;

	if (find_document(db, in, &known, e) != 0)
		return -1;
	if (known.same)
		outcome->n_records = known.n_records;
	if (known.same || (!known.found && is_removal(in)))
		return 0;
	if (!known.found)
		known.format = in->format;
	rc = write_opened(&d, in, &known, e);
	document_rows_cleanup(&d);
	outcome->n_written = (uint64_t)(db_total_changes(db) - before);
	return rc;
}

/* What is wrong with one document does not keep the others out. */
static int
build_or_refuse(struct db *db, const struct index_input *in, size_t i,
    struct index_outcome *outcome, const struct index_progress *progress,
    struct err *e)
{
	*outcome = (struct index_outcome){ 0 };
	if (db_savepoint(db, e) != 0)
		return -1;
	if (build_document(db, in, i, outcome, progress, e) == 0)
		return db_release(db, e);
	err_context(e, "%.*s", SPAN_ARG(in->path));
	db_rollback_to(db);
	if (e->code == ERR_SYSTEM)
		return -1;
	*outcome = (struct index_outcome){ .refused = true, .error = *e };
	return 0;
}

int
family_build(const char *path, const struct index_input *inputs, size_t n,
    struct index_outcome *outcomes, const struct index_progress *progress,
    struct err *e)
{
	struct db *db = NULL;
	size_t i;
	int rc = -1;

	if (db_open(&db, path, &SCHEMA_INDEX, DB_BUILD, e) != 0 ||
	    db_begin(db, e) != 0)
		goto out;
	for (i = 0; i < n; i++)
		if (build_or_refuse(
			db, &inputs[i], i, &outcomes[i], progress, e) != 0)
			goto out;
	if (db_commit(db, e) != 0 || db_seal(db, e) != 0)
		goto out;
	rc = 0;
out:
	if (rc != 0 && db != NULL)
		db_rollback(db);
	db_close(db);
	return rc;
}
