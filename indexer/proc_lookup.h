/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lookup in a process of its own: records are upstream's bytes, which main
 * does not parse. It reads the index, writes into the descriptor that it is
 * handed and answers how much it found.
 */
#ifndef INDEXER_PROC_LOOKUP_H
#define INDEXER_PROC_LOOKUP_H

#include "base/state.h"
#include "indexer/changes.h"
#include "indexer/lookup.h"

struct lookup_request {
	const struct state *state;
	const char *below; /* the generation's folder: "index/7"; NULL: the
			      current one */
	const struct changes *changes; /* these, and nothing else; or NULL */
	bool show;                     /* else search */
	const char *what;              /* words, or an id */
	const char *document;
	bool as_json;
	bool raw;
	uint64_t limit;
	int fd;
};

int
proc_lookup(const struct lookup_request *r, uint64_t *n_found, struct err *e);

#endif
