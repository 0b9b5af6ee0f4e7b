/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/lookup_cache.h"

struct known_places {
	const struct db *db;
	int64_t document;
	struct places places;
};

struct lookup_cache {
	struct lookup_family *families; /* as the reader has them */
	size_t n_families;
	struct known_places *known;
	size_t n_known;
	size_t cap_known;
	size_t n_places; /* of all of them */
};

static void
forget_places(struct lookup_cache *c)
{
	size_t i;

	for (i = 0; i < c->n_known; i++)
		places_cleanup(&c->known[i].places);
	c->n_known = 0;
	c->n_places = 0;
}

static void
free_cache(void *ptr)
{
	struct lookup_cache *c = ptr;
	size_t i;

	for (i = 0; i < c->n_families; i++) {
		text_reader_free(c->families[i].text);
		raw_reader_free(c->families[i].raw);
	}
	forget_places(c);
	free(c->known);
	free(c->families);
	free(c);
}

static struct lookup_cache *
cache_of(const struct index_reader *index)
{
	struct index_kept *kept = index->kept;
	struct lookup_cache *c;
	size_t i;

	if (kept->ptr != NULL)
		return kept->ptr;
	c = xcalloc(1, sizeof(*c));
	c->n_families = index->n_families;
	c->families = xcalloc(c->n_families, sizeof(*c->families));
	for (i = 0; i < c->n_families; i++) {
		struct db *db = index->families[i].db;

		c->families[i] = (struct lookup_family){ db,
			text_reader_new(db), raw_reader_new(db) };
	}
	*kept = (struct index_kept){ c, free_cache };
	return c;
}

struct lookup_family *
lookup_family(const struct index_reader *index, const struct index_family *f)
{
	return &cache_of(index)->families[f - index->families];
}

static struct known_places *
add_places(struct lookup_cache *c, const struct index_family *f,
    int64_t document, struct err *e)
{
	struct known_places *k;

	if (c->n_places >= LOOKUP_PLACES_MAX)
		forget_places(c);
	c->known =
	    xgrow(c->known, &c->cap_known, c->n_known + 1, sizeof(*c->known));
	k = &c->known[c->n_known];
	*k = (struct known_places){ .db = f->db, .document = document };
	if (place_load(f->db, document, &k->places, e) != 0) {
		places_cleanup(&k->places);
		return NULL;
	}
	c->n_known++;
	c->n_places += k->places.n;
	return k;
}

int
lookup_place(const struct index_reader *index, const struct index_family *f,
    int64_t key, uint64_t *offset, struct err *e)
{
	int64_t document = (int64_t)((uint64_t)key >> 32);
	uint64_t ord = (uint64_t)key & UINT32_MAX;
	struct lookup_cache *c = cache_of(index);
	struct known_places *k = NULL;
	size_t i;

	for (i = 0; i < c->n_known && k == NULL; i++)
		if (c->known[i].db == f->db && c->known[i].document == document)
			k = &c->known[i];
	if (k == NULL)
		k = add_places(c, f, document, e);
	if (k == NULL)
		return -1;
	if (ord >= k->places.n || k->places.offsets[ord] == UINT64_MAX)
		return 0;
	*offset = k->places.offsets[ord];
	return 1;
}
