/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text as words to search for: ASCII lower case, other bytes as they are. An
 * id or a version ("cve-2021-44228", "1.2.3", "openssh-server") is one word;
 * its parts of three letters and more are words as well. Single letters and
 * the commonest words of English are none. The same text always gives the same
 * words: what was put into the search table by them is taken out by them.
 */
#ifndef INDEXER_WORDS_H
#define INDEXER_WORDS_H

#include "base/buf.h"

#define WORD_MAX 64 /* bytes; a longer one is cut */

/* Collects one column of one record, each word once. */
struct words {
	struct buf text; /* words with blanks between */
	uint64_t *seen;  /* hashes, open addressing; 0 is free */
	size_t n_seen;
	size_t cap;
};

/* To be called once before several threads cut words. */
void words_init(void);
void words_cleanup(struct words *w);
void words_reset(struct words *w);
void words_add(struct words *w, struct span text);
/* An id: one word, without parts. */
void words_add_id(struct words *w, struct span id);
struct span words_text(const struct words *w);

/*
 * What a person asks for as an FTS5 expression: all words, a last "*" for the
 * beginning of one. Empty if there is no word in it.
 */
void words_query(struct buf *b, struct span asked);

#endif
