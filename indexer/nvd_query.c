/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question goes from what costs least to what costs most: what the list
 * knows, then tables and the search, then source bytes of what is left.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/advisory_text.h"
#include "eval/cve_number.h"
#include "indexer/nvd_query_impl.h"
#include "indexer/words.h"
#include "schema_index.h"

#define EACH(a, i) for ((i) = 0; (i) < (a)->l->n; (i)++)

/* --- what the list knows --- */

static bool
in_window(const struct nvd_window *w, int64_t time)
{
	return w->end == 0 || (time >= w->start && time <= w->end);
}

static bool
fits(const struct nvd_question *q, const struct nvd_item *item)
{
	return in_window(&q->published, item->published) &&
	    in_window(&q->modified, item->modified) &&
	    in_window(&q->kev, item->kev) && (!q->has_kev || item->kev != 0) &&
	    (!q->no_rejected || !item->is_rejected) &&
	    (q->severities == 0 || (item->severities & q->severities) != 0) &&
	    (q->tag == 0 || (item->tags & q->tag) != 0);
}

/* An id's number; 0: no record has it. */
static int
id_number(struct nvd_asking *a, struct span id, int64_t *number, struct err *e)
{
	*number = (int32_t)cve_number(id);
	if (*number != 0)
		return 0;
	return advisory_alias_value(a->db, id, number, e);
}

/* Only those that are asked for by id. */
static int
begin_ids(struct nvd_asking *a, struct err *e)
{
	uint32_t position;
	int64_t number;
	size_t i;

	for (i = 0; i < a->q->n_ids; i++) {
		if (id_number(a, a->q->ids[i], &number, e) != 0)
			return -1;
		position = nvd_list_find_id(a->l, number);
		if (position != NVD_NOWHERE)
			a->in[position] = fits(a->q, &a->l->items[position]);
	}
	return 0;
}

static int
begin(struct nvd_asking *a, struct err *e)
{
	size_t i;

	if (a->q->n_ids > 0)
		return begin_ids(a, e);
	EACH(a, i)
	a->in[i] = fits(a->q, &a->l->items[i]);
	return 0;
}

/* --- words: of statuses and assigners --- */

/* "Undergoing Analysis" is asked for as UndergoingAnalysis. */
static bool
same_status(struct span asked, struct span word)
{
	size_t i, n = 0;

	for (i = 0; i < word.len; i++) {
		if (word.ptr[i] == ' ')
			continue;
		if (n == asked.len ||
		    (asked.ptr[n] | 0x20) != (word.ptr[i] | 0x20))
			return false;
		n++;
	}
	return n == asked.len;
}

static int
is_status(struct nvd_asking *a, uint32_t word, bool *out, struct err *e)
{
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_WORD_VALUE);
	size_t i;
	int rc;

	*out = false;
	db_bind_int(s, "id", word);
	rc = db_step(s, e);
	for (i = 0; rc == 1 && i < a->q->n_statuses; i++)
		*out |= same_status(a->q->statuses[i], db_text(s, 0));
	db_reset(s);
	return rc == -1 ? -1 : 0;
}

/* Records beside each other have the same word mostly. */
static int
keep_statuses(struct nvd_asking *a, struct err *e)
{
	uint32_t last = 0;
	bool keep = false, any = false;
	size_t i;

	if (a->q->n_statuses == 0)
		return 0;
	EACH(a, i)
	{
		if (!a->in[i])
			continue;
		if (!any || a->l->items[i].status != last) {
			last = a->l->items[i].status;
			any = true;
			if (is_status(a, last, &keep, e) != 0)
				return -1;
		}
		a->in[i] = keep;
	}
	return 0;
}

static int
keep_assigner(struct nvd_asking *a, struct err *e)
{
	struct db_stmt *s;
	int64_t word = -1;
	size_t i;
	int rc;

	if (a->q->assigner.len == 0)
		return 0;
	s = db_query(a->db, QUERY_INDEX_WORD_GET);
	db_bind_text(s, "value", a->q->assigner);
	rc = db_step(s, e);
	if (rc == 1)
		word = db_int(s, 0);
	db_reset(s);
	if (rc == -1)
		return -1;
	EACH(a, i)
	a->in[i] &= a->l->items[i].assigner == word;
	return 0;
}

/* --- ratings --- */

/* Is every "AV:N" of the question in the rating's vector? */
static bool
vector_has(struct span vector, struct span asked)
{
	struct span part, own, rest;
	bool found;

	while (span_next(&asked, '/', &part)) {
		found = false;
		rest = vector;
		while (!found && span_next(&rest, '/', &own))
			found = span_eq(own, part);
		if (!found)
			return false;
	}
	return true;
}

/* Which ratings match, by id. */
static int
find_ratings(
    struct nvd_asking *a, unsigned char **out, size_t *n, struct err *e)
{
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_NVD_RATING_VECTORS);
	const char low[] = { a->q->vector_version, '.', '\0' };
	const char high[] = { a->q->vector_version, '/', '\0' };
	size_t cap = 0;
	int64_t id;
	int rc;

	db_bind_text(s, "low", span_of(low));
	db_bind_text(s, "high", span_of(high));
	while ((rc = db_step(s, e)) == 1) {
		id = db_int(s, 0);
		if (id < 0 || id > UINT32_MAX ||
		    !vector_has(db_text(s, 1), a->q->vector))
			continue;
		*out = xgrow(*out, &cap, (size_t)id + 1, 1);
		if (*n <= (size_t)id) {
			memset(*out + *n, 0, (size_t)id + 1 - *n);
			*n = (size_t)id + 1;
		}
		(*out)[id] = 1;
	}
	return rc;
}

static bool
has_rating(const struct nvd_list *l, const struct nvd_item *item,
    const unsigned char *ratings, size_t n)
{
	size_t i;

	for (i = 0; i < item->n_ratings; i++) {
		uint32_t rating = l->ratings[item->ratings + i];

		if (rating < n && ratings[rating])
			return true;
	}
	return false;
}

static int
keep_vector(struct nvd_asking *a, struct err *e)
{
	unsigned char *ratings = NULL;
	size_t i, n = 0;
	int rc;

	if (a->q->vector.len == 0)
		return 0;
	rc = find_ratings(a, &ratings, &n, e);
	EACH(a, i)
	a->in[i] = a->in[i] && has_rating(a->l, &a->l->items[i], ratings, n);
	free(ratings);
	return rc;
}

/* --- tables and the search --- */

static void
found_nothing(struct nvd_asking *a)
{
	memset(a->found, 0, a->l->n);
}

/* The rows' first column is a key. */
static int
find_keys(struct nvd_asking *a, struct db_stmt *s, struct err *e)
{
	uint32_t position;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		position = nvd_list_find(a->l, db_int(s, 0));
		if (position != NVD_NOWHERE)
			a->found[position] = 1;
	}
	return rc;
}

static void
keep_found(struct nvd_asking *a)
{
	size_t i;

	EACH(a, i)
	a->in[i] &= a->found[i];
}

static int
keep_words(struct nvd_asking *a, const char *expression, struct err *e)
{
	struct db_stmt *s = db_query(a->db, QUERY_INDEX_NVD_WORD_ROWS);

	found_nothing(a);
	db_bind_text(s, "words", span_of(expression));
	if (find_keys(a, s, e) != 0)
		return -1;
	keep_found(a);
	return 0;
}

/* Weaknesses are words of the head (indexer/nvd_prepare.c). */
static int
keep_cwe(struct nvd_asking *a, struct err *e)
{
	struct buf expression = { 0 }, words = { 0 };
	int rc = 0;

	if (a->q->cwe.len == 0)
		return 0;
	words_query(&words, a->q->cwe);
	buf_printf(&expression, "head : (%s)", buf_str(&words));
	rc = keep_words(a, buf_str(&expression), e);
	buf_cleanup(&words);
	buf_cleanup(&expression);
	return rc;
}

/* "circle" finds "circles": every keyword is the beginning of a word. */
static void
begin_words(struct buf *b, struct span keywords)
{
	struct span rest = keywords, part;

	while (span_next(&rest, ' ', &part)) {
		buf_add_span(b, part);
		buf_add_str(b, part.len > 0 ? "* " : "");
	}
}

static int
keep_keywords(struct nvd_asking *a, struct err *e)
{
	struct buf asked = { 0 }, words = { 0 }, expression = { 0 };
	int rc;

	if (a->q->keywords.len == 0)
		return 0;
	if (a->q->phrase)
		buf_add_span(&asked, a->q->keywords);
	else
		begin_words(&asked, a->q->keywords);
	words_query(&words, buf_span(&asked));
	if (words.len == 0) {
		rc = err_set(e, ERR_FORMAT,
		    "there is no word in it that is searched for");
	} else {
		buf_printf(&expression, "body : (%s)", buf_str(&words));
		rc = keep_words(a, buf_str(&expression), e);
	}
	buf_cleanup(&asked);
	buf_cleanup(&words);
	buf_cleanup(&expression);
	return rc;
}

/*
 * Words of products, "vendor:product", that the pattern may mean; *high empty:
 * any of them.
 */
static void
product_range(struct nvd_asking *a, struct span *low, struct span *high)
{
	struct span vendor = nvd_pattern_text(a->q->cpe, CPE_VENDOR, &a->arena);
	struct span product =
	    nvd_pattern_text(a->q->cpe, CPE_PRODUCT, &a->arena);
	struct buf b = { 0 };

	*high = SPAN_NONE;
	if (vendor.len == 0)
		return;
	buf_add_span(&b, vendor);
	buf_add_char(&b, ':');
	buf_add_span(&b, product);
	*low = arena_span(&a->arena, buf_span(&b));
	/* The next text, in byte order, that is another product's, or … */
	if (product.len > 0)
		buf_add(&b, "\0", 1);
	else /* … another vendor's */
		b.ptr[b.len - 1] = ':' + 1;
	*high = arena_span(&a->arena, buf_span(&b));
	buf_cleanup(&b);
}

static int
keep_products(struct nvd_asking *a, struct err *e)
{
	struct span low = SPAN_NONE, high;
	struct db_stmt *s;

	if (a->q->cpe == NULL)
		return 0;
	product_range(a, &low, &high);
	if (high.len == 0)
		return 0;
	s = db_query(a->db, QUERY_INDEX_NVD_PRODUCT_RANGE);
	found_nothing(a);
	db_bind_text(s, "low", low);
	db_bind_text(s, "high", high);
	if (find_keys(a, s, e) != 0)
		return -1;
	keep_found(a);
	return 0;
}

/* --- the whole --- */

static void
collect(const struct nvd_asking *a, struct nvd_result *out)
{
	size_t i;

	EACH(a, i)
	out->n += a->in[i];
	out->positions = xcalloc(out->n, sizeof(*out->positions));
	out->n = 0;
	EACH(a, i)
	if (a->in[i])
		out->positions[out->n++] = (uint32_t)i;
}

int
nvd_query_run(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_question *q, struct nvd_result *out, struct err *e)
{
	struct nvd_asking a = { .l = l, .db = nvd_list_db(l, r), .q = q };
	int rc = -1;

	*out = (struct nvd_result){ 0 };
	a.in = xcalloc(l->n, 1);
	a.found = xcalloc(l->n, 1);
	if (l->n == 0 ||
	    (begin(&a, e) == 0 && keep_statuses(&a, e) == 0 &&
		keep_assigner(&a, e) == 0 && keep_vector(&a, e) == 0 &&
		keep_cwe(&a, e) == 0 && keep_keywords(&a, e) == 0 &&
		keep_products(&a, e) == 0 && nvd_read_source(&a, e) == 0)) {
		collect(&a, out);
		rc = 0;
	}
	free(a.in);
	free(a.found);
	arena_cleanup(&a.arena);
	return rc;
}

void
nvd_result_cleanup(struct nvd_result *result)
{
	free(result->positions);
	*result = (struct nvd_result){ 0 };
}
