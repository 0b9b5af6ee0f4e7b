/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of packages from images judged before, so that each package
 * is judged once and not once an image: its findings, as they stand in a
 * record, under its bytes in the inventory and under all else that the
 * inventory holds. An image is then its packages one after the other; those
 * that are new are judged by scan_run() as an image of their own.
 *
 * Only where that comes to the same (eval/separable.h), and nothing but
 * findings hangs on packages: no advisories, one package database, read
 * whole, no labels of modules that are not enabled, a policy that judges
 * findings one by one. All else is
 * scan_memo_judge()'s 0, and scan_run() judges the image as a whole.
 */
#ifndef SCANNER_SCAN_MEMO_H
#define SCANNER_SCAN_MEMO_H

#include "scanner/record.h"

#define SCAN_MEMO_SIZE_MAX ((size_t)12 * 1024 * 1024) /* bytes kept */

struct scan_memo;

/* options: of all images, with machines. What it borrows must outlive it. */
struct scan_memo *scan_memo_new(
    const struct index_reader *index, const struct record_content *content);
void scan_memo_free(struct scan_memo *m); /* NULL is fine */

/*
 * As scan_run() and record_make(), of facts that inventory_decode() made.
 * 1: done; 0: it is to be judged as a whole; -1.
 */
int scan_memo_judge(struct scan_memo *m, const struct facts *f,
    const struct scan_options *options, struct results_verdict *out,
    struct buf *record, struct err *e);

/* For tests and the log: images, and the packages judged for them. */
struct scan_memo_stats {
	uint64_t n_images;   /* judged here */
	uint64_t n_whole;    /* left to scan_run() */
	uint64_t n_runs;     /* of scan_run() over what was new */
	uint64_t n_packages; /* in these, names */
};
struct scan_memo_stats scan_memo_stats(const struct scan_memo *m);

#endif
