/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "scanner/evidence.h"
#include "scanner/evidence_oval.h"
#include "scanner/judge.h"
#include "scanner/judge_statement.h"
#include "scanner/kernel.h"
#include "scanner/modular.h"

/* Sources of references that name a notice of the vendor's. */
static const char *const notice_sources[] = { "USN", "LSN", "RHSA", "RHBA",
	"RHEA", "ALSA", "ALBA", "ALEA", "ELSA" };

struct collector {
	struct scan *scan;
	struct evidence_list *list;
	/* Of the definition at hand. */
	struct arena arena;
	const struct scan_document *document;
	const struct oval_definition *text;
	struct oval_definition own_text;
	struct evidence template;
	size_t first;    /* its first evidence */
	struct map seen; /* its evidence, by what it is about */
	struct buf key;
};

bool evidence_class(enum oval_class class)
{
	return class == OVAL_CLASS_VULNERABILITY || class == OVAL_CLASS_PATCH;
}

/* SUSE writes "Mitre CVE-2022-3515" (FORMATS §6.3). */
static struct span
plain_cve(struct span id)
{
	struct span last = span_from(id, span_rfind(id, ' ') + 1);

	return last.len < id.len && span_has_prefix(last, "CVE-") ? last : id;
}

void
evidence_cves(const struct oval_metadata *m, struct arena *a,
    struct span **cves, size_t *n)
{
	size_t i;

	*n = 0;
	*cves = arena_array(a, m->n_references + 1, sizeof(**cves));
	for (i = 0; i < m->n_references; i++)
		if (span_is_nocase(m->references[i].source, "CVE"))
			(*cves)[(*n)++] =
			    arena_span(a, plain_cve(m->references[i].ref_id));
	/* A few of Ubuntu's lack the reference (FORMATS §1.2). */
	if (*n == 0 && span_has_prefix(m->title, "CVE-"))
		(*cves)[(*n)++] = arena_span(
		    a, span_first(m->title, span_find(m->title, ' ')));
}

struct span
evidence_notice(const struct oval_metadata *m)
{
	size_t i, k;

	for (i = 0; i < m->n_references; i++)
		for (k = 0; k < sizeof(notice_sources) / sizeof(char *); k++)
			if (span_is_nocase(
				m->references[i].source, notice_sources[k]))
				return m->references[i].ref_id;
	return SPAN_NONE;
}

/* Texts are kept only where another scan asks for them again. */
static int
read_text(struct collector *c, uint32_t ord, struct err *e)
{
	const struct scan_document *d = c->document;

	if (d->machine_is_shared)
		return machine_definition_kept(d->machine, ord, &c->text, e);
	c->text = &c->own_text;
	return machine_definition_text(
	    d->machine, ord, &c->arena, &c->own_text, e);
}

/* What all evidence of this definition shares. */
static int
start_definition(struct collector *c, const struct oval_definition *d,
    uint32_t ord, struct err *e)
{
	struct arena *a = &c->scan->arena;
	const struct oval_metadata *m;
	struct evidence *f = &c->template;

	*f = (struct evidence){ .document = c->document->document,
		.class = d->class,
		.package_index = PACKAGE_NONE,
		.by_packages = evaluation_definition(c->document->evaluation,
				   ord) != RESULT_TRUE };
	c->first = c->list->n;
	if (read_text(c, ord, e) != 0)
		return -1;
	m = &c->text->metadata;
	f->record = arena_span(a, d->id);
	f->title = arena_span(a, span_trim(m->title));
	evidence_cves(m, a, &f->cves, &f->n_cves);
	f->notice = arena_span(a, evidence_notice(m));
	severity_parse(span_trim(m->severity), &f->severity);
	evidence_ratings(f, m, a);
	f->is_group = d->class == OVAL_CLASS_PATCH && f->n_cves > 1;
	if (d->class == OVAL_CLASS_PATCH &&
	    !clock_parse(m->issued, &f->published))
		f->published = 0;
	return 0;
}

/*
 * One finding a package of a definition. Where several tests ask for
 * different versions the highest mends all of them; where one asks for none,
 * no version does.
 */
static void
merge(struct evidence *old, const struct evidence *f)
{
	if (old->fixed.len == 0)
		return;
	if (f->fixed.len == 0 ||
	    judge_version_order(f->kind, old->fixed, f->fixed) < 0) {
		old->fixed = f->fixed;
		old->status = f->status;
		old->state = f->state;
		old->detail = f->detail;
		old->pocket = f->pocket;
	}
}

static struct span
key_of(struct buf *b, const struct evidence *f)
{
	const struct span parts[] = { f->package, f->arch, f->installed,
		f->n_cves == 0 ? SPAN_NONE : f->cves[0] };
	size_t i;

	buf_reset(b);
	buf_printf(b, "%lu %zu", (unsigned long)f->package_index, f->n_cves);
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_add_char(b, '\0');
		buf_add_span(b, parts[i]);
	}
	return buf_span(b);
}

static void
evidence_add(struct evidence_list *list, const struct evidence *ev)
{
	if (list->n == EVIDENCE_MAX) {
		list->is_full = true;
		return;
	}
	list->v = xgrow(list->v, &list->cap, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = *ev;
}

static void
add_evidence(struct collector *c, const struct evidence *f)
{
	struct evidence_list *l = c->list;
	uint32_t at;

	if (map_add(&c->seen, key_of(&c->key, f), (uint32_t)l->n, &at))
		evidence_add(l, f);
	else if (at < l->n)
		merge(&l->v[at], f);
}

/* How a test's states ask for a version. */
enum leaf_kind {
	LEAF_OTHER = 0, /* a signature, a release: says nothing of a version */
	LEAF_EXISTS,    /* no state: installed is enough */
	LEAF_VERSION,   /* older than a version */
};

static bool
is_version_entity(const struct oval_entity *en)
{
	return span_is(en->name, "evr") || span_is(en->name, "subexpression");
}

/* The version that a test's states ask to be older than. */
static int
classify(struct machine *m, const struct oval_test *t, enum leaf_kind *kind,
    struct span *fixed, struct err *e)
{
	size_t i, k;

	*kind = t->n_states == 0 ? LEAF_EXISTS : LEAF_OTHER;
	*fixed = SPAN_NONE;
	for (i = 0; i < t->n_states; i++) {
		const struct oval_state *st =
		    machine_state(m, t->states[i].ord, e);

		if (st == NULL)
			return -1;
		for (k = 0; k < st->n_entities; k++) {
			const struct oval_entity *en = &st->entities[k];

			if (!is_version_entity(en))
				continue;
			*kind = LEAF_VERSION;
			if (en->operation == OVAL_LESS_THAN && !en->has_var)
				*fixed = span_trim(en->value);
		}
	}
	return 0;
}

int
evidence_has_version(
    struct machine *m, const struct oval_test *t, bool *yes, struct err *e)
{
	enum leaf_kind kind;
	struct span fixed;

	if (classify(m, t, &kind, &fixed, e) != 0)
		return -1;
	*yes = *yes || kind == LEAF_VERSION;
	return 0;
}

/* The package of a manifest's line, as its database has it. */
static void
find_manifest_package(
    const struct system *s, struct span arch, struct evidence *f)
{
	size_t first;
	size_t n = system_find(s, PACKAGE_DPKG, f->package, &first);
	size_t i;

	for (i = first; n > 0 && i < first + n; i++) {
		const struct package *p = &s->packages[i];

		if (!span_eq(p->full_version, f->installed) ||
		    (arch.len > 0 && !span_eq(arch, p->arch)))
			continue;
		f->package_index = (uint32_t)i;
		f->arch = p->arch;
		return;
	}
}

/* A line of a manifest: "libssh-4:amd64<blank>0.9.6" (FORMATS §1.6). */
static void
manifest_package(
    const struct system *s, const struct item *item, struct evidence *f)
{
	struct span arch;
	struct span text = SPAN_NONE;
	size_t i;

	for (i = 0; i < item->n_entities; i++)
		if (span_is(item->entities[i].name, "text"))
			text = item->entities[i].value;
	for (i = 0;
	     i < text.len && !span_is_space(text.ptr[i]) && text.ptr[i] != ':';
	     i++)
		;
	f->package = span_first(text, i);
	arch = span_from(text, i < text.len && text.ptr[i] == ':' ? i + 1 : i);
	while (i < text.len && !span_is_space(text.ptr[i]))
		i++;
	arch = span_first(arch, (size_t)(text.ptr + i - arch.ptr));
	f->installed = span_trim(span_from(text, i));
	find_manifest_package(s, arch, f);
}

/* words: what the criterion and the definition say of the package. */
static void
add_item(struct collector *c, const struct item *item,
    const struct evidence_words *words, struct span fixed)
{
	const struct system *system = &c->scan->facts->system;
	struct arena *a = &c->scan->arena;
	struct evidence f = c->template;

	if (item->package != NULL) {
		f.package_index = (uint32_t)(item->package - system->packages);
		f.kind = item->package->kind;
		f.package = item->package->name;
		f.arch = item->package->arch;
		f.installed = item->package->full_version;
	} else {
		manifest_package(system, item, &f);
		f.package = arena_span(a, f.package);
		f.installed = arena_span(a, f.installed);
	}
	f.fixed = arena_span(a, judge_shown_version(fixed, f.installed));
	evidence_say(&f, words, c->text, a);
	add_evidence(c, &f);
}

static bool
is_package_kind(enum oval_kind kind, const struct facts *f)
{
	return kind == OVAL_KIND_DPKGINFO || kind == OVAL_KIND_RPMINFO ||
	    (kind == OVAL_KIND_TEXTFILECONTENT54 && f->system.is_oci_manifest);
}

/* Adds the packages that make one test true. */
static int
add_test(struct collector *c, const struct result_node *n, struct err *e)
{
	const struct scan_document *d = c->document;
	const struct oval_node *node = n->node;
	struct evidence_words words = evidence_words_of(c->text, n);
	const struct oval_test *t = machine_test(d->machine, node->ref.ord, e);
	const struct collected *found;
	enum leaf_kind kind;
	struct span fixed;
	size_t i;

	if (t == NULL || classify(d->machine, t, &kind, &fixed, e) != 0)
		return -1;
	if (!is_package_kind(t->kind, c->scan->facts) || kind == LEAF_OTHER)
		return 0;
	found = evaluation_object(d->evaluation, t->object.ord, e);
	if (found == NULL)
		return -1;
	for (i = 0; i < found->n_items; i++) {
		const struct item *item = found->items[i];
		enum result r = kind == LEAF_EXISTS
		    ? RESULT_TRUE
		    : evaluation_item(d->evaluation, node->ref.ord, item, e);

		if (r == RESULT_NONE)
			return -1;
		if (r == RESULT_TRUE && item->status == ITEM_EXISTS)
			add_item(c, item, &words, fixed);
	}
	return 0;
}

/* Down to the true tests; what is negated holds for want of a package. */
static int
walk(struct collector *c, const struct result_node *n, struct err *e)
{
	const struct result_node *child;

	if (n == NULL || n->result != RESULT_TRUE || n->node->negate)
		return 0;
	if (n->node->type == OVAL_NODE_CRITERION)
		return add_test(c, n, e);
	for (child = n->child; child != NULL; child = child->next)
		if (walk(c, child, e) != 0)
			return -1;
	return 0;
}

static int
add_definition(struct collector *c, uint32_t ord, struct err *e)
{
	const struct oval_definition *d =
	    machine_definition(c->document->machine, ord, e);
	struct result_node *root;

	if (d == NULL)
		return -1;
	if (!evidence_class(d->class))
		return 0;
	arena_reset(&c->arena);
	map_cleanup(&c->seen);
	if (start_definition(c, d, ord, e) != 0 ||
	    result_tree_build(
		&root, &c->arena, c->document->evaluation, d, e) != 0)
		return -1;
	if (c->template.by_packages &&
	    (kernel_leave_out_of(root, c->document->machine, e) != 0 ||
		modular_judge_tree(root, c->document, c->scan->facts, e) != 0))
		return -1;
	if (walk(c, root, e) != 0)
		return -1;
	if (c->list->n == c->first)
		add_evidence(c, &c->template);
	return 0;
}

static int
add_document(struct collector *c, const struct scan_document *d, struct err *e)
{
	size_t n = machine_n_definitions(d->machine);
	uint32_t ord;

	c->document = d;
	for (ord = 0; ord < n && !c->list->is_full; ord++) {
		if (scan_result(d, ord) != RESULT_TRUE)
			continue;
		if (add_definition(c, ord, e) != 0)
			return err_context(
			    e, "%.*s", SPAN_ARG(d->document->name));
	}
	return 0;
}

static struct span
first_cve(const struct evidence *f)
{
	return f->n_cves > 0 ? f->cves[0] : SPAN_NONE;
}

int
evidence_order(
    enum severity a, enum severity b, const struct span keys[][2], size_t n)
{
	int order = a == b ? 0 : a > b ? -1 : 1;
	size_t i;

	for (i = 0; i < n && order == 0; i++)
		order = span_cmp(keys[i][0], keys[i][1]);
	return order;
}

static int
compare(const void *pa, const void *pb)
{
	const struct evidence *a = pa;
	const struct evidence *b = pb;
	const struct span keys[][2] = {
		{ a->package, b->package },
		{ first_cve(a), first_cve(b) },
		{ a->document->name, b->document->name },
		{ a->record, b->record },
		{ a->arch, b->arch },
		{ a->installed, b->installed },
	};

	return evidence_order(
	    a->severity, b->severity, keys, sizeof(keys) / sizeof(*keys));
}

static int
collect(struct scan *s, struct evidence_list *list, struct err *e)
{
	struct collector c = { .scan = s, .list = list };
	int rc = 0;
	size_t i;

	for (i = 0; i < s->n_documents && rc == 0; i++)
		rc = add_document(&c, &s->documents[i], e);
	arena_cleanup(&c.arena);
	map_cleanup(&c.seen);
	buf_cleanup(&c.key);
	return rc;
}

void
evidence_merge(struct scan *s, const struct evidence_list *list)
{
	size_t i;

	s->is_cut |= list->is_full;
	if (list->n == 0)
		return;
	s->evidence = xrealloc(
	    s->evidence, xmul(s->n_evidence + list->n, sizeof(*s->evidence)));
	for (i = 0; i < list->n; i++)
		s->evidence[s->n_evidence++] = list->v[i];
	if (s->n_evidence > 1)
		qsort(
		    s->evidence, s->n_evidence, sizeof(*s->evidence), compare);
}

int
evidence_collect(struct scan *s, struct err *e)
{
	struct evidence_list list = { .arena = &s->arena };
	int rc = collect(s, &list, e);

	if (rc == 0)
		evidence_merge(s, &list);
	free(list.v);
	return rc;
}
