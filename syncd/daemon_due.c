/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "schema_catalog.h"
#include "syncd/daemon_parts.h"
#include "syncd/mirror.h"
#include "syncd/publish.h"

const char *
daemon_from(const struct daemon *d)
{
	const char *from = config_str(d->options.config, "sync.from");

	return d->options.from != NULL ? d->options.from
	    : from[0] != '\0'          ? from
				       : NULL;
}

/* How each source fared when it was asked last. */
static int
read_sources(struct db *catalog, struct due_last *last, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_SOURCE_LIST);
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s != NULL)
			last[s - sources] = (struct due_last){ db_int(q, 1),
				(unsigned)db_int(q, 5) };
	}
	db_reset(q);
	return rc;
}

/*
 * Of a mirror the catalog says when each source was asked there, not here.
 */
static int
read_mirror(struct db *catalog, struct due_last *last, struct err *e)
{
	struct due_last run;
	size_t i;

	if (mirror_last(catalog, &run, e) != 0)
		return -1;
	for (i = 0; i < n_sources; i++)
		last[i] = run;
	return 0;
}

static int
read_last(const struct daemon *d, struct db *catalog, struct due_last *last,
    struct err *e)
{
	return mirror_is_url(daemon_from(d)) ? read_mirror(catalog, last, e)
					     : read_sources(catalog, last, e);
}

/* *renewal: when something signed is to be signed again; SCHEDULE_NEVER. */
static int
read_renewal(
    struct daemon *d, struct db *catalog, int64_t *renewal, struct err *e)
{
	int64_t at;

	if (!file_exists(d->state.dirfd, "keys"))
		return 0;
	if (publish_renewal_due(catalog, d->options.config, &at, e) != 0)
		return -1;
	if (at != 0)
		*renewal = at;
	return 0;
}

/* No catalog yet is fine. */
static int
read_catalog(
    struct daemon *d, struct due_last *last, int64_t *renewal, struct err *e)
{
	struct db *catalog = NULL;
	int rc = -1;

	*renewal = SCHEDULE_NEVER;
	if (catalog_open(&catalog, &d->state, DB_READ_SOON, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	if (read_last(d, catalog, last, e) == 0)
		rc = read_renewal(d, catalog, renewal, e);
	db_close(catalog);
	return rc;
}

/* One that failed is tried again after a while. */
static void
plan_renewal(
    const struct daemon *d, int64_t renewal, int64_t now, struct daemon_work *w)
{
	int64_t wait_ms = d->renewal_ms - clock_monotonic_ms();

	if (renewal <= now && wait_ms > 0)
		renewal = now + wait_ms / 1000 + 1;
	w->renew = renewal <= now;
	if (!w->renew && renewal < w->next)
		w->next = renewal;
}

int
daemon_due(struct daemon *d, struct daemon_work *w, struct err *e)
{
	struct due_last *last = xcalloc(n_sources, sizeof(*last));
	int64_t now = clock_now(), at, renewal;
	int rc = read_catalog(d, last, &renewal, e);
	size_t i;

	w->n = 0;
	w->next = SCHEDULE_NEVER;
	for (i = 0; rc == 0 && i < n_sources; i++) {
		const struct daemon_plan *p = &d->plans[i];

		at = p->asked ? due_at(&p->schedule, &last[i], d->delay_s, now)
			      : SCHEDULE_NEVER;
		if (at <= now || d->requests[i].sync)
			w->run[w->n++] = &sources[i];
		else if (at < w->next)
			w->next = at;
	}
	plan_renewal(d, renewal, now, w);
	free(last);
	return rc;
}
