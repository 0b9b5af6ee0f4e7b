/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a document (ARCHITECTURE §5): which tests decide, which names
 * lead to which tests, and the baselines. Made from the document's rows, in
 * the transaction that wrote them.
 */
#ifndef EVAL_PLAN_H
#define EVAL_PLAN_H

#include "base/db.h"

/* Replaces what there was of the document. */
int plan_write(struct db *db, int64_t document, struct err *e);

#endif
