/* SPDX-License-Identifier: Apache-2.0 */
/* Red Hat's repositories and the CPEs that each stands for, as rows. */
#ifndef INDEXER_REPOSITORY_ROWS_H
#define INDEXER_REPOSITORY_ROWS_H

#include "indexer/rows.h"

/* As oval_rows_write() and oval_rows_remove(). */
int repository_rows_write(struct document_rows *d, struct err *e);
int repository_rows_remove(struct document_rows *d, struct err *e);

#endif
