/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two generations, record by record. A family that is
 * the same file in both is not even opened, nor are the records of a document
 * looked at that was made from the same file.
 */
#ifndef INDEXER_CHANGES_H
#define INDEXER_CHANGES_H

#include "base/out.h"
#include "base/span.h"

struct change_generation {
	const char *path; /* its folder */
	uint64_t number;
	int64_t made;
};

struct changes {
	struct change_generation since;
	struct change_generation now;
	const char *document; /* keep to this one; NULL: all */
	bool as_json;
	uint64_t offset; /* records that are left out before */
	uint64_t limit;  /* records that are listed at most */
};

/*
 * Writes the counts of each document that was made from another file, then
 * the records, by document and id. *n is their number, listed or not.
 */
int changes_write(
    const struct changes *c, struct out *o, uint64_t *n, struct err *e);

#endif
