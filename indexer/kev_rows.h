/* SPDX-License-Identifier: Apache-2.0 */
/* CISA's catalog of known exploited vulnerabilities as rows. */
#ifndef INDEXER_KEV_ROWS_H
#define INDEXER_KEV_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int kev_rows_write(struct document_rows *d, struct err *e);
int kev_rows_remove(struct document_rows *d, struct err *e);

#endif
