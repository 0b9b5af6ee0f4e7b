/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANNER_RESULTS_IMPL_H
#define SCANNER_RESULTS_IMPL_H

#include "base/db.h"
#include "scanner/results.h"
#include "schema_results.h"

struct results {
	struct db *db;
	struct results_zstd *zstd;
	struct buf packed;
};

struct results_zstd;
/* What stood in out is gone. */
void results_pack(struct results_zstd *z, struct span bytes, struct buf *out);
/* The same for a record: its lines are so alike that less work does as well. */
void results_pack_record(
    struct results_zstd *z, struct span record, struct buf *out);

struct span results_digest_span(const struct digest *d);
/* An empty text rather than SQL NULL. */
struct span results_text(struct span v);
/* False if the column is no digest. */
bool results_digest(struct span column, struct digest *out);
/* The blob in this column, whose size unpacked is in the next, added to bytes.
 */
int results_column(struct results *r, struct db_stmt *s, int column, size_t max,
    struct buf *bytes, struct err *e);

int results_damaged(struct err *e, const char *what);
/*
 * A verdict's columns from `first` on: digest, inventory's, policy's,
 * generation, judged_at, verdict, findings, failing, os, content, fail_on,
 * document, target, image. a NULL: without spans.
 */
int results_verdict_columns(struct db_stmt *s, int first, struct arena *a,
    struct results_verdict *v, struct err *e);

/* --- results_latest.c: after what it is called --- */

struct record_tally;

/* The same image, scanned again. */
int results_latest_image(
    struct results *r, const struct results_image *i, struct err *e);
/* Ids of rows. */
struct results_rows_of {
	int64_t inventory;
	int64_t verdict;
};
/* A verdict that is there now. */
int results_latest_verdict(struct results *r, const struct results_verdict *v,
    const struct results_rows_of *rows, const struct record_tally *t,
    struct err *e);
/* Counts as a column. */
void results_counts_pack(struct buf *out, const struct record_tally *t);
/* What a file lacks that an older version made. */
int results_latest_fill(struct results *r, struct err *e);

#endif
