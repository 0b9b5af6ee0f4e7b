/* SPDX-License-Identifier: Apache-2.0 */
/* Words and ratings that many of NVD's records share, as numbers. */
#ifndef INDEXER_NVD_INTERN_H
#define INDEXER_NVD_INTERN_H

#include "base/buf.h"
#include "content/nvd.h"
#include "indexer/intern.h"

struct nvd_intern {
	struct intern words;
	struct intern ratings;
	struct buf key;
};

void nvd_intern_init(struct nvd_intern *in, struct db *db);
void nvd_intern_cleanup(struct nvd_intern *in);
/* The id of a CVE: below 0 as eval/cve_number.h has it, else a word's. */
int nvd_intern_id(
    struct nvd_intern *in, struct span id, int64_t *value, struct err *e);
/* All of the metric but who gave it. */
int nvd_intern_rating(struct nvd_intern *in, const struct nvd_metric *m,
    int64_t *id, struct err *e);

#endif
