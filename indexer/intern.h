/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What many records share, stored once and known by the number of its row:
 * words, and whatever else has a table of its own. What was asked before is
 * remembered, up to a limit, for one document.
 */
#ifndef INDEXER_INTERN_H
#define INDEXER_INTERN_H

#include "base/db.h"
#include "base/map.h"

/* How the row of one thing is found and put. */
struct intern_kind {
	unsigned get; /* gives the row's id */
	unsigned put;
	void (*bind)(struct db_stmt *s, const void *what);
};

struct intern {
	struct db *db;
	const struct intern_kind *kind;
	struct map known;
};

void
intern_init(struct intern *in, struct db *db, const struct intern_kind *kind);
void intern_cleanup(struct intern *in); /* { 0 } is fine */
/* key stands for what, for bind(): the same bytes for the same thing. */
int intern_id(struct intern *in, struct span key, const void *what, int64_t *id,
    struct err *e);

void intern_words_init(struct intern *words, struct db *db);
int
intern_word(struct intern *words, struct span word, int64_t *id, struct err *e);

#endif
