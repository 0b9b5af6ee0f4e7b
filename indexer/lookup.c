/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/advisory_pack.h"
#include "eval/advisory_text.h"
#include "indexer/lookup_impl.h"
#include "indexer/text.h"
#include "indexer/words.h"
#include "schema_index.h"

#define CANDIDATES_MAX 10000 /* records that one id may be about */

enum record_kind {
	RECORD_CVE = 0,
	RECORD_KEV,
	RECORD_NOTICE,
	RECORD_ADVISORY,
	RECORD_DEFINITION,
	RECORD_PRODUCT,
	RECORD_DATASTREAM,
};

struct candidate {
	enum record_kind kind;
	bool is_own; /* the id is the record's own, not one it names */
	const struct index_family *family;
	int64_t key;
};

struct candidates {
	const struct lookup *l;
	struct span id;
	struct span typed; /* the id as the person has it */
	struct buf words;  /* the id as an expression of the search */
	struct candidate *items;
	size_t n;
	size_t cap;
};

const struct document *
lookup_document(
    const struct lookup *l, const struct index_family *f, int64_t key)
{
	int64_t id = (int64_t)((uint64_t)key >> 32);
	size_t i;

	for (i = 0; i < f->n_documents; i++)
		if (f->documents[i].id == id)
			break;
	if (i == f->n_documents ||
	    (l->document != NULL &&
		!span_is(f->documents[i].name, l->document)))
		return NULL;
	return &f->documents[i];
}

static bool
is_asked(const struct lookup *l, const struct candidate *c)
{
	const struct document *d = lookup_document(l, c->family, c->key);

	if (d == NULL)
		return false;
	return l->kind == LOOKUP_ANY ||
	    (c->is_own && lookup_kind_of(d) == l->kind);
}

/* A definition that is found twice, by its id and by its words, counts once.
 */
static int
add_candidate(
    struct candidates *c, const struct candidate *found, struct err *e)
{
	size_t i;

	if (!is_asked(c->l, found))
		return 0;
	for (i = 0; i < c->n; i++)
		if (c->items[i].family == found->family &&
		    c->items[i].key == found->key)
			return 0;
	if (c->n == CANDIDATES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d records name it",
		    CANDIDATES_MAX);
	c->items = xgrow(c->items, &c->cap, c->n + 1, sizeof(*c->items));
	c->items[c->n++] = *found;
	return 0;
}

enum place_id {
	AS_ID = 0, /* in capitals */
	AS_TYPED,  /* publishers of advisories have names in small letters */
	AS_WORDS,
	AS_VALUE, /* the number of a CVE or of a word */
	AS_BOTH,  /* as id and as value */
};

/* Where ids stand, and what the query's key is a record of. */
static const struct {
	unsigned query;
	unsigned of_document; /* where one was asked for: old records, too */
	enum record_kind kind;
	bool is_own;
	enum place_id by;
} places[] = {
	{ QUERY_INDEX_NVD_PREFERRED, QUERY_INDEX_NVD_FIND, RECORD_CVE, true,
	    AS_VALUE },
	{ QUERY_INDEX_KEV_FIND, QUERY_INDEX_KEV_FIND, RECORD_KEV, false,
	    AS_ID },
	{ QUERY_INDEX_USN_FIND, QUERY_INDEX_USN_FIND, RECORD_NOTICE, true,
	    AS_ID },
	{ QUERY_INDEX_ADVISORY_PREFERRED, QUERY_INDEX_ADVISORY_FIND,
	    RECORD_ADVISORY, true, AS_ID },
	{ QUERY_INDEX_ADVISORY_PREFERRED, QUERY_INDEX_ADVISORY_FIND,
	    RECORD_ADVISORY, true, AS_TYPED },
	{ QUERY_INDEX_DEFINITION_FIND, QUERY_INDEX_DEFINITION_FIND,
	    RECORD_DEFINITION, true, AS_ID },
	{ QUERY_INDEX_CPE_FIND, QUERY_INDEX_CPE_FIND, RECORD_PRODUCT, true,
	    AS_TYPED },
	{ QUERY_INDEX_DATASTREAM_FIND, QUERY_INDEX_DATASTREAM_FIND,
	    RECORD_DATASTREAM, true, AS_TYPED },
	{ QUERY_INDEX_USN_ABOUT, QUERY_INDEX_USN_ABOUT, RECORD_NOTICE, false,
	    AS_ID },
	{ QUERY_INDEX_ADVISORY_ABOUT, QUERY_INDEX_ADVISORY_ABOUT,
	    RECORD_ADVISORY, false, AS_BOTH },
	{ QUERY_INDEX_SEARCH_HEAD, QUERY_INDEX_SEARCH_HEAD, RECORD_DEFINITION,
	    false, AS_WORDS },
};

/* The record's source bytes are not in the index. */
#define NO_QUERY UINT_MAX
#define IN_BLOCK (UINT_MAX - 1) /* eval/raw_block.h */

#define N_PLACES (sizeof(places) / sizeof(*places))

static int
ask_place(struct candidates *c, const struct index_family *f, size_t place,
    struct err *e)
{
	const struct span ids[] = { [AS_ID] = c->id,
		[AS_TYPED] = c->typed,
		[AS_WORDS] = buf_span(&c->words),
		[AS_BOTH] = c->id };
	enum place_id by = places[place].by;
	struct candidate found = { .kind = places[place].kind,
		.is_own = places[place].is_own,
		.family = f };
	struct db_stmt *s = db_query(f->db,
	    c->l->document != NULL ? places[place].of_document
				   : places[place].query);
	int64_t value;
	int rc;

	if (by == AS_VALUE || by == AS_BOTH) {
		if (advisory_alias_value(f->db, c->id, &value, e) != 0)
			return -1;
		db_bind_int(s, "value", value);
	}
	if (by != AS_VALUE)
		db_bind_text(s, "id", ids[by]);
	while ((rc = db_step(s, e)) == 1) {
		found.key = db_int(s, 0);
		if (add_candidate(c, &found, e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(s);
	return rc;
}

/* Words without a figure are no id that other records would name. */
static bool
has_digit(struct span id)
{
	size_t i;

	for (i = 0; i < id.len; i++)
		if (span_is_digit(id.ptr[i]))
			return true;
	return false;
}

/* Whether a family has records of a kind at all. */
static bool
has_kind(const struct index_family *f, enum record_kind kind)
{
	static const enum lookup_kind of[] = {
		[RECORD_CVE] = LOOKUP_CVE,
		[RECORD_KEV] = LOOKUP_CVE,
		[RECORD_NOTICE] = LOOKUP_NOTICE,
		[RECORD_ADVISORY] = LOOKUP_ADVISORY,
		[RECORD_DEFINITION] = LOOKUP_DEFINITION,
		[RECORD_PRODUCT] = LOOKUP_PRODUCT,
		[RECORD_DATASTREAM] = LOOKUP_CONTENT,
	};
	size_t i;

	for (i = 0; i < f->n_documents; i++)
		if (lookup_kind_of(&f->documents[i]) == of[kind])
			return true;
	return false;
}

static int
ask_families(struct candidates *c, size_t place, struct err *e)
{
	const struct index_reader *r = c->l->index;
	size_t i;
	int rc = 0;

	for (i = 0; i < r->n_families && rc == 0; i++)
		if (has_kind(&r->families[i], places[place].kind))
			rc = ask_place(c, &r->families[i], place, e);
	return rc;
}

static int
find_candidates(struct candidates *c, struct err *e)
{
	struct buf expression = { 0 };
	size_t place;
	int rc = 0;

	if (has_digit(c->id))
		words_query(&expression, c->id);
	if (expression.len > 0)
		buf_printf(&c->words, "head : (%s)", buf_str(&expression));
	for (place = 0; place < N_PLACES && rc == 0; place++) {
		if (places[place].by == AS_WORDS && expression.len == 0)
			continue;
		rc = ask_families(c, place, e);
	}
	buf_cleanup(&expression);
	return rc;
}

struct db_stmt *
show_row(struct showing *s, unsigned query, int64_t key, struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, query);
	int rc;

	db_bind_int(q, "key", key);
	rc = db_step(q, e);
	if (rc == 0)
		err_set(e, ERR_FORMAT, "the index is damaged");
	return rc == 1 ? q : NULL;
}

int
show_raw(struct showing *s, unsigned query, int64_t key, struct span *raw,
    struct err *e)
{
	struct db_stmt *q = db_query(s->family->db, query);
	int rc;

	db_bind_int(q, "key", key);
	rc = db_step(q, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	if (rc == -1 || text_unpack(s->text, db_blob(q, 0), raw, e) != 0)
		return -1;
	db_reset(q);
	return 0;
}

int
show_raw_block(struct showing *s, int64_t key, struct span *raw, struct err *e)
{
	int rc =
	    raw_read(lookup_family(s->l->index, s->family)->raw, key, raw, e);

	if (rc == 0)
		*raw = arena_span(&s->arena, *raw);
	return rc;
}

int
show_origin(struct showing *s, int64_t key, struct err *e)
{
	const struct document *d = lookup_document(s->l, s->family, key);
	uint64_t offset;
	int rc = lookup_place(s->l->index, s->family, key, &offset, e);

	if (rc == -1)
		return -1;
	sheet_text(&s->sheet, "document", d->name);
	sheet_text(&s->sheet, "path", d->path);
	sheet_text(&s->sheet, "sha256", d->sha256);
	if (rc == 1)
		sheet_uint(&s->sheet, "offset", offset);
	return 0;
}

static const struct {
	unsigned raw;
	int (*show)(struct showing *s, int64_t key, struct err *e);
	bool has_summary; /* before the source bytes */
} kinds[] = {
	[RECORD_CVE] = { IN_BLOCK, show_cve, false },
	[RECORD_KEV] = { QUERY_INDEX_KEV_RAW_GET, show_kev, false },
	[RECORD_NOTICE] = { QUERY_INDEX_USN_RAW_GET, show_notice, false },
	[RECORD_ADVISORY] = { QUERY_INDEX_ADVISORY_RAW_GET, show_advisory,
	    true },
	[RECORD_DEFINITION] = { IN_BLOCK, show_definition, false },
	[RECORD_PRODUCT] = { NO_QUERY, show_product, false },
	[RECORD_DATASTREAM] = { NO_QUERY, show_datastream, false },
};

static int
show_source_bytes(struct showing *s, const struct candidate *c, struct err *e)
{
	struct span raw = SPAN_NONE, summary;
	unsigned query = kinds[c->kind].raw;
	int rc;

	if (query == NO_QUERY)
		return err_set(e, ERR_MISSING,
		    "its source bytes are kept as a part of the whole file "
		    "only");
	rc = query == IN_BLOCK ? show_raw_block(s, c->key, &raw, e)
			       : show_raw(s, query, c->key, &raw, e);
	if (rc != 0)
		return -1;
	if (kinds[c->kind].has_summary &&
	    advisory_unpack_kept(raw, &summary, &raw, e) != 0)
		return -1;
	out_span(s->l->out, raw);
	return 0;
}

static int
show_one(struct showing *s, const struct candidate *c, struct err *e)
{
	int rc;

	s->family = c->family;
	s->named = c->is_own ? SPAN_NONE : s->id;
	s->text = lookup_family(s->l->index, c->family)->text;
	rc = s->l->raw ? show_source_bytes(s, c, e)
		       : kinds[c->kind].show(s, c->key, e);
	arena_reset(&s->arena);
	return rc;
}

static int
show_all(struct showing *s, const struct candidates *c, struct err *e)
{
	size_t i;
	int rc = 0;

	sheet_begin(&s->sheet, s->l->out, s->l->as_json);
	for (i = 0; i < c->n && rc == 0; i++)
		rc = show_one(s, &c->items[i], e);
	sheet_end(&s->sheet);
	return rc;
}

/* Names the documents to choose from. */
static int
too_many(const struct candidates *c, bool own, struct err *e)
{
	struct buf names = { 0 };
	size_t i;

	for (i = 0; i < c->n && names.len < 300; i++) {
		if (c->items[i].is_own != own)
			continue;
		if (names.len > 0)
			buf_add_str(&names, ", ");
		buf_add_span(&names,
		    lookup_document(c->l, c->items[i].family, c->items[i].key)
			->name);
	}
	err_set(e, ERR_FORMAT,
	    "several records carry that id: choose one with --document: %s",
	    buf_str(&names));
	buf_cleanup(&names);
	return -1;
}

/* The one record whose id it is; if there is none, the one that names it. */
static int
show_source(struct showing *s, const struct candidates *c, struct err *e)
{
	const struct candidate *only = NULL;
	bool own = false;
	size_t i;

	for (i = 0; i < c->n; i++)
		own |= c->items[i].is_own;
	for (i = 0; i < c->n; i++) {
		if (c->items[i].is_own != own)
			continue;
		if (only != NULL)
			return too_many(c, own, e);
		only = &c->items[i];
	}
	return only == NULL ? 0 : show_one(s, only, e);
}

/* Ids of advisories are written in capitals, definitions' are not. */
static void
normalise(struct span id, struct buf *b)
{
	size_t i;

	buf_add_span(b, span_trim(id));
	if (span_has_prefix(buf_span(b), "oval:"))
		return;
	for (i = 0; i < b->len; i++)
		if (b->ptr[i] >= 'a' && b->ptr[i] <= 'z')
			b->ptr[i] = (char)(b->ptr[i] - 'a' + 'A');
}

int
lookup_show(
    const struct lookup *l, struct span id, uint64_t *n_found, struct err *e)
{
	struct candidates c = { .l = l };
	struct showing s = { .l = l };
	struct buf name = { 0 };
	int rc;

	if (lookup_is_package(id) && !l->raw)
		return lookup_package(l, id, n_found, e);
	normalise(id, &name);
	c.id = buf_span(&name);
	c.typed = span_trim(id);
	s.id = c.id;
	rc = find_candidates(&c, e);
	*n_found = c.n;
	if (rc == 0)
		rc = l->raw ? show_source(&s, &c, e) : show_all(&s, &c, e);
	free(c.items);
	buf_cleanup(&c.words);
	buf_cleanup(&name);
	arena_cleanup(&s.arena);
	return rc;
}
