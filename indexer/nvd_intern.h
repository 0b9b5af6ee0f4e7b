/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words and match criteria that many of NVD's records share, as numbers. What
 * was asked before is remembered, up to a limit, for one document.
 */
#ifndef INDEXER_NVD_INTERN_H
#define INDEXER_NVD_INTERN_H

#include "base/buf.h"
#include "base/db.h"
#include "base/map.h"
#include "content/nvd.h"

struct nvd_intern {
	struct db *db;
	struct map words;
	struct map criteria;
	struct buf key;
};

void nvd_intern_cleanup(struct nvd_intern *in);
int nvd_intern_word(
    struct nvd_intern *in, struct span word, int64_t *id, struct err *e);
int nvd_intern_criteria(struct nvd_intern *in, const struct nvd_match *m,
    int64_t *id, struct err *e);

#endif
