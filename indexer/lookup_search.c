/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "base/printable.h"
#include "indexer/lookup_impl.h"
#include "indexer/words.h"
#include "schema_index.h"

#define FOUND_MAX 200000 /* records that are ranked */
#define TITLE_WIDTH 100  /* columns */

struct hit {
	unsigned rank; /* 0: head; 1: body */
	int64_t key;
	const struct index_family *family;
	const struct document *document;
	struct span id;
	struct span title;
};

struct hits {
	const struct lookup *l;
	const struct index_family *family; /* being asked */
	struct arena arena;
	struct hit *items;
	size_t n;
	size_t cap;
};

int
lookup_id_cmp(struct span a, struct span b)
{
	size_t i = 0, k = 0, x, y;

	while (i < a.len && k < b.len) {
		if (!span_is_digit(a.ptr[i]) || !span_is_digit(b.ptr[k])) {
			if (a.ptr[i] != b.ptr[k])
				return (unsigned char)a.ptr[i] <
					(unsigned char)b.ptr[k]
				    ? -1
				    : 1;
			i++;
			k++;
			continue;
		}
		for (x = i; x < a.len && span_is_digit(a.ptr[x]); x++)
			;
		for (y = k; y < b.len && span_is_digit(b.ptr[y]); y++)
			;
		if (x - i != y - k)
			return x - i < y - k ? -1 : 1;
		for (; i < x; i++, k++)
			if (a.ptr[i] != b.ptr[k])
				return a.ptr[i] < b.ptr[k] ? -1 : 1;
	}
	return (i < a.len) - (k < b.len);
}

/* What a record is called: titles begin with the CVE or the notice. */
static struct span
name_of(const struct hit *h)
{
	return span_has_prefix(h->id, "oval:") ? h->title : h->id;
}

static int
by_rank(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = (int)x->rank - (int)y->rank;

	if (order == 0)
		order = lookup_id_cmp(name_of(y), name_of(x));
	if (order == 0)
		order = span_cmp(x->document->name, y->document->name);
	return order != 0 ? order : span_cmp(x->id, y->id);
}

/* 1: the record is one to show; 0: not; -1. */
static int
fill_hit(struct hits *hits, int64_t key, struct hit *h, struct err *e)
{
	struct db_stmt *s;
	int rc;

	h->document = lookup_document(hits->l, hits->family, key);
	if (h->document == NULL ||
	    (hits->l->kind != LOOKUP_ANY &&
		lookup_kind_of(h->document) != hits->l->kind))
		return 0;
	s = db_query(hits->family->db, QUERY_INDEX_RECORD_LINE);
	db_bind_int(s, "key", key);
	rc = db_step(s, e);
	if (rc == 1) {
		h->id = arena_span(&hits->arena, db_text(s, 0));
		h->title = arena_span(&hits->arena, db_text(s, 1));
		db_reset(s);
	}
	return rc;
}

static int
add_hit(struct hits *hits, unsigned rank, int64_t key, struct err *e)
{
	struct hit h = { .rank = rank, .key = key, .family = hits->family };
	int rc;

	if (hits->n == FOUND_MAX)
		return 0;
	rc = fill_hit(hits, key, &h, e);
	if (rc != 1)
		return rc;
	hits->items =
	    xgrow(hits->items, &hits->cap, hits->n + 1, sizeof(*hits->items));
	hits->items[hits->n++] = h;
	return 0;
}

/* What is printed of them. */
struct page {
	size_t first;
	size_t end;
};

static struct page
page_of(const struct hits *hits)
{
	const struct lookup *l = hits->l;
	struct page p = { .first = hits->n, .end = hits->n };

	if (l->offset < hits->n)
		p.first = (size_t)l->offset;
	if (l->limit < hits->n - p.first)
		p.end = p.first + (size_t)l->limit;
	return p;
}

/*
 * NVD's titles stand in the source bytes: they are read for what is printed
 * only.
 */
static int
fill_titles(struct hits *hits, struct page p, struct err *e)
{
	struct raw_reader *reader;
	size_t i;
	int rc = 0;

	for (i = p.first; i < p.end && rc == 0; i++) {
		struct hit *h = &hits->items[i];

		if (!span_has_prefix(h->document->format, "nvd"))
			continue;
		reader = lookup_family(hits->l->index, h->family)->raw;
		rc = lookup_cve_title(
		    h->document, reader, h->key, &hits->arena, &h->title, e);
	}
	return rc;
}

static int
ask_family(struct hits *hits, struct span expression, struct err *e)
{
	struct db_stmt *s =
	    db_query(hits->family->db, QUERY_INDEX_SEARCH_RANKED);
	struct buf head = { 0 };
	int rc;

	buf_printf(&head, "head : (%.*s)", SPAN_ARG(expression));
	db_bind_text(s, "head", buf_span(&head));
	db_bind_text(s, "words", expression);
	while ((rc = db_step(s, e)) == 1) {
		rc = add_hit(hits, (unsigned)db_int(s, 1), db_int(s, 0), e);
		if (rc != 0)
			break;
	}
	db_reset(s);
	buf_cleanup(&head);
	return rc;
}

static void
print_json(const struct hits *hits, struct page p)
{
	const struct lookup *l = hits->l;
	struct json_out j;
	size_t i;

	json_out_init(&j, l->out);
	json_object(&j, NULL);
	json_uint(&j, "generation", l->index->generation);
	json_uint(&j, "found", hits->n);
	json_uint(&j, "offset", l->offset);
	json_array(&j, "records");
	for (i = p.first; i < p.end; i++) {
		const struct hit *h = &hits->items[i];

		json_object(&j, NULL);
		json_str(
		    &j, "kind", lookup_kind_name(lookup_kind_of(h->document)));
		json_span(&j, "id", h->id);
		json_span(&j, "document", h->document->name);
		json_span(&j, "sha256", h->document->sha256);
		json_span(&j, "title", h->title);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	out_char(l->out, '\n');
}

static void
pad(struct buf *b, struct span text, size_t width)
{
	size_t used = printable_width(text);

	printable_add(b, text);
	for (; used < width; used++)
		buf_add_char(b, ' ');
	buf_add_str(b, "  ");
}

static size_t
wider(size_t width, struct span text)
{
	size_t w = printable_width(text);

	return w > width ? w : width;
}

static void
print_lines(const struct hits *hits, struct page p)
{
	size_t ids = 0, documents = 0, i;
	struct buf line = { 0 };

	for (i = p.first; i < p.end; i++) {
		ids = wider(ids, hits->items[i].id);
		documents = wider(documents, hits->items[i].document->name);
	}
	for (i = p.first; i < p.end; i++) {
		const struct hit *h = &hits->items[i];

		buf_reset(&line);
		pad(&line, h->id, ids);
		pad(&line, h->document->name, documents);
		printable_add_cut(&line, h->title, TITLE_WIDTH);
		out_span(hits->l->out, buf_span(&line));
		out_char(hits->l->out, '\n');
	}
	buf_cleanup(&line);
}

int
lookup_search(
    const struct lookup *l, struct span words, uint64_t *n_found, struct err *e)
{
	struct hits hits = { .l = l };
	struct buf expression = { 0 };
	struct page page;
	size_t i;
	int rc = -1;

	words_query(&expression, words);
	if (expression.len == 0) {
		err_set(e, ERR_FORMAT,
		    "there is no word in \"%.*s\" to search for: single "
		    "letters and the commonest words are passed over",
		    SPAN_ARG(span_first(words, 100)));
		goto out;
	}
	for (i = 0; i < l->index->n_families; i++) {
		hits.family = &l->index->families[i];
		if (ask_family(&hits, buf_span(&expression), e) != 0)
			goto out;
	}
	if (hits.n > 0)
		qsort(hits.items, hits.n, sizeof(*hits.items), by_rank);
	page = page_of(&hits);
	if (fill_titles(&hits, page, e) != 0)
		goto out;
	if (l->as_json)
		print_json(&hits, page);
	else
		print_lines(&hits, page);
	*n_found = hits.n;
	rc = 0;
out:
	free(hits.items);
	arena_cleanup(&hits.arena);
	buf_cleanup(&expression);
	return rc;
}
