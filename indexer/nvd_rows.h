/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's records as rows, keyed by (document, CVE): several feeds may hold the
 * same CVE, and readers choose (lookup.h).
 */
#ifndef INDEXER_NVD_ROWS_H
#define INDEXER_NVD_ROWS_H

#include "content/nvd.h"
#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int nvd_rows_write(struct document_rows *d, struct err *e);
int nvd_rows_remove(struct document_rows *d, struct err *e);

enum nvd_shape nvd_rows_shape(enum document_format format);

#endif
