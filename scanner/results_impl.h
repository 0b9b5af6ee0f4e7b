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
struct results_zstd *results_zstd_new(void);
void results_zstd_free(struct results_zstd *z); /* NULL is fine */
/* What stood in out is gone. */
void results_pack(struct results_zstd *z, struct span bytes, struct buf *out);
/* Adds exactly size bytes to out. */
int results_unpack(struct results_zstd *z, struct span packed, uint64_t size,
    struct buf *out, struct err *e);

struct span results_digest_span(const struct digest *d);
/* An empty text rather than SQL NULL. */
struct span results_text(struct span v);
/* False if the column is no digest. */
bool results_digest(struct span column, struct digest *out);
/* The blob in this column, whose size unpacked is in the next, added to bytes.
 */
int results_column(struct results *r, struct db_stmt *s, int column, size_t max,
    struct buf *bytes, struct err *e);

#endif
