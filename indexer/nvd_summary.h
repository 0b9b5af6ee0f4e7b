/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of NVD in a few words each, the newest id first: what a list of
 * CVEs shows.
 */
#ifndef INDEXER_NVD_SUMMARY_H
#define INDEXER_NVD_SUMMARY_H

#include "base/json_out.h"
#include "indexer/nvd_query.h"

/* Puts what a question has found into that order. */
void nvd_summary_sort(const struct nvd_list *l, struct nvd_result *result);
/*
 * An array of n records from the offset on, as far as there are any. The
 * reader is the one that l was read of.
 */
int nvd_summary_write(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_page *page, struct json_out *j, struct err *e);

#endif
