/* SPDX-License-Identifier: Apache-2.0 */
/* What changes.c and changes_records.c share. */
#ifndef INDEXER_CHANGES_IMPL_H
#define INDEXER_CHANGES_IMPL_H

#include "base/db.h"
#include "indexer/changes.h"
#include "indexer/family.h"

enum change {
	CHANGE_ADDED = 0,
	CHANGE_CHANGED,
	CHANGE_REMOVED,
	N_CHANGES,
};

/* One of the two documents of a name. */
struct change_side {
	struct db *db; /* NULL: it is not there */
	int64_t document;
	enum document_format format;
	struct span source;
	struct span sha256;
};

/*
 * Calls fn for each record that differs, by id. Memory grows with those, not
 * with the document, where the records kept their ordinals.
 */
int
change_records(const struct change_side *since, const struct change_side *now,
    void (*fn)(void *ctx, enum change change, struct span id), void *ctx,
    struct err *e);

#endif
