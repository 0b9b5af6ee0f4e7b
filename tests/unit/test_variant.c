/* SPDX-License-Identifier: Apache-2.0 */
/* Builds of a variant, and packages of kernels: what is no finding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/kernel.h"
#include "scanner/variant.h"
#include "tests/unit/oval_world.h"

#define S(text) SPAN_LIT(text)

/* --- Oracle's errata --- */

#define EARLIER(evr)                                                               \
	"<definitions><definition id='oval:t:def:1' version='1' "                  \
	"class='patch'><metadata><title>ELSA-2024-1: glibc</title>"                \
	"<description/></metadata><criteria operator='AND'><criterion "            \
	"test_ref='oval:t:tst:1'/></criteria></definition></definitions>" W_TESTS( \
	    W_TEST("linux", "rpminfo", "1", "check='at least one'",                \
		W_OBJ("linux", "1") W_STE("linux", "1")))                          \
	    W_OBJECTS(W_OBJECT("linux", "rpminfo", "1",                            \
		"<linux:name>glibc</linux:name>")) W_STATES(W_STATE("linux",       \
		"rpminfo", "1", "",                                                \
		"<linux:evr datatype='evr_string' operation='less than'>" evr      \
		"</linux:evr>"))

/* The same, or what nobody can tell. */
#define OR_UNKNOWN(evr)                                                             \
	"<definitions><definition id='oval:t:def:1' version='1' "                   \
	"class='patch'><metadata><title>ELSA-2024-1: glibc</title>"                 \
	"<description/></metadata><criteria operator='OR'><criterion "              \
	"test_ref='oval:t:tst:1'/><criterion test_ref='oval:t:tst:2'/>"             \
	"</criteria></definition></definitions>" W_TESTS(W_TEST("linux",            \
	    "rpminfo", "1", "check='at least one'",                                 \
	    W_OBJ("linux", "1") W_STE("linux",                                      \
		"1")) "<ind:unknown_test id='oval:t:tst:2' version='1' comment='' " \
		      "check='all'/>") W_OBJECTS(W_OBJECT("linux", "rpminfo",       \
	    "1", "<linux:name>glibc</linux:name>"))                                 \
	    W_STATES(W_STATE("linux", "rpminfo", "1", "",                           \
		"<linux:evr datatype='evr_string' operation='less than'>" evr       \
		"</linux:evr>"))

#define KEY " 72f97b74ec551f03"
#define PLAIN "rpm glibc x86_64 0:2.28-1" KEY
#define KSPLICE "rpm glibc x86_64 2:2.28-1.ksplice1" KEY

static const struct variant_case {
	const char *name;
	const char *distribution;
	const char *packages;
	const char *body;
	size_t n_evidence;
	uint32_t n_unjudged;
} variants[] = {
	{ "an ordinary fix", "ol", PLAIN, EARLIER("0:2.28-2"), 1 },
	{ "of ksplice's build, which is not there", "ol", PLAIN,
	    EARLIER("2:2.28-2.ksplice1.el8"), 0 },
	{ "of ksplice's build, which is", "ol", KSPLICE,
	    EARLIER("2:2.28-2.ksplice1.el8"), 1 },
	{ "of a FIPS build", "ol", PLAIN, EARLIER("10:2.28-2.el8_fips"), 0 },
	{ "others have no such builds", "rhel", PLAIN,
	    EARLIER("10:2.28-2.el8_fips"), 1 },
	{ "what is left of it is unknown", "ol", PLAIN,
	    OR_UNKNOWN("2:2.28-2.ksplice1.el8"), 0, 1 },
};

static void
test_variant(void **state)
{
	const struct variant_case *c = *state;
	const struct oval_world_system spec = { .packages = c->packages };
	struct scan_options options = { .document = "t", .findings = true };
	struct oval_world w;
	struct facts facts;
	struct scan s;
	struct err e;

	if (oval_world_open(&w, c->body, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	w.index.families[0].documents[0].distribution =
	    span_of(c->distribution);
	facts = (struct facts){ .system = w.system,
		.has_os_release = true,
		.os_id = span_of(c->distribution),
		.os_version_id = S("8.9") };
	if (scan_run(&s, &facts, &w.index, &options, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(s.n_evidence, c->n_evidence);
	assert_int_equal(s.verdict == VERDICT_FAIL, c->n_evidence > 0);
	assert_int_equal(s.documents[0].n_unjudged, c->n_unjudged);
	/* OVAL's own result stays. */
	assert_int_equal(s.documents[0].counts[RESULT_TRUE], 1);
	scan_cleanup(&s);
	oval_world_close(&w);
}

/* --- kernels --- */

static const struct kernel_case {
	const char *name;
	struct package package;
	bool is_kernel;
} kernels[] = {
	{ "Debian's image",
	    { .kind = PACKAGE_DPKG,
		.name = S("linux-image-6.1.0-9-amd64"),
		.source = S("linux-signed-amd64") },
	    true },
	{ "headers that libraries build with",
	    { .kind = PACKAGE_DPKG,
		.name = S("linux-libc-dev"),
		.source = S("linux") },
	    true },
	{ "tools of a flavour",
	    { .kind = PACKAGE_DPKG,
		.name = S("linux-tools-aws"),
		.source = S("linux-aws-6.8") },
	    true },
	{ "firmware",
	    { .kind = PACKAGE_DPKG,
		.name = S("linux-firmware"),
		.source = S("linux-firmware") },
	    false },
	{ "Red Hat's",
	    { .kind = PACKAGE_RPM,
		.name = S("bpftool"),
		.source = S("kernel") },
	    true },
	{ "SUSE's",
	    { .kind = PACKAGE_RPM,
		.name = S("kernel-default"),
		.source = S("kernel-default") },
	    true },
	{ "Amazon's by version",
	    { .kind = PACKAGE_RPM,
		.name = S("kernel6.12"),
		.source = S("kernel6.12") },
	    true },
	{ "Photon's",
	    { .kind = PACKAGE_RPM,
		.name = S("linux-esx"),
		.source = S("linux-esx") },
	    true },
	{ "a package of rpm's that begins so",
	    { .kind = PACKAGE_RPM,
		.name = S("linuxptp"),
		.source = S("linuxptp") },
	    false },
	{ "Alpine's",
	    { .kind = PACKAGE_APK,
		.name = S("linux-virt"),
		.source = S("linux-lts") },
	    true },
	{ "Alpine's PAM is none",
	    { .kind = PACKAGE_APK,
		.name = S("linux-pam"),
		.source = S("linux-pam") },
	    false },
};

static void
test_kernel(void **state)
{
	const struct kernel_case *c = *state;

	assert_int_equal(kernel_is_package(&c->package), c->is_kernel);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(variants) + TABLE_N(kernels)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, variants, test_variant);
	TABLE_ADD(tests, &n, kernels, test_kernel);
	return _cmocka_run_group_tests("variant", tests, n, NULL, NULL);
}
