/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the records of a document stand in its unpacked file. Twin of
 * place_add() in indexer/rows.h, which writes it.
 */
#ifndef EVAL_PLACE_H
#define EVAL_PLACE_H

#include "base/db.h"

struct places {
	uint64_t *offsets; /* by ordinal; UINT64_MAX: a hole */
	size_t n;
	size_t cap;
};

/* The places of a whole document. */
int
place_load(struct db *db, int64_t document, struct places *p, struct err *e);
void places_cleanup(struct places *p);
/* 1 and *offset; 0: not known; -1. */
int place_find(struct db *db, int64_t key, uint64_t *offset, struct err *e);

#endif
