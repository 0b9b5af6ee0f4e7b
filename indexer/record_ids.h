/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a document that is a plain list: ids, their ordinals, and which
 * of them the new publication still has.
 */
#ifndef INDEXER_RECORD_IDS_H
#define INDEXER_RECORD_IDS_H

#include "base/digest.h"
#include "base/map.h"
#include "indexer/rows.h"

/* The queries of one format's table of records. */
struct record_queries {
	unsigned ids;   /* ordinal, id, digest of all records of a document */
	unsigned raw;   /* packed source bytes of one record */
	bool in_blocks; /* they stand in the document's blocks instead */
	const unsigned *deletes; /* of one record's rows, by :key */
	size_t n_deletes;
	/*
	 * Makes the words of a stored record from its source bytes; takes out
	 * rows that only these lead to.
	 */
	int (*words)(struct document_rows *d, int64_t key, struct span raw,
	    struct arena *a, struct err *e);
};

struct record_id {
	struct digest digest; /* as stored */
	bool stored;
	bool defined;
};

struct record_ids {
	struct document_rows *d;
	const struct record_queries *queries;
	struct map map;
	struct record_id *items; /* by ordinal */
	size_t n;
	size_t cap;
	struct arena arena; /* for words() */
	/*
	 * Upstream may have an id twice, each time for a record of its own:
	 * the second becomes "id#2". Else it is refused.
	 */
	bool repeats;
	struct map repeated; /* how often an id was there */
	struct buf id;       /* of such a record */
};

/* Loads what the index has of the document. */
int record_ids_init(struct record_ids *r, struct document_rows *d,
    const struct record_queries *queries, struct err *e);
void record_ids_cleanup(struct record_ids *r);

/* A record of the new publication. */
struct record_source {
	struct span id;
	struct span raw;
	uint64_t offset;
};

/*
 * Counts and places the record. 1: it is new or changed, its old rows are
 * gone, and new ones are to be put under *key and source->id, which is
 * changed where ids repeat, and lives until the next call then; 0: it is as it
 * was; -1: refused.
 */
int record_ids_take(struct record_ids *r, struct record_source *source,
    int64_t *key, struct digest *digest, struct err *e);
/* The same where the digest of raw is known. */
int record_ids_take_known(struct record_ids *r, struct record_source *source,
    const struct digest *digest, int64_t *key, struct err *e);
/* Removes the records that the new publication no longer has. */
int record_ids_finish(struct record_ids *r, struct err *e);
/* Takes out all records of a document. */
int record_ids_remove(struct document_rows *d,
    const struct record_queries *queries, struct err *e);

#endif
