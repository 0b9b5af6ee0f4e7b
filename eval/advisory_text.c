/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "eval/advisory_text.h"
#include "eval/cve_number.h"
#include "schema_index.h"

#define KEPT_MAX ((size_t)8 * 1024 * 1024) /* bytes of texts, then anew */

struct advisory_texts {
	struct db *db;
	struct map known; /* ids of words to their place in words */
	struct span *words;
	size_t n_words;
	size_t cap_words;
	struct map known_products;
	struct advisory_package *products; /* where and what, nothing else */
	size_t n_products;
	size_t cap_products;
	struct arena arena;
};

struct advisory_texts *
advisory_texts_new(struct db *db)
{
	struct advisory_texts *t = xcalloc(1, sizeof(*t));

	t->db = db;
	return t;
}

static void
forget(struct advisory_texts *t)
{
	map_cleanup(&t->known);
	map_cleanup(&t->known_products);
	t->n_words = 0;
	t->n_products = 0;
	arena_reset(&t->arena);
}

void
advisory_texts_free(struct advisory_texts *t)
{
	if (t == NULL)
		return;
	forget(t);
	arena_cleanup(&t->arena);
	free(t->words);
	free(t->products);
	free(t);
}

void
advisory_texts_trim(struct advisory_texts *t)
{
	if (t->arena.total > KEPT_MAX)
		forget(t);
}

/* What cannot be read is not remembered as empty. */
static int
ask(struct advisory_texts *t, unsigned query, uint32_t id, struct db_stmt **s,
    struct err *e)
{
	int rc;

	*s = db_query(t->db, query);
	db_bind_int(*s, "id", id);
	rc = db_step(*s, e);
	if (rc == 1)
		return 0;
	forget(t);
	return rc == -1 ? -1 : err_set(e, ERR_FORMAT, "the index is damaged");
}

static int
word_of(struct advisory_texts *t, uint32_t id, struct span *word, struct err *e)
{
	struct span key = span_make(&id, sizeof(id));
	char cve[CVE_TEXT_SIZE];
	struct db_stmt *s;
	uint32_t at;

	*word = SPAN_NONE;
	if (id == 0)
		return 0;
	if (map_get(&t->known, key, &at)) {
		*word = t->words[at];
		return 0;
	}
	if (is_cve_number(id)) {
		*word = arena_span(&t->arena, span_of(cve_text(id, cve)));
	} else {
		if (ask(t, QUERY_INDEX_WORD_VALUE, id, &s, e) != 0)
			return -1;
		*word = arena_span(&t->arena, db_text(s, 0));
		db_reset(s);
	}
	map_set(&t->known, key, (uint32_t)t->n_words);
	t->words =
	    xgrow(t->words, &t->cap_words, t->n_words + 1, sizeof(*t->words));
	t->words[t->n_words++] = *word;
	return 0;
}

int
advisory_texts_product(struct advisory_texts *t, uint32_t product,
    struct advisory_package *p, struct err *e)
{
	struct span key = span_make(&product, sizeof(product));
	struct db_stmt *s;
	uint32_t at;

	if (map_get(&t->known_products, key, &at)) {
		*p = t->products[at];
		return 0;
	}
	if (ask(t, QUERY_INDEX_ADVISORY_PRODUCT_ROW, product, &s, e) != 0)
		return -1;
	*p = (struct advisory_package){
		.distribution = arena_span(&t->arena, db_text(s, 0)),
		.release = arena_span(&t->arena, db_text(s, 1)),
		.pocket = arena_span(&t->arena, db_text(s, 2)),
		.module = arena_span(&t->arena, db_text(s, 3)),
		.arch = arena_span(&t->arena, db_text(s, 4)),
		.is_source = db_int(s, 5) != 0,
	};
	db_reset(s);
	map_set(&t->known_products, key, (uint32_t)t->n_products);
	t->products = xgrow(t->products, &t->cap_products, t->n_products + 1,
	    sizeof(*t->products));
	t->products[t->n_products++] = *p;
	return 0;
}

int
advisory_texts_package(struct advisory_texts *t, const struct advisory_fact *f,
    struct advisory_package *p, struct err *e)
{
	if (advisory_texts_product(t, f->product, p, e) != 0 ||
	    word_of(t, f->name, &p->name, e) != 0 ||
	    word_of(t, f->cve, &p->cve, e) != 0 ||
	    word_of(t, f->version, &p->version, e) != 0 ||
	    word_of(t, f->severity, &p->severity, e) != 0 ||
	    word_of(t, f->detail, &p->detail, e) != 0)
		return -1;
	p->state = f->state;
	return 0;
}

int
advisory_alias_value(
    struct db *db, struct span text, int64_t *value, struct err *e)
{
	struct db_stmt *s;
	int rc;

	*value = (int32_t)cve_number(text);
	if (*value != 0)
		return 0;
	s = db_query(db, QUERY_INDEX_WORD_GET);
	db_bind_text(s, "value", text);
	rc = db_step(s, e);
	if (rc == 1)
		*value = db_int(s, 0);
	db_reset(s);
	return rc == -1 ? -1 : 0;
}
