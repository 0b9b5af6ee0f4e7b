/* SPDX-License-Identifier: Apache-2.0 */
/* OVAL documents as rows: every part of them, compiled, and their texts. */
#ifndef INDEXER_OVAL_ROWS_H
#define INDEXER_OVAL_ROWS_H

#include "content/oval.h"
#include "indexer/rows.h"

/*
 * Reads the document in one pass and brings its rows up to date: what did not
 * change costs no write. Errors start with "line N: ".
 */
int oval_rows_write(struct document_rows *d, struct err *e);
/* Takes out all rows of the document but its own. */
int oval_rows_remove(struct document_rows *d, struct err *e);

#endif
