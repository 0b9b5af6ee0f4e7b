/* SPDX-License-Identifier: Apache-2.0 */
/* A list that somebody hands in, line by line. */
#ifndef SCANNER_SBOM_LINES_H
#define SCANNER_SBOM_LINES_H

#include "base/stream.h"

#define SBOM_LINE_MAX ((size_t)64 * 1024) /* bytes of a line */

/*
 * Hands each line to line(), n from 1 on, without its end and the first without
 * a byte order mark; what follows the last line end is a line, too, even if it
 * is empty. The text lives during the call; what line() refuses ends it.
 */
int sbom_lines(struct stream *in,
    int (*line)(void *ctx, struct span line, unsigned long n, struct err *e),
    void *ctx, struct err *e);

#endif
