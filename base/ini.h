/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI as scapcache.conf is written, for texts whose every byte counts: nothing
 * is cut off at a length, nothing is passed over. A line that begins with a
 * blank goes on with the value above it; '#' or ';' begins a comment at the
 * start of a line, ';' also behind a blank.
 */
#ifndef BASE_INI_H
#define BASE_INI_H

#include "base/err.h"
#include "base/span.h"

/* A section's head (key.ptr is NULL), or a key. Spans live for the call. */
struct ini_item {
	unsigned line;
	struct span section; /* empty: above the first head */
	struct span key;
	struct span value; /* trimmed; its lines with one blank between */
};

struct ini_sink {
	void *ctx;
	/* -1 with *e set ends the reading; the line is put before it. */
	int (*item)(void *ctx, const struct ini_item *item, struct err *e);
};

/* ERR_FORMAT with the line for what is neither, or is not UTF-8. */
int ini_read(struct span text, const struct ini_sink *sink, struct err *e);

#endif
