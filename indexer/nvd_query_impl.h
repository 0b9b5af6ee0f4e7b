/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the API's questions share: see indexer/nvd_query.h. */
#ifndef INDEXER_NVD_QUERY_IMPL_H
#define INDEXER_NVD_QUERY_IMPL_H

#include "indexer/nvd_query.h"

/* A question under way: records that are not out yet, a byte each. */
struct nvd_asking {
	const struct nvd_list *l;
	struct db *db;
	const struct nvd_question *q;
	unsigned char *in;    /* by position */
	unsigned char *found; /* of the table that is asked in between */
	struct arena arena;   /* of the record in hand */
};

/* Takes out what the source bytes do not confirm. */
int nvd_read_source(struct nvd_asking *a, struct err *e);

#endif
