/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What family_digest.c and the digests of each format share. Rows go into the
 * hash in the order of their keys; ordinals as ranks among the sorted ids, so
 * that nothing depends on the order of arrival.
 */
#ifndef INDEXER_DIGEST_IMPL_H
#define INDEXER_DIGEST_IMPL_H

#include "base/digest.h"
#include "eval/place.h"
#include "indexer/rows.h"

struct family_hash {
	struct db *db;
	struct digest_ctx *ctx;  /* of the records; or, in digest_plan(), … */
	struct digest_ctx *plan; /* of what is worked out from them */
	struct text_reader *text;
	struct places places; /* of the document in hand */
	struct buf row;
	struct arena arena; /* of the record in hand */
};

/* The row's columns by type: i nteger, r eal, t ext, b lob. */
void digest_row(struct family_hash *h, struct db_stmt *s, const char *columns);
void digest_span(struct family_hash *h, struct span s);
/* Where the record stands in its file. */
void digest_place(struct family_hash *h, uint32_t ord);
/* All rows of a query that asks by :key, and an end mark. */
int digest_rows(struct family_hash *h, unsigned query, int64_t key,
    const char *columns, struct err *e);
/* The packed text that the query finds, unpacked. */
int
digest_raw(struct family_hash *h, unsigned query, int64_t key, struct err *e);

struct digest_id {
	struct span id;
	uint32_t ord;
};

/* One type of record of a document, sorted by id. */
struct digest_ids {
	struct digest_id *items;
	size_t n;
	size_t cap;
	uint32_t *ranks; /* by ordinal; UINT32_MAX: a hole */
	size_t n_ranks;
	struct arena arena;
};

/* query gives ordinal and id of each. */
int digest_ids_load(struct family_hash *h, struct digest_ids *ids,
    unsigned query, int64_t document, struct err *e);
void digest_ids_cleanup(struct digest_ids *ids);
/* UINT32_MAX: there is none. */
uint32_t digest_rank(const struct digest_ids *ids, uint64_t ord);

/* ids of the document's tests and definitions */
int digest_plan(struct family_hash *h, int64_t document,
    const struct digest_ids *tests, const struct digest_ids *definitions,
    struct err *e);
int digest_oval(struct family_hash *h, int64_t document, struct err *e);
int digest_nvd(struct family_hash *h, int64_t document, struct err *e);
int digest_usn(struct family_hash *h, int64_t document, struct err *e);
int digest_advisory(struct family_hash *h, int64_t document, struct err *e);
int digest_kev(struct family_hash *h, int64_t document, struct err *e);
int digest_epss(struct family_hash *h, int64_t document, struct err *e);
int digest_repository(struct family_hash *h, int64_t document, struct err *e);
int digest_cpe(struct family_hash *h, int64_t document, struct err *e);
int digest_datastream(struct family_hash *h, int64_t document, struct err *e);

#endif
