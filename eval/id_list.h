/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document's definitions sorted by id, in few bytes: each id as how much of
 * the one before it starts with, the rest, and the ordinal.
 */
#ifndef EVAL_ID_LIST_H
#define EVAL_ID_LIST_H

#include "base/pack.h"

/* Starts { 0 }; ids come in byte order. */
struct id_writer {
	struct buf list;
	struct buf last;
};

void id_writer_add(struct id_writer *w, struct span id, uint32_t ord);
void id_writer_cleanup(struct id_writer *w);

struct id_reader {
	struct unpack u;
	struct buf id; /* of the last call */
};

struct id_reader id_reader_of(struct span list);
/* 1: an id, until the next call; 0: the end; -1: the list is damaged. */
int id_reader_next(struct id_reader *r, struct span *id, uint32_t *ord);
void id_reader_cleanup(struct id_reader *r);

#endif
