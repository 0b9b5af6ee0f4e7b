/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is given back all at once: one arena a document or a request.
 * Start with { 0 }. What it hands out lives until arena_reset() or
 * arena_cleanup().
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *head; /* the block being filled */
	size_t total;             /* bytes handed out since the last reset */
};

void arena_cleanup(struct arena *a);
/* Everything handed out is void; the largest block is kept for reuse. */
void arena_reset(struct arena *a);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
/* n items of size bytes, zeroed. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy, NUL-terminated behind its length. */
struct span arena_span(struct arena *a, struct span s);
char *arena_str(struct arena *a, struct span s);
/* A copy with ASCII letters in lower case. */
struct span arena_lower(struct arena *a, struct span s);

#endif
