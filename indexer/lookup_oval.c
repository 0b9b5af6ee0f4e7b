/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL's statements about a package: from its name to tests and to the
 * definitions above them, and by the words of definitions to the comments that
 * name it as a source package.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "content/release.h"
#include "eval/ords.h"
#include "indexer/lookup_oval.h"
#include "indexer/lookup_package.h"
#include "indexer/rows.h"
#include "indexer/words.h"
#include "schema_index.h"

/* Definitions of a family whose words have the name. */
struct word_hits {
	int64_t *keys; /* in order */
	size_t n;
	size_t cap;
};

/* What holds for all below one AND: worked out once. */
struct condition {
	bool known;
	struct span module;
	struct span product;
	struct span arch;
};

/* The document being asked. */
struct asking {
	struct package_asked *asked;
	const struct index_family *family;
	const struct document *document;
	struct machine *m;
	struct arena arena; /* of the document */
	bool *named;        /* tests that the package's name leads to */
	bool *wanted;       /* definitions */
};

/* The definition in hand. */
struct reading {
	struct asking *k;
	uint32_t ord;
	struct oval_definition text;   /* with comments */
	const struct oval_node *nodes; /* with ordinals; the same in number */
	struct arena arena;
	uint32_t *parents;
	uint32_t *first;              /* child */
	uint32_t *next;               /* sibling */
	struct condition *conditions; /* by node */
};

#define NODE_NONE UINT32_MAX

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the index is damaged");
}

/* --- which definitions --- */

static int
find_words(struct package_asked *asked, const struct index_family *family,
    struct word_hits *hits, struct err *e)
{
	struct db_stmt *s = db_query(family->db, QUERY_INDEX_SEARCH_HEAD);
	struct buf words = { 0 }, head = { 0 };
	int rc = 0;

	words_query(&words, asked->name);
	if (words.len == 0)
		goto out;
	buf_printf(&head, "head : (%s)", buf_str(&words));
	db_bind_text(s, "id", buf_span(&head));
	while ((rc = db_step(s, e)) == 1) {
		hits->keys = xgrow(
		    hits->keys, &hits->cap, hits->n + 1, sizeof(*hits->keys));
		hits->keys[hits->n++] = db_int(s, 0);
	}
out:
	db_reset(s);
	buf_cleanup(&words);
	buf_cleanup(&head);
	return rc;
}

static void
want_words(struct asking *k, const struct word_hits *hits)
{
	int64_t low = row_key(k->document->id, 0);
	size_t n = machine_n_definitions(k->m);
	size_t i;

	for (i = 0; i < hits->n; i++)
		if (hits->keys[i] >= low && (uint64_t)(hits->keys[i] - low) < n)
			k->wanted[hits->keys[i] - low] = true;
}

static int
want_above(struct asking *k, uint32_t test, struct err *e)
{
	struct db_stmt *s =
	    db_query(k->family->db, QUERY_INDEX_EVAL_TEST_DEFINITIONS);
	struct ords o;
	uint32_t definition;
	int rc;

	db_bind_int(s, "key", row_key(k->document->id, test));
	rc = db_step(s, e);
	if (rc == 1) {
		o = ords_of(db_blob(s, 0), machine_n_definitions(k->m));
		while (ords_next(&o, &definition))
			k->wanted[definition] = true;
		rc = ords_done(&o) ? 0 : damaged(e);
	}
	db_reset(s);
	return rc;
}

static int
want_named(struct asking *k, enum package_kind kind, struct err *e)
{
	struct db_stmt *s =
	    db_query(k->family->db, QUERY_INDEX_EVAL_PACKAGE_TESTS);
	struct ords o;
	uint32_t test;
	int rc;

	db_bind_int(s, "document", k->document->id);
	db_bind_int(s, "kind", kind);
	db_bind_text(s, "name", k->asked->name);
	rc = db_step(s, e);
	if (rc == 1) {
		o = ords_of(db_blob(s, 0), machine_n_tests(k->m));
		while (ords_next(&o, &test))
			k->named[test] = true;
		rc = ords_done(&o) ? 0 : damaged(e);
	}
	db_reset(s);
	return rc;
}

static int
want_all_named(struct asking *k, struct err *e)
{
	size_t n = machine_n_tests(k->m);
	uint32_t test;
	int kind;

	for (kind = 0; kind < N_PACKAGE_KINDS; kind++)
		if (want_named(k, (enum package_kind)kind, e) != 0)
			return -1;
	for (test = 0; test < n; test++)
		if (k->named[test] && want_above(k, test, e) != 0)
			return -1;
	return 0;
}

/* --- what stands around a criterion --- */

/* Parents, children and siblings out of postfix; -1: damaged. */
static int
link_nodes(struct reading *r, struct err *e)
{
	size_t n = r->text.n_nodes, n_open = 0, i, k;
	uint32_t *open = arena_array(&r->arena, n, sizeof(*open));

	r->parents = arena_array(&r->arena, n, sizeof(*r->parents));
	r->first = arena_array(&r->arena, n, sizeof(*r->first));
	r->next = arena_array(&r->arena, n, sizeof(*r->next));
	r->conditions = arena_array(&r->arena, n, sizeof(*r->conditions));
	for (i = 0; i < n; i++) {
		r->parents[i] = r->first[i] = r->next[i] = NODE_NONE;
		if (r->nodes[i].type == OVAL_NODE_CRITERIA) {
			if (r->nodes[i].n_operands > n_open)
				return damaged(e);
			for (k = 0; k < r->nodes[i].n_operands; k++) {
				uint32_t child = open[--n_open];

				r->parents[child] = (uint32_t)i;
				r->next[child] = r->first[i];
				r->first[i] = child;
			}
		}
		open[n_open++] = (uint32_t)i;
	}
	return 0;
}

static struct span
between(struct span text, const char *before, const char *behind)
{
	if (!span_has_prefix(text, before) || !span_has_suffix(text, behind) ||
	    text.len <= strlen(before) + strlen(behind))
		return SPAN_NONE;
	text = span_from(text, strlen(before));
	return span_first(text, text.len - strlen(behind));
}

static struct span
behind(struct span text, const char *what)
{
	size_t i, len = strlen(what);

	for (i = 0; i + len < text.len; i++)
		if (span_has_prefix(span_from(text, i), what))
			return span_from(text, i + len);
	return SPAN_NONE;
}

/* Adds to a list of words; longer lists say "…". */
static void
join(struct reading *r, struct span *list, struct span word)
{
	struct buf b = { 0 };

	if (word.len == 0 || list->len > 160)
		return;
	buf_add_span(&b, *list);
	if (b.len > 0)
		buf_add_str(&b, ", ");
	if (b.len > 160)
		buf_add_str(&b, "…");
	else
		buf_add_span(&b, word);
	*list = arena_span(&r->arena, buf_span(&b));
	buf_cleanup(&b);
}

/* "Module nodejs:18 is enabled", "SUSE … 15 is installed", "… arch is …". */
static void
take_comment(struct reading *r, uint32_t node, struct condition *c)
{
	struct span comment = r->text.nodes[node].comment;
	struct span product = between(comment, "", " is installed");

	if (r->nodes[node].type != OVAL_NODE_CRITERION || r->nodes[node].negate)
		return;
	join(r, &c->module, between(comment, "Module ", " is enabled"));
	join(r, &c->arch, behind(comment, " arch is "));
	if (span_find(product, ' ') < product.len)
		join(r, &c->product, product);
}

/* What criteria and ORs of criteria right below an AND demand. */
static const struct condition *
condition_of(struct reading *r, uint32_t node)
{
	struct condition *c = &r->conditions[node];
	uint32_t child, below;

	if (c->known)
		return c;
	c->known = true;
	if (r->nodes[node].op != OVAL_AND || r->nodes[node].negate)
		return c;
	for (child = r->first[node]; child != NODE_NONE;
	     child = r->next[child]) {
		take_comment(r, child, c);
		if (r->nodes[child].type != OVAL_NODE_CRITERIA ||
		    r->nodes[child].op != OVAL_OR)
			continue;
		for (below = r->first[child]; below != NODE_NONE;
		     below = r->next[below])
			take_comment(r, below, c);
	}
	return c;
}

static void
gather_conditions(struct reading *r, uint32_t node, struct condition *out)
{
	const struct condition *c;

	*out = (struct condition){ 0 };
	for (node = r->parents[node]; node != NODE_NONE;
	     node = r->parents[node]) {
		c = condition_of(r, node);
		if (out->module.len == 0)
			out->module = c->module;
		if (out->product.len == 0)
			out->product = c->product;
		if (out->arch.len == 0)
			out->arch = c->arch;
	}
}

/* --- statements --- */

/* The id in "Mitre CVE-2012-5252", "CVE-2012-5252 at SUSE"; or nothing. */
static struct span
cve_of(struct span text)
{
	struct span word;

	while (span_next(&text, ' ', &word))
		if (lookup_is_cve(word))
			return word;
	return SPAN_NONE;
}

static struct span
last_word(struct span text)
{
	size_t blank = span_rfind(text, ' ');

	return blank == text.len ? text : span_from(text, blank + 1);
}

static int
add_once(struct reading *r, struct statement *s, struct span text,
    struct span severity, struct map *seen, struct err *e)
{
	struct span cve = cve_of(text);

	if (cve.len == 0 || !map_add(seen, cve, 0, NULL))
		return 0;
	s->cve = cve;
	s->package.severity =
	    severity.len > 0 ? severity : r->text.metadata.severity;
	return package_add(r->k->asked, s, e);
}

/* A line for each CVE of the definition; one without, if it has none. */
static int
add_cves(struct reading *r, struct statement *s, struct err *e)
{
	const struct oval_metadata *m = &r->text.metadata;
	struct map seen = { 0 };
	size_t n = r->k->asked->n, i;
	int rc = 0;

	for (i = 0; i < m->n_cves && rc == 0; i++)
		rc = add_once(
		    r, s, m->cves[i].id, m->cves[i].severity, &seen, e);
	for (i = 0; i < m->n_references && rc == 0; i++)
		rc = add_once(
		    r, s, m->references[i].ref_id, SPAN_NONE, &seen, e);
	if (rc == 0 && r->k->asked->n == n) {
		s->cve = SPAN_NONE;
		s->package.severity = m->severity;
		rc = package_add(r->k->asked, s, e);
	}
	map_cleanup(&seen);
	return rc;
}

/*
 * A document for several releases: only what is said of the one asked. A
 * product without a number stands for all.
 */
static bool
is_release(const struct asking *k, struct span product)
{
	struct span last = last_word(product);

	return k->document->release.len > 0 || last.len == 0 ||
	    !span_is_digit(last.ptr[0]) || span_eq(last, k->asked->release);
}

static int
add_criterion(struct reading *r, uint32_t node,
    const struct oval_comment *comment, bool is_source, struct err *e)
{
	struct asking *k = r->k;
	struct statement s = { .family = k->family,
		.document = k->document,
		.record = r->text.id };
	struct condition c;
	struct oval_judged j;

	if (oval_judge_test(k->m, r->nodes[node].ref.ord, &r->arena, &j, e) !=
	    0)
		return -1;
	s.package.name = k->asked->name;
	if (!oval_judge_criterion(&r->text, &r->nodes[node], &j, &s.package))
		return 0;
	gather_conditions(r, node, &c);
	if (!is_release(k, c.product))
		return 0;
	s.key = row_key(k->document->id, r->ord);
	s.product = c.product;
	s.package.is_source =
	    is_source || span_is(k->document->distribution, "debian");
	s.package.module = c.module;
	s.package.pocket = comment->pocket;
	if (s.package.arch.len == 0)
		s.package.arch = c.arch;
	if (comment->cve.len == 0)
		return add_cves(r, &s, e);
	s.cve = comment->cve;
	s.package.severity = r->text.metadata.severity;
	return package_add(k->asked, &s, e);
}

static int
read_nodes(struct reading *r, struct err *e)
{
	struct oval_comment comment;
	bool by_name, by_comment;
	uint32_t i;

	for (i = 0; i < r->text.n_nodes; i++) {
		if (r->nodes[i].type != OVAL_NODE_CRITERION)
			continue;
		comment = oval_comment_of(r->text.nodes[i].comment);
		by_name = r->nodes[i].ref.ord < machine_n_tests(r->k->m) &&
		    r->k->named[r->nodes[i].ref.ord];
		by_comment = span_eq(comment.package, r->k->asked->name);
		if ((by_name || by_comment) &&
		    add_criterion(r, i, &comment, !by_name, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_definition(struct asking *k, uint32_t ord, struct err *e)
{
	const struct oval_definition *d = machine_definition(k->m, ord, e);
	struct reading r = { .k = k, .ord = ord };
	int rc = -1;

	if (d == NULL)
		return -1;
	if (machine_definition_text(k->m, ord, &r.arena, &r.text, e) != 0)
		goto out;
	r.nodes = d->nodes;
	if (d->n_nodes != r.text.n_nodes) {
		damaged(e);
		goto out;
	}
	if (link_nodes(&r, e) == 0)
		rc = read_nodes(&r, e);
out:
	arena_cleanup(&r.arena);
	return rc;
}

static int
ask_document(struct package_asked *asked, const struct index_family *family,
    const struct document *d, const struct word_hits *hits, struct err *e)
{
	struct asking k = { .asked = asked, .family = family, .document = d };
	uint32_t i;
	int rc;

	if (machine_open(&k.m, family->db, d->id, e) != 0)
		return -1;
	k.named = arena_alloc(&k.arena, machine_n_tests(k.m));
	k.wanted = arena_alloc(&k.arena, machine_n_definitions(k.m));
	want_words(&k, hits);
	rc = want_all_named(&k, e);
	for (i = 0; i < machine_n_definitions(k.m) && rc == 0; i++)
		if (k.wanted[i])
			rc = read_definition(&k, i, e);
	machine_close(k.m);
	arena_cleanup(&k.arena);
	return rc;
}

static bool
is_asked(const struct package_asked *asked, const struct document *d)
{
	return span_is(d->format, "oval") &&
	    span_eq(d->distribution, asked->distribution) &&
	    release_covers(d->release, asked->release) &&
	    (asked->l->document == NULL ||
		span_is(d->name, asked->l->document));
}

int
package_add_oval(struct package_asked *asked, const struct index_family *family,
    struct err *e)
{
	struct word_hits hits = { 0 };
	bool found = false;
	size_t i;
	int rc = 0;

	for (i = 0; i < family->n_documents && rc == 0; i++) {
		if (!is_asked(asked, &family->documents[i]))
			continue;
		if (!found)
			rc = find_words(asked, family, &hits, e);
		found = true;
		if (rc == 0)
			rc = ask_document(
			    asked, family, &family->documents[i], &hits, e);
	}
	free(hits.keys);
	return rc;
}
