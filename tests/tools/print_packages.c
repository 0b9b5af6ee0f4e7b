/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print_packages TARGET: the packages of an image as they were gathered, a
 * line each; then how well each database could be read.
 */
#include <stdio.h>

#include "scanner/package_purl.h"

static void
print_package(const struct facts *f, const struct package *p)
{
	struct buf purl = { 0 };

	package_purl(f, p, &purl);
	printf("%s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%s\n",
	    package_kind_name(p->kind), SPAN_ARG(p->name),
	    SPAN_ARG(p->full_version), SPAN_ARG(p->arch), SPAN_ARG(p->source),
	    SPAN_ARG(p->source_version), SPAN_ARG(p->modularity),
	    SPAN_ARG(p->signature_keyid), buf_str(&purl));
	buf_cleanup(&purl);
}

static void
print_facts(const struct facts *f)
{
	static const char *const names[] = { "none", "complete", "incomplete",
		"error" };
	const struct system *s = &f->system;
	size_t i;

	for (i = 0; i < s->n_packages; i++)
		print_package(f, &s->packages[i]);
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		if (s->collected[i] != COLLECTION_NONE)
			printf("# %s %s %.*s\n", package_kind_name(i),
			    names[s->collected[i]],
			    SPAN_ARG(s->collected_error[i]));
	for (i = 0; i < f->n_modules; i++)
		printf("# module %.*s:%.*s %s\n", SPAN_ARG(f->modules[i].name),
		    SPAN_ARG(f->modules[i].stream),
		    f->modules[i].enabled ? "enabled" : "disabled");
	for (i = 0; i < f->n_repositories; i++)
		printf("# repository %.*s%s\n", SPAN_ARG(f->repositories[i]),
		    f->repositories_hint ? " hint" : "");
	for (i = 0; i < f->n_problems; i++)
		printf("# problem %.*s\n", SPAN_ARG(f->problems[i]));
}

int
main(int argc, char **argv)
{
	struct want_list none = { 0 };
	struct arena a = { 0 };
	struct target target;
	struct facts facts;
	struct err e;
	int rc = 1;

	if (argc != 2) {
		fprintf(stderr, "usage: print_packages TARGET\n");
		return 2;
	}
	if (target_parse(&target, argv[1], &a, &e) != 0 ||
	    facts_gather(&facts, &target, &none, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
	} else {
		print_facts(&facts);
		facts_cleanup(&facts);
		rc = 0;
	}
	arena_cleanup(&a);
	return rc;
}
