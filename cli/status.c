/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "base/printable.h"
#include "base/sandbox.h"
#include "cli/cli.h"
#include "indexer/current.h"
#include "schema_catalog.h"
#include "schema_index.h"
#include "syncd/sources.h"

#define SECONDS_AN_HOUR 3600

/* The last word about a source. */
struct source_row {
	bool asked_once;
	int64_t checked;
	int64_t changed;
	struct span result;
	struct span message;
};

struct run_row {
	bool any;
	int64_t id;
	int64_t started;
	int64_t ended;
	struct span origin;
	struct span result;
};

/* Records, and CVEs counted once, of one source or family. */
struct counts {
	uint64_t records;
	uint64_t distinct;
	bool has_distinct;
};

struct status {
	struct arena arena;
	struct state state;
	struct db *catalog; /* NULL: nothing was synced yet */
	struct index_reader index;
	struct source_row *sources;
	struct run_row run;
	struct catalog_document *documents;
	size_t n_documents;
};

/* --- gathering --- */

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

static const struct catalog_document *
find_accepted(const struct status *st, struct span name)
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

/* source NULL: the whole family. */
static int
count(const struct index_family *f, const struct source *source,
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

static const struct index_family *
find_family(const struct status *st, const char *name)
{
	size_t i;

	for (i = 0; i < st->index.n_families; i++)
		if (span_is(st->index.families[i].name, name))
			return &st->index.families[i];
	return NULL;
}

static const char *
state_of(const struct source_row *r)
{
	if (!r->asked_once)
		return "never";
	return span_is(r->result, "ok")  ? "ok"
	    : span_is(r->result, "held") ? "held"
					 : "failed";
}

/* --- what a program reads --- */

static void
json_counts(struct json_out *j, const struct counts *c)
{
	json_uint(j, "records", c->records);
	if (c->has_distinct)
		json_uint(j, "distinct", c->distinct);
}

static void
json_document(struct json_out *j, const struct document *d,
    const struct catalog_document *accepted)
{
	json_object(j, NULL);
	json_span(j, "name", d->name);
	json_uint(j, "records", d->n_records);
	json_span(j, "published", d->published);
	json_span(j, "distribution", d->distribution);
	json_span(j, "release", d->release);
	json_span(j, "flavour", d->flavour);
	json_span(j, "path", d->path);
	json_span(j, "sha256", d->sha256);
	json_uint(j, "size_bytes", d->size_bytes);
	/* After a rollback the catalog knows a later file than the index. */
	if (accepted != NULL && span_eq(accepted->sha256, d->sha256)) {
		json_span(j, "proof", accepted->proof);
		json_time(j, "proved", accepted->proved);
	} else {
		json_null(j, "proof");
		json_null(j, "proved");
	}
	if (accepted != NULL && accepted->held.len > 0)
		json_span(j, "held", accepted->held);
	else
		json_null(j, "held");
	json_object_end(j);
}

static int
json_source(const struct status *st, struct json_out *j,
    const struct source *source, struct err *e)
{
	const struct source_row *row = &st->sources[source - sources];
	const struct index_family *f = find_family(st, source->family);
	struct counts c = { 0 };
	size_t i;

	if (f != NULL && count(f, source, &c, e) != 0)
		return -1;
	json_object(j, NULL);
	json_str(j, "name", source->name);
	json_str(j, "family", source->family);
	json_str(j, "state", state_of(row));
	json_time(j, "checked", row->checked);
	json_time(j, "changed", row->changed);
	if (row->message.len > 0)
		json_span(j, "message", row->message);
	else
		json_null(j, "message");
	json_counts(j, &c);
	json_array(j, "documents");
	for (i = 0; f != NULL && i < f->n_documents; i++)
		if (span_is(f->documents[i].source, source->name))
			json_document(j, &f->documents[i],
			    find_accepted(st, f->documents[i].name));
	json_array_end(j);
	json_object_end(j);
	return 0;
}

static int
json_families(const struct status *st, struct json_out *j, struct err *e)
{
	struct counts c;
	size_t i;

	json_array(j, "families");
	for (i = 0; i < st->index.n_families; i++) {
		const struct index_family *f = &st->index.families[i];

		if (count(f, NULL, &c, e) != 0)
			return -1;
		json_object(j, NULL);
		json_span(j, "name", f->name);
		json_uint(j, "documents", f->n_documents);
		json_counts(j, &c);
		json_object_end(j);
	}
	json_array_end(j);
	return 0;
}

static void
json_run(const struct status *st, struct json_out *j)
{
	if (!st->run.any) {
		json_null(j, "last_run");
		return;
	}
	json_object(j, "last_run");
	json_int(j, "id", st->run.id);
	json_time(j, "started", st->run.started);
	json_time(j, "ended", st->run.ended);
	json_span(j, "origin", st->run.origin);
	json_span(j, "result", st->run.result);
	json_object_end(j);
}

static int
print_json(const struct status *st, struct out *o, struct err *e)
{
	struct sandbox_status box = sandbox_probe();
	struct json_out j;
	size_t i;

	json_out_init(&j, o);
	json_object(&j, NULL);
	json_str(&j, "version", SCAPCACHE_VERSION);
	json_str(&j, "state", st->state.path);
	json_uint(&j, "generation", st->index.generation);
	json_run(st, &j);
	json_array(&j, "sources");
	for (i = 0; i < n_sources; i++)
		if (json_source(st, &j, &sources[i], e) != 0)
			return -1;
	json_array_end(&j);
	if (json_families(st, &j, e) != 0)
		return -1;
	json_object(&j, "sandbox");
	json_bool(&j, "landlock", box.landlock);
	json_bool(&j, "seccomp", box.seccomp);
	json_object_end(&j);
	json_object_end(&j);
	out_char(o, '\n');
	return 0;
}

/* --- what a person reads --- */

/* "3 h ago" beside the time, so that nobody has to count. */
static void
print_age(struct out *o, int64_t t)
{
	int64_t age = clock_now() - t;
	char text[CLOCK_TEXT_SIZE];

	if (t == 0) {
		out_str(o, "never");
		return;
	}
	out_str(o, clock_text(t, text));
	if (age >= 48 * SECONDS_AN_HOUR)
		out_printf(
		    o, " (%" PRId64 " days ago)", age / (24 * SECONDS_AN_HOUR));
	else if (age >= SECONDS_AN_HOUR)
		out_printf(o, " (%" PRId64 " h ago)", age / SECONDS_AN_HOUR);
}

static void
print_safe(struct out *o, struct span s)
{
	struct buf text = { 0 };

	printable_add(&text, s);
	out_span(o, buf_span(&text));
	buf_cleanup(&text);
}

static void
print_document(struct out *o, const struct document *d,
    const struct catalog_document *accepted)
{
	out_printf(o, "  %-44.*s %8" PRIu64 "  %.*s  ", SPAN_ARG(d->name),
	    d->n_records, SPAN_ARG(span_first(d->sha256, 12)));
	print_safe(o, d->published);
	out_char(o, '\n');
	if (accepted != NULL && accepted->held.len > 0) {
		out_str(o, "    a newer file was refused: ");
		print_safe(o, accepted->held);
		out_char(o, '\n');
	}
}

static int
print_source(const struct status *st, struct out *o,
    const struct source *source, struct err *e)
{
	const struct source_row *row = &st->sources[source - sources];
	const struct index_family *f = find_family(st, source->family);
	struct counts c = { 0 };
	size_t i;

	if (f != NULL && count(f, source, &c, e) != 0)
		return -1;
	if (source->archive && !row->asked_once)
		return 0;
	out_printf(o, "\n%s: %s, checked ", source->name, state_of(row));
	print_age(o, row->checked);
	out_printf(o, ", %" PRIu64 " records", c.records);
	if (c.has_distinct)
		out_printf(o, ", %" PRIu64 " distinct CVEs", c.distinct);
	out_char(o, '\n');
	if (row->message.len > 0) {
		out_str(o, "  ");
		print_safe(o, row->message);
		out_char(o, '\n');
	}
	for (i = 0; f != NULL && i < f->n_documents; i++)
		if (span_is(f->documents[i].source, source->name))
			print_document(o, &f->documents[i],
			    find_accepted(st, f->documents[i].name));
	return 0;
}

static int
print_text(const struct status *st, struct out *o, struct err *e)
{
	struct sandbox_status box = sandbox_probe();
	size_t i;

	out_printf(o, "State:      %s\n", st->state.path);
	if (st->index.generation == 0)
		out_str(o, "Generation: none yet: scapcache sync\n");
	else
		out_printf(
		    o, "Generation: %" PRIu64 "\n", st->index.generation);
	out_str(o, "Last run:   ");
	print_age(o, st->run.ended);
	if (st->run.any) {
		out_printf(o, ", %.*s, from ", SPAN_ARG(st->run.result));
		print_safe(o, st->run.origin);
	}
	out_printf(o, "\nSandbox:    Landlock %s, seccomp %s\n",
	    box.landlock ? "in force" : "not offered by this kernel",
	    box.seccomp ? "in force" : "not offered by this kernel");
	for (i = 0; i < n_sources; i++)
		if (print_source(st, o, &sources[i], e) != 0)
			return -1;
	return 0;
}

/* --- the verb --- */

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
	if ((json ? print_json(&st, &o, e) : print_text(&st, &o, e)) != 0)
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
