/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of NVD's API 2.0 (DISTRIBUTION §4), checked as the API checks
 * them: what it does not know, or what makes no sense, is refused with a word
 * of its own. docs/nvd-api.md says where we had to choose.
 */
#ifndef SERVER_NVD_PARAMS_H
#define SERVER_NVD_PARAMS_H

#include "indexer/nvd_query.h"
#include "server/request.h"

#define NVD_PAGE_RECORDS 2000u /* of a page, at most and unless asked */
#define NVD_WINDOW_DAYS 120    /* between the two ends of a date range */
#define NVD_MESSAGE_SIZE 160

struct nvd_ask {
	struct nvd_question question;
	struct nvd_pattern pattern; /* question.cpe, if there is one */
	uint64_t start;
	uint64_t n;
	/*
	 * What is asked for without the page, the same text for the same
	 * question; lives in the arena.
	 */
	struct span key;
	char message[NVD_MESSAGE_SIZE]; /* why it is refused */
};

/* False: a->message says why. All it points to lives in arena. */
bool nvd_ask_read(struct nvd_ask *a, const struct request_param *params,
    size_t n, struct arena *arena);

#endif
