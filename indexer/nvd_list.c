/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "eval/cve_number.h"
#include "eval/nvd_metric.h"
#include "indexer/nvd_list.h"
#include "schema_index.h"

#define RATING_MAX 0xffffffu /* row of nvd_rating that is kept apart */

struct row {
	struct nvd_item item;
	uint32_t rank;  /* of the document, by name */
	bool is_legacy; /* of a 1.1 feed */
};

struct listing {
	struct nvd_list *l;
	const struct index_family *family;
	struct row *rows;
	size_t n_rows;
	size_t rows_cap;
	size_t ratings_cap;
	uint16_t *severities; /* of a rating, by its id */
	size_t n_severities;
	size_t severities_cap;
};

static bool
is_nvd(const struct document *d)
{
	return span_is(d->format, "nvd") || span_is(d->format, "nvd-1.1");
}

/* --- what words and ratings say, by their ids --- */

/* NVD_SEVERITY of a row; 0: none that can be asked for. */
static uint16_t
severity_of(struct span version, struct span severity)
{
	static const char *const names[] = { "LOW", "MEDIUM", "HIGH",
		"CRITICAL" };
	size_t i;

	if (version.len == 0 || version.ptr[0] < '2' || version.ptr[0] > '4')
		return 0;
	for (i = 0; i < 4; i++)
		if (span_is_nocase(severity, names[i]))
			return (uint16_t)NVD_SEVERITY(
			    (unsigned)(version.ptr[0] - '0'), i);
	return 0;
}

static int
read_severities(struct listing *w, struct err *e)
{
	struct db_stmt *s =
	    db_query(w->family->db, QUERY_INDEX_NVD_RATING_SEVERITIES);
	int64_t id;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		id = db_int(s, 0);
		if (id < 0 || id > RATING_MAX)
			continue;
		w->severities = xgrow(w->severities, &w->severities_cap,
		    (size_t)id + 1, sizeof(*w->severities));
		while (w->n_severities <= (size_t)id)
			w->severities[w->n_severities++] = 0;
		w->severities[id] = severity_of(db_text(s, 1), db_text(s, 2));
	}
	return rc;
}

static uint8_t
tags_of(struct span lines)
{
	static const struct {
		const char *name;
		enum nvd_tag tag;
	} names[] = {
		{ "disputed", NVD_TAG_DISPUTED },
		{ "unsupported-when-assigned", NVD_TAG_UNSUPPORTED },
		{ "exclusively-hosted-service", NVD_TAG_HOSTED },
	};
	struct span line;
	uint8_t tags = 0;
	size_t i;

	while (span_next(&lines, '\n', &line))
		for (i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (span_is(line, names[i].name))
				tags |= (uint8_t)names[i].tag;
	return tags;
}

static bool
is_rejected(struct span status)
{
	return span_is_nocase(status, "Rejected") ||
	    span_is_nocase(status, "REJECT");
}

/* Few words are a status or tags: each is read once. */
struct word_memo {
	struct db *db;
	struct {
		int64_t id;
		uint8_t tags;
		bool rejected;
	} * items;
	size_t n;
	size_t cap;
};

static int
ask_word(struct word_memo *m, int64_t id, size_t *at, struct err *e)
{
	struct db_stmt *s;
	int rc;

	for (*at = 0; *at < m->n; ++*at)
		if (m->items[*at].id == id)
			return 0;
	s = db_query(m->db, QUERY_INDEX_WORD_VALUE);
	db_bind_int(s, "id", id);
	rc = db_step(s, e);
	if (rc == 1) {
		m->items =
		    xgrow(m->items, &m->cap, m->n + 1, sizeof(*m->items));
		m->items[m->n].id = id;
		m->items[m->n].tags = tags_of(db_text(s, 0));
		m->items[m->n++].rejected = is_rejected(db_text(s, 0));
	}
	db_reset(s);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the index is damaged");
	return rc == 1 ? 0 : -1;
}

/* --- rows --- */

static int
add_ratings(
    struct listing *w, struct span packed, struct nvd_item *item, struct err *e)
{
	struct unpack u = unpack_of(packed);
	struct nvd_list *l = w->l;
	struct nvd_metric_ref m;

	item->ratings = (uint32_t)l->n_ratings;
	while (nvd_metric_next(&u, &m)) {
		l->ratings = xgrow(l->ratings, &w->ratings_cap,
		    l->n_ratings + 1, sizeof(*l->ratings));
		l->ratings[l->n_ratings++] = m.rating;
		item->n_ratings++;
		if (m.rating < w->n_severities)
			item->severities |= w->severities[m.rating];
	}
	return unpack_done(&u) ? 0
			       : err_set(e, ERR_FORMAT, "the index is damaged");
}

static int
add_row(struct listing *w, struct db_stmt *s, struct word_memo *words,
    const struct row *of, struct err *e)
{
	struct row row = *of;
	struct nvd_item *item = &row.item;
	size_t at = 0;

	item->key = db_int(s, 0);
	item->id = db_int(s, 1);
	item->published = db_int(s, 2);
	item->modified = db_int(s, 3);
	item->status = (uint32_t)db_int(s, 4);
	item->assigner = (uint32_t)db_int(s, 5);
	if (!row.is_legacy) {
		if (ask_word(words, db_int(s, 4), &at, e) != 0)
			return -1;
		item->is_rejected = words->items[at].rejected;
		if (ask_word(words, db_int(s, 6), &at, e) != 0)
			return -1;
		item->tags = words->items[at].tags;
		if (add_ratings(w, db_blob(s, 7), item, e) != 0)
			return -1;
	}
	w->rows = xgrow(w->rows, &w->rows_cap, w->n_rows + 1, sizeof(row));
	w->rows[w->n_rows++] = row;
	return 0;
}

static int
read_document(struct listing *w, const struct document *d, uint32_t rank,
    struct word_memo *words, struct err *e)
{
	const struct row row = { .rank = rank,
		.is_legacy = !span_is(d->format, "nvd") };
	struct db_stmt *s = db_query(w->family->db, QUERY_INDEX_NVD_LIST);
	int rc;

	db_bind_int(s, "low", d->id << 32);
	db_bind_int(s, "high", (d->id << 32) + UINT32_MAX);
	while ((rc = db_step(s, e)) == 1) {
		if (add_row(w, s, words, &row, e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(s);
	return rc;
}

static int
read_documents(struct listing *w, struct err *e)
{
	struct word_memo words = { .db = w->family->db };
	size_t i;
	int rc = read_severities(w, e);

	for (i = 0; i < w->family->n_documents && rc == 0; i++)
		if (is_nvd(&w->family->documents[i]))
			rc = read_document(w, &w->family->documents[i],
			    (uint32_t)i, &words, e);
	free(words.items);
	return rc;
}

/* --- one record a CVE, in order --- */

/* The record to show comes first of its CVE. */
static int
by_preference(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->item.id != y->item.id)
		return x->item.id < y->item.id ? -1 : 1;
	if (x->is_legacy != y->is_legacy)
		return x->is_legacy ? 1 : -1;
	if (x->item.modified != y->item.modified)
		return x->item.modified > y->item.modified ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Numbers of CVEs as 32 bits: the year, then the rest. */
static int
by_publication(const void *a, const void *b)
{
	const struct nvd_item *x = a, *y = b;

	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	return ((uint32_t)x->id > (uint32_t)y->id) -
	    ((uint32_t)x->id < (uint32_t)y->id);
}

static void
choose(struct listing *w)
{
	struct nvd_list *l = w->l;
	const struct row *row;
	size_t i;

	if (w->n_rows > 0)
		qsort(w->rows, w->n_rows, sizeof(*w->rows), by_preference);
	l->items = xcalloc(w->n_rows, sizeof(*l->items));
	for (i = 0; i < w->n_rows; i++) {
		row = &w->rows[i];
		if (i > 0 && row->item.id == w->rows[i - 1].item.id)
			continue;
		if (row->is_legacy)
			l->n_left_out++;
		else
			l->items[l->n++] = row->item;
	}
	if (l->n > 0)
		qsort(l->items, l->n, sizeof(*l->items), by_publication);
}

/* Positions by id: twins stand beside each other in ids[]. */
struct by_id {
	int64_t id;
	uint32_t position;
};

static int
compare_ids(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void
sort_ids(struct nvd_list *l)
{
	struct by_id *ids = xcalloc(l->n, sizeof(*ids));
	size_t i;

	for (i = 0; i < l->n; i++)
		ids[i] = (struct by_id){ l->items[i].id, (uint32_t)i };
	if (l->n > 0)
		qsort(ids, l->n, sizeof(*ids), compare_ids);
	l->by_id = xcalloc(l->n, sizeof(*l->by_id));
	for (i = 0; i < l->n; i++)
		l->by_id[i] = ids[i].position;
	free(ids);
}

static struct nvd_ordinals *
find_document(const struct nvd_list *l, int64_t key)
{
	int64_t document = (int64_t)((uint64_t)key >> 32);
	size_t i;

	for (i = 0; i < l->n_documents; i++)
		if (l->documents[i].document == document)
			return &l->documents[i];
	return NULL;
}

static void
place(struct nvd_list *l, uint32_t position)
{
	int64_t key = l->items[position].key;
	uint32_t ord = (uint32_t)key;
	struct nvd_ordinals *d = find_document(l, key);

	if (d != NULL && ord < d->n)
		d->positions[ord] = position;
}

/* Room for every document's ordinals; then where each stands. */
static void
map_ordinals(struct listing *w)
{
	struct nvd_list *l = w->l;
	size_t i, k;

	l->documents = xcalloc(w->family->n_documents, sizeof(*l->documents));
	for (i = 0; i < w->family->n_documents; i++)
		if (span_is(w->family->documents[i].format, "nvd"))
			l->documents[l->n_documents++].document =
			    w->family->documents[i].id;
	for (i = 0; i < l->n; i++) {
		struct nvd_ordinals *d = find_document(l, l->items[i].key);
		uint32_t ord = (uint32_t)l->items[i].key;

		if (d != NULL && ord >= d->n)
			d->n = (size_t)ord + 1;
	}
	for (i = 0; i < l->n_documents; i++) {
		struct nvd_ordinals *d = &l->documents[i];

		d->positions = xcalloc(d->n, sizeof(*d->positions));
		for (k = 0; k < d->n; k++)
			d->positions[k] = NVD_NOWHERE;
	}
	for (i = 0; i < l->n; i++)
		place(l, (uint32_t)i);
}

/* --- CISA's catalog --- */

/* Milliseconds; never 0. */
static int64_t
day_of(struct span date)
{
	int64_t seconds;

	return clock_parse(date, &seconds) && seconds > 0 ? seconds * 1000 : 1;
}

/* As far as NVD repeats it. */
static int
read_own_kev(struct listing *w, struct err *e)
{
	struct db_stmt *s = db_query(w->family->db, QUERY_INDEX_NVD_KEV_ALL);
	uint32_t position;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		position = nvd_list_find(w->l, db_int(s, 0));
		if (position != NVD_NOWHERE)
			w->l->items[position].kev = day_of(db_text(s, 1));
	}
	return rc;
}

/* The catalog itself, which may be newer: a CVE is in it that either has. */
static int
read_kev(struct nvd_list *l, struct db *db, struct err *e)
{
	struct db_stmt *s = db_query(db, QUERY_INDEX_KEV_ALL);
	uint32_t position;
	int rc;

	while ((rc = db_step(s, e)) == 1) {
		position =
		    nvd_list_find_id(l, (int32_t)cve_number(db_text(s, 0)));
		if (position != NVD_NOWHERE && l->items[position].kev == 0)
			l->items[position].kev = day_of(db_text(s, 1));
	}
	return rc;
}

/* --- the whole --- */

static void
take_timestamp(struct nvd_list *l, const struct document *d)
{
	int64_t newest = 0, time = 0;

	if (!span_is(d->format, "nvd") || !clock_parse(d->published, &time))
		return;
	if (l->timestamp.len == 0 || !clock_parse(l->timestamp, &newest) ||
	    time > newest)
		l->timestamp = arena_span(&l->arena, d->published);
}

void
nvd_list_digest(const struct index_reader *r, struct digest *out)
{
	struct digest_ctx *ctx = digest_new();
	size_t i, k;

	for (i = 0; i < r->n_families; i++) {
		for (k = 0; k < r->families[i].n_documents; k++) {
			const struct document *d = &r->families[i].documents[k];

			if (!is_nvd(d) && !span_is(d->format, "kev"))
				continue;
			digest_update(ctx, d->name.ptr, d->name.len);
			digest_update(ctx, " ", 1);
			digest_update(ctx, d->sha256.ptr, d->sha256.len);
			digest_update(ctx, "\n", 1);
		}
	}
	digest_final(ctx, out);
	digest_free(ctx);
}

const struct index_family *
nvd_list_family(const struct index_reader *r)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++)
			if (is_nvd(&r->families[i].documents[k]))
				return &r->families[i];
	return NULL;
}

static int
fill(struct listing *w, const struct index_reader *r, struct err *e)
{
	size_t i;

	if (read_documents(w, e) != 0)
		return -1;
	choose(w);
	sort_ids(w->l);
	map_ordinals(w);
	for (i = 0; i < w->family->n_documents; i++)
		take_timestamp(w->l, &w->family->documents[i]);
	if (read_own_kev(w, e) != 0)
		return -1;
	for (i = 0; i < r->n_families; i++)
		if (read_kev(w->l, r->families[i].db, e) != 0)
			return -1;
	return 0;
}

int
nvd_list_read(
    struct nvd_list **out, const struct index_reader *r, struct err *e)
{
	struct nvd_list *l = xcalloc(1, sizeof(*l));
	struct listing w = { .l = l, .family = nvd_list_family(r) };
	int rc = 0;

	if (w.family != NULL) {
		l->family = arena_span(&l->arena, w.family->name);
		rc = fill(&w, r, e);
	}
	free(w.rows);
	free(w.severities);
	if (rc != 0) {
		nvd_list_free(l);
		return -1;
	}
	*out = l;
	return 0;
}

void
nvd_list_free(struct nvd_list *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->n_documents; i++)
		free(l->documents[i].positions);
	free(l->documents);
	free(l->items);
	free(l->by_id);
	free(l->ratings);
	arena_cleanup(&l->arena);
	free(l);
}

uint32_t
nvd_list_find(const struct nvd_list *l, int64_t key)
{
	const struct nvd_ordinals *d = find_document(l, key);
	uint32_t ord = (uint32_t)key;

	return d != NULL && ord < d->n ? d->positions[ord] : NVD_NOWHERE;
}

uint32_t
nvd_list_find_id(const struct nvd_list *l, int64_t id)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->items[l->by_id[mid]].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->n && l->items[l->by_id[low]].id == id ? l->by_id[low]
							      : NVD_NOWHERE;
}

struct db *
nvd_list_db(const struct nvd_list *l, const struct index_reader *r)
{
	size_t i;

	for (i = 0; i < r->n_families; i++)
		if (l->n > 0 && span_eq(r->families[i].name, l->family))
			return r->families[i].db;
	return NULL;
}
