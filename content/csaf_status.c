/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the vulnerabilities state of the products, as statements: those that
 * differ in the channel or the architecture only are one, and so are those
 * that each of the record's vulnerabilities makes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "content/csaf_impl.h"

struct statement {
	struct advisory_package package;
	uint32_t group;
	uint64_t arches; /* bits, of csaf_status.arches; none: all */
	bool all_arches;
};

/* Statements that differ in CVE and architecture only. */
struct group {
	uint32_t n;     /* vulnerabilities that make it */
	uint32_t first; /* statement */
	uint32_t last;
	uint32_t vulnerability; /* of the last */
	bool differs;           /* not in all for the same architectures */
};

struct csaf_status {
	struct csaf_tree *tree;
	struct csaf_marks marks; /* of the vulnerability in hand */
	struct span cve;         /* of that, too */
	struct statement *statements;
	size_t n;
	size_t cap;
	struct group *groups;
	size_t n_groups;
	size_t groups_cap;
	struct map keys; /* to groups */
	struct buf key;
	struct span arches[CSAF_ARCHES_MAX];
	size_t n_arches;
};

struct csaf_status *
csaf_status_new(struct csaf_tree *t, struct span record)
{
	struct csaf_status *s = xcalloc(1, sizeof(*s));

	s->tree = t;
	s->marks.tree = t;
	s->marks.record = record;
	return s;
}

void
csaf_status_free(struct csaf_status *s)
{
	if (s == NULL)
		return;
	csaf_marks_cleanup(&s->marks);
	free(s->statements);
	free(s->groups);
	map_cleanup(&s->keys);
	buf_cleanup(&s->key);
	free(s);
}

static const struct csaf_product *
product_at(struct csaf_tree *t, uint32_t i)
{
	struct csaf_product *p;

	if (t->entries[i].leaf == NULL) {
		p = arena_alloc(t->arena, sizeof(*p));
		*p = csaf_product_of(t->entries[i].helper);
		t->entries[i].leaf = p;
	}
	return t->entries[i].leaf;
}

static const struct csaf_component *
component_at(struct csaf_tree *t, uint32_t i)
{
	struct csaf_entry *entry = &t->entries[i];
	struct csaf_component *c;

	if (entry->leaf == NULL) {
		c = arena_alloc(t->arena, sizeof(*c));
		*c = csaf_component_of(entry->id, entry->helper, t->arena);
		entry->leaf = c;
	}
	return entry->leaf;
}

static void
set_product(struct csaf_tree *t, uint32_t i, struct advisory_package *p)
{
	const struct csaf_product *product;

	p->distribution = SPAN_LIT("redhat");
	if (i == CSAF_NONE)
		return;
	product = product_at(t, i);
	p->distribution = product->distribution;
	p->release = product->release;
	p->pocket = product->pocket;
}

/* State and detail are set: versions are those of fixes. */
static void
set_component(struct csaf_tree *t, const struct csaf_parts *parts,
    struct advisory_package *p)
{
	const struct csaf_component *c = component_at(t, parts->component);

	p->name = c->name;
	p->arch = c->arch;
	p->module = c->module;
	p->is_source = c->is_source;
	if (p->state == ADVISORY_FIXED) {
		p->version = c->version;
		if (c->is_odd)
			p->state = ADVISORY_UNKNOWN;
	}
	if (p->module.len == 0 && parts->module != CSAF_NONE)
		p->module = component_at(t, parts->module)->module;
}

static void
set_state(const struct csaf_status *s, enum advisory_state state,
    const struct csaf_mark *mark, struct advisory_package *p)
{
	p->state = state;
	p->cve = s->cve;
	p->severity =
	    mark->severity.len > 0 ? mark->severity : s->marks.severity;
	if (state == ADVISORY_FIXED)
		p->detail = mark->advisory;
	else if (state == ADVISORY_NOT_AFFECTED)
		p->detail = mark->reason;
	else
		p->detail = mark->remedy;
	if (state == ADVISORY_AFFECTED && mark->state != ADVISORY_UNKNOWN)
		p->state = mark->state;
}

static int
arch_bit(struct csaf_status *s, struct span arch, uint64_t *bit, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_arches; i++)
		if (span_eq(s->arches[i], arch))
			break;
	if (i == CSAF_ARCHES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u architectures",
		    CSAF_ARCHES_MAX);
	if (i == s->n_arches)
		s->arches[s->n_arches++] = arch;
	*bit = UINT64_C(1) << i;
	return 0;
}

static uint32_t
group_of(struct csaf_status *s, const struct advisory_package *p)
{
	uint32_t i;

	buf_reset(&s->key);
	pack_uint(&s->key, (unsigned)p->state << 1 | p->is_source);
	pack_span(&s->key, p->name);
	pack_span(&s->key, p->version);
	pack_span(&s->key, p->distribution);
	pack_span(&s->key, p->release);
	pack_span(&s->key, p->pocket);
	pack_span(&s->key, p->module);
	pack_span(&s->key, p->severity);
	pack_span(&s->key, p->detail);
	if (map_add(&s->keys, buf_span(&s->key), (uint32_t)s->n_groups, &i)) {
		s->groups = xgrow(s->groups, &s->groups_cap, s->n_groups + 1,
		    sizeof(*s->groups));
		s->groups[s->n_groups++] = (struct group){ 0 };
	}
	return i;
}

/* What borrows from the vulnerability is copied. */
static struct statement
make_statement(
    struct csaf_status *s, const struct advisory_package *p, uint32_t i)
{
	struct statement out = { .package = *p, .group = i };

	out.package.severity = arena_span(s->tree->arena, p->severity);
	out.package.detail = arena_span(s->tree->arena, p->detail);
	return out;
}

/* A statement of this vulnerability's, or one more architecture of it. */
static int
add_statement(
    struct csaf_status *s, const struct advisory_package *p, struct err *e)
{
	uint32_t i = group_of(s, p);
	struct group *g = &s->groups[i];
	uint64_t bit = 0;

	if (p->arch.len > 0 && arch_bit(s, p->arch, &bit, e) != 0)
		return -1;
	if (g->vulnerability != s->marks.number) {
		if (s->n == ADVISORY_PACKAGES_MAX)
			return err_set(e, ERR_LIMIT, "more than %u statements",
			    ADVISORY_PACKAGES_MAX);
		s->statements = xgrow(
		    s->statements, &s->cap, s->n + 1, sizeof(*s->statements));
		s->statements[s->n] = make_statement(s, p, i);
		g->last = (uint32_t)s->n++;
		if (g->n++ == 0)
			g->first = g->last;
		g->vulnerability = s->marks.number;
	}
	s->statements[g->last].arches |= bit;
	s->statements[g->last].all_arches |= bit == 0;
	return 0;
}

/*
 * The build of a module stands for its packages, which have statements of
 * their own where they are parts of it.
 */
static bool
is_repeated(struct csaf_tree *t, const struct csaf_entry *entry,
    const struct csaf_parts *parts, enum advisory_state state)
{
	return entry->has_parts &&
	    component_at(t, parts->component)->is_module &&
	    (state == ADVISORY_FIXED || state == ADVISORY_NOT_AFFECTED);
}

static int
read_status_id(struct csaf_status *s, const struct json_node *id,
    enum advisory_state state, struct err *e)
{
	struct advisory_package p = { 0 };
	struct csaf_parts parts;
	struct csaf_mark *mark;
	uint32_t i;

	if (json_text(id).len == 0)
		return 0;
	if (csaf_mark_of(&s->marks, json_text(id), &mark, e) != 0)
		return -1;
	i = (uint32_t)(mark - s->marks.items);
	parts = csaf_tree_parts(s->tree, i);
	set_state(s, state, mark, &p);
	set_product(s->tree, parts.product, &p);
	p.name = s->tree->entries[i].id;
	if (parts.component != CSAF_NONE) {
		if (is_repeated(s->tree, &s->tree->entries[i], &parts, state))
			return 0;
		set_component(s->tree, &parts, &p);
	}
	return add_statement(s, &p, e);
}

static const struct {
	const char *name;
	enum advisory_state state;
} statuses[] = {
	{ "first_affected", ADVISORY_AFFECTED },
	{ "known_affected", ADVISORY_AFFECTED },
	{ "last_affected", ADVISORY_AFFECTED },
	{ "first_fixed", ADVISORY_FIXED },
	{ "fixed", ADVISORY_FIXED },
	{ "known_not_affected", ADVISORY_NOT_AFFECTED },
	{ "under_investigation", ADVISORY_NEEDS_TRIAGE },
};

static enum advisory_state
state_named(struct span name)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (span_is(name, statuses[i].name))
			return statuses[i].state;
	return ADVISORY_UNKNOWN;
}

/* recommended says where to go, not how things are. */
int
csaf_status_add(struct csaf_status *s, const struct json_node *v, struct err *e)
{
	const struct json_node *list = csaf_first(v, "product_status");
	const struct json_node *id;

	if (s->marks.number == CSAF_VULNERABILITIES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u vulnerabilities",
		    CSAF_VULNERABILITIES_MAX);
	s->cve = arena_span(s->tree->arena, json_text(json_get(v, "cve")));
	if (csaf_marks_read(&s->marks, v, e) != 0)
		return -1;
	for (; list != NULL; list = list->next) {
		if (span_is(list->name, "recommended") ||
		    list->type == JSON_NULL)
			continue;
		if (list->type != JSON_ARRAY)
			return err_set(e, ERR_FORMAT, "%.*s is not an array",
			    SPAN_ARG(span_first(list->name, 64)));
		for (id = list->child; id != NULL; id = id->next)
			if (read_status_id(s, id, state_named(list->name), e) !=
			    0)
				return -1;
	}
	return 0;
}

static int
compare_arches(const void *left, const void *right)
{
	return span_cmp(
	    *(const struct span *)left, *(const struct span *)right);
}

static struct span
arch_words(const struct csaf_status *s, const struct statement *st)
{
	struct span words[CSAF_ARCHES_MAX];
	struct buf text = { 0 };
	struct span out;
	size_t n = 0;
	size_t i;

	if (st->all_arches)
		return SPAN_NONE;
	for (i = 0; i < s->n_arches; i++)
		if ((st->arches >> i & 1) != 0)
			words[n++] = s->arches[i];
	qsort(words, n, sizeof(*words), compare_arches);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_char(&text, ' ');
		buf_add_span(&text, words[i]);
	}
	out = arena_span(s->tree->arena, buf_span(&text));
	buf_cleanup(&text);
	return out;
}

static void
compare_with_first(struct csaf_status *s, const struct statement *st)
{
	struct group *g = &s->groups[st->group];
	const struct statement *first = &s->statements[g->first];

	if (st->arches != first->arches || st->all_arches != first->all_arches)
		g->differs = true;
}

/* Of a vulnerability without a CVE: nothing good of the record's others. */
static void
doubt(struct advisory_package *p)
{
	if (p->state == ADVISORY_FIXED || p->state == ADVISORY_NOT_AFFECTED)
		p->state = ADVISORY_UNKNOWN;
}

void
csaf_status_finish(struct csaf_status *s, struct advisory *out)
{
	struct advisory_package *packages =
	    arena_array(s->tree->arena, s->n, sizeof(*packages));
	size_t i;

	for (i = 0; i < s->n; i++)
		compare_with_first(s, &s->statements[i]);
	out->n_packages = 0;
	for (i = 0; i < s->n; i++) {
		const struct statement *st = &s->statements[i];
		const struct group *g = &s->groups[st->group];
		struct advisory_package *p = &packages[out->n_packages];
		bool is_shared =
		    g->n == s->marks.number && !g->differs && g->n > 1;

		if (is_shared && g->first != i)
			continue;
		out->n_packages++;
		*p = st->package;
		p->arch = arch_words(s, st);
		if (is_shared)
			p->cve = SPAN_NONE;
		else if (p->cve.len == 0 && s->marks.number > 1)
			doubt(p);
	}
	out->packages = packages;
}
