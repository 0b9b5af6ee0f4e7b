/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/applies.h"
#include "tests/unit/table.h"

#define S(text) SPAN_LIT(text)
#define OVAL(n, d, r, f)                                                 \
	{                                                                \
		.name = S(n), .format = S("oval"), .distribution = S(d), \
		.release = S(r), .flavour = S(f)                         \
	}

static struct document ubuntu[] = {
	OVAL("com.ubuntu.focal.cve.oval", "ubuntu", "focal", "cve"),
	OVAL("com.ubuntu.focal.usn.oval", "ubuntu", "focal", "usn"),
	OVAL("com.ubuntu.noble.usn.oval", "ubuntu", "noble", "usn"),
	OVAL("oci.com.ubuntu.jammy.cve.oval", "ubuntu", "jammy", "oci-cve"),
	{ .name = S("database"),
	    .format = S("usn"),
	    .distribution = S("ubuntu") },
};

static struct document redhat[] = {
	OVAL("openshift-4.oval", "rhel", "8", "openshift-4"),
	OVAL("rhel-8-including-unpatched.oval", "rhel", "8",
	    "rhel-8-including-unpatched"),
	OVAL("rhel-8.oval", "rhel", "8", "rhel-8"),
};

static struct index_family families[] = {
	{ .name = S("redhat"), .documents = redhat, .n_documents = 3 },
	{ .name = S("ubuntu"), .documents = ubuntu, .n_documents = 5 },
};

static const struct index_reader full = { .families = families,
	.n_families = 2 };
static const struct index_reader empty = { .n_families = 0 };

struct applies_case {
	const char *name;
	const struct index_reader *index;
	const char *id;
	const char *version_id;
	const char *codename;
	const char *document; /* --document */
	const char *expect;   /* documents|missing|reason */
};

static const struct applies_case cases[] = {
	{ "both flavours of a release", &full, "ubuntu", "20.04", "focal", NULL,
	    "com.ubuntu.focal.cve.oval com.ubuntu.focal.usn.oval ||" },
	{ "one flavour is missing", &full, "ubuntu", "24.04", "noble", NULL,
	    "com.ubuntu.noble.usn.oval |com.ubuntu.noble.cve.oval |" },
	{ "OCI flavours do not apply by themselves", &full, "ubuntu", "22.04",
	    "jammy", NULL,
	    "|com.ubuntu.jammy.cve.oval com.ubuntu.jammy.usn.oval |no content "
	    "for ubuntu jammy: run `scapcache sync`" },
	{ "a major version, layered products aside", &full, "rhel", "8.0", "",
	    NULL, "rhel-8.oval rhel-8-including-unpatched.oval ||" },
	{ "a major version alone", &full, "rhel", "8", "", NULL,
	    "rhel-8.oval rhel-8-including-unpatched.oval ||" },
	{ "another major version", &full, "rhel", "80.1", "", NULL,
	    "|rhel-80.oval rhel-80-including-unpatched.oval |no content for "
	    "rhel 80: run `scapcache sync`" },
	{ "a rebuild is not judged by Red Hat's", &full, "centos", "8", "",
	    NULL,
	    "||no content for centos 8: Red Hat's definitions judge Red Hat "
	    "Enterprise Linux only" },
	{ "rocky", &full, "rocky", "8.9", "", NULL,
	    "||no content for rocky 8.9: Red Hat's definitions judge Red Hat "
	    "Enterprise Linux only" },
	{ "a distribution without a source", &full, "debian", "12", "bookworm",
	    NULL,
	    "||no content for debian bookworm: there is no source for this "
	    "distribution" },
	{ "no version", &full, "ubuntu", "", "", NULL,
	    "||the image's os-release names no version: its release is not "
	    "known" },
	{ "no os-release: the verdict says so", &full, "", "", "", NULL, "||" },
	{ "an empty index", &empty, "ubuntu", "20.04", "focal", NULL,
	    "|com.ubuntu.focal.cve.oval com.ubuntu.focal.usn.oval |the index "
	    "is empty: run `scapcache sync`" },
	{ "a named document", &full, "ubuntu", "20.04", "focal",
	    "com.ubuntu.focal.usn.oval", "com.ubuntu.focal.usn.oval ||" },
	{ "a named layered product", &full, "rhel", "8.4", "",
	    "openshift-4.oval", "openshift-4.oval ||" },
	{ "a named document of another release", &full, "ubuntu", "20.04",
	    "focal", "com.ubuntu.noble.usn.oval",
	    "com.ubuntu.noble.usn.oval ||com.ubuntu.noble.usn.oval judges "
	    "ubuntu noble, and the image is ubuntu focal" },
	{ "a named document of another distribution", &full, "centos", "8", "",
	    "rhel-8.oval",
	    "rhel-8.oval ||rhel-8.oval judges rhel 8, and the image is centos "
	    "8" },
	{ "a named document that is not there", &full, "ubuntu", "20.04",
	    "focal", "com.ubuntu.focal.pkg.oval",
	    "|com.ubuntu.focal.pkg.oval |the index has no document "
	    "\"com.ubuntu.focal.pkg.oval\": run `scapcache sync`, or see "
	    "`scapcache status` for those it has" },
	{ "a named document without definitions", &full, "ubuntu", "20.04",
	    "focal", "database",
	    "||database holds no OVAL definitions to judge by" },
};

static void
test_applies(void **state)
{
	const struct applies_case *c = *state;
	struct facts f = { .os_id = span_of(c->id),
		.os_version_id = span_of(c->version_id),
		.os_codename = span_of(c->codename),
		.has_os_release = c->id[0] != '\0' };
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct applies out;
	size_t i;

	applies_find(&out, &f, c->index, c->document, &a);
	for (i = 0; i < out.n_documents; i++)
		buf_printf(
		    &got, "%.*s ", SPAN_ARG(out.documents[i].document->name));
	buf_add_char(&got, '|');
	for (i = 0; i < out.n_missing; i++)
		buf_printf(&got, "%.*s ", SPAN_ARG(out.missing[i]));
	buf_printf(&got, "|%.*s", SPAN_ARG(out.reason));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_applies);
	return cmocka_run_group_tests_name("applies", tests, NULL, NULL);
}
