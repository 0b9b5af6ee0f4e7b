/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/digest_impl.h"
#include "schema_index.h"

/* The rows come in the order of their ids; the ordinal only gives the place. */
int
digest_repository(struct family_hash *h, int64_t document, struct err *e)
{
	struct db_stmt *s = db_query(h->db, QUERY_INDEX_REPOSITORY_ROWS);
	int rc;

	db_bind_int(s, "key", document);
	while ((rc = db_step(s, e)) == 1) {
		digest_place(h, (uint32_t)db_int(s, 3));
		digest_row(h, s, "ttt");
	}
	digest_span(h, SPAN_NONE);
	return rc;
}
