/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/status.h"
#include "schema_catalog.h"
#include "schema_index.h"
#include "syncd/daemon.h"
#include "syncd/due.h"
#include "syncd/mirror.h"
#include "syncd/sync.h"

static int
read_sources(struct status *st, struct err *e)
{
	struct db_stmt *q = db_query(st->catalog, QUERY_CATALOG_SOURCE_LIST);
	struct source_row *row;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s == NULL)
			continue;
		row = &st->sources[s - sources];
		row->asked_once = true;
		row->checked = db_int(q, 1);
		row->changed = db_int(q, 2);
		row->result = arena_span(&st->arena, db_text(q, 3));
		row->message = arena_span(&st->arena, db_text(q, 4));
		row->n_failed = (unsigned)db_int(q, 5);
	}
	db_reset(q);
	return rc;
}

static int
read_files(struct status *st, struct err *e)
{
	struct db_stmt *q = db_query(st->catalog, QUERY_CATALOG_RESOURCE_COUNT);
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s == NULL)
			continue;
		st->sources[s - sources].n_files = (uint64_t)db_int(q, 1);
		st->sources[s - sources].size_bytes = (uint64_t)db_int(q, 2);
	}
	db_reset(q);
	return rc;
}

/* What the documents of each source say together. */
static void
sum_documents(struct status *st)
{
	size_t i;

	for (i = 0; i < st->n_documents; i++) {
		const struct catalog_document *d = &st->documents[i];
		const struct source *s = source_find(d->source);
		struct source_row *row;

		if (s == NULL)
			continue;
		row = &st->sources[s - sources];
		if (span_cmp(d->published, row->published) > 0)
			row->published = d->published;
		if (d->proved > row->proved)
			row->proved = d->proved;
		if (row->held == NULL && span_has_prefix(d->held, SYNC_HELD))
			row->held = d;
	}
}

/* When a daemon with this configuration would ask each. */
static int
read_schedule(struct status *st, struct err *e)
{
	int64_t delay, now = clock_now();
	bool mirrored = mirror_is_url(config_str(st->config, "sync.from"));
	struct due_last mirror = { 0 };
	struct schedule schedule;
	size_t i;

	if (due_delay(st->state.dirfd,
		config_uint(st->config, "sync.random_delay_s"), false, &delay,
		e) != 0 ||
	    daemon_pid(st->state.dirfd, &st->daemon, e) != 0 ||
	    (mirrored && st->catalog != NULL &&
		mirror_last(st->catalog, &mirror, e) != 0))
		return -1;
	for (i = 0; i < n_sources; i++) {
		struct source_row *row = &st->sources[i];
		const struct due_last last = { row->checked, row->n_failed };

		if (due_schedule(&sources[i], st->config, &schedule,
			&row->asked, e) != 0)
			return -1;
		row->next = row->asked
		    ? due_at(&schedule, mirrored ? &mirror : &last, delay, now)
		    : SCHEDULE_NEVER;
	}
	return 0;
}

static int
read_run(struct status *st, struct err *e)
{
	struct db_stmt *q = db_query(st->catalog, QUERY_CATALOG_RUN_LAST);
	int rc = db_step(q, e);

	if (rc == 1)
		st->run = (struct run_row){
			.any = true,
			.id = db_int(q, 0),
			.started = db_int(q, 1),
			.ended = db_int(q, 2),
			.origin = arena_span(&st->arena, db_text(q, 3)),
			.result = arena_span(&st->arena, db_text(q, 9)),
		};
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int
read_catalog(struct status *st, struct err *e)
{
	if (catalog_open(&st->catalog, &st->state, DB_READ, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	if (read_sources(st, e) != 0 || read_files(st, e) != 0 ||
	    read_run(st, e) != 0 ||
	    catalog_documents(st->catalog, &st->arena, &st->documents,
		&st->n_documents, e) != 0)
		return -1;
	sum_documents(st);
	return 0;
}

static int
cmp_name(const void *name, const void *document)
{
	const struct catalog_document *d = document;

	return span_cmp(*(const struct span *)name, d->name);
}

/* The catalog lists them by name. */
const struct catalog_document *
status_accepted(const struct status *st, struct span name)
{
	if (st->n_documents == 0)
		return NULL;
	return bsearch(&name, st->documents, st->n_documents,
	    sizeof(*st->documents), cmp_name);
}

static int
count_distinct(const struct index_family *f, const struct source *source,
    struct counts *c, struct err *e)
{
	struct db_stmt *q = db_query(f->db,
	    source == NULL ? QUERY_INDEX_NVD_DISTINCT
			   : QUERY_INDEX_NVD_DISTINCT_SOURCE);
	int rc;

	if (source != NULL)
		db_bind_text(q, ":source", span_of(source->name));
	rc = db_step(q, e);
	if (rc == 1) {
		c->distinct = (uint64_t)db_int(q, 1);
		/* The records of the dictionary are no CVEs. */
		c->has_distinct = db_int(q, 0) > 0;
	}
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

int
status_count(const struct index_family *f, const struct source *source,
    struct counts *c, struct err *e)
{
	size_t i;

	*c = (struct counts){ 0 };
	for (i = 0; i < f->n_documents; i++)
		if (source == NULL ||
		    span_is(f->documents[i].source, source->name))
			c->records += f->documents[i].n_records;
	if (!span_is(f->name, "nvd") || f->n_documents == 0)
		return 0;
	c->has_distinct = c->records == 0;
	return c->records == 0 ? 0 : count_distinct(f, source, c, e);
}

const struct index_family *
status_family(const struct status *st, const char *name)
{
	size_t i;

	for (i = 0; i < st->index.n_families; i++)
		if (span_is(st->index.families[i].name, name))
			return &st->index.families[i];
	return NULL;
}

const char *
status_word(const struct source_row *r)
{
	if (!r->asked_once)
		return "never";
	return span_is(r->result, "ok")  ? "ok"
	    : span_is(r->result, "held") ? "held"
					 : "failed";
}

/* A file that cannot be read keeps nothing else from being told. */
static void
read_results(struct status *st)
{
	struct results *r = NULL;
	struct err e;

	if (results_open(&r, &st->state, false, &e) != 0 ||
	    results_counts(r, &st->results, &e) != 0) {
		if (e.code != ERR_MISSING)
			log_warn("%s", e.msg);
	}
	results_close(r);
}

static int
read_signing(struct status *st, struct err *e)
{
	const struct status_now now = { &st->state, st->catalog, st->config,
		st->index.generation };

	return status_tuf_read(&st->tuf, &now, e);
}

static int
print(const struct status *st, uint64_t audit, bool json, struct out *o,
    struct err *e)
{
	if (audit > 0)
		return status_audit(st, audit, json, o, e);
	return json ? status_json(st, o, e) : status_text(st, o, e);
}

int
status_open(
    struct status *st, struct config *config, const char *path, struct err *e)
{
	*st = (struct status){ .config = config,
		.state = { .dirfd = -1, .lockfd = -1 } };
	st->sources = arena_array(&st->arena, n_sources, sizeof(*st->sources));
	if (state_open(&st->state, path, STATE_READ, 0, e) != 0 ||
	    read_catalog(st, e) != 0 || read_schedule(st, e) != 0 ||
	    current_open(&st->index, &st->state, e) != 0)
		return -1;
	read_results(st);
	return read_signing(st, e);
}

void
status_close(struct status *st)
{
	status_tuf_cleanup(&st->tuf);
	index_close(&st->index);
	db_close(st->catalog);
	state_close(&st->state);
	arena_cleanup(&st->arena);
}

static int
status(struct cli *cli, uint64_t audit, bool json, struct err *e)
{
	struct status st;
	struct out o;
	int rc;

	out_init(&o, STDOUT_FILENO);
	rc = status_open(&st, cli->config, cli->state, e);
	if (rc == 0)
		rc = print(&st, audit, json, &o, e);
	if (rc == 0)
		rc = out_flush(&o, e);
	status_close(&st);
	out_cleanup(&o);
	return rc;
}

int
cli_status(struct cli *cli, int argc, char **argv)
{
	const char *audit = NULL;
	bool json = false;
	const struct cli_option options[] = {
		{ "json", NULL, "as JSON", &json },
		{ "audit", "N", "the newest N lines of the audit log", &audit },
		{ 0 },
	};
	struct err e = { 0 };
	uint64_t n = 0;
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	if (audit != NULL &&
	    (!parse_uint(span_of(audit), INT64_MAX, &n) || n == 0))
		return cli_usage(cli, "--audit is a number of lines");
	return status(cli, n, json, &e) == 0 ? CLI_OK : cli_error(&e);
}
