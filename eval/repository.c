/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/repository.h"
#include "schema_index.h"

static int
give_lines(struct span lines, void *ctx,
    int (*line)(void *ctx, struct span line, struct err *e), struct err *e)
{
	struct span rest = lines;
	struct span one;

	while (span_next(&rest, '\n', &one))
		if (one.len > 0 && line(ctx, one, e) != 0)
			return -1;
	return 0;
}

int
repository_find(struct db *db, struct span id,
    const struct repository_lines_sink *sink, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_REPOSITORY_FIND);
	int found = 0;
	int rc;

	db_bind_text(s, "id", id);
	while ((rc = db_step(s, e)) == 1) {
		found = 1;
		if (give_lines(db_text(s, 0), sink->ctx, sink->cpe, e) != 0 ||
		    (sink->url != NULL &&
			give_lines(db_text(s, 1), sink->ctx, sink->url, e) !=
			    0)) {
			db_reset(s);
			return -1;
		}
	}
	return rc == 0 ? found : -1;
}
