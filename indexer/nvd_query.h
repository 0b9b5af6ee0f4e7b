/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions of NVD's API 2.0 (DISTRIBUTION §4, FORMATS §5.3) to the index:
 * which records of the list match, and their source bytes. Knows nothing of
 * HTTP; whoever fills in a question checks what the client sent.
 */
#ifndef INDEXER_NVD_QUERY_H
#define INDEXER_NVD_QUERY_H

#include "base/buf.h"
#include "indexer/nvd_list.h"
#include "indexer/nvd_match.h"

#define NVD_QUERY_IDS_MAX 100u /* the API's own limit */
#define NVD_QUERY_STATUS_MAX 16u
#define NVD_PAGE_MAX ((size_t)64 * 1024 * 1024) /* bytes of a page */

/* Both ends are in it, milliseconds since 1970; end 0: not asked for. */
struct nvd_window {
	int64_t start;
	int64_t end;
};

/* What is left { 0 } is not asked for; all that is asked for has to hold. */
struct nvd_question {
	struct span ids[NVD_QUERY_IDS_MAX]; /* "CVE-2021-44228" */
	size_t n_ids;
	struct span statuses[NVD_QUERY_STATUS_MAX]; /* without blanks */
	size_t n_statuses;
	const struct nvd_pattern *cpe;
	struct nvd_window published;
	struct nvd_window modified;
	struct nvd_window kev;
	unsigned severities; /* NVD_SEVERITY, any of them */
	char vector_version; /* '2' '3' '4' */
	struct span vector;  /* "AV:N/AC:L", all of it */
	struct span cwe;     /* "CWE-79" */
	struct span keywords;
	bool phrase; /* the keywords as they stand there */
	struct span assigner;
	unsigned tag; /* enum nvd_tag */
	bool has_kev;
	bool has_cert_alerts;
	bool has_cert_notes;
	bool has_oval;
	bool no_rejected;
};

/* Positions in the list, in its order. */
struct nvd_result {
	uint32_t *positions;
	size_t n;
};

/*
 * ERR_FORMAT if the keywords have no word that can be searched for. l was read
 * of r's generation.
 */
int nvd_query_run(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_question *q, struct nvd_result *out, struct err *e);
void nvd_result_cleanup(struct nvd_result *result);

/* n records of a result from start on, as far as there are any. */
struct nvd_page {
	const struct nvd_result *result;
	size_t start;
	size_t n;
};

/*
 * Adds their source bytes with commas between: {"cve":{…}} each. ERR_LIMIT
 * above NVD_PAGE_MAX.
 */
int nvd_page_write(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_page *page, struct buf *out, struct err *e);
/* How many records that are. */
size_t nvd_page_count(const struct nvd_page *page);

#endif
