/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a definition comes to: its criteria and every test, object, state and
 * variable that they lead to, as one digest. Ordinals are not in it, so that
 * two families which were built apart can be compared.
 */
#ifndef INDEXER_CHANGES_OVAL_H
#define INDEXER_CHANGES_OVAL_H

#include "base/db.h"
#include "base/digest.h"

struct oval_sums;

/* Freed by oval_sums_free(); the database outlives it. */
int oval_sums_open(
    struct oval_sums **out, struct db *db, int64_t document, struct err *e);
void oval_sums_free(struct oval_sums *s); /* NULL is fine */
int oval_sums_definition(
    struct oval_sums *s, uint32_t ord, struct digest *out, struct err *e);

#endif
