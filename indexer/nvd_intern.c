/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "eval/cve_number.h"
#include "indexer/nvd_intern.h"
#include "indexer/rows.h"
#include "schema_index.h"

/* An unbound parameter is SQL NULL. */
static void
bind_number(struct db_stmt *s, const char *name, struct nvd_number n)
{
	if (n.known)
		db_bind_real(s, name, n.value);
}

static void
bind_rating(struct db_stmt *s, const void *what)
{
	const struct nvd_metric *m = what;

	db_bind_text(s, "version", span_text(m->version));
	db_bind_text(s, "vector", span_text(m->vector));
	bind_number(s, "score", m->score);
	db_bind_text(s, "severity", span_text(m->severity));
	bind_number(s, "exploitability", m->exploitability);
	bind_number(s, "impact", m->impact);
}

static const struct intern_kind rating_kind = { QUERY_INDEX_NVD_RATING_GET,
	QUERY_INDEX_NVD_RATING_PUT, bind_rating };

void
nvd_intern_init(struct nvd_intern *in, struct db *db)
{
	*in = (struct nvd_intern){ 0 };
	intern_words_init(&in->words, db);
	intern_init(&in->ratings, db, &rating_kind);
}

void
nvd_intern_cleanup(struct nvd_intern *in)
{
	intern_cleanup(&in->words);
	intern_cleanup(&in->ratings);
	buf_cleanup(&in->key);
}

int
nvd_intern_id(
    struct nvd_intern *in, struct span id, int64_t *value, struct err *e)
{
	*value = (int32_t)cve_number(id);
	return *value != 0 ? 0 : intern_word(&in->words, id, value, e);
}

static void
pack_number(struct buf *b, struct nvd_number n)
{
	pack_uint(b, n.known);
	buf_add(b, &n.value, sizeof(n.value));
}

int
nvd_intern_rating(struct nvd_intern *in, const struct nvd_metric *m,
    int64_t *id, struct err *e)
{
	buf_reset(&in->key);
	pack_span(&in->key, m->version);
	pack_span(&in->key, m->vector);
	pack_number(&in->key, m->score);
	pack_span(&in->key, m->severity);
	pack_number(&in->key, m->exploitability);
	pack_number(&in->key, m->impact);
	return intern_id(&in->ratings, buf_span(&in->key), m, id, e);
}
