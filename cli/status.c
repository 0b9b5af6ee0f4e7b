/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/status.h"
#include "schema_catalog.h"
#include "schema_index.h"

static int
read_sources(struct status *st, struct err *e)
{
	struct db_stmt *q = db_query(st->catalog, QUERY_CATALOG_SOURCE_LIST);
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s != NULL)
			st->sources[s - sources] = (struct source_row){
				.asked_once = true,
				.checked = db_int(q, 1),
				.changed = db_int(q, 2),
				.result = arena_span(&st->arena, db_text(q, 3)),
				.message =
				    arena_span(&st->arena, db_text(q, 4)),
			};
	}
	db_reset(q);
	return rc;
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
	if (read_sources(st, e) != 0 || read_run(st, e) != 0)
		return -1;
	return catalog_documents(
	    st->catalog, &st->arena, &st->documents, &st->n_documents, e);
}

const struct catalog_document *
status_accepted(const struct status *st, struct span name)
{
	size_t i;

	for (i = 0; i < st->n_documents; i++)
		if (span_eq(st->documents[i].name, name))
			return &st->documents[i];
	return NULL;
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
		c->has_distinct = true;
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
	return count_distinct(f, source, c, e);
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

static int
status(struct cli *cli, bool json, struct err *e)
{
	struct status st = { .state = { .dirfd = -1, .lockfd = -1 } };
	struct out o;
	int rc = -1;

	out_init(&o, STDOUT_FILENO);
	st.sources = arena_array(&st.arena, n_sources, sizeof(*st.sources));
	if (state_open(&st.state, cli->state, STATE_READ, 0, e) != 0 ||
	    read_catalog(&st, e) != 0 ||
	    current_open(&st.index, &st.state, e) != 0)
		goto out;
	if ((json ? status_json(&st, &o, e) : status_text(&st, &o, e)) != 0)
		goto out;
	rc = out_flush(&o, e);
out:
	index_close(&st.index);
	db_close(st.catalog);
	state_close(&st.state);
	out_cleanup(&o);
	arena_cleanup(&st.arena);
	return rc;
}

int
cli_status(struct cli *cli, int argc, char **argv)
{
	bool json = false;
	const struct cli_option options[] = {
		{ "json", NULL, "as JSON", &json },
		{ 0 },
	};
	struct err e = { 0 };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 0)
		return cli_usage(cli, "takes no arguments");
	return status(cli, json, &e) == 0 ? CLI_OK : cli_error(&e);
}
