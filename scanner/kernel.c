/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/ords.h"
#include "scanner/applies.h"
#include "scanner/evidence.h"
#include "scanner/kernel.h"
#include "schema_index.h"

#define KERNEL_NAMES_MAX 24

struct chooser {
	struct scan_document *document;
	struct arena *arena; /* of the scan */
	struct arena tree;
};

static int
is_kernel_leaf(
    struct machine *m, const struct oval_node *n, bool *yes, struct err *e)
{
	const struct oval_test *t;

	*yes = false;
	if (n->type != OVAL_NODE_CRITERION)
		return 0;
	t = machine_test(m, n->ref.ord, e);
	if (t == NULL)
		return -1;
	*yes = t->kind == OVAL_KIND_UNAME;
	return 0;
}

/* An OR beside the running kernel asks for the next one: both go. */
static int
judge_criteria(struct result_node *n, struct machine *m, struct err *e)
{
	struct result_counts counts = { { 0 } };
	struct result_node *child;
	bool has_kernel = false;

	for (child = n->child; child != NULL; child = child->next) {
		bool yes;

		if (is_kernel_leaf(m, child->node, &yes, e) != 0 ||
		    kernel_leave_out_of(child, m, e) != 0)
			return -1;
		has_kernel = has_kernel || yes;
		result_count(&counts, child->result);
	}
	n->result = has_kernel && n->node->op == OVAL_OR
	    ? RESULT_NOT_APPLICABLE
	    : result_operator(&counts, n->node->op);
	if (n->node->negate)
		n->result = result_negate(n->result);
	return 0;
}

int
kernel_leave_out_of(struct result_node *root, struct machine *m, struct err *e)
{
	bool yes;

	if (root->node->type == OVAL_NODE_CRITERIA)
		return judge_criteria(root, m, e);
	if (is_kernel_leaf(m, root->node, &yes, e) != 0)
		return -1;
	if (yes)
		root->result = RESULT_NOT_APPLICABLE;
	return 0;
}

/* Whether a true test of an installed package is below. */
static int
has_package(
    const struct result_node *n, struct machine *m, bool *yes, struct err *e)
{
	const struct result_node *child;
	const struct oval_test *t;

	if (*yes || n->result != RESULT_TRUE || n->node->negate)
		return 0;
	if (n->node->type == OVAL_NODE_CRITERION) {
		t = machine_test(m, n->node->ref.ord, e);
		return t == NULL ? -1 : evidence_has_version(m, t, yes, e);
	}
	for (child = n->child; child != NULL; child = child->next)
		if (has_package(child, m, yes, e) != 0)
			return -1;
	return 0;
}

/* Without a package that is true, what remains says nothing: not applicable. */
static int
judge(struct chooser *c, uint32_t ord, struct err *e)
{
	struct scan_document *d = c->document;
	const struct oval_definition *def =
	    machine_definition(d->machine, ord, e);
	struct result_node *root;
	bool yes = false;

	arena_reset(&c->tree);
	if (def == NULL ||
	    result_tree_build(&root, &c->tree, d->evaluation, def, e) != 0)
		return -1;
	if (root == NULL || !evidence_class(def->class))
		return 0;
	if (kernel_leave_out_of(root, d->machine, e) != 0 ||
	    has_package(root, d->machine, &yes, e) != 0)
		return -1;
	d->without_kernel[ord] = root->result == RESULT_TRUE && !yes
	    ? RESULT_NOT_APPLICABLE
	    : (uint8_t)root->result;
	return 0;
}

/* Judges the definitions of the list that are not literally true. */
static int
judge_list(struct chooser *c, struct span packed, struct err *e)
{
	struct scan_document *d = c->document;
	struct ords o = ords_of(packed, machine_n_definitions(d->machine));
	uint32_t ord;

	while (ords_next(&o, &ord))
		if (evaluation_definition(d->evaluation, ord) != RESULT_TRUE &&
		    judge(c, ord, e) != 0)
			return -1;
	return ords_done(&o) ? 0
			     : err_set(e, ERR_FORMAT,
				   "the index is damaged: definitions of a "
				   "test");
}

static int
judge_above(struct chooser *c, uint32_t test, struct err *e)
{
	struct scan_document *d = c->document;
	struct db_stmt *s =
	    db_query(d->family->db, QUERY_INDEX_EVAL_TEST_DEFINITIONS);
	struct span packed = SPAN_NONE;
	int rc;

	db_bind_int(s, "key", d->document->id * ((int64_t)1 << 32) + test);
	rc = db_step(s, e);
	if (rc == 1)
		packed = arena_span(c->arena, db_blob(s, 0));
	db_reset(s);
	return rc == 1 ? judge_list(c, packed, e) : rc;
}

/* Without a plan every definition is looked at. */
static int
judge_each(struct chooser *c, struct err *e)
{
	struct scan_document *d = c->document;
	size_t n = machine_n_definitions(d->machine);
	const struct oval_definition *def;
	bool yes = false;
	uint32_t ord;
	size_t i;

	for (ord = 0; ord < n; ord++) {
		enum result r = evaluation_definition(d->evaluation, ord);

		if (r == RESULT_NONE || r == RESULT_TRUE)
			continue;
		def = machine_definition(d->machine, ord, e);
		if (def == NULL)
			return -1;
		for (i = 0, yes = false; i < def->n_nodes && !yes; i++)
			if (is_kernel_leaf(
				d->machine, &def->nodes[i], &yes, e) != 0)
				return -1;
		if (yes && judge(c, ord, e) != 0)
			return -1;
	}
	return 0;
}

/* Tests of the running kernel stand on the plan's always list. */
static int
judge_all(struct chooser *c, struct err *e)
{
	struct scan_document *d = c->document;
	struct db_stmt *s = db_query(d->family->db, QUERY_INDEX_EVAL_PLAN);
	struct span packed = SPAN_NONE;
	struct ords o;
	uint32_t ord;
	int rc;

	db_bind_int(s, "document", d->document->id);
	rc = db_step(s, e);
	if (rc == 1)
		packed = arena_span(c->arena, db_blob(s, 1));
	db_reset(s);
	if (rc != 1)
		return rc == 0 ? judge_each(c, e) : -1;
	o = ords_of(packed, machine_n_tests(d->machine));
	while (ords_next(&o, &ord)) {
		const struct oval_test *t = machine_test(d->machine, ord, e);

		if (t == NULL ||
		    (t->kind == OVAL_KIND_UNAME && judge_above(c, ord, e) != 0))
			return -1;
	}
	return 0;
}

int
kernel_leave_out(struct scan_document *d, struct arena *a, struct err *e)
{
	struct chooser c = { .document = d, .arena = a };
	enum package_kind kind;
	int rc;

	if (!applies_package_kind(d->document->distribution, &kind) ||
	    kind != PACKAGE_RPM)
		return 0;
	d->without_kernel = arena_alloc(a, machine_n_definitions(d->machine));
	rc = judge_all(&c, e);
	arena_cleanup(&c.tree);
	return rc;
}

/*
 * Names of packages, or of their sources; with "*" what begins so. Ubuntu has
 * a source a flavour, Photon one a flavour under dpkg's names.
 */
static const char *const kernel_names[N_PACKAGE_KINDS][KERNEL_NAMES_MAX] = {
	[PACKAGE_DPKG] = { "linux", "linux-image-*", "linux-modules-*",
	    "linux-headers-*", "linux-signed*", "linux-libc-dev", "linux-meta*",
	    "linux-hwe*", "linux-restricted-modules*", "linux-aws*",
	    "linux-azure*", "linux-gcp*", "linux-gke*", "linux-ibm*",
	    "linux-kvm*", "linux-lowlatency*", "linux-nvidia*", "linux-oem*",
	    "linux-oracle*", "linux-raspi*", "linux-realtime*", "linux-fips*" },
	[PACKAGE_RPM] = { "kernel", "kernel-*", "kernel6.*", "kpatch-patch*",
	    "linux", "linux-aws*", "linux-esx*", "linux-rt*", "linux-secure*" },
	[PACKAGE_APK] = { "linux-lts*", "linux-virt*", "linux-edge*",
	    "linux-vanilla*", "linux-rpi*", "linux-stable*", "linux-hardened*",
	    "linux-headers" },
};

static bool
is_kernel_name(enum package_kind kind, struct span name)
{
	size_t i;

	for (i = 0; i < KERNEL_NAMES_MAX && kernel_names[kind][i] != NULL;
	     i++) {
		struct span want = span_of(kernel_names[kind][i]);

		if (span_has_suffix(want, "*")
			? span_eq(span_first(name, want.len - 1),
			      span_first(want, want.len - 1))
			: span_eq(name, want))
			return true;
	}
	return false;
}

bool
kernel_is_package(const struct package *p)
{
	return is_kernel_name(p->kind, p->name) ||
	    is_kernel_name(p->kind, p->source);
}
