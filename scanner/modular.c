/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "eval/regex.h"
#include "scanner/evidence.h"
#include "scanner/kernel.h"
#include "scanner/modular.h"

#define FOLDER "/etc/dnf/modules.d/"
#define SUFFIX ".module"

struct modular {
	const struct scan_document *document;
	const struct facts *facts;
	struct regex_cache *regex;
	struct arena tree;
};

/* --- packages --- */

struct span
modular_stream(struct span label)
{
	size_t name = span_find(label, ':');
	struct span rest = span_from(label, name + 1);

	if (name == label.len)
		return label;
	return span_first(label, name + 1 + span_find(rest, ':'));
}

bool
modular_is_build(struct span release)
{
	size_t i;

	for (i = 0; i < release.len; i++)
		if (span_has_prefix(span_from(release, i), ".module"))
			return true;
	return false;
}

static bool
is_enabled(const struct facts *f, struct span label)
{
	struct span name = span_first(label, span_find(label, ':'));
	struct span stream = span_from(modular_stream(label), name.len + 1);
	size_t i;

	for (i = 0; i < f->n_modules; i++)
		if (f->modules[i].enabled &&
		    span_eq(f->modules[i].name, name) &&
		    span_eq(f->modules[i].stream, stream))
			return true;
	return false;
}

bool
modular_has_more(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->system.n_packages; i++) {
		const struct package *p = &f->system.packages[i];

		if (p->kind != PACKAGE_RPM)
			continue;
		if (p->modularity.len > 0 ? !is_enabled(f, p->modularity)
					  : modular_is_build(p->release))
			return true;
	}
	return false;
}

/* --- tests of modules.d --- */

/* "nodejs" of a test of nodejs.module; empty: it is another test. */
static int
module_of(struct machine *m, const struct oval_test *t, struct span *name,
    struct err *e)
{
	const struct oval_object *o;
	size_t i;

	*name = SPAN_NONE;
	if (t->kind != OVAL_KIND_TEXTFILECONTENT54 ||
	    t->object.ord == OVAL_ORD_NONE)
		return 0;
	o = machine_object(m, t->object.ord, e);
	if (o == NULL)
		return -1;
	for (i = 0; i < o->n_entities; i++) {
		struct span path = span_trim(o->entities[i].value);

		if (span_is(o->entities[i].name, "filepath") &&
		    span_has_prefix(path, FOLDER) &&
		    span_has_suffix(path, SUFFIX))
			*name = span_first(span_from(path, sizeof(FOLDER) - 1),
			    path.len - (sizeof(FOLDER) - 1) -
				(sizeof(SUFFIX) - 1));
	}
	return 0;
}

/* Whether the test's states hold for a file that enables the stream. */
static int
holds(struct modular *x, const struct oval_test *t, struct span stream,
    bool *yes, struct err *e)
{
	struct span name = span_first(stream, span_find(stream, ':'));
	struct buf text = { 0 };
	size_t i, k;
	int rc = t->n_states > 0;

	buf_printf(&text, "[%.*s]\nname=%.*s\nstream=", SPAN_ARG(name),
	    SPAN_ARG(name));
	buf_add_span(&text, span_from(stream, name.len + 1));
	buf_add_str(&text, "\nprofiles=\nstate=enabled\n");
	for (i = 0; rc == 1 && i < t->n_states; i++) {
		const struct oval_state *st =
		    machine_state(x->document->machine, t->states[i].ord, e);

		rc = st == NULL ? -1 : 1;
		for (k = 0; rc == 1 && k < st->n_entities; k++)
			rc = span_is(st->entities[k].name, "text") &&
				st->entities[k].operation == OVAL_PATTERN_MATCH
			    ? regex_match(x->regex, st->entities[k].value,
				  REGEX_MULTILINE, buf_span(&text), e)
			    : 0;
	}
	buf_cleanup(&text);
	*yes = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* What the packages say of a test that is not true. */
static int
judge_test(struct modular *x, const struct oval_test *t, struct span name,
    enum result *out, struct err *e)
{
	const struct system *s = &x->facts->system;
	const struct collected *found =
	    evaluation_object(x->document->evaluation, t->object.ord, e);
	size_t i;

	if (found == NULL)
		return -1;
	for (i = 0; i < s->n_packages && *out != RESULT_TRUE; i++) {
		const struct package *p = &s->packages[i];
		struct span stream = modular_stream(p->modularity);
		bool yes = false;

		if (p->kind != PACKAGE_RPM)
			continue;
		if (p->modularity.len == 0 && found->n_items == 0 &&
		    modular_is_build(p->release))
			*out = RESULT_UNKNOWN;
		if (span_eq(span_first(stream, span_find(stream, ':')), name) &&
		    holds(x, t, stream, &yes, e) != 0)
			return -1;
		if (yes)
			*out = RESULT_TRUE;
	}
	return 0;
}

static int
judge_leaf(struct modular *x, struct result_node *n, struct err *e)
{
	const struct scan_document *d = x->document;
	const struct oval_test *t =
	    machine_test(d->machine, n->node->ref.ord, e);
	struct span name;

	if (t == NULL || module_of(d->machine, t, &name, e) != 0)
		return -1;
	return name.len == 0 || n->result == RESULT_TRUE || n->node->negate
	    ? 0
	    : judge_test(x, t, name, &n->result, e);
}

static int
judge_tree(struct modular *x, struct result_node *n, struct err *e)
{
	struct result_counts counts = { { 0 } };
	struct result_node *child;

	if (n->node->type == OVAL_NODE_CRITERION)
		return judge_leaf(x, n, e);
	if (n->node->type != OVAL_NODE_CRITERIA)
		return 0;
	for (child = n->child; child != NULL; child = child->next) {
		if (judge_tree(x, child, e) != 0)
			return -1;
		result_count(&counts, child->result);
	}
	/* The kernel's question is left out already: it has a result. */
	if (n->result == RESULT_NOT_APPLICABLE)
		return 0;
	n->result = result_operator(&counts, n->node->op);
	if (n->node->negate)
		n->result = result_negate(n->result);
	return 0;
}

int
modular_judge_tree(struct result_node *root, const struct scan_document *d,
    const struct facts *f, struct err *e)
{
	struct modular x = { .document = d, .facts = f };
	int rc;

	if (!modular_has_more(f))
		return 0;
	x.regex = regex_cache_new();
	rc = judge_tree(&x, root, e);
	regex_cache_free(x.regex);
	return rc;
}

/* --- definitions --- */

static int
asks_of_module(struct modular *x, const struct oval_definition *def, bool *yes,
    struct err *e)
{
	struct machine *m = x->document->machine;
	struct span name = SPAN_NONE;
	size_t i;

	for (i = 0; i < def->n_nodes && name.len == 0; i++) {
		const struct oval_test *t;

		if (def->nodes[i].type != OVAL_NODE_CRITERION)
			continue;
		t = machine_test(m, def->nodes[i].ref.ord, e);
		if (t == NULL || module_of(m, t, &name, e) != 0)
			return -1;
	}
	*yes = name.len > 0;
	return 0;
}

static int
judge(struct modular *x, struct scan_document *d, uint32_t ord, struct err *e)
{
	const struct oval_definition *def =
	    machine_definition(d->machine, ord, e);
	struct result_node *root;
	bool yes = false;

	if (def == NULL)
		return -1;
	if (!evidence_class(def->class))
		return 0;
	if (asks_of_module(x, def, &yes, e) != 0)
		return -1;
	if (!yes)
		return 0;
	arena_reset(&x->tree);
	if (result_tree_build(&root, &x->tree, d->evaluation, def, e) != 0)
		return -1;
	if (root == NULL)
		return 0;
	if (kernel_leave_out_of(root, d->machine, e) != 0 ||
	    judge_tree(x, root, e) != 0)
		return -1;
	if (root->result == RESULT_TRUE || root->result == RESULT_UNKNOWN)
		d->without_kernel[ord] = (uint8_t)root->result;
	return 0;
}

int
modular_judge(struct scan_document *d, const struct facts *f, struct err *e)
{
	struct modular x = { .document = d, .facts = f };
	size_t n = machine_n_definitions(d->machine);
	uint32_t ord;
	int rc = 0;

	if (d->without_kernel == NULL || !modular_has_more(f))
		return 0;
	x.regex = regex_cache_new();
	for (ord = 0; ord < n && rc == 0; ord++) {
		enum result r = evaluation_definition(d->evaluation, ord);

		if (r != RESULT_NONE && r != RESULT_TRUE)
			rc = judge(&x, d, ord, e);
	}
	regex_cache_free(x.regex);
	arena_cleanup(&x.tree);
	return rc;
}
