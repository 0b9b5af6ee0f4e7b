/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed or was imported, until when it holds, and what is amiss. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/status_tuf.h"
#include "schema_catalog.h"
#include "syncd/publish.h"

#define DAY_S ((int64_t)86400)

/* --- gathering --- */

static int
read_roles(struct status_tuf *t, struct db *catalog, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	size_t cap = 0;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		t->roles =
		    xgrow(t->roles, &cap, t->n_roles + 1, sizeof(*t->roles));
		t->roles[t->n_roles++] = (struct status_role){
			.name = arena_span(&t->arena, db_text(q, 0)),
			.version = (uint64_t)db_int(q, 1),
			.expires = db_int(q, 2),
		};
	}
	db_reset(q);
	return rc;
}

static int
read_ledger(struct status_tuf *t, struct db *catalog, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_LEDGER_LAST);
	int rc = db_step(q, e);

	if (rc == 1) {
		t->time = db_int(q, 1);
		t->event = arena_span(&t->arena, db_text(q, 2));
		t->generation = (uint64_t)db_int(q, 3);
		t->snapshot = (uint64_t)db_int(q, 7);
		t->sources = arena_span(&t->arena, db_text(q, 13));
	}
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int
read_failure(struct status_tuf *t, struct db *catalog, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_SIGNING_GET);
	int rc = db_step(q, e);

	if (rc == 1) {
		t->failed = db_int(q, 1);
		t->message = arena_span(&t->arena, db_text(q, 2));
	}
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static void __attribute__((format(printf, 2, 3)))
warn(struct status_tuf *t, const char *fmt, ...)
{
	struct buf b = { 0 };
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_add_str(&b, line);
	t->warnings = xgrow(t->warnings, &t->warnings_cap, t->n_warnings + 1,
	    sizeof(*t->warnings));
	t->warnings[t->n_warnings++] = arena_span(&t->arena, buf_span(&b));
	buf_cleanup(&b);
}

/* Keys that are offline sign these. */
static bool
is_offline(const struct status_role *r)
{
	return span_is(r->name, "root") || span_is(r->name, "targets");
}

static const char *
advice(const struct status_tuf *t, const struct status_role *r)
{
	if (!t->has_keys)
		return "import what is newer";
	return is_offline(r) ? "scapcache key renew"
			     : "scapcache sync signs it again";
}

static void
warn_role(struct status_tuf *t, const struct status_role *r,
    const struct config *c, int64_t now)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t left = r->expires - now;

	/* Those that are not meant to last for long are in time till then. */
	if (t->has_keys && !is_offline(r) &&
	    now < publish_renewal_at(c, r->name, r->expires))
		return;

	clock_text(r->expires, text);
	if (left <= 0)
		warn(t, "%.*s has expired at %s: %s", SPAN_ARG(r->name), text,
		    advice(t, r));
	else if (left < PUBLISH_WARN_DAYS * DAY_S)
		warn(t, "%.*s expires at %s, in %" PRId64 " day%s: %s",
		    SPAN_ARG(r->name), text, left / DAY_S,
		    left / DAY_S == 1 ? "" : "s", advice(t, r));
}

static void
collect_warnings(struct status_tuf *t, const struct config *c, uint64_t current)
{
	int64_t now = clock_now();
	char text[CLOCK_TEXT_SIZE];
	size_t i;

	if (t->stale)
		warn(t, "the content is stale: taken with --accept-expired");
	if (t->failed != 0)
		warn(t, "not signed since %s: %.*s",
		    clock_text(t->failed, text), SPAN_ARG(t->message));
	else if (t->has_keys && t->n_roles > 0 && current != t->generation)
		warn(t,
		    "generation %" PRIu64
		    " is not signed yet: the next sync does it",
		    current);
	for (i = 0; i < t->n_roles; i++)
		warn_role(t, &t->roles[i], c, now);
}

int
status_tuf_read(
    struct status_tuf *t, const struct status_now *now, struct err *e)
{
	struct db *catalog = now->catalog;

	if (catalog == NULL)
		return 0;
	t->has_keys = file_exists(now->state->dirfd, "keys");
	if (read_roles(t, catalog, e) != 0 || read_ledger(t, catalog, e) != 0 ||
	    read_failure(t, catalog, e) != 0 ||
	    catalog_is_stale(catalog, now->generation, &t->stale, e) != 0)
		return -1;
	collect_warnings(t, now->config, now->generation);
	return 0;
}

void
status_tuf_cleanup(struct status_tuf *t)
{
	free(t->roles);
	free(t->warnings);
	arena_cleanup(&t->arena);
}

/* --- telling --- */

static bool
is_empty(const struct status_tuf *t)
{
	return t->n_roles == 0 && t->n_warnings == 0;
}

void
status_tuf_text(const struct status_tuf *t, struct out *o)
{
	char text[CLOCK_TEXT_SIZE];
	size_t i;

	if (is_empty(t))
		return;
	out_printf(o, "\nSigned:     ");
	if (t->n_roles == 0)
		out_str(o, "nothing yet");
	else
		out_printf(o,
		    "generation %" PRIu64 ", snapshot %" PRIu64 ", %.*s at %s",
		    t->generation, t->snapshot, SPAN_ARG(t->event),
		    clock_text(t->time, text));
	if (t->sources.len > 0) {
		out_str(o, ", only ");
		print_safe(o, t->sources);
	}
	out_char(o, '\n');
	for (i = 0; i < t->n_roles; i++)
		out_printf(o, "  %-10.*s version %" PRIu64 " until %s\n",
		    SPAN_ARG(t->roles[i].name), t->roles[i].version,
		    clock_text(t->roles[i].expires, text));
	for (i = 0; i < t->n_warnings; i++) {
		out_str(o, "  warning: ");
		print_safe(o, t->warnings[i]);
		out_char(o, '\n');
	}
}

static void
json_roles(struct json_out *j, const struct status_tuf *t)
{
	size_t i;

	json_array(j, "roles");
	for (i = 0; i < t->n_roles; i++) {
		json_object(j, NULL);
		json_span(j, "name", t->roles[i].name);
		json_uint(j, "version", t->roles[i].version);
		json_time(j, "expires", t->roles[i].expires);
		json_object_end(j);
	}
	json_array_end(j);
}

void
status_tuf_json(const struct status_tuf *t, struct json_out *j)
{
	size_t i;

	if (is_empty(t)) {
		json_null(j, "signing");
		return;
	}
	json_object(j, "signing");
	json_bool(j, "keys", t->has_keys);
	json_uint(j, "generation", t->generation);
	json_uint(j, "snapshot", t->snapshot);
	json_span(j, "event", t->event);
	json_time(j, "time", t->time);
	json_span(j, "sources", t->sources);
	json_bool(j, "stale", t->stale);
	json_time(j, "failed", t->failed);
	json_roles(j, t);
	json_array(j, "warnings");
	for (i = 0; i < t->n_warnings; i++)
		json_span(j, NULL, t->warnings[i]);
	json_array_end(j);
	json_object_end(j);
}
