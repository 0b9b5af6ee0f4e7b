/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/digest_impl.h"
#include "schema_index.h"

int
digest_cpe(struct family_hash *h, int64_t document, struct err *e)
{
	struct digest_ids ids;
	int64_t key;
	size_t i;
	int rc = digest_ids_load(h, &ids, QUERY_INDEX_CPE_IDS, document, e);

	for (i = 0; i < ids.n && rc == 0; i++) {
		key = row_key(document, ids.items[i].ord);
		rc = digest_rows(h, QUERY_INDEX_CPE_ROW, key, "ttib", e);
		if (rc == 0)
			rc = digest_raw(h, QUERY_INDEX_CPE_NAMES_GET, key, e);
		if (rc != 0)
			err_context(e, "%.*s", SPAN_ARG(ids.items[i].id));
	}
	digest_span(h, SPAN_NONE);
	digest_ids_cleanup(&ids);
	return rc;
}
