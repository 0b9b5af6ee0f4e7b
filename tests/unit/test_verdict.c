/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each reason that makes a verdict unknown, with its words. Machine and
 * evaluation are replaced by the tables below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/verdict.h"
#include "tests/unit/fake_document.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

/* --- worlds --- */

#define LEAF(t, o)                                \
	{                                         \
		.type = (t), .ref = {.ord = (o) } \
	}

#define CRITERIA(operator_, n)                                      \
	{                                                           \
		.type = OVAL_NODE_CRITERIA, .op = OVAL_##operator_, \
		.n_operands = (n)                                   \
	}

/* Ubuntu's: definition 0 checks the release, the others extend it. */
static struct oval_node extend[] = { LEAF(OVAL_NODE_EXTEND, 0),
	LEAF(OVAL_NODE_CRITERION, 2), CRITERIA(AND, 2) };
/* Red Hat's: "must be installed", or "is installed" and a package. */
static struct oval_node owned[] = { LEAF(OVAL_NODE_CRITERION, 0),
	LEAF(OVAL_NODE_CRITERION, 1), LEAF(OVAL_NODE_CRITERION, 2),
	CRITERIA(AND, 2), CRITERIA(OR, 2) };
/* SUSE's: one of several products, and one of several packages. */
static struct oval_node products[] = { LEAF(OVAL_NODE_CRITERION, 0),
	LEAF(OVAL_NODE_CRITERION, 1), CRITERIA(OR, 2),
	LEAF(OVAL_NODE_CRITERION, 2), LEAF(OVAL_NODE_CRITERION, 2),
	CRITERIA(OR, 2), CRITERIA(AND, 2) };
/* Oracle's: release and architecture by the same package, and a package. */
static struct oval_node releases[] = { LEAF(OVAL_NODE_CRITERION, 0),
	LEAF(OVAL_NODE_CRITERION, 1), LEAF(OVAL_NODE_CRITERION, 2),
	CRITERIA(AND, 2), CRITERIA(AND, 2) };
static struct oval_node package_only[] = { LEAF(OVAL_NODE_CRITERION, 2) };

static struct fake_definition four[4];

static void
add(const char *id, enum oval_class class, struct oval_node *nodes, size_t n,
    enum result result)
{
	four[n_definitions++] = (struct fake_definition){
		.record = { .id = span_of(id),
		    .class = class,
		    .nodes = nodes,
		    .n_nodes = n },
		.result = result,
	};
}

struct world {
	struct scan_world w;
	struct applies applies;
	struct finding finding;
	struct span problems[80];
};

/* Definition 0 is true; 1 and 2 are false and hang on it. */
static void
ubuntu(void)
{
	n_definitions = 0;
	definitions = four;
	add("def:100", OVAL_CLASS_INVENTORY, NULL, 0, RESULT_TRUE);
	add("def:1", OVAL_CLASS_VULNERABILITY, extend, 3, RESULT_FALSE);
	add("def:2", OVAL_CLASS_VULNERABILITY, extend, 3, RESULT_FALSE);
}

static void
redhat(struct world *w)
{
	n_definitions = 0;
	add("def:1", OVAL_CLASS_PATCH, owned, 5, RESULT_FALSE);
	add("def:2", OVAL_CLASS_PATCH, owned, 5, RESULT_FALSE);
	w->w.facts.os_id = SPAN_LIT("rhel");
	w->w.documents[0].name = SPAN_LIT("rhel-8.oval");
	w->w.documents[0].distribution = SPAN_LIT("rhel");
	w->w.packages[0].kind = w->w.packages[1].kind = PACKAGE_RPM;
	w->w.facts.system.collected[PACKAGE_RPM] = COLLECTION_COMPLETE;
	test_results[0] = test_results[1] = RESULT_FALSE;
}

static void
set(enum result r, size_t definition, bool is_kernel)
{
	four[definition].result = r;
	four[definition].is_kernel = is_kernel;
}

static void
no_os_release(struct world *w)
{
	w->w.facts.has_os_release = false;
	w->w.facts.os_id = SPAN_NONE;
}

static void
no_id(struct world *w)
{
	w->w.facts.os_id = SPAN_NONE;
}

static void
no_content(struct world *w)
{
	w->w.scan.n_documents = 0;
	w->applies.reason = SPAN_LIT("no content for ubuntu focal");
}

static void
no_database(struct world *w)
{
	w->w.facts.system.collected[PACKAGE_DPKG] = COLLECTION_NONE;
}

static void
no_database_at_all(struct world *w)
{
	no_database(w);
	no_content(w);
	w->w.facts.os_id = SPAN_LIT("plan9");
}

static void
other_database(struct world *w)
{
	no_database(w);
	w->w.facts.system.collected[PACKAGE_RPM] = COLLECTION_COMPLETE;
}

static void
no_packages(struct world *w)
{
	w->w.facts.system.n_packages = 0;
}

static void
database_error(struct world *w)
{
	w->w.facts.system.collected[PACKAGE_DPKG] = COLLECTION_ERROR;
	w->w.facts.system.collected_error[PACKAGE_DPKG] =
	    SPAN_LIT("line 3: no field");
}

static void
database_incomplete(struct world *w)
{
	database_error(w);
	w->w.facts.system.collected[PACKAGE_DPKG] = COLLECTION_INCOMPLETE;
}

static void
problem(struct world *w)
{
	w->problems[0] = SPAN_LIT("layer 2 of 3 ends early");
	w->w.facts.problems = w->problems;
	w->w.facts.n_problems = 1;
}

static void
many_problems(struct world *w)
{
	size_t i;

	problem(w);
	w->w.facts.n_problems = sizeof(w->problems) / sizeof(*w->problems);
	for (i = 0; i < w->w.facts.n_problems; i++)
		w->problems[i] = SPAN_LIT("x");
}

static void
no_lsb_release(struct world *w)
{
	(void)w;
	set(RESULT_FALSE, 0, false);
}

static void
redhat_release(struct world *w)
{
	redhat(w);
	test_results[1] = RESULT_TRUE;
}

static void
other_nodes(struct world *w, struct oval_node *nodes, size_t n)
{
	redhat(w);
	four[0].record.nodes = four[1].record.nodes = nodes;
	four[0].record.n_nodes = four[1].record.n_nodes = n;
	w->w.documents[0].name = SPAN_LIT("opensuse.leap.15.3");
	w->w.documents[0].distribution = SPAN_LIT("opensuse-leap");
	w->w.facts.os_id = SPAN_LIT("opensuse-leap");
}

static void
no_product(struct world *w)
{
	other_nodes(w, products, 7);
}

static void
one_product(struct world *w)
{
	no_product(w);
	test_results[1] = RESULT_TRUE;
}

/* The architecture is right, the release is not. */
static void
half_a_release(struct world *w)
{
	other_nodes(w, releases, 5);
	test_results[1] = RESULT_TRUE;
}

static void
whole_release(struct world *w)
{
	half_a_release(w);
	test_results[0] = RESULT_TRUE;
}

/* A release that cannot be told is one that is not known to be another. */
static void
unsure_release(struct world *w)
{
	half_a_release(w);
	test_results[0] = RESULT_UNKNOWN;
}

/* What the definitions share is a package that is fine: no release check. */
static void
same_package(struct world *w)
{
	(void)w;
	four[1].record.nodes = four[2].record.nodes = package_only;
	four[1].record.n_nodes = four[2].record.n_nodes = 1;
	set(RESULT_FALSE, 0, false);
	test_results[2] = RESULT_FALSE;
}

static void
count(struct world *w)
{
	struct scan_document *d = &w->w.evaluated[0];
	size_t i;

	memset(d->counts, 0, sizeof(d->counts));
	d->n_definitions = (uint32_t)n_definitions;
	d->n_kernel = d->n_affecting = d->n_unjudged = 0;
	for (i = 0; i < n_definitions; i++) {
		d->counts[four[i].result]++;
		d->n_kernel += four[i].is_kernel;
		d->n_unjudged += !four[i].is_kernel &&
		    (four[i].result == RESULT_UNKNOWN ||
			four[i].result == RESULT_ERROR);
		d->n_affecting += four[i].result == RESULT_TRUE &&
		    four[i].record.class != OVAL_CLASS_INVENTORY;
	}
}

static void
one_unknown(struct world *w)
{
	(void)w;
	set(RESULT_UNKNOWN, 2, false);
}

static void
unknown_and_error(struct world *w)
{
	(void)w;
	set(RESULT_ERROR, 1, false);
	set(RESULT_UNKNOWN, 2, false);
}

static void
kernel(struct world *w)
{
	(void)w;
	set(RESULT_UNKNOWN, 2, true);
}

static void
not_applicable(struct world *w)
{
	(void)w;
	set(RESULT_NOT_APPLICABLE, 2, false);
}

static void
only_inventory(struct world *w)
{
	(void)w;
	n_definitions = 1;
}

static void
no_criteria(struct world *w)
{
	(void)w;
	four[1].record.n_nodes = four[2].record.n_nodes = 0;
	set(RESULT_NOT_EVALUATED, 1, false);
	set(RESULT_NOT_EVALUATED, 2, false);
}

static void
no_definitions(struct world *w)
{
	(void)w;
	n_definitions = 0;
}

static void
affected(struct world *w)
{
	(void)w;
	set(RESULT_TRUE, 1, false);
}

static void
affected_and_unknown(struct world *w)
{
	affected(w);
	one_unknown(w);
}

static void
affected_and_problem(struct world *w)
{
	affected(w);
	problem(w);
}

static void
other_release(struct world *w)
{
	affected(w);
	w->applies.other_release = true;
	w->applies.reason = SPAN_LIT("D judges ubuntu noble");
}

static void
fail_on(struct world *w, enum severity threshold, enum severity found)
{
	affected(w);
	w->finding = (struct finding){ .severity = found };
	w->w.scan.findings = &w->finding;
	w->w.scan.n_findings = 1;
	w->w.scan.fail_on_set = true;
	w->w.scan.fail_on = threshold;
}

static void
fail_on_same(struct world *w)
{
	fail_on(w, SEVERITY_HIGH, SEVERITY_HIGH);
}

static void
fail_on_below(struct world *w)
{
	fail_on(w, SEVERITY_HIGH, SEVERITY_MEDIUM);
}

static void
fail_on_unrated(struct world *w)
{
	fail_on(w, SEVERITY_CRITICAL, SEVERITY_NONE);
}

static void
fail_on_below_and_unknown(struct world *w)
{
	fail_on_below(w);
	one_unknown(w);
}

struct verdict_case {
	const char *name;
	void (*change)(struct world *w);
	const char *expect; /* verdict, then a line a reason */
};

#define NO_JUDGE                                                          \
	" has no vulnerability and no patch that it judges by anything, " \
	"so it says nothing"
#define FOCAL "com.ubuntu.focal.cve.oval"

static const struct verdict_case cases[] = {
	{ "nothing is true, everything known", NULL, "pass" },
	{ "no os-release", no_os_release,
	    "unknown\nthe image has no readable os-release: its release is not "
	    "known" },
	{ "os-release without an ID", no_id,
	    "unknown\nthe image's os-release names no distribution: its "
	    "release is not known" },
	{ "no content", no_content, "unknown\nno content for ubuntu focal" },
	{ "no package database", no_database,
	    "unknown\nthe image has no dpkg package database" },
	{ "no package database of any kind", no_database_at_all,
	    "unknown\nno content for ubuntu focal\nthe image has no package "
	    "database" },
	{ "another kind of package database", other_database,
	    "unknown\nthe image has no dpkg package database" },
	{ "zero packages", no_packages,
	    "unknown\nthe dpkg package database lists no installed package" },
	{ "a database that cannot be read", database_error,
	    "unknown\nthe dpkg package database cannot be read: line 3: no "
	    "field" },
	{ "a database read in part", database_incomplete,
	    "unknown\nthe dpkg package database can be read only in part: "
	    "line 3: no field" },
	{ "a layer that ends early", problem,
	    "unknown\nlayer 2 of 3 ends early" },
	{ "none of the products is installed", no_product,
	    "unknown\nopensuse.leap.15.3: its own check of the release is false "
	    "for this image, so it says nothing (the distribution's release "
	    "package is missing, or of another release)" },
	{ "one of the products is", one_product, "pass" },
	{ "the architecture, but not the release", half_a_release,
	    "unknown\nopensuse.leap.15.3: its own check of the release is false "
	    "for this image, so it says nothing (the distribution's release "
	    "package is missing, or of another release)" },
	{ "both of them", whole_release, "pass" },
	{ "a release that cannot be told", unsure_release, "pass" },
	{ "the release check is false", no_lsb_release,
	    "unknown\n" FOCAL
	    ": its own check of the release is false for this image, so it "
	    "says nothing (/etc/lsb-release is missing, or of another "
	    "release)" },
	{ "no package owns redhat-release", redhat,
	    "unknown\nrhel-8.oval: its own check of the release is false for "
	    "this image, so it says nothing (the package redhat-release is "
	    "missing, or of another release)" },
	{ "Red Hat's release check is true", redhat_release, "pass" },
	{ "a shared package is no release check", same_package, "pass" },
	{ "a definition is unknown", one_unknown,
	    "unknown\n" FOCAL ": 1 definition could not be judged: def:2" },
	{ "definitions unknown and in error", unknown_and_error,
	    "unknown\n" FOCAL
	    ": 2 definitions could not be judged, the first is def:1" },
	{ "the host's kernel changes nothing", kernel, "pass" },
	{ "not applicable changes nothing", not_applicable, "pass" },
	{ "a document without definitions", no_definitions,
	    "unknown\n" FOCAL " has no definitions" },
	{ "a document of platforms only", only_inventory,
	    "unknown\n" FOCAL NO_JUDGE },
	{ "a document whose definitions have no criteria", no_criteria,
	    "unknown\n" FOCAL NO_JUDGE },
	{ "affected", affected, "fail" },
	{ "fail stands beside unknown definitions", affected_and_unknown,
	    "fail\n" FOCAL ": 1 definition could not be judged: def:2" },
	{ "fail stands beside a damaged layer", affected_and_problem,
	    "fail\nlayer 2 of 3 ends early" },
	{ "another release's document decides nothing", other_release,
	    "unknown\nD judges ubuntu noble" },
	{ "--fail-on, a finding of that severity", fail_on_same, "fail" },
	{ "--fail-on, a finding below", fail_on_below, "pass" },
	{ "--fail-on, an unrated finding", fail_on_unrated, "fail" },
	{ "--fail-on, below and unknown", fail_on_below_and_unknown,
	    "unknown\n" FOCAL ": 1 definition could not be judged: def:2" },
};

static void
world_init(struct world *w)
{
	*w = (struct world){ 0 };
	scan_world_init(&w->w);
	w->w.scan.n_documents = 1;
	w->w.scan.verdict = VERDICT_NONE;
	memset(test_results, 0, sizeof(test_results));
	ubuntu();
}

static void
test_verdict(void **state)
{
	const struct verdict_case *c = *state;
	struct buf got = { 0 };
	struct err e = { 0 };
	struct world w;
	size_t i;

	world_init(&w);
	if (c->change != NULL)
		c->change(&w);
	count(&w);
	assert_int_equal(verdict_decide(&w.w.scan, &w.applies, &e), 0);
	buf_add_str(&got, verdict_name(w.w.scan.verdict));
	for (i = 0; i < w.w.scan.n_reasons; i++)
		buf_printf(&got, "\n%.*s", SPAN_ARG(w.w.scan.reasons[i]));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&w.w.scan.arena);
}

/* However much is wrong, the report stays readable. */
static void
test_many_reasons(void **state)
{
	struct err e = { 0 };
	struct scan *s;
	struct world w;

	(void)state;
	world_init(&w);
	many_problems(&w);
	count(&w);
	s = &w.w.scan;
	assert_int_equal(verdict_decide(s, &w.applies, &e), 0);
	assert_int_equal(s->verdict, VERDICT_UNKNOWN);
	assert_int_equal(s->n_reasons, 64);
	assert_true(span_is(s->reasons[62], "x"));
	assert_true(span_is(s->reasons[63], "and more"));
	arena_cleanup(&s->arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_verdict);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_many_reasons);
	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
