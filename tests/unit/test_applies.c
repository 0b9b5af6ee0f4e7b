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
#define ALONE(d, r)                                                         \
	d " by itself passes no image of " r ": it leaves out what others " \
	  "say"
#define NONE(r, source) "no content for " r ": run `scapcache sync " source "`"
#define PART(r, source)                         \
	"the content for " r " is incomplete: " \
	"run `scapcache sync " source "`"
#define FEW(d, n, r, source)                                               \
	d " has " n " records only, so it is not all that there is for " r \
	  ": run `scapcache sync " source "`"
#define OTHER(n, fmt, d, r, f)                                        \
	{                                                             \
		.name = S(n), .format = S(fmt), .distribution = S(d), \
		.release = S(r), .flavour = S(f), .n_records = 20000  \
	}
#define OVAL(n, d, r, f)                                                 \
	{                                                                \
		.name = S(n), .format = S("oval"), .distribution = S(d), \
		.release = S(r), .flavour = S(f), .n_records = 20000     \
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
	OTHER("almalinux-8-errata", "errata", "almalinux", "8", ""),
	OTHER("alpine-edge-main", "secdb", "alpine", "edge", "main"),
	OTHER("alpine-v3.19-community", "secdb", "alpine", "3.19", "community"),
	OTHER("alpine-v3.19-main", "secdb", "alpine", "3.19", "main"),
	OTHER("alpine-v3.20-main", "secdb", "alpine", "3.20", "main"),
	OTHER("amazon-2023-x86_64", "updateinfo", "amzn", "2023", "x86_64"),
	OTHER("chainguard", "secdb", "chainguard", "", ""),
	OVAL("com.oracle.elsa-2023", "ol", "", ""),
	OVAL("com.oracle.elsa-all", "ol", "", ""),
	{ .name = S("epss"), .format = S("epss") },
	OVAL("opensuse.leap.15.3", "opensuse-leap", "15.3", ""),
	OVAL("opensuse.tumbleweed", "opensuse-tumbleweed", "", ""),
	OVAL("org.almalinux.alsa-9", "almalinux", "9", ""),
	OVAL("oval-definitions-bullseye", "debian", "bullseye", ""),
	{ .name = S("photon-4.0"),
	    .format = S("photon"),
	    .distribution = S("photon"),
	    .release = S("4.0"),
	    .n_records = 3 },
	OTHER("photon-5.0", "photon", "photon", "5.0", ""),
	OTHER("redhat-vex/cve-2024-1", "csaf", "rhel", "", ""),
	OVAL("suse.linux.enterprise.15-affected", "sles", "15", "affected"),
	OVAL("suse.linux.enterprise.15-sp5", "sles", "15-sp5", ""),
	OVAL("suse.linux.enterprise.server.12-patch", "suse", "", ""),
	OTHER("wolfi", "secdb", "wolfi", "", ""),
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
	/* documents +advisories, ? for those that do not suffice|missing|
	 * reason */
	const char *expect;
};

static const struct applies_case cases[] = {
	{ "both flavours of a release", &full, "ubuntu", "20.04", "focal", NULL,
	    "com.ubuntu.focal.cve.oval com.ubuntu.focal.usn.oval ||" },
	{ "one flavour is missing", &full, "ubuntu", "24.04", "noble", NULL,
	    "com.ubuntu.noble.usn.oval |com.ubuntu.noble.cve.oval |" },
	{ "OCI flavours, services and packages do not apply by themselves",
	    &full, "ubuntu", "22.04", "jammy", NULL,
	    "|com.ubuntu.jammy.cve.oval com.ubuntu.jammy.usn.oval |" NONE(
		"ubuntu jammy", "ubuntu-oval") },
	{ "a major version, layered products aside", &full, "rhel", "8.0", "",
	    NULL,
	    "rhel-8.oval rhel-8-including-unpatched.oval "
	    "+redhat-vex/cve-2024-1? ||" },
	{ "a major version alone", &full, "rhel", "8", "", NULL,
	    "rhel-8.oval rhel-8-including-unpatched.oval "
	    "+redhat-vex/cve-2024-1? ||" },
	{ "another major version", &full, "rhel", "80.1", "", NULL,
	    "+redhat-vex/cve-2024-1? |rhel-80.oval "
	    "rhel-80-including-unpatched.oval |" PART(
		"rhel 80", "redhat-oval") },
	{ "CentOS is not judged by Red Hat's", &full, "centos", "8", "", NULL,
	    "||no content for centos 8: Red Hat's definitions judge Red Hat "
	    "Enterprise Linux only" },
	{ "nor is Rocky", &full, "rocky", "8.9", "", NULL,
	    "|rocky-osv |" NONE("rocky 8", "rocky-osv") },
	{ "single files of Red Hat's do not suffice", &full, "rhel", "9.4", "",
	    NULL,
	    "+redhat-vex/cve-2024-1? |rhel-9.oval "
	    "rhel-9-including-unpatched.oval |" PART("rhel 9", "redhat-oval") },
	{ "a distribution without a source", &full, "fedora", "40", "", NULL,
	    "||no content for fedora 40: there is no source for this "
	    "distribution" },
	{ "Debian's OVAL does not apply", &full, "debian", "11", "bullseye",
	    NULL,
	    "|debian-tracker |" NONE("debian bullseye", "debian-tracker") },
	{ "openSUSE", &full, "opensuse-leap", "15.3", "", NULL,
	    "opensuse.leap.15.3 ||" },
	{ "of another release", &full, "opensuse-leap", "15.4", "", NULL,
	    "|opensuse.leap.15.4 |" NONE("opensuse-leap 15.4", "suse-oval") },
	{ "without releases", &full, "opensuse-tumbleweed", "20240101", "",
	    NULL, "opensuse.tumbleweed ||" },
	{ "SUSE's enterprise products", &full, "sles", "15.4", "", NULL,
	    "suse.linux.enterprise.15-affected ||" },
	{ "and of the service pack", &full, "sles_sap", "15.5", "", NULL,
	    "suse.linux.enterprise.15-affected suse.linux.enterprise.15-sp5 "
	    "||" },
	{ "named after the server", &full, "sled", "12.5", "", NULL,
	    "suse.linux.enterprise.server.12-patch ||" },
	{ "of a product that is not there", &full, "sl-micro", "6.0", "", NULL,
	    "|suse.linux.micro.6.0-affected |" NONE(
		"sl-micro 6.0", "suse-oval") },
	{ "Oracle's of all releases", &full, "ol", "8.9", "", NULL,
	    "com.oracle.elsa-all ||" },
	{ "AlmaLinux OVAL", &full, "almalinux", "9.4", "", NULL,
	    "org.almalinux.alsa-9 ||" },
	{ "AlmaLinux errata in its place", &full, "almalinux", "8.10", "", NULL,
	    "+almalinux-8-errata ||" },
	{ "both of Alpine's repositories", &full, "alpine", "3.19.1", "", NULL,
	    "+alpine-v3.19-main +alpine-v3.19-community ||" },
	{ "only one of them", &full, "alpine", "3.20", "", NULL,
	    "+alpine-v3.20-main |alpine-v3.20-community |" PART(
		"alpine 3.20", "alpine-secdb") },
	{ "edge", &full, "alpine", "3.21.0_alpha20240807", "", NULL,
	    "+alpine-edge-main |alpine-edge-community |" PART(
		"alpine edge", "alpine-secdb") },
	{ "Wolfi", &full, "wolfi", "20230201", "", NULL, "+wolfi ||" },
	{ "Chainguard", &full, "chainguard", "20230214", "", NULL,
	    "+chainguard ||" },
	{ "Amazon's of the architecture", &full, "amzn", "2023", "", NULL,
	    "+amazon-2023-x86_64 ||" },
	{ "Amazon's of another release", &full, "amzn", "2", "", NULL,
	    "|amazon-2-x86_64 |" NONE("amzn 2", "amazon") },
	{ "Photon", &full, "photon", "5.0", "", NULL, "+photon-5.0 ||" },
	{ "of which there is only a sample", &full, "photon", "4.0", "", NULL,
	    "+photon-4.0? ||" FEW("photon-4.0", "3", "photon 4.0", "photon") },
	{ "named: Debian's passes no image", &full, "debian", "11", "bullseye",
	    "oval-definitions-bullseye",
	    "oval-definitions-bullseye ||" ALONE(
		"oval-definitions-bullseye", "debian bullseye") },
	{ "named: all minor releases of a major one", &full, "almalinux", "9.4",
	    "", "org.almalinux.alsa-9", "org.almalinux.alsa-9 ||" },
	{ "named: service packs", &full, "sles", "15.4", "",
	    "suse.linux.enterprise.15-affected",
	    "suse.linux.enterprise.15-affected ||" },
	{ "named: all releases of a distribution", &full, "ol", "8.9", "",
	    "com.oracle.elsa-all", "com.oracle.elsa-all ||" },
	{ "named: a year of them", &full, "ol", "8.9", "",
	    "com.oracle.elsa-2023",
	    "com.oracle.elsa-2023 ||" ALONE("com.oracle.elsa-2023", "ol 8") },
	{ "named: another release", &full, "opensuse-leap", "15.4", "",
	    "opensuse.leap.15.3",
	    "opensuse.leap.15.3 ||opensuse.leap.15.3 judges opensuse-leap "
	    "15.3, and the image is opensuse-leap 15.4" },
	{ "named: a rebuild by another's", &full, "rocky", "9.4", "",
	    "org.almalinux.alsa-9",
	    "org.almalinux.alsa-9 ||org.almalinux.alsa-9 judges almalinux 9, "
	    "and the image is rocky 9" },
	{ "named: a service", &full, "ubuntu", "22.04", "jammy",
	    "com.ubuntu.fips-updates_jammy.cve.oval",
	    "com.ubuntu.fips-updates_jammy.cve.oval ||" },
	{ "named: one of two repositories", &full, "alpine", "3.19", "",
	    "alpine-v3.19-main",
	    "+alpine-v3.19-main? ||" ALONE(
		"alpine-v3.19-main", "alpine 3.19") },
	{ "named: all there is", &full, "wolfi", "1", "", "wolfi",
	    "+wolfi ||" },
	{ "named: nothing of packages", &full, "alpine", "3.20", "", "epss",
	    "||epss holds nothing to judge an image by" },
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
	    "||database holds nothing to judge an image by" },
};

static void
test_applies(void **state)
{
	const struct applies_case *c = *state;
	struct package package = { .arch = S("x86_64") };
	struct facts f = { .os_id = span_of(c->id),
		.os_version_id = span_of(c->version_id),
		.os_codename = span_of(c->codename),
		.has_os_release = c->id[0] != '\0',
		.system = { .packages = &package, .n_packages = 1 } };
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct applies out;
	size_t i;

	applies_find(&out, &f, c->index, c->document, &a);
	for (i = 0; i < out.n_documents; i++)
		buf_printf(
		    &got, "%.*s ", SPAN_ARG(out.documents[i].document->name));
	for (i = 0; i < out.n_advisories; i++)
		buf_printf(&got, "+%.*s%s ",
		    SPAN_ARG(out.advisories[i].document->name),
		    out.advisories[i].suffices ? "" : "?");
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
