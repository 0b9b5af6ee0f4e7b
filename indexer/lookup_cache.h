/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lookups of one reader keep from one question to the next: decoders with
 * their dictionaries, the block of records that was read last, and where the
 * records of a document stand.
 */
#ifndef INDEXER_LOOKUP_CACHE_H
#define INDEXER_LOOKUP_CACHE_H

#include "eval/index.h"
#include "eval/place.h"
#include "eval/raw_block.h"
#include "eval/text.h"

#define LOOKUP_PLACES_MAX ((size_t)1024 * 1024) /* that are kept: 8 MiB */

struct lookup_family {
	struct db *db;
	struct text_reader *text;
	struct raw_reader *raw;
};

/* The reader's; it lives as long as that. */
struct lookup_family *
lookup_family(const struct index_reader *index, const struct index_family *f);
/* 1 and *offset; 0: not known; -1. */
int lookup_place(const struct index_reader *index, const struct index_family *f,
    int64_t key, uint64_t *offset, struct err *e);

#endif
