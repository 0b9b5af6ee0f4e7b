/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "indexer/nvd_intern.h"
#include "indexer/rows.h"
#include "schema_index.h"

#define REMEMBERED_MAX 131072 /* of each kind: about 20 MiB */

void
nvd_intern_cleanup(struct nvd_intern *in)
{
	map_cleanup(&in->words);
	map_cleanup(&in->criteria);
	buf_cleanup(&in->key);
}

static void
remember(struct map *m, struct span key, int64_t id)
{
	if (id > UINT32_MAX)
		return;
	if (m->n >= REMEMBERED_MAX)
		map_cleanup(m);
	map_set(m, key, (uint32_t)id);
}

static void
bind_word(struct db_stmt *s, const void *what)
{
	const struct span *word = what;

	db_bind_text(s, "value", span_text(*word));
}

static void
bind_criteria(struct db_stmt *s, const void *what)
{
	const struct nvd_match *m = what;

	db_bind_text(s, "cpe", span_text(m->cpe));
	db_bind_text(s, "version_start", span_text(m->version_start));
	db_bind_int(s, "start_excluding", m->start_excluding);
	db_bind_text(s, "version_end", span_text(m->version_end));
	db_bind_int(s, "end_excluding", m->end_excluding);
	db_bind_text(s, "match_id", span_text(m->id));
}

/* How a kind of thing is found and put. */
struct kind {
	unsigned get;
	unsigned put;
	void (*bind)(struct db_stmt *s, const void *what);
};

static const struct kind word_kind = { QUERY_INDEX_NVD_WORD_GET,
	QUERY_INDEX_NVD_WORD_PUT, bind_word };
static const struct kind criteria_kind = { QUERY_INDEX_NVD_CRITERIA_GET,
	QUERY_INDEX_NVD_CRITERIA_PUT, bind_criteria };

static int
find_or_put(struct db *db, const struct kind *kind, const void *what,
    int64_t *id, struct err *e)
{
	struct db_stmt *s = db_query(db, kind->get);
	int rc;

	kind->bind(s, what);
	rc = db_step(s, e);
	if (rc == 1) {
		*id = db_int(s, 0);
		db_reset(s);
	}
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	s = db_query(db, kind->put);
	kind->bind(s, what);
	if (db_run(s, e) != 0)
		return -1;
	*id = db_last_id(db);
	return 0;
}

int
nvd_intern_word(
    struct nvd_intern *in, struct span word, int64_t *id, struct err *e)
{
	uint32_t known;

	if (map_get(&in->words, word, &known)) {
		*id = known;
		return 0;
	}
	if (find_or_put(in->db, &word_kind, &word, id, e) != 0)
		return -1;
	remember(&in->words, word, *id);
	return 0;
}

int
nvd_intern_criteria(struct nvd_intern *in, const struct nvd_match *m,
    int64_t *id, struct err *e)
{
	uint32_t known;

	buf_reset(&in->key);
	pack_span(&in->key, m->cpe);
	pack_span(&in->key, m->version_start);
	pack_span(&in->key, m->version_end);
	pack_uint(&in->key,
	    (uint64_t)m->start_excluding << 1 | (uint64_t)m->end_excluding);
	pack_span(&in->key, m->id);
	if (map_get(&in->criteria, buf_span(&in->key), &known)) {
		*id = known;
		return 0;
	}
	if (find_or_put(in->db, &criteria_kind, m, id, e) != 0)
		return -1;
	remember(&in->criteria, buf_span(&in->key), *id);
	return 0;
}
