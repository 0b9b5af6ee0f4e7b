/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages by parts of their names, wherever anything is said of them: in
 * OVAL's tests, notices and advisories. Words that name a distribution or a
 * release keep to it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/advisories.h"
#include "indexer/lookup_impl.h"
#include "schema_index.h"

#define PACKAGES_MAX 100000u /* that are ranked */
#define ASKED_MAX 16u        /* words */

struct named_package {
	struct span distribution;
	struct span release; /* "any": nothing is said of one release alone */
	struct span name;
	const struct document *document;
};

struct naming {
	const struct lookup *l;
	struct span words[ASKED_MAX];
	size_t n_words;
	struct span part; /* the word that names are first looked up by */
	const struct index_family *family; /* being asked */
	struct arena arena;
	struct named_package *items;
	size_t n;
	size_t cap;
};

/* --- the words --- */

static bool
has_part(struct span text, struct span part)
{
	size_t i;

	for (i = 0; i + part.len <= text.len; i++)
		if (span_eq(span_first(span_from(text, i), part.len), part))
			return true;
	return false;
}

static bool
is_place(const struct index_reader *r, struct span word)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++) {
			const struct document *d = &r->families[i].documents[k];

			if (has_part(d->distribution, word) ||
			    span_eq(d->release, word))
				return true;
		}
	return false;
}

static void
read_words(struct naming *n, struct span asked)
{
	struct span rest = arena_lower(&n->arena, asked), word;
	bool is_name, was_name = false;

	while (span_next(&rest, ' ', &word)) {
		word = span_trim(word);
		if (word.len == 0 || n->n_words == ASKED_MAX)
			continue;
		n->words[n->n_words++] = word;
		is_name = !is_place(n->l->index, word);
		if (n->part.len == 0 || (is_name && !was_name) ||
		    (is_name == was_name && word.len > n->part.len)) {
			n->part = word;
			was_name = is_name;
		}
	}
}

static bool
is_asked(const struct naming *n, const struct named_package *p)
{
	size_t i;

	for (i = 0; i < n->n_words; i++)
		if (!has_part(p->distribution, n->words[i]) &&
		    !span_eq(n->words[i], p->release) &&
		    !has_part(p->name, n->words[i]))
			return false;
	return true;
}

/* --- where names stand --- */

static void
add(struct naming *n, const struct named_package *found)
{
	struct named_package p = *found;

	if (p.release.len == 0)
		p.release = SPAN_LIT("any");
	if (n->n == PACKAGES_MAX || p.distribution.len == 0 || !is_asked(n, &p))
		return;
	p.distribution = arena_span(&n->arena, p.distribution);
	p.release = arena_span(&n->arena, p.release);
	p.name = arena_span(&n->arena, p.name);
	n->items = xgrow(n->items, &n->cap, n->n + 1, sizeof(*n->items));
	n->items[n->n++] = p;
}

/* Rows of a key with the document above, a release and a name. */
static int
add_rows(struct naming *n, unsigned query, struct err *e)
{
	struct db_stmt *q = db_query(n->family->db, query);
	struct named_package p;
	int rc;

	db_bind_text(q, "part", n->part);
	while ((rc = db_step(q, e)) == 1) {
		p.document = lookup_document(n->l, n->family, db_int(q, 0));
		if (p.document == NULL)
			continue;
		p.distribution = p.document->distribution;
		p.release = db_text(q, 1);
		p.name = db_text(q, 2);
		add(n, &p);
	}
	db_reset(q);
	return rc;
}

/* What is wanted of a statement is where it is about: its record is not read.
 */
static bool
note_statement(void *ctx, int64_t key, const struct document *d,
    const struct advisory_package *p)
{
	const struct named_package found = { p->distribution, p->release,
		p->name, d };
	struct naming *n = ctx;

	if (lookup_document(n->l, n->family, key) != NULL)
		add(n, &found);
	return false;
}

static int
never(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	(void)ctx;
	(void)r;
	(void)p;
	(void)e;
	return 0;
}

static int
add_advisories(struct naming *n, struct err *e)
{
	struct db_stmt *q =
	    db_query(n->family->db, QUERY_INDEX_ADVISORY_PACKAGE_NAMES);
	struct advisories *a = advisories_new(n->family);
	const struct advisories_sink sink = { n, never };
	struct advisories_query asked = { .wants = note_statement };
	int rc;

	db_bind_text(q, "part", n->part);
	while ((rc = db_step(q, e)) == 1) {
		asked.name = db_text(q, 0);
		if (advisories_of_package(a, &asked, &sink, e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(q);
	advisories_free(a);
	return rc;
}

static int
add_family(struct naming *n, struct err *e)
{
	if (add_rows(n, QUERY_INDEX_PACKAGE_TEST_NAMES, e) != 0 ||
	    add_rows(n, QUERY_INDEX_USN_PACKAGE_NAMES, e) != 0)
		return -1;
	return add_advisories(n, e);
}

/* --- what is printed --- */

/* The name itself, what begins with it, what has it. */
static int
rank(const struct named_package *p, struct span part)
{
	if (span_eq(p->name, part))
		return 0;
	return span_eq(span_first(p->name, part.len), part) ? 1 : 2;
}

static int
by_place(const struct named_package *a, const struct named_package *b)
{
	int order = span_cmp(a->name, b->name);

	if (order == 0)
		order = span_cmp(a->distribution, b->distribution);
	return order != 0 ? order : lookup_id_cmp(b->release, a->release);
}

static int
by_rank(const void *pa, const void *pb, void *ctx)
{
	const struct named_package *a = pa, *b = pb;
	const struct naming *n = ctx;
	int order = rank(a, n->part) - rank(b, n->part);

	if (order == 0)
		order = by_place(a, b);
	return order != 0 ? order
			  : span_cmp(a->document->name, b->document->name);
}

/* In order, each once. */
static void
sort(struct naming *n)
{
	size_t i, kept = 0;

	if (n->n > 0)
		qsort_r(n->items, n->n, sizeof(*n->items), by_rank, n);
	for (i = 0; i < n->n; i++)
		if (kept == 0 ||
		    by_place(&n->items[kept - 1], &n->items[i]) != 0)
			n->items[kept++] = n->items[i];
	n->n = kept;
}

static void
print_package(struct json_out *j, const struct named_package *p)
{
	struct buf id = { 0 };

	buf_printf(&id, "%.*s/%.*s/%.*s", SPAN_ARG(p->distribution),
	    SPAN_ARG(p->release), SPAN_ARG(p->name));
	json_object(j, NULL);
	json_str(j, "kind", "package");
	json_span(j, "id", buf_span(&id));
	json_span(j, "document", p->document->name);
	json_span(j, "sha256", p->document->sha256);
	json_str(j, "title", "");
	json_object_end(j);
	buf_cleanup(&id);
}

static void
print(const struct naming *n)
{
	const struct lookup *l = n->l;
	struct json_out j;
	size_t i;

	json_out_init(&j, l->out);
	json_object(&j, NULL);
	json_uint(&j, "generation", l->index->generation);
	json_uint(&j, "found", n->n);
	json_uint(&j, "offset", l->offset);
	json_array(&j, "records");
	for (i = 0; i < n->n; i++)
		if (i >= l->offset && i - l->offset < l->limit)
			print_package(&j, &n->items[i]);
	json_array_end(&j);
	json_object_end(&j);
	out_char(l->out, '\n');
}

int
lookup_packages(
    const struct lookup *l, struct span asked, uint64_t *n_found, struct err *e)
{
	struct naming n = { .l = l };
	size_t i;
	int rc = 0;

	read_words(&n, asked);
	if (n.part.len < LOOKUP_PART_MIN)
		rc = err_set(e, ERR_LIMIT,
		    "say at least %u letters of a package's name",
		    LOOKUP_PART_MIN);
	for (i = 0; i < l->index->n_families && rc == 0; i++) {
		n.family = &l->index->families[i];
		rc = add_family(&n, e);
	}
	if (rc == 0) {
		sort(&n);
		print(&n);
		*n_found = n.n;
	}
	free(n.items);
	arena_cleanup(&n.arena);
	return rc;
}
