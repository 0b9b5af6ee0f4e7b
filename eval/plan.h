/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document's evaluation can be spared, worked out once when it is
 * indexed (ARCHITECTURE §5): facts, the always list, tests by package name,
 * definitions above a test, baselines, wanted files.
 */
#ifndef EVAL_PLAN_H
#define EVAL_PLAN_H

#include "base/db.h"

/*
 * Brings the plan of a document up to date, inside the caller's transaction,
 * after its records are written and its references are found good. Rows that
 * would not change are not written.
 */
int plan_write(struct db *db, int64_t document, struct err *e);

#endif
