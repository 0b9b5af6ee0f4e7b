/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from images and feeds made safe for a terminal: control characters,
 * bidirectional overrides and bytes that are not UTF-8 become \xNN or \uNNNN,
 * so that nothing that was scanned can move the cursor or hide a line.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/buf.h"

/* Appends s to b, made safe. A line break is escaped too. */
void printable_add(struct buf *b, struct span s);
/* Columns that it takes: one a character. */
size_t printable_width(struct span s);
/*
 * Appends s made safe in at most width columns; what is longer ends with "…".
 */
void printable_add_cut(struct buf *b, struct span s, size_t width);

#endif
