/* SPDX-License-Identifier: Apache-2.0 */
/* EPSS scores as rows. */
#ifndef INDEXER_EPSS_ROWS_H
#define INDEXER_EPSS_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int epss_rows_write(struct document_rows *d, struct err *e);
int epss_rows_remove(struct document_rows *d, struct err *e);

#endif
