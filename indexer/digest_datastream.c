/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/digest_impl.h"
#include "schema_index.h"

static int
hash_part(struct family_hash *h, int64_t key, struct err *e)
{
	if (digest_rows(h, QUERY_INDEX_DATASTREAM_ROW, key, "titttttttb", e) !=
		0 ||
	    digest_rows(h, QUERY_INDEX_DATASTREAM_REF_ROWS, key, "ttt", e) != 0)
		return -1;
	return digest_rows(
	    h, QUERY_INDEX_DATASTREAM_PROFILE_ROWS, key, "tt", e);
}

int
digest_datastream(struct family_hash *h, int64_t document, struct err *e)
{
	struct digest_ids ids;
	size_t i;
	int rc =
	    digest_ids_load(h, &ids, QUERY_INDEX_DATASTREAM_IDS, document, e);

	for (i = 0; i < ids.n && rc == 0; i++) {
		digest_place(h, ids.items[i].ord);
		rc = hash_part(h, row_key(document, ids.items[i].ord), e);
	}
	digest_span(h, SPAN_NONE);
	digest_ids_cleanup(&ids);
	return rc;
}
