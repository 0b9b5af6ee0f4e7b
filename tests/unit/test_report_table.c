/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/report.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ABOUT_IMAGE                                     \
	"image       rootfs:image\n"                    \
	"release     ubuntu focal (Ubuntu 20.04 LTS)\n" \
	"inventory   sha256:" ZEROS "\n"                \
	"            2 dpkg packages\n"                 \
	"generation  7\n"
#define ABOUT_CVE                                           \
	"document    com.ubuntu.focal.cve.oval  published " \
	"2021-08-31T04:30:15\n"                             \
	"            sha256:" WORLD_SHA256 "\n"             \
	"            4 definitions: 1 true, 3 false\n"
#define ABOUT_USN                                           \
	"document    com.ubuntu.focal.usn.oval  published " \
	"2021-08-31T04:30:15\n"                             \
	"            sha256:" WORLD_SHA256 "\n"             \
	"            2 definitions: 1 true, 1 false\n"
#define ABOUT "\n" ABOUT_IMAGE ABOUT_CVE ABOUT_USN

static struct span cves[] = { SPAN_LIT("CVE-2021-3449"),
	SPAN_LIT("CVE-2021-3450"), SPAN_LIT("CVE-2021-3711") };
static struct span reasons[] = { SPAN_LIT("the image has no os-release"),
	SPAN_LIT("layer 2 of 3 ends early\033[1A") };
static struct span missing[] = { SPAN_LIT("com.ubuntu.focal.usn.oval") };

struct table_case {
	const char *name;
	void (*change)(struct scan_world *w);
	struct report_options options;
	const char *expect;
};

/* The same hole, seen by CVE and by notice, on two architectures. */
static void
joined(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_evidence(w, 0, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu2");
	f->severity = SEVERITY_HIGH;
	f->status = OVAL_STATUS_RELEASED;
	f->cves = cves;
	f->n_cves = 1;
	w->evidence[1] = *f;
	w->evidence[1].arch = SPAN_LIT("i386");
	w->evidence[1].package_index = PACKAGE_NONE;
	w->scan.n_evidence = 2;
	f = scan_world_evidence(w, 0, "bash", "5.0-6", "");
	f->severity = SEVERITY_LOW;
	f->status = OVAL_STATUS_NEEDS_TRIAGE;
	f->cves = &cves[2];
	f->n_cves = 1;
	f = scan_world_evidence(w, 1, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu3");
	f->severity = SEVERITY_MEDIUM;
	f->notice = SPAN_LIT("USN-4891-1");
	f->cves = cves;
	f->n_cves = 1;
}

static void
notice_alone(struct scan_world *w)
{
	struct evidence *f =
	    scan_world_evidence(w, 1, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu3");

	f->severity = SEVERITY_CRITICAL;
	f->notice = SPAN_LIT("USN-4891-1");
	f->cves = cves;
	f->n_cves = 3;
	f->is_group = true;
}

static void
long_names(struct scan_world *w)
{
	struct evidence *f =
	    scan_world_evidence(w, 0, "linux-image-unsigned-5.4.0-26-generic",
		"5.4.0-26.30", "5.4.0-33.37~20.04.1+signed.20200601");

	f->severity = SEVERITY_MEDIUM;
	f->status = OVAL_STATUS_NOT_AFFECTED;
	f->cves = cves;
	f->n_cves = 1;
}

/* What is worth a look comes first, ESM and status after it. */
static void
marked(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_evidence(w, 0, "openssl", "1.1.1f-1", "1.1.1f-1+esm2");
	f->severity = SEVERITY_HIGH;
	f->status = OVAL_STATUS_RELEASED;
	f->pocket = SPAN_LIT("esm-infra");
	f->cves = cves;
	f->n_cves = 1;
	f = scan_world_evidence(w, 0, "bash", "5.0-6", "");
	f->severity = SEVERITY_LOW;
	f->state = ADVISORY_WILL_NOT_FIX;
	f->cves = &cves[1];
	f->n_cves = 1;
	f = scan_world_evidence(w, 0, "bash", "5.0-6", "");
	f->severity = SEVERITY_LOW;
	f->state = ADVISORY_DEFERRED;
	f->detail = SPAN_LIT("Fix deferred");
	f->cves = &cves[2];
	f->n_cves = 1;
	f = scan_world_evidence(w, 1, "bash", "5.0-6", "");
	f->word = WORD_NOT_AFFECTED;
	f->cves = &cves[2];
	f->n_cves = 1;
}

/* Kernels come last, whatever their severity. */
static void
kernel_packages(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_evidence(w, 0, "linux-libc-dev", "5.4.0-1", "5.4.0-2");
	f->severity = SEVERITY_CRITICAL;
	f->cves = cves;
	f->n_cves = 1;
	f = scan_world_evidence(w, 0, "bash", "5.0-6", "5.0-7");
	f->severity = SEVERITY_LOW;
	f->cves = &cves[1];
	f->n_cves = 1;
}

static struct fact_layer layers[] = {
	{ .created_by = SPAN_LIT("ADD rootfs.tar /") },
	{ .created_by = SPAN_LIT("ENV A=B") },
	{ .created_by = SPAN_LIT(
	      "RUN apt-get update && apt-get install -y --no-install-recommends "
	      "openssl\033[2J ca-certificates") },
};
static uint16_t package_layers[] = { 0, 2 };

static void
in_layers(struct scan_world *w)
{
	joined(w);
	w->facts.layers = layers;
	w->facts.n_layers = 3;
	w->facts.package_layers = package_layers;
}

static void
no_package(struct scan_world *w)
{
	scan_world_evidence(w, 0, "", "", "");
}

static void
unknown(struct scan_world *w)
{
	w->scan.verdict = VERDICT_UNKNOWN;
	w->scan.reasons = reasons;
	w->scan.n_reasons = 2;
	w->scan.missing = missing;
	w->scan.n_missing = 1;
	w->scan.n_documents = 1;
	w->facts.os_id = SPAN_NONE;
}

static void
fail_with_reasons(struct scan_world *w)
{
	no_package(w);
	w->scan.reasons = reasons;
	w->scan.n_reasons = 1;
}

static void
kernel(struct scan_world *w)
{
	w->scan.n_documents = 1;
	w->evaluated[0].n_definitions += 2;
	w->evaluated[0].counts[RESULT_UNKNOWN] = 2;
	w->evaluated[0].n_kernel = 2;
}

static void
hostile(struct scan_world *w)
{
	struct evidence *f =
	    scan_world_evidence(w, 0, "a\033[2Jb", "1\n2", "3\xff");

	f->cves = &cves[1];
	f->n_cves = 1;
	w->facts.os_name = SPAN_LIT("\033]0;x\007");
	w->scan.n_documents = 0;
}

static const struct table_case cases[] = {
	{ "nothing found", NULL, { 0 }, "PASS  no findings\n\n" },
	{ "CVE and notice in one row", joined, { 0 },
	    "FAIL  3 findings in 2 packages: 2 high, 1 low\n"
	    "\n"
	    "PACKAGE        INSTALLED  FIXED            SEVERITY  CVE       "
	    "     NOTICE/STATUS\n"
	    "openssl:amd64  1.1.1f-1   1.1.1f-1ubuntu3  high      "
	    "CVE-2021-3449  disputed, USN-4891-1\n"
	    "openssl:i386   1.1.1f-1   1.1.1f-1ubuntu2  high      "
	    "CVE-2021-3449  released\n"
	    "bash           5.0-6      -                low       "
	    "CVE-2021-3711  needs-triage\n" },
	{ "a notice that no CVE document knows of", notice_alone, { 0 },
	    "FAIL  1 finding in 1 package: 1 critical\n"
	    "\n"
	    "PACKAGE  INSTALLED  FIXED            SEVERITY  CVE               "
	    "NOTICE/STATUS\n"
	    "openssl  1.1.1f-1   1.1.1f-1ubuntu3  critical  CVE-2021-3449 +2  "
	    "USN-4891-1\n" },
	{ "marks", marked, { 0 },
	    "FAIL  3 findings in 2 packages: 1 high, 2 low\n"
	    "\n"
	    "PACKAGE  INSTALLED  FIXED          SEVERITY  CVE            "
	    "NOTICE/STATUS\n"
	    "openssl  1.1.1f-1   1.1.1f-1+esm2  high      CVE-2021-3449  KEV, "
	    "with Pro\n"
	    "bash     5.0-6      -              low       CVE-2021-3450  will "
	    "not fix\n"
	    "bash     5.0-6      -              low       CVE-2021-3711  "
	    "waived W-1, disputed, Fix deferred\n" },
	{ "marks on a narrow terminal", marked, { .width = 80 },
	    "FAIL  3 findings in 2 packages: 1 high, 2 low\n"
	    "\n"
	    "PACKAGE  INSTALLED  FIXED          SEVERITY  CVE            "
	    "NOTICE/STATUS\n"
	    "openssl  1.1.1f-1   1.1.1f-1+esm2  high      CVE-2021-3449  KEV, "
	    "with Pro\n"
	    "bash     5.0-6      -              low       CVE-2021-3450  will "
	    "not fix\n"
	    "bash     5.0-6      -              low       CVE-2021-3711  "
	    "waived W-1, dispute…\n" },
	{ "kernels are a section of their own", kernel_packages, { 0 },
	    "FAIL  2 findings in 2 packages: 1 critical, 1 low\n"
	    "\n"
	    "PACKAGE         INSTALLED  FIXED    SEVERITY  CVE            "
	    "NOTICE/STATUS\n"
	    "bash            5.0-6      5.0-7    low       CVE-2021-3450\n"
	    "kernel packages: an image runs its host's kernel, none of "
	    "these\n"
	    "linux-libc-dev  5.4.0-1    5.4.0-2  critical  CVE-2021-3449\n"
	    "\n" },
	{ "a definition without a package", no_package, { 0 },
	    "FAIL  1 finding in 1 package: 1 unrated\n"
	    "\n"
	    "PACKAGE  INSTALLED  FIXED  SEVERITY  CVE  NOTICE/STATUS\n"
	    "-        -          -      unrated   -    no fix known\n" },
	{ "unknown, with every reason", unknown, { 0 },
	    "UNKNOWN  the image has no os-release\n"
	    "         layer 2 of 3 ends early\\x1b[1A\n" },
	{ "fail, with what could not be judged", fail_with_reasons, { 0 },
	    "FAIL  1 finding in 1 package: 1 unrated\n"
	    "      besides: the image has no os-release\n"
	    "\n" },
	{ "the host's kernel", kernel, { 0 },
	    "PASS  no findings\n"
	    "\n" ABOUT_IMAGE "document    com.ubuntu.focal.cve.oval  published "
	    "2021-08-31T04:30:15\n"
	    "            sha256:" WORLD_SHA256 "\n"
	    "            6 definitions: 1 true, 3 false, 2 unknown\n"
	    "            2 definitions concern the host's kernel: no "
	    "findings\n" },
	{ "names that would move the cursor", hostile, { 0 },
	    "FAIL  1 finding in 1 package: 1 unrated\n"
	    "\n"
	    "PACKAGE    INSTALLED  FIXED  SEVERITY  CVE            "
	    "NOTICE/STATUS\n"
	    "a\\x1b[2Jb  1\\x0a2     3\\xff  unrated   CVE-2021-3450\n"
	    "\n"
	    "image       rootfs:image\n"
	    "release     ubuntu focal (\\x1b]0;x\\x07)\n" },
	{ "a narrow terminal", long_names, { .width = 80 },
	    "FAIL  1 finding in 1 package: 1 medium\n"
	    "\n"
	    "PACKAGE       INSTALLED    FIXED          SEVERITY  CVE           "
	    " NOTICE/STATUS\n"
	    "kernel packages: an image runs its host's kernel, none of "
	    "these\n"
	    "linux-image…  5.4.0-26.30  5.4.0-33.37~…  medium    CVE-2021-3449 "
	    " not-affected\n" },
	{ "colours", joined, { .colour = true },
	    "\033[1;31mFAIL\033[0m  3 findings in 2 packages: 2 high, 1 "
	    "low\n" },
};

static char *
write_table(struct scan_world *w, const struct report_options *options)
{
	struct out out;
	struct err e = { 0 };

	out_init(&out, -1);
	assert_int_equal(
	    report_write(REPORT_TABLE, &w->scan, options, &out, &e), 0);
	return out.buf.ptr;
}

/* Each case says how the table begins. */
static void
test_table(void **state)
{
	const struct table_case *c = *state;
	struct scan_world w;
	char *got;

	scan_world_init(&w);
	if (c->change != NULL)
		c->change(&w);
	scan_world_join(&w);
	if (c->change == marked) {
		w.scan.findings[0].exploit.has_kev = true;
		w.scan.findings[2].waived = SPAN_LIT("W-1");
	}
	got = write_table(&w, &c->options);
	scan_world_cleanup(&w);
	if (strlen(got) > strlen(c->expect))
		got[strlen(c->expect)] = '\0';
	assert_string_equal(got, c->expect);
	free(got);
}

static void
test_whole(void **state)
{
	struct report_options options = { 0 };
	struct scan_world w;
	char *got;

	(void)state;
	scan_world_init(&w);
	got = write_table(&w, &options);
	assert_string_equal(got, "PASS  no findings\n" ABOUT);
	free(got);
}

static void
test_missing(void **state)
{
	static const char expect[] =
	    "missing     com.ubuntu.focal.usn.oval  applies and is not in the "
	    "index\n";
	struct report_options options = { 0 };
	struct scan_world w;
	char *got;

	(void)state;
	scan_world_init(&w);
	unknown(&w);
	got = write_table(&w, &options);
	assert_non_null(strstr(got, "release     not known\n"));
	assert_true(strlen(got) > strlen(expect));
	assert_string_equal(got + strlen(got) - strlen(expect), expect);
	free(got);
}

/* Layers that brought findings, each in a line that fits. */
static void
test_layers(void **state)
{
	struct report_options options = { .width = 80 };
	struct scan_world w;
	char *got;

	(void)state;
	scan_world_init(&w);
	in_layers(&w);
	scan_world_join(&w);
	got = write_table(&w, &options);
	assert_non_null(strstr(got,
	    "layer       1 of 3  1 finding  ADD rootfs.tar /\n"
	    "layer       3 of 3  1 finding  RUN apt-get update && apt-get "
	    "install -y --no-in…\n"
	    "inventory"));
	free(got);
	scan_world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 3];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_table);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_whole);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_missing);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_layers);
	return cmocka_run_group_tests_name("report_table", tests, NULL, NULL);
}
