/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/mem.h"

struct map_slot {
	struct span key; /* ptr NULL: empty */
	uint32_t hash;
	uint32_t value;
};

/* One for the process: of threads that come together the first decides. */
static uint64_t
seed(void)
{
	static _Atomic uint64_t value;
	uint64_t now = atomic_load_explicit(&value, memory_order_relaxed);
	uint64_t chosen;

	if (now != 0)
		return now;
	if (getrandom(&chosen, sizeof(chosen), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(chosen))
		chosen = 0x9e3779b97f4a7c15U ^ (uint64_t)(uintptr_t)&value;
	chosen |= 1;
	return atomic_compare_exchange_strong(&value, &now, chosen) ? chosen
								    : now;
}

/* Multiply and fold, eight bytes a step. */
static uint32_t
hash_bytes(struct span key)
{
	uint64_t h = seed() ^ (key.len * 0xff51afd7ed558ccdU);
	const char *p = key.ptr;
	size_t left = key.len;

	while (left > 0) {
		size_t n = left < 8 ? left : 8;
		uint64_t word = 0;

		memcpy(&word, p, n);
		h = (h ^ word) * 0xc4ceb9fe1a85ec53U;
		h ^= h >> 32;
		p += n;
		left -= n;
	}
	return (uint32_t)(h ^ (h >> 29));
}

void
map_cleanup(struct map *m)
{
	free(m->slots);
	arena_cleanup(&m->keys);
	*m = (struct map){ 0 };
}

static struct map_slot *
slot_find(const struct map *m, struct span key, uint32_t hash)
{
	size_t i = hash & (m->n_slots - 1);

	while (m->slots[i].key.ptr != NULL) {
		if (m->slots[i].hash == hash && span_eq(m->slots[i].key, key))
			break;
		i = (i + 1) & (m->n_slots - 1);
	}
	return &m->slots[i];
}

static void
map_grow(struct map *m)
{
	struct map_slot *old = m->slots;
	size_t n_old = m->n_slots;
	size_t i;

	m->n_slots = n_old == 0 ? 64 : xmul(n_old, 2);
	m->slots = xcalloc(m->n_slots, sizeof(*m->slots));
	for (i = 0; i < n_old; i++)
		if (old[i].key.ptr != NULL)
			*slot_find(m, old[i].key, old[i].hash) = old[i];
	free(old);
}

bool
map_get(const struct map *m, struct span key, uint32_t *out)
{
	struct map_slot *s;

	if (m->n_slots == 0)
		return false;
	s = slot_find(m, key, hash_bytes(key));
	if (s->key.ptr == NULL)
		return false;
	*out = s->value;
	return true;
}

bool
map_add(struct map *m, struct span key, uint32_t value, uint32_t *out)
{
	uint32_t hash = hash_bytes(key);
	struct map_slot *s;
	bool added;

	if ((m->n + 1) * 4 > m->n_slots * 3)
		map_grow(m);
	s = slot_find(m, key, hash);
	added = s->key.ptr == NULL;
	if (added) {
		*s =
		    (struct map_slot){ arena_span(&m->keys, key), hash, value };
		m->n++;
	}
	if (out != NULL)
		*out = s->value;
	return added;
}

void
map_set(struct map *m, struct span key, uint32_t value)
{
	if (!map_add(m, key, value, NULL))
		slot_find(m, key, hash_bytes(key))->value = value;
}
