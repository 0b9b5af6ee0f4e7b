/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ids of one OVAL document and their ordinals. An id gets its ordinal when
 * it is first seen, defined or referred to, and keeps the one it has in the
 * index. Says in the end whether every reference that evaluation can come to
 * leads somewhere, and that none leads back to itself: upstream's documents
 * hold objects and variables that nothing uses and that lack their parts.
 */
#ifndef INDEXER_OVAL_IDS_H
#define INDEXER_OVAL_IDS_H

#include "base/map.h"
#include "indexer/oval_refs.h"

/* Limits of outside input. */
#define OVAL_CHAIN_MAX 256 /* references behind each other */
#define OVAL_EDGES_MAX ((size_t)16 * 1024 * 1024)

struct oval_id {
	struct span id; /* empty: a hole */
	bool stored;    /* stands in the index from an earlier publication */
	bool defined;   /* stands in this document, in line */
	uint64_t line;
};

struct oval_part_ids {
	struct map map;
	struct oval_id *items; /* by ordinal */
	size_t n;
	size_t cap;
};

/* A reference, by ordinals. */
struct oval_edge {
	uint32_t from;
	uint32_t to;
	enum oval_record from_part;
	enum oval_record to_part;
};

struct oval_ids {
	struct oval_part_ids parts[N_OVAL_RECORDS];
	struct arena arena;
	struct oval_edge *edges;
	size_t n_edges;
	size_t cap_edges;
};

void oval_ids_cleanup(struct oval_ids *ids);
/* An id as the index has it. */
int oval_ids_load(struct oval_ids *ids, enum oval_record part, uint64_t ord,
    struct span id, struct err *e);
/* Takes a record's id; one that the document had before is refused. */
int oval_ids_define(struct oval_ids *ids, enum oval_record part, struct span id,
    uint64_t line, uint32_t *ord, struct err *e);

/* A record whose references are being resolved: ctx of oval_ids_refer(). */
struct oval_referrer {
	struct oval_ids *ids;
	enum oval_record part;
	uint32_t ord;
};

/* For an oval_walk: gives ref its ordinal. */
int oval_ids_refer(
    void *ctx, enum oval_record to, struct oval_ref *ref, struct err *e);
/*
 * After the whole document: calls fn for each test that a definition refers
 * to and that the document does not have, once; `line` is the referrer's. In
 * oval_graph.c, as the next.
 */
int oval_ids_missing_tests(struct oval_ids *ids,
    int (*fn)(void *ctx, struct span id, uint64_t line, struct err *e),
    void *ctx, struct err *e);
/* "line N: …" for every other reference that leads nowhere, or in a circle. */
int oval_ids_check(const struct oval_ids *ids, struct err *e);

#endif
