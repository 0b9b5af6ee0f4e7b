/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers of NVD's API are made of, for all workers of the process: the
 * list of CVEs of each index that is asked, what recent questions found in it,
 * and which generation a client that pages has begun with. Made when first
 * asked for, dropped when others are asked for more. Any thread may call.
 */
#ifndef SERVER_NVD_CACHE_H
#define SERVER_NVD_CACHE_H

#include "server/nvd_params.h"

#define NVD_CACHE_LISTS 3u               /* indexes */
#define NVD_CACHE_RESULTS 32u            /* questions of one index */
#define NVD_CACHE_POSITIONS (4u << 20)   /* records that they found, at most */
#define NVD_CACHE_WALKS 512u             /* clients that page */
#define NVD_CACHE_WALK_S ((int64_t)1800) /* between two of their pages */

struct nvd_held; /* a list in use */

/*
 * The list of the index in folder, "index/3", which r has open. The caller
 * drops it. NULL: *e says why.
 */
struct nvd_held *nvd_cache_take(int statefd, const char *folder,
    const struct index_reader *r, struct err *e);
void nvd_cache_drop(struct nvd_held *h); /* NULL is fine */
/*
 * Makes it before it is asked for, where others are asked for and nobody is
 * making one.
 */
void
nvd_cache_warm(int statefd, const char *folder, const struct index_reader *r);
const struct nvd_list *nvd_cache_list(const struct nvd_held *h);
/* What a question found. */
struct nvd_found {
	struct nvd_result page; /* of the one page; in an arena */
	size_t total;           /* of all pages */
};

/* As nvd_query_run(). */
int nvd_cache_ask(struct nvd_held *h, const struct index_reader *r,
    const struct nvd_ask *ask, struct arena *a, struct nvd_found *out,
    struct err *e);

/*
 * The generation that the client's walk through the pages of a question has
 * begun with; now for its first page, and for who was not seen lately.
 */
uint64_t
nvd_cache_walk(struct span who, const struct nvd_ask *ask, uint64_t now);
/* Its next page is to be of that generation, too. */
void nvd_cache_walk_keep(
    struct span who, const struct nvd_ask *ask, uint64_t generation);
/* Forgets everything that is not in use. The seam for tests. */
void nvd_cache_clear(void);

#endif
