/* SPDX-License-Identifier: Apache-2.0 */
/* Words and match criteria that many of NVD's records share, as numbers. */
#ifndef INDEXER_NVD_INTERN_H
#define INDEXER_NVD_INTERN_H

#include "base/buf.h"
#include "content/nvd.h"
#include "indexer/intern.h"

struct nvd_intern {
	struct intern words;
	struct intern criteria;
	struct buf key;
};

void nvd_intern_init(struct nvd_intern *in, struct db *db);
void nvd_intern_cleanup(struct nvd_intern *in);
int nvd_intern_criteria(struct nvd_intern *in, const struct nvd_match *m,
    int64_t *id, struct err *e);

#endif
