/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog is told what a run did, in one transaction after publication.
 * Validators move on only with what was accepted and indexed: a refused file
 * is asked for again.
 */
#include <inttypes.h>

#include "base/log.h"
#include "indexer/mirrored.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"
#include "syncd/collect.h"
#include "syncd/sync_parts.h"

static bool
is_accepted(const struct sync_item *it)
{
	return it->state == SYNC_FETCHED || it->state == SYNC_UNCHANGED;
}

static int
record_resource(struct sync *s, const struct sync_item *it, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	const struct catalog_resource r = {
		.path = it->path,
		.source = span_of(it->file.source->name),
		.origin = it->origin,
		.etag = it->etag,
		.last_modified = it->last_modified,
		.checked = s->result.ended,
		.fetched = it->fetched_bytes > 0 ? s->result.ended
						 : it->before.fetched,
		.sha256 = span_of(digest_hex(&it->proof.sha256, hex)),
		.size_bytes = it->proof.size_bytes,
	};

	if (!is_accepted(it))
		return 0;
	/* A .meta stands for the feed that it proves. */
	if (it->proves != NULL && !is_accepted(it->proves))
		return 0;
	return catalog_set_resource(s->catalog, &r, e);
}

static int
record_refusal(struct sync *s, const struct sync_item *it, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_DOCUMENT_HELD);

	db_bind_text(q, ":name", it->file.name);
	db_bind_text(q, ":held", span_of(it->error.msg));
	return db_run(q, e);
}

static int
record_acceptance(struct sync *s, const struct sync_item *it,
    const struct catalog_document *row, struct err *e)
{
	const struct source *source = it->file.source;
	char hex[DIGEST_HEX_SIZE];
	struct catalog_document d = {
		.name = it->file.name,
		.source = span_of(source->name),
		.family = span_of(source->family),
		.format = span_of(document_format_name(it->file.kind->format)),
		.distribution = it->file.distribution,
		.release = it->file.release,
		.flavour = it->file.flavour,
		.path = it->path,
		.origin = it->origin,
		.sha256 = span_of(digest_hex(&it->proof.sha256, hex)),
		.size_bytes = it->proof.size_bytes,
		.proof = span_of(proof_name(it->proof.kind)),
		.proved = s->result.ended,
		.n_records = it->n_records,
		.published = it->published,
	};

	if (row != NULL && it->proof.kind == PROOF_NONE) {
		/* Not fetched: what proved it then still does. */
		d.proof = row->proof;
		d.proved = row->proved;
	}
	if (row != NULL && row->held.len == 0 && !it->indexed &&
	    span_eq(row->sha256, d.sha256) && span_eq(row->path, d.path) &&
	    row->n_records == d.n_records)
		return 0;
	return catalog_set_document(s->catalog, &d, e);
}

/* What we have and upstream does not offer any more grows old: it is said. */
static int
record_absence(struct sync *s, const struct sync_item *it, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_DOCUMENT_HELD);
	const struct source *source = it->file.source;
	const struct catalog_document *row;
	struct source_file file = it->file;
	struct span path = it->path;

	if (file.role == SOURCE_META) {
		path = source_meta_document(path, &s->arena);
		source_match(source, path, &s->arena, &file);
	}
	row = sync_known(s, file.name);
	if (file.role != SOURCE_DOCUMENT || row == NULL ||
	    !span_eq(row->path, path) ||
	    !span_eq(row->origin, sync_place(s, source)->origin))
		return 0;
	db_bind_text(q, ":name", file.name);
	db_bind_text(q, ":held",
	    SPAN_LIT(SYNC_NOT_OFFERED_TEXT "; the last good copy stays"));
	return db_run(q, e);
}

/* Nobody asks for it again: it is not mirrored any more, and gc may have it. */
static int
record_retirement(struct sync *s, const struct sync_item *it, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_RESOURCE_DROP);

	db_bind_text(q, ":path", it->path);
	if (db_run(q, e) != 0)
		return -1;
	return catalog_drop_document(s->catalog, it->file.name, e);
}

static int
record_document(struct sync *s, const struct sync_item *it, struct err *e)
{
	if (it->state == SYNC_NOT_OFFERED)
		return record_absence(s, it, e);
	if (it->file.role != SOURCE_DOCUMENT)
		return 0;
	if (it->state == SYNC_RETIRED)
		return record_retirement(s, it, e);
	if (it->state == SYNC_REFUSED)
		return record_refusal(s, it, e);
	if (!is_accepted(it))
		return 0;
	return record_acceptance(s, it, sync_known(s, it->file.name), e);
}

static int
record_items(struct sync *s, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_items; i++)
		if (record_resource(s, s->items[i], e) != 0 ||
		    record_document(s, s->items[i], e) != 0)
			return -1;
	return 0;
}

static int
record_source(struct sync *s, const struct sync_tally *t, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_SOURCE_SET);
	const struct sync_item *f = t->failure;
	struct buf message = { 0 };
	int rc;

	if (f != NULL)
		buf_printf(
		    &message, "%.*s: %s", SPAN_ARG(f->path), f->error.msg);
	db_bind_text(q, ":name", span_of(t->source->name));
	db_bind_int(q, ":checked", s->result.ended);
	db_bind_int(q, ":changed", t->n_fetched > 0 ? s->result.ended : 0);
	db_bind_text(q, ":result",
	    span_of(f == NULL ? "ok"
		    : f->held ? "held"
			      : "failed"));
	db_bind_text(q, ":message", span_of(buf_str(&message)));
	rc = db_run(q, e);
	buf_cleanup(&message);
	return rc;
}

static int
record_run(struct sync *s, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_RUN_ADD);
	struct sync_tally sum = { 0 };
	size_t i;

	for (i = 0; i < n_sources; i++) {
		sum.n_fetched += s->tallies[i].n_fetched;
		sum.n_unchanged += s->tallies[i].n_unchanged;
		sum.n_not_offered += s->tallies[i].n_not_offered;
		sum.n_refused += s->tallies[i].n_refused;
	}
	db_bind_int(q, ":started", s->result.started);
	db_bind_int(q, ":ended", s->result.ended);
	db_bind_text(q, ":origin", s->result.origin);
	db_bind_int(q, ":n_fetched", sum.n_fetched);
	db_bind_int(q, ":n_unchanged", sum.n_unchanged);
	db_bind_int(q, ":n_not_offered", sum.n_not_offered);
	db_bind_int(q, ":n_refused", sum.n_refused);
	db_bind_int(q, ":generation", (int64_t)s->result.generation);
	db_bind_text(q, ":result", span_of(s->result.failed ? "failed" : "ok"));
	return db_run(q, e);
}

/* What was decided about a file. */
static int
audit_item(struct sync *s, const struct sync_item *it, struct err *e)
{
	struct buf detail = { 0 };
	int rc = 0;

	if (it->state == SYNC_REFUSED && it->error.code != ERR_NETWORK) {
		rc = catalog_audit(s->catalog, it->path,
		    it->held ? "held" : "refused", span_of(it->error.msg), e);
	} else if (it->accepted) {
		buf_printf(&detail,
		    "--accept %s: %" PRIu64 " records, %" PRIu64
		    " added, %" PRIu64 " changed, %" PRIu64 " removed",
		    it->file.source->name, it->n_records, it->n_added,
		    it->n_changed, it->n_removed);
		rc = catalog_audit(
		    s->catalog, it->path, "accepted", buf_span(&detail), e);
	}
	buf_cleanup(&detail);
	return rc;
}

/* Files that could not be had are one line: a host may be away with all. */
static int
audit_failures(struct sync *s, const struct source *source, struct err *e)
{
	const struct sync_item *first = NULL;
	struct buf detail = { 0 };
	size_t i, n = 0;
	int rc;

	for (i = 0; i < s->n_items; i++) {
		const struct sync_item *it = s->items[i];

		if (it->file.source != source || it->state != SYNC_REFUSED ||
		    it->error.code != ERR_NETWORK)
			continue;
		first = first == NULL ? it : first;
		n++;
	}
	if (n == 0)
		return 0;
	buf_printf(
	    &detail, "%.*s: %s", SPAN_ARG(first->path), first->error.msg);
	if (n > 1)
		buf_printf(&detail, "; and %zu more", n - 1);
	rc = catalog_audit(
	    s->catalog, span_of(source->name), "failed", buf_span(&detail), e);
	buf_cleanup(&detail);
	return rc;
}

static int
record_audit(struct sync *s, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_items; i++)
		if (audit_item(s, s->items[i], e) != 0)
			return -1;
	for (i = 0; i < n_sources; i++)
		if (s->tallies[i].asked &&
		    audit_failures(s, &sources[i], e) != 0)
			return -1;
	return 0;
}

static int
record_all(struct sync *s, struct err *e)
{
	size_t i;

	if (record_items(s, e) != 0)
		return -1;
	for (i = 0; i < n_sources; i++)
		if (s->tallies[i].asked &&
		    record_source(s, &s->tallies[i], e) != 0)
			return -1;
	if (record_audit(s, e) != 0)
		return -1;
	if (sync_pages_record(s, e) != 0 || mirrored_record(s->catalog, e) != 0)
		return -1;
	return record_run(s, e);
}

int
sync_record(struct sync *s, struct err *e)
{
	/* A run that was killed may have left half a generation. */
	if (generation_clean(s->state->dirfd, e) != 0 ||
	    history_record(s->catalog, s->state, e) != 0 ||
	    db_begin(s->catalog, e) != 0)
		return -1;
	if (record_all(s, e) != 0 || db_commit(s->catalog, e) != 0) {
		db_rollback(s->catalog);
		return -1;
	}
	if (s->result.published)
		collect_garbage(s->state, s->catalog, s->options.config);
	return 0;
}
