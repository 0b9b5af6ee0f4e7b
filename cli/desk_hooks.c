/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/desk_hooks.h"
#include "cli/status.h"
#include "schema_catalog.h"
#include "syncd/control.h"

#define HISTORY_MAX 60    /* generations of which sizes are told */
#define LATE_S (6 * 3600) /* after it was due */

static int
write_status(struct config *c, const char *state, struct out *o, struct err *e)
{
	struct status st;
	int rc = status_open(&st, c, state, e);

	st.is_public = true;
	if (rc == 0)
		rc = status_json(&st, o, e);
	status_close(&st);
	return rc;
}

/* --- sources --- */

/* It would have been asked by now if a daemon were running. */
static bool
is_late(const struct source_row *r)
{
	return r->asked && r->next != SCHEDULE_NEVER && r->next > 0 &&
	    r->next + LATE_S < clock_now();
}

/* What the newest generations had of it. */
static int
json_history(const struct status *st, const struct source *source,
    struct json_out *j, struct err *e)
{
	struct db_stmt *q;
	int rc = 0;

	json_array(j, "history");
	if (st->catalog != NULL) {
		q = db_query(st->catalog, QUERY_CATALOG_GENERATION_SOURCE);
		db_bind_text(q, ":source", span_of(source->name));
		db_bind_int(q, ":limit", HISTORY_MAX);
		while ((rc = db_step(q, e)) == 1) {
			json_object(j, NULL);
			json_int(j, "generation", db_int(q, 0));
			json_time(j, "made", db_int(q, 1));
			json_int(j, "documents", db_int(q, 2));
			json_int(j, "size_bytes", db_int(q, 3));
			json_object_end(j);
		}
		db_reset(q);
	}
	json_array_end(j);
	return rc;
}

static int
json_source(const struct status *st, const struct source *s, struct json_out *j,
    struct err *e)
{
	json_object(j, NULL);
	if (status_json_source(st, s, j, e) != 0)
		return -1;
	json_str(j, "title", s->title);
	json_str(j, "licence", s->licence);
	json_str(j, "host", s->local ? NULL : s->host);
	json_bool(j, "archive", s->archive);
	json_bool(j, "late", is_late(&st->sources[s - sources]));
	if (json_history(st, s, j, e) != 0)
		return -1;
	json_object_end(j);
	return 0;
}

static int
json_sources(const struct status *st, struct json_out *j, struct err *e)
{
	size_t i;

	json_object(j, NULL);
	json_uint(j, "generation", st->index.generation);
	json_array(j, "sources");
	for (i = 0; i < n_sources; i++)
		if (json_source(st, &sources[i], j, e) != 0)
			return -1;
	json_array_end(j);
	json_object_end(j);
	return 0;
}

static int
write_sources(struct config *c, const char *state, struct span name,
    struct out *o, struct err *e)
{
	const struct source *only = source_find(name);
	struct json_out j;
	struct status st;
	int rc;

	if (only == NULL && name.len > 0)
		return err_set(e, ERR_MISSING, "there is no source %.*s",
		    SPAN_ARG(span_first(name, 100)));
	json_out_init(&j, o);
	rc = status_open(&st, c, state, e);
	if (rc == 0)
		rc = only == NULL ? json_sources(&st, &j, e)
				  : json_source(&st, only, &j, e);
	status_close(&st);
	out_char(o, '\n');
	return rc;
}

/* --- sync --- */

static int
ask_sync(
    const char *path, const char *const *names, struct out *said, struct err *e)
{
	struct buf words = { 0 };
	struct state state;
	int rc;

	if (state_open(&state, path, STATE_READ, 0, e) != 0)
		return -1;
	for (; names != NULL && *names != NULL; names++)
		buf_printf(&words, "%s%s", words.len > 0 ? " " : "", *names);
	rc = control_ask(state.dirfd, buf_span(&words), e);
	if (rc != -1)
		out_str(said,
		    rc == 1 ? "the run has begun"
			    : "it begins when the run that is going on ends");
	buf_cleanup(&words);
	state_close(&state);
	return rc == -1 ? -1 : 0;
}

const struct desk_hooks cli_desk_hooks = {
	.status = write_status,
	.sources = write_sources,
	.sync = ask_sync,
};
