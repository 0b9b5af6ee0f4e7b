/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/mem.h"
#include "schema_catalog.h"
#include "syncd/daemon_parts.h"

/* How each source fared when it was asked last; none yet is fine. */
static int
read_last(struct daemon *d, struct due_last *last, struct err *e)
{
	struct db *catalog = NULL;
	struct db_stmt *q;
	int rc;

	if (catalog_open(&catalog, &d->state, DB_READ_SOON, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	q = db_query(catalog, QUERY_CATALOG_SOURCE_LIST);
	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s != NULL)
			last[s - sources] = (struct due_last){ db_int(q, 1),
				(unsigned)db_int(q, 5) };
	}
	db_reset(q);
	db_close(catalog);
	return rc;
}

int
daemon_due(struct daemon *d, const struct source **run, size_t *n,
    int64_t *next, struct err *e)
{
	struct due_last *last = xcalloc(n_sources, sizeof(*last));
	int64_t now = clock_now(), at;
	int rc = read_last(d, last, e);
	size_t i;

	*n = 0;
	*next = SCHEDULE_NEVER;
	for (i = 0; rc == 0 && i < n_sources; i++) {
		const struct daemon_plan *p = &d->plans[i];

		at = p->asked ? due_at(&p->schedule, &last[i], d->delay_s, now)
			      : SCHEDULE_NEVER;
		if (at <= now || d->requests[i].sync)
			run[(*n)++] = &sources[i];
		else if (at < *next)
			*next = at;
	}
	free(last);
	return rc;
}
