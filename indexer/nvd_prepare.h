/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of one of NVD's records before the database is asked: done
 * while the feed is parsed, beside the writing.
 */
#ifndef INDEXER_NVD_PREPARE_H
#define INDEXER_NVD_PREPARE_H

#include "base/digest.h"
#include "base/map.h"
#include "content/nvd.h"
#include "indexer/words.h"

/* A product that the configurations name. */
struct nvd_product {
	struct span vendor;
	struct span product;
	bool vulnerable;
};

struct nvd_products {
	struct nvd_product *items;
	size_t n;
};

struct nvd_prepared {
	struct nvd_cve cve; /* without what stands in its source bytes only */
	struct nvd_products products;
	struct digest digest; /* of the source bytes */
	struct span head;     /* words */
	struct span body;
};

/* Starts { 0 }; of one thread. */
struct nvd_preparing {
	struct words head;
	struct words body;
	struct map ids; /* of the feed's records so far */
};

/* Products in the order of the configurations; some may be there twice. */
struct nvd_products
nvd_find_products(const struct nvd_cve *cve, struct arena *a);
/* Into columns that were reset. */
void nvd_words(struct words *head, struct words *body,
    const struct nvd_cve *cve, const struct nvd_products *products);

/* In the arena, and nothing of it elsewhere. An id that was there: -1. */
int nvd_prepare(struct nvd_preparing *p, const struct nvd_cve *cve,
    struct arena *a, const struct nvd_prepared **out, struct err *e);
void nvd_preparing_cleanup(struct nvd_preparing *p);

#endif
