/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that only the source bytes of a record answer; and its bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/raw_block.h"
#include "indexer/nvd_query_impl.h"

/* URLs by which NVD knew what these parameters ask for. */
static const char *const alerts[] = { "us-cert.gov/ncas/alerts",
	"us-cert.gov/cas/techalerts", "cisa.gov/news-events/alerts", NULL };
static const char *const notes[] = { "kb.cert.org/vuls", NULL };
static const char *const ovals[] = { "oval.cisecurity.org/repository",
	"oval.mitre.org/repository", "oval:org.mitre.oval:def", NULL };

static bool
reads_source(const struct nvd_question *q)
{
	return q->cpe != NULL || (q->keywords.len > 0 && q->phrase) ||
	    q->has_cert_alerts || q->has_cert_notes || q->has_oval;
}

static bool
refers_to(const struct nvd_cve *cve, const char *const *urls)
{
	size_t i, k;

	for (i = 0; i < cve->n_references; i++)
		for (k = 0; urls[k] != NULL; k++)
			if (memmem(cve->references[i].url.ptr,
				cve->references[i].url.len, urls[k],
				strlen(urls[k])) != NULL)
				return true;
	return false;
}

/* --- phrases --- */

static char
plain(char c)
{
	if (span_is_space(c))
		return ' ';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
in_word(char c)
{
	return span_is_alpha(c) || span_is_digit(c) || c < 0;
}

/* How much of text the phrase takes from its beginning on; 0: it does not. */
static size_t
phrase_at(struct span text, struct span phrase)
{
	size_t i = 0, k = 0;

	while (k < phrase.len) {
		if (i == text.len || plain(text.ptr[i]) != plain(phrase.ptr[k]))
			return 0;
		if (span_is_space(phrase.ptr[k])) {
			while (i < text.len && span_is_space(text.ptr[i]))
				i++;
			while (k < phrase.len && span_is_space(phrase.ptr[k]))
				k++;
			continue;
		}
		i++;
		k++;
	}
	return i;
}

/* Whole words, whatever the case, one blank as good as several. */
static bool
has_phrase(struct span text, struct span phrase)
{
	size_t i, n;

	for (i = 0; i < text.len; i++) {
		if (plain(text.ptr[i]) != plain(phrase.ptr[0]) ||
		    (i > 0 && in_word(text.ptr[i - 1]) &&
			in_word(phrase.ptr[0])))
			continue;
		n = phrase_at(span_from(text, i), phrase);
		if (n > 0 &&
		    (i + n == text.len || !in_word(text.ptr[i + n]) ||
			!in_word(phrase.ptr[phrase.len - 1])))
			return true;
	}
	return false;
}

static bool
describes(const struct nvd_cve *cve, struct span phrase)
{
	size_t i;

	for (i = 0; i < cve->n_descriptions; i++)
		if (span_is(cve->descriptions[i].lang, "en") &&
		    has_phrase(cve->descriptions[i].value, phrase))
			return true;
	return false;
}

/* --- products --- */

static bool
names_product(const struct nvd_cve *cve, const struct nvd_pattern *p)
{
	size_t i;

	for (i = 0; i < cve->n_matches; i++)
		if (nvd_pattern_matches(p, &cve->matches[i]))
			return true;
	return false;
}

static bool
confirms(const struct nvd_question *q, const struct nvd_cve *cve)
{
	if (q->cpe != NULL && !names_product(cve, q->cpe))
		return false;
	if (q->phrase && q->keywords.len > 0 && !describes(cve, q->keywords))
		return false;
	return (!q->has_cert_alerts || refers_to(cve, alerts)) &&
	    (!q->has_cert_notes || refers_to(cve, notes)) &&
	    (!q->has_oval || refers_to(cve, ovals));
}

/* --- what is not worth parsing --- */

/*
 * Texts of which the source bytes have one if the record matches, whatever
 * JSON escapes.
 */
struct needles {
	const char *texts[2]; /* NULL: none needed */
	char field[CPE_NAME_MAX];
	/* What criteria begin with, where that is all that is asked for. */
	struct buf prefix;
};

static bool
is_plain(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    s.ptr[i] != '_')
			return false;
	return s.len > 0;
}

/* The longest component that JSON and CPE write as it is. */
static void
needle_of_cpe(const struct nvd_pattern *p, struct needles *n)
{
	struct span best = SPAN_NONE;
	size_t i;

	for (i = CPE_VENDOR; i < CPE_FIELDS; i++) {
		struct span s = p->fields[i];

		if (i == CPE_VERSION || i == CPE_UPDATE || s.len < 2)
			continue;
		if (is_plain(s) && s.len > best.len &&
		    (i <= CPE_PRODUCT || p->is_match_string))
			best = s;
	}
	if (best.len == 0)
		return;
	memcpy(n->field, best.ptr, best.len);
	n->field[best.len] = '\0';
	n->texts[0] = n->field;
}

/*
 * "cpe:2.3:o:linux:" of a match string that says nothing behind it: whose
 * source bytes have it as the beginning of criteria need no parsing.
 */
static void
prefix_of_cpe(const struct nvd_pattern *p, struct buf *prefix)
{
	bool is_open = false; /* a component may be anything */
	size_t i;

	if (!p->is_match_string || p->start.version.len > 0 ||
	    p->end.version.len > 0)
		return;
	buf_add_str(prefix, "cpe:2.3:");
	for (i = CPE_PART; i < CPE_FIELDS; i++) {
		bool is_any = nvd_pattern_is_any(p, (enum cpe_field)i);

		if (!is_any &&
		    (is_open || i > CPE_PRODUCT || !is_plain(p->fields[i]))) {
			buf_reset(prefix);
			return;
		}
		is_open |= is_any;
		if (is_any)
			continue;
		buf_add_span(prefix, p->fields[i]);
		buf_add_char(prefix, ':');
	}
}

static void
find_needles(const struct nvd_question *q, struct needles *n)
{
	*n = (struct needles){ 0 };
	if (q->cpe != NULL) {
		needle_of_cpe(q->cpe, n);
		if (!q->phrase && !q->has_cert_notes && !q->has_oval &&
		    !q->has_cert_alerts)
			prefix_of_cpe(q->cpe, &n->prefix);
	} else if (q->has_cert_notes) {
		n->texts[0] = "kb.cert.org";
	} else if (q->has_oval) {
		n->texts[0] = "oval";
	} else if (q->has_cert_alerts) {
		n->texts[0] = "cert.gov";
		n->texts[1] = "cisa.gov";
	}
}

static bool
is_worth_parsing(const struct needles *n, struct span raw)
{
	size_t i;

	if (n->texts[0] == NULL)
		return true;
	for (i = 0; i < 2; i++)
		if (n->texts[i] != NULL &&
		    memmem(raw.ptr, raw.len, n->texts[i],
			strlen(n->texts[i])) != NULL)
			return true;
	return false;
}

/* Is what stands before the place the name of criteria and a quote? */
static bool
is_criteria(struct span before)
{
	static const char name[] = "\"criteria\"";

	if (before.len == 0 || before.ptr[before.len - 1] != '"')
		return false;
	before = span_trim(span_first(before, before.len - 1));
	if (before.len == 0 || before.ptr[before.len - 1] != ':')
		return false;
	before = span_trim(span_first(before, before.len - 1));
	return span_has_suffix(before, name);
}

/* 1: criteria begin with it; 0: nothing does; -1: something else does. */
static int
has_criteria(struct span raw, struct span prefix)
{
	struct span rest = raw;
	const char *at;
	int found = 0;

	while (
	    (at = memmem(rest.ptr, rest.len, prefix.ptr, prefix.len)) != NULL) {
		if (is_criteria(span_first(raw, (size_t)(at - raw.ptr))))
			return 1;
		found = -1;
		rest = span_from(raw, (size_t)(at - raw.ptr) + 1);
	}
	return found;
}

/* *keep: whether the source bytes confirm all that is asked for. */
static int
read_one(struct nvd_asking *a, struct raw_reader *reader, uint32_t position,
    const struct needles *needles, bool *keep, struct err *e)
{
	struct nvd_cve cve = { 0 };
	struct span raw = SPAN_NONE;
	int found;

	*keep = false;
	if (raw_read(reader, a->l->items[position].key, &raw, e) != 0)
		return -1;
	if (!is_worth_parsing(needles, raw))
		return 0;
	if (needles->prefix.len > 0) {
		found = has_criteria(raw, buf_span(&needles->prefix));
		*keep = found == 1;
		if (found != -1)
			return 0;
	}
	arena_reset(&a->arena);
	if (nvd_read_record(raw, NVD_SHAPE_20, &a->arena, &cve, e) != 0)
		return -1;
	*keep = confirms(a->q, &cve);
	return 0;
}

/* By document and ordinal: each block of records is unpacked once. */
int
nvd_read_source(struct nvd_asking *a, struct err *e)
{
	struct raw_reader *reader;
	struct needles needles;
	size_t i, k;
	bool keep = false;
	int rc = 0;

	if (!reads_source(a->q))
		return 0;
	find_needles(a->q, &needles);
	reader = raw_reader_new(a->db);
	for (i = 0; i < a->l->n_documents && rc == 0; i++) {
		const struct nvd_ordinals *d = &a->l->documents[i];

		for (k = 0; k < d->n && rc == 0; k++) {
			uint32_t position = d->positions[k];

			if (position == NVD_NOWHERE || !a->in[position])
				continue;
			rc = read_one(a, reader, position, &needles, &keep, e);
			a->in[position] = keep;
		}
	}
	raw_reader_free(reader);
	buf_cleanup(&needles.prefix);
	return rc;
}

/* --- a page --- */

struct piece {
	int64_t key;
	size_t place; /* in the page */
	struct span raw;
};

static int
by_key(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int
by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

static int
read_pieces(struct db *db, struct piece *pieces, size_t n, struct arena *a,
    struct err *e)
{
	struct raw_reader *reader = raw_reader_new(db);
	struct span raw = SPAN_NONE;
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		rc = raw_read(reader, pieces[i].key, &raw, e);
		if (rc == 0 && a->total + raw.len > NVD_PAGE_MAX)
			rc = err_set(e, ERR_LIMIT,
			    "the page has more than %zu bytes; ask for fewer "
			    "records",
			    NVD_PAGE_MAX);
		if (rc == 0)
			pieces[i].raw = arena_span(a, raw);
	}
	raw_reader_free(reader);
	return rc;
}

size_t
nvd_page_count(const struct nvd_page *page)
{
	size_t left;

	if (page->start >= page->result->n)
		return 0;
	left = page->result->n - page->start;
	return page->n < left ? page->n : left;
}

int
nvd_page_write(const struct nvd_list *l, const struct index_reader *r,
    const struct nvd_page *page, struct buf *out, struct err *e)
{
	const uint32_t *positions = page->result->positions;
	struct arena arena = { 0 };
	struct piece *pieces;
	size_t i, n = nvd_page_count(page);
	int rc;

	if (n == 0)
		return 0;
	pieces = xcalloc(n, sizeof(*pieces));
	for (i = 0; i < n; i++) {
		const struct nvd_item *item =
		    &l->items[positions[page->start + i]];

		pieces[i] = (struct piece){ item->key, i, SPAN_NONE };
	}
	qsort(pieces, n, sizeof(*pieces), by_key);
	rc = read_pieces(nvd_list_db(l, r), pieces, n, &arena, e);
	qsort(pieces, n, sizeof(*pieces), by_place);
	buf_reserve(out, arena.total + n);
	for (i = 0; i < n && rc == 0; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		buf_add_span(out, pieces[i].raw);
	}
	free(pieces);
	arena_cleanup(&arena);
	return rc;
}
