/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "indexer/nvd_intern.h"
#include "indexer/rows.h"
#include "schema_index.h"

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

static const struct intern_kind criteria_kind = { QUERY_INDEX_NVD_CRITERIA_GET,
	QUERY_INDEX_NVD_CRITERIA_PUT, bind_criteria };

void
nvd_intern_init(struct nvd_intern *in, struct db *db)
{
	*in = (struct nvd_intern){ 0 };
	intern_words_init(&in->words, db);
	intern_init(&in->criteria, db, &criteria_kind);
}

void
nvd_intern_cleanup(struct nvd_intern *in)
{
	intern_cleanup(&in->words);
	intern_cleanup(&in->criteria);
	buf_cleanup(&in->key);
}

int
nvd_intern_criteria(struct nvd_intern *in, const struct nvd_match *m,
    int64_t *id, struct err *e)
{
	buf_reset(&in->key);
	pack_span(&in->key, m->cpe);
	pack_span(&in->key, m->version_start);
	pack_span(&in->key, m->version_end);
	pack_uint(&in->key,
	    (uint64_t)m->start_excluding << 1 | (uint64_t)m->end_excluding);
	pack_span(&in->key, m->id);
	return intern_id(&in->criteria, buf_span(&in->key), m, id, e);
}
