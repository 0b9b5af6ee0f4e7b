/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/release_check.h"

/* Enough definitions to tell what all of them have in common. */
#define SAMPLE 16u
#define LEAVES_MAX 64u

struct leaf {
	enum oval_node_type type;
	uint32_t ord;
};

struct leaves {
	struct leaf v[LEAVES_MAX];
	size_t n;
};

/* A package that says which release this is: "redhat-release". */
static int
is_release_package(
    struct machine *m, const struct oval_test *t, bool *yes, struct err *e)
{
	const struct oval_object *o;
	size_t i;

	*yes = false;
	if (t->object.ord == OVAL_ORD_NONE)
		return 0;
	o = machine_object(m, t->object.ord, e);
	if (o == NULL)
		return -1;
	for (i = 0; i < o->n_entities; i++)
		if (span_is(o->entities[i].name, "name") &&
		    span_has_suffix(o->entities[i].value, "-release"))
			*yes = true;
	return 0;
}

static int
is_release_leaf(
    struct machine *m, const struct oval_node *n, bool *yes, struct err *e)
{
	const struct oval_definition *d;
	const struct oval_test *t;

	*yes = false;
	if (n->type == OVAL_NODE_CRITERIA || n->negate)
		return 0;
	if (n->type == OVAL_NODE_EXTEND) {
		d = machine_definition(m, n->ref.ord, e);
		if (d == NULL)
			return -1;
		*yes = d->class == OVAL_CLASS_INVENTORY;
		return 0;
	}
	t = machine_test(m, n->ref.ord, e);
	if (t == NULL)
		return -1;
	if (t->kind == OVAL_KIND_RPMINFO || t->kind == OVAL_KIND_DPKGINFO)
		return is_release_package(m, t, yes, e);
	*yes = t->kind == OVAL_KIND_RPMVERIFYFILE;
	return 0;
}

static int
first_leaves(struct machine *m, const struct oval_definition *d,
    struct leaves *l, struct err *e)
{
	size_t i;

	for (i = 0; i < d->n_nodes && l->n < LEAVES_MAX; i++) {
		bool yes;

		if (is_release_leaf(m, &d->nodes[i], &yes, e) != 0)
			return -1;
		if (yes)
			l->v[l->n++] = (struct leaf){ d->nodes[i].type,
				d->nodes[i].ref.ord };
	}
	return 0;
}

static bool
has_leaf(const struct oval_definition *d, const struct leaf *l)
{
	size_t i;

	for (i = 0; i < d->n_nodes; i++)
		if (d->nodes[i].type == l->type &&
		    d->nodes[i].ref.ord == l->ord && !d->nodes[i].negate)
			return true;
	return false;
}

static void
keep_common(struct leaves *l, const struct oval_definition *d)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (has_leaf(d, &l->v[i]))
			l->v[kept++] = l->v[i];
	l->n = kept;
}

static int
common_leaves(const struct scan_document *d, struct leaves *l, struct err *e)
{
	size_t n = machine_n_definitions(d->machine);
	unsigned sampled = 0;
	uint32_t ord;

	l->n = 0;
	for (ord = 0; ord < n && sampled < SAMPLE; ord++) {
		const struct oval_definition *def;

		if (evaluation_definition(d->evaluation, ord) == RESULT_NONE)
			continue;
		def = machine_definition(d->machine, ord, e);
		if (def == NULL)
			return -1;
		if (def->class != OVAL_CLASS_VULNERABILITY &&
		    def->class != OVAL_CLASS_PATCH)
			continue;
		if (sampled++ > 0)
			keep_common(l, def);
		else if (first_leaves(d->machine, def, l, e) != 0)
			return -1;
	}
	return 0;
}

int
release_check(const struct scan_document *d, bool *fails, struct err *e)
{
	struct leaves l;
	size_t i;

	*fails = false;
	if (common_leaves(d, &l, e) != 0)
		return -1;
	for (i = 0; i < l.n; i++) {
		enum result r = l.v[i].type == OVAL_NODE_EXTEND
		    ? evaluation_definition(d->evaluation, l.v[i].ord)
		    : evaluation_test(d->evaluation, l.v[i].ord);

		if (r != RESULT_FALSE)
			return 0;
	}
	*fails = l.n > 0;
	return 0;
}
