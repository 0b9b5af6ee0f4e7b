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
#define UNJUDGED                                                              \
	": this version does not judge this distribution; `show` tells what " \
	"is known of its packages"
#define NO_PASS(d, r)                                              \
	d " passes no image: this version does not know what the " \
	  "definitions for " r " leave out"
#define OVAL(n, d, r, f)                                                 \
	{                                                                \
		.name = S(n), .format = S("oval"), .distribution = S(d), \
		.release = S(r), .flavour = S(f)                         \
	}

/* By name, as in an index. */
static struct document ubuntu[] = {
	OVAL("com.ubuntu.fips-updates_jammy.cve.oval", "ubuntu", "jammy",
	    "fips-updates.cve"),
	OVAL("com.ubuntu.focal.cve.oval", "ubuntu", "focal", "cve"),
	OVAL("com.ubuntu.focal.usn.oval", "ubuntu", "focal", "usn"),
	OVAL("com.ubuntu.jammy.pkg.oval", "ubuntu", "jammy", "pkg"),
	OVAL("com.ubuntu.noble.usn.oval", "ubuntu", "noble", "usn"),
	{ .name = S("database"),
	    .format = S("usn"),
	    .distribution = S("ubuntu") },
	OVAL("oci.com.ubuntu.fips-updates_jammy.cve.oval", "ubuntu", "jammy",
	    "oci.fips-updates.cve"),
	OVAL("oci.com.ubuntu.jammy.cve.oval", "ubuntu", "jammy", "oci.cve"),
	OVAL("oci.com.ubuntu.jammy.usn.oval", "ubuntu", "jammy", "oci.usn"),
};

static struct document redhat[] = {
	OVAL("openshift-4.oval", "rhel", "8", "openshift-4"),
	OVAL("rhel-8-including-unpatched.oval", "rhel", "8",
	    "rhel-8-including-unpatched"),
	OVAL("rhel-8.oval", "rhel", "8", "rhel-8"),
};

static struct document others[] = {
	{ .name = S("alpine-v3.20-main"),
	    .format = S("secdb"),
	    .distribution = S("alpine"),
	    .release = S("3.20") },
	OVAL("com.oracle.elsa-all", "ol", "", ""),
	OVAL("opensuse.leap.15.3", "opensuse-leap", "15.3", ""),
	OVAL("org.almalinux.alsa-9", "almalinux", "9", ""),
	OVAL("oval-definitions-bullseye", "debian", "bullseye", ""),
	OVAL("suse.linux.enterprise.15-affected", "sles", "15", "affected"),
};

static struct index_family families[] = {
	{ .name = S("other"),
	    .documents = others,
	    .n_documents = TABLE_N(others) },
	{ .name = S("redhat"),
	    .documents = redhat,
	    .n_documents = TABLE_N(redhat) },
	{ .name = S("ubuntu"),
	    .documents = ubuntu,
	    .n_documents = TABLE_N(ubuntu) },
};

static const struct index_reader full = { .families = families,
	.n_families = TABLE_N(families) };
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
	{ "OCI flavours, services and packages do not apply by themselves",
	    &full, "ubuntu", "22.04", "jammy", NULL,
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
	{ "a distribution without a source", &full, "fedora", "40", "", NULL,
	    "||no content for fedora 40: there is no source for this "
	    "distribution" },
	{ "Debian's document does not apply by itself", &full, "debian", "11",
	    "bullseye", NULL, "||no content for debian bullseye" UNJUDGED },
	{ "nor SUSE's", &full, "opensuse-leap", "15.3", "", NULL,
	    "||no content for opensuse-leap 15.3" UNJUDGED },
	{ "nor the enterprise one", &full, "sles", "15.4", "", NULL,
	    "||no content for sles 15.4" UNJUDGED },
	{ "nor Alpine's database", &full, "alpine", "3.20", "", NULL,
	    "||no content for alpine 3.20" UNJUDGED },
	{ "named: Debian's passes no image", &full, "debian", "11", "bullseye",
	    "oval-definitions-bullseye",
	    "oval-definitions-bullseye ||" NO_PASS(
		"oval-definitions-bullseye", "debian bullseye") },
	{ "named: all minor releases of a major one", &full, "almalinux", "9.4",
	    "", "org.almalinux.alsa-9",
	    "org.almalinux.alsa-9 ||" NO_PASS(
		"org.almalinux.alsa-9", "almalinux 9.4") },
	{ "named: service packs", &full, "sles", "15.4", "",
	    "suse.linux.enterprise.15-affected",
	    "suse.linux.enterprise.15-affected ||" NO_PASS(
		"suse.linux.enterprise.15-affected", "sles 15.4") },
	{ "named: all releases of a distribution", &full, "ol", "8.9", "",
	    "com.oracle.elsa-all",
	    "com.oracle.elsa-all ||" NO_PASS("com.oracle.elsa-all", "ol 8.9") },
	{ "named: another release", &full, "opensuse-leap", "15.4", "",
	    "opensuse.leap.15.3",
	    "opensuse.leap.15.3 ||opensuse.leap.15.3 judges opensuse-leap "
	    "15.3, and the image is opensuse-leap 15.4" },
	{ "named: a rebuild by another's", &full, "rocky", "9.4", "",
	    "org.almalinux.alsa-9",
	    "org.almalinux.alsa-9 ||org.almalinux.alsa-9 judges almalinux 9, "
	    "and the image is rocky 9.4" },
	{ "named: a service", &full, "ubuntu", "22.04", "jammy",
	    "com.ubuntu.fips-updates_jammy.cve.oval",
	    "com.ubuntu.fips-updates_jammy.cve.oval ||" },
	{ "named: not OVAL", &full, "alpine", "3.20", "", "alpine-v3.20-main",
	    "||alpine-v3.20-main holds no OVAL definitions to judge by" },
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
