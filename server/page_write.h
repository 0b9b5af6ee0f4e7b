/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pages show, written from the JSON of the API: between page_begin() and
 * page_end(). Nothing here asks for anything; what may be NULL is left out.
 */
#ifndef SERVER_PAGE_WRITE_H
#define SERVER_PAGE_WRITE_H

#include "server/page.h"

/* --- content: of `status --json`, and generations --- */

void page_content_write(struct page *p, const struct json_node *status,
    const struct json_node *generations, const struct json_node *runs);
void page_source_write(struct page *p, const struct json_node *source);

/* --- search, records: docs/show-json.md --- */

void page_search_write(struct page *p, const struct json_node *found);
void page_record_write(
    struct page *p, struct span id, const struct json_node *records);
/* images: of /v1/cves/{id}/images */
void page_cve_write(struct page *p, struct span id,
    const struct json_node *records, const struct json_node *images);
void page_package_write(
    struct page *p, struct span id, const struct json_node *records);

/* Parts of a record. */
void page_record_body(struct page *p, const struct json_node *r);
void page_nvd(struct page *p, const struct json_node *r);
void page_references(struct page *p, const struct json_node *r);
/* Of an advisory; ends with the document, or without one with the severity. */
void page_package_row(
    struct page *p, const struct json_node *i, struct span document);
/* All packages of a CVE's records, by release. */
void
page_affected(struct page *p, struct span cve, const struct json_node *records);
void page_package_state(struct page *p, const struct json_node *i);
/* Upstream's word, in the colour of ours. */
void page_severity(struct page *p, struct span severity);

/* --- images: docs/api-scan.md --- */

void page_images_write(struct page *p, const struct json_node *images);

struct page_image_data {
	const struct json_node *image;
	const struct json_node *findings; /* a page of them */
	const struct json_node *packages; /* … or of these */
	const struct json_node *verdicts;
	const struct json_node *generations;
};

void page_image_write(struct page *p, const struct page_image_data *d);
void page_compare_write(struct page *p, const struct json_node *images,
    const struct json_node *diff);
/*
 * report: `scan --format json` of a generation, of which nothing is kept.
 * Nothing is written where it is none.
 */
int page_as_of_write(struct page *p, const struct json_node *image,
    struct span report, struct err *e);
/* text: of `explain` */
void page_explain_write(struct page *p, const struct json_node *image,
    struct span what, struct span text);
/* As docs/scan-json.md has them: one, or an array; of that image. */
void page_finding_write(
    struct page *p, struct span image, const struct json_node *f);
void page_findings_write(
    struct page *p, struct span image, const struct json_node *findings);
/* The names of the columns; a <div> is open then. */
void page_findings_head(struct page *p);
/* What keeps a verdict from being certain. */
void page_reasons(struct page *p, const struct json_node *image);
/* counts: an object with the severities' names. */
void page_severities(struct page *p, const struct json_node *counts);

/* --- the rest --- */

/* to: where to go then; trouble: what was wrong with the last try, or "" */
void page_sign_in_write(struct page *p, struct span to, struct span trouble);
void page_activity_write(struct page *p, const struct json_node *audit);
struct page_bundles_data {
	const struct json_node *bundles; /* of /v1/bundles */
	const struct json_node *generations;
};
void page_bundles_write(struct page *p, const struct page_bundles_data *d);
void page_scan_write(struct page *p);
/* Of /v1/scans/{id}, which has not ended well, or not yet. */
void page_job_write(struct page *p, const struct json_node *job);

#endif
