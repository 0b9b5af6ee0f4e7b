/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_out.h"
#include "base/proc.h"
#include "base/sandbox.h"
#include "cli/status.h"
#include "server/desk_catalog.h"

static void
json_counts(struct json_out *j, const struct counts *c)
{
	json_uint(j, "records", c->records);
	if (c->has_distinct)
		json_uint(j, "distinct", c->distinct);
}

static void
json_time_or_null(struct json_out *j, const char *name, int64_t time)
{
	if (time == SCHEDULE_NEVER)
		json_null(j, name);
	else
		json_time(j, name, time);
}

static void
json_span_or_null(struct json_out *j, const char *name, struct span text)
{
	if (text.len == 0)
		json_null(j, name);
	else
		json_span(j, name, text);
}

static void
json_document(struct json_out *j, const struct document *d,
    const struct catalog_document *accepted)
{
	json_object(j, NULL);
	json_span(j, "name", d->name);
	json_uint(j, "records", d->n_records);
	json_span(j, "published", d->published);
	json_uint(j, "missing_tests", d->n_missing);
	json_span(j, "distribution", d->distribution);
	json_span(j, "release", d->release);
	json_span(j, "flavour", d->flavour);
	json_span(j, "path", d->path);
	json_span(j, "sha256", d->sha256);
	json_uint(j, "size_bytes", d->size_bytes);
	/* After a rollback the catalog knows a later file than the index. */
	if (accepted != NULL && span_eq(accepted->sha256, d->sha256)) {
		json_span_or_null(j, "proof", accepted->proof);
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

int
status_json_source(const struct status *st, const struct source *source,
    struct json_out *j, struct err *e)
{
	const struct source_row *row = &st->sources[source - sources];
	const struct index_family *f = status_family(st, source->family);
	struct counts c = { 0 };
	size_t i;

	if (f != NULL && status_count(f, source, &c, e) != 0)
		return -1;
	json_str(j, "name", source->name);
	json_str(j, "family", source->family);
	json_str(j, "state", status_word(row));
	json_bool(j, "asked", row->asked);
	json_str(j, "schedule", source_schedule(source, st->config));
	json_time_or_null(j, "next", row->next);
	json_time(j, "checked", row->checked);
	json_time(j, "changed", row->changed);
	if (row->message.len > 0)
		json_span(j, "message", row->message);
	else
		json_null(j, "message");
	json_span_or_null(j, "published", row->published);
	json_time_or_null(
	    j, "proved", row->proved == 0 ? SCHEDULE_NEVER : row->proved);
	json_bool(j, "held", row->held != NULL || span_is(row->result, "held"));
	json_span_or_null(
	    j, "held_because", row->held != NULL ? row->held->held : SPAN_NONE);
	json_uint(j, "files", row->n_files);
	json_uint(j, "size_bytes", row->size_bytes);
	json_counts(j, &c);
	json_array(j, "documents");
	for (i = 0; f != NULL && i < f->n_documents; i++)
		if (span_is(f->documents[i].source, source->name))
			json_document(j, &f->documents[i],
			    status_accepted(st, f->documents[i].name));
	json_array_end(j);
	return 0;
}

static int
json_sources(const struct status *st, struct json_out *j, struct err *e)
{
	size_t i;

	json_array(j, "sources");
	for (i = 0; i < n_sources; i++) {
		json_object(j, NULL);
		if (status_json_source(st, &sources[i], j, e) != 0)
			return -1;
		json_object_end(j);
	}
	json_array_end(j);
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

		if (status_count(f, NULL, &c, e) != 0)
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
	json_span(j, "origin",
	    st->is_public ? desk_origin(st->run.origin) : st->run.origin);
	json_span(j, "result", st->run.result);
	json_object_end(j);
}

static void
json_paths(struct json_out *j, const char *name, const char *const *paths)
{
	json_array(j, name);
	for (; *paths != NULL; paths++)
		json_str(j, NULL, *paths);
	json_array_end(j);
}

/* What each process may; 0: as inherited. */
static void
json_roles(struct json_out *j)
{
	enum role i;

	json_array(j, "roles");
	for (i = ROLE_FETCH; i < N_ROLES; i++) {
		const struct role_rights *r = proc_rights(i);

		json_object(j, NULL);
		json_str(j, "name", r->name);
		json_bool(j, "network", r->network);
		json_bool(j, "accepts", r->accepts);
		json_paths(j, "reads", r->reads);
		json_paths(j, "writes", r->writes);
		json_uint(j, "memory_max_bytes", r->memory_max);
		json_uint(j, "files_max", r->files_max);
		json_object_end(j);
	}
	json_array_end(j);
}

/* results.sqlite; sizes are packed. */
static void
json_results(struct json_out *j, const struct results_counts *n)
{
	json_object(j, "results");
	json_uint(j, "images", n->n_images);
	json_uint(j, "inventories", n->n_inventories);
	json_uint(j, "inventories_bytes", n->inventories_size);
	json_uint(j, "verdicts", n->n_verdicts);
	json_uint(j, "verdicts_bytes", n->verdicts_size);
	json_uint(j, "layers", n->n_layers);
	json_uint(j, "layers_bytes", n->layers_size);
	json_object_end(j);
}

int
status_json(const struct status *st, struct out *o, struct err *e)
{
	struct sandbox_status box = sandbox_probe();
	struct json_out j;

	json_out_init(&j, o);
	json_object(&j, NULL);
	json_uint(&j, "format", 1);
	json_str(&j, "scapcache", SCAPCACHE_VERSION);
	if (!st->is_public)
		json_str(&j, "state", st->state.path);
	json_uint(&j, "generation", st->index.generation);
	json_run(st, &j);
	if (json_sources(st, &j, e) != 0 || json_families(st, &j, e) != 0)
		return -1;
	json_results(&j, &st->results);
	status_tuf_json(&st->tuf, &j);
	json_object(&j, "daemon");
	json_bool(&j, "running", st->daemon != 0);
	if (!st->is_public)
		json_int(&j, "process", st->daemon);
	json_object_end(&j);
	json_object(&j, "sandbox");
	json_bool(&j, "landlock", box.landlock);
	json_bool(&j, "seccomp", box.seccomp);
	json_roles(&j);
	json_object_end(&j);
	json_object_end(&j);
	out_char(o, '\n');
	return 0;
}
