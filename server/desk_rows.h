/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of a list that grows: the question of DESK_RUNS, DESK_AUDIT and
 * DESK_GENERATIONS. Their answers are objects whose member `next` is the
 * `before` of the next page, or null.
 */
#ifndef SERVER_DESK_ROWS_H
#define SERVER_DESK_ROWS_H

#include "base/buf.h"
#include "base/err.h"

#define DESK_ROWS_MAX 1000u /* of one answer */

struct desk_rows {
	uint64_t limit;
	uint64_t before; /* rows of lower numbers; 0: all */
	uint64_t only;   /* DESK_GENERATIONS: this one with its documents */
	bool addresses;  /* who asked, from where and for what; paths of this
			    machine */
};

/* Twins. ERR_FORMAT: it makes no sense. */
void desk_rows_pack(struct buf *b, const struct desk_rows *r);
int desk_rows_unpack(struct desk_rows *r, struct span question, struct err *e);

#endif
