/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories of every publisher as rows: package, state, fixed version. */
#ifndef INDEXER_ADVISORY_ROWS_H
#define INDEXER_ADVISORY_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int advisory_rows_write(struct document_rows *d, struct err *e);
int advisory_rows_remove(struct document_rows *d, struct err *e);

#endif
