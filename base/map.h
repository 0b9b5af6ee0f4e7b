/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from bytes to a 32-bit number. Keys are copied into the map.
 * The hash is seeded at random for each process, so hostile keys cannot
 * choose their bucket. Start with { 0 }, end with map_cleanup().
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t n_slots; /* a power of two, or 0 */
	size_t n;
	struct arena keys;
};

void map_cleanup(struct map *m);
/* The value of key in *out; false if there is none. */
bool map_get(const struct map *m, struct span key, uint32_t *out);
/*
 * Adds key with value if it is not there. Returns true if it was added; *out
 * (may be NULL) gets the value that stands in the map now.
 */
bool map_add(struct map *m, struct span key, uint32_t value, uint32_t *out);
/* Adds or replaces. */
void map_set(struct map *m, struct span key, uint32_t value);

#endif
