/* SPDX-License-Identifier: Apache-2.0 */
/* Ubuntu's notices as rows: what each fixes, in which packages. */
#ifndef INDEXER_USN_ROWS_H
#define INDEXER_USN_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int usn_rows_write(struct document_rows *d, struct err *e);
int usn_rows_remove(struct document_rows *d, struct err *e);

#endif
