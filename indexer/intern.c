/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/intern.h"
#include "indexer/rows.h"
#include "schema_index.h"

#define REMEMBERED_MAX 131072 /* of each kind: about 20 MiB */

void
intern_init(struct intern *in, struct db *db, const struct intern_kind *kind)
{
	*in = (struct intern){ .db = db, .kind = kind };
}

void
intern_cleanup(struct intern *in)
{
	map_cleanup(&in->known);
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

static int
find_or_put(struct intern *in, const void *what, int64_t *id, struct err *e)
{
	struct db_stmt *s = db_query(in->db, in->kind->get);
	int rc;

	in->kind->bind(s, what);
	rc = db_step(s, e);
	if (rc == 1) {
		*id = db_int(s, 0);
		db_reset(s);
	}
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	s = db_query(in->db, in->kind->put);
	in->kind->bind(s, what);
	if (db_run(s, e) != 0)
		return -1;
	*id = db_last_id(in->db);
	return 0;
}

int
intern_id(struct intern *in, struct span key, const void *what, int64_t *id,
    struct err *e)
{
	uint32_t known;

	if (map_get(&in->known, key, &known)) {
		*id = known;
		return 0;
	}
	if (find_or_put(in, what, id, e) != 0)
		return -1;
	remember(&in->known, key, *id);
	return 0;
}

static void
bind_word(struct db_stmt *s, const void *what)
{
	const struct span *word = what;

	db_bind_text(s, "value", span_text(*word));
}

static const struct intern_kind word_kind = { QUERY_INDEX_WORD_GET,
	QUERY_INDEX_WORD_PUT, bind_word };

void
intern_words_init(struct intern *words, struct db *db)
{
	intern_init(words, db, &word_kind);
}

int
intern_word(struct intern *words, struct span word, int64_t *id, struct err *e)
{
	return intern_id(words, word, &word, id, e);
}
