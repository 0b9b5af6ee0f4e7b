/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How NVD's record of a CVE rates it: every CVSS entry. Twin of
 * indexer/nvd_rows.h, which writes it.
 */
#ifndef EVAL_NVD_RATING_H
#define EVAL_NVD_RATING_H

#include "base/arena.h"
#include "base/db.h"

struct nvd_rating {
	struct span version; /* "3.1" */
	struct span vector;
	struct span severity; /* "HIGH", or empty */
	struct span score;    /* "9.8", or empty */
	struct span source;   /* "nvd@nist.gov", or who else rated it */
	bool is_primary;
};

/*
 * Those of the newest record, in its order; texts in a. A CVE that NVD does
 * not know, or has not rated, has none.
 */
int nvd_ratings_find(struct db *db, struct span cve, struct arena *a,
    struct nvd_rating **out, size_t *n, struct err *e);

#endif
