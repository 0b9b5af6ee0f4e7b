/* SPDX-License-Identifier: Apache-2.0 */
/* NVD's CPE dictionary as rows. */
#ifndef INDEXER_CPE_ROWS_H
#define INDEXER_CPE_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int cpe_rows_write(struct document_rows *d, struct err *e);
int cpe_rows_remove(struct document_rows *d, struct err *e);

#endif
