/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a definition, and what else of it needs no database: that is
 * done while it is parsed, beside the writing.
 */
#ifndef INDEXER_OVAL_WORDS_H
#define INDEXER_OVAL_WORDS_H

#include "base/digest.h"
#include "content/oval.h"
#include "indexer/words.h"

/* Into columns that were reset. */
void oval_words(struct words *head, struct words *body,
    const struct oval_definition *definition);

/* What oval_sink.prepare gives for a definition. */
struct oval_prepared {
	struct digest digest; /* of the source bytes */
	bool has_words;
	struct span head;
	struct span body;
};

/* Starts { 0 }; of one thread. */
struct oval_preparing {
	bool with_words; /* all definitions are new: words are always needed */
	struct words head;
	struct words body;
};

/* In the arena. */
const struct oval_prepared *oval_prepare(struct oval_preparing *p,
    const struct oval_definition *definition, struct arena *a);
void oval_preparing_cleanup(struct oval_preparing *p);

#endif
