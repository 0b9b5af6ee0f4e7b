/* SPDX-License-Identifier: Apache-2.0 */
/* SCAP data streams as rows: what each holds. */
#ifndef INDEXER_DATASTREAM_ROWS_H
#define INDEXER_DATASTREAM_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int datastream_rows_write(struct document_rows *d, struct err *e);
int datastream_rows_remove(struct document_rows *d, struct err *e);

#endif
