/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/digest_impl.h"
#include "schema_index.h"

/* A block has one form, so that its bytes stand for its scores. */
int
digest_epss(struct family_hash *h, int64_t document, struct err *e)
{
	return digest_rows(h, QUERY_INDEX_EPSS_ROWS, document, "iib", e);
}
