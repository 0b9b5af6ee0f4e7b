/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pack.h"
#include "eval/place.h"
#include "schema_index.h"

int
place_load(struct db *db, int64_t document, struct places *p, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_PLACE_GET);
	uint64_t ord = 0, offset = 0;
	struct unpack u;
	int rc;

	p->n = 0;
	db_bind_int(s, "document", document);
	rc = db_step(s, e);
	if (rc != 1)
		return rc;
	u = unpack_of(db_blob(s, 0));
	while (u.rest.len > 0) {
		ord += (uint64_t)unpack_int(&u);
		offset += (uint64_t)unpack_int(&u);
		if (u.failed || ord >= UINT32_MAX)
			break;
		p->offsets = xgrow(
		    p->offsets, &p->cap, (size_t)ord + 1, sizeof(*p->offsets));
		while (p->n <= ord)
			p->offsets[p->n++] = UINT64_MAX;
		p->offsets[ord] = offset;
	}
	db_reset(s);
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

void
places_cleanup(struct places *p)
{
	free(p->offsets);
	*p = (struct places){ 0 };
}

int
place_find(struct db *db, int64_t key, uint64_t *offset, struct err *e)
{
	uint64_t ord = (uint64_t)key & UINT32_MAX;
	struct places p = { 0 };
	int rc = place_load(db, (int64_t)((uint64_t)key >> 32), &p, e);

	if (rc == 0 && ord < p.n && p.offsets[ord] != UINT64_MAX) {
		*offset = p.offsets[ord];
		rc = 1;
	}
	places_cleanup(&p);
	return rc;
}
