/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <stdio.h>

#include "base/buf.h"
#include "scanner/pkgdb_dpkg.h"
#include "tests/unit/table.h"

#define INSTALLED "Status: install ok installed\n"
#define A_1 "Package: a\n" INSTALLED "Architecture: amd64\nVersion: 1\n"

struct dpkg_case {
	const char *name;
	const char *status;   /* NULL: none */
	const char *status_d; /* NULL: none */
	/* name:arch epoch|version|release evr full source source_version */
	const char *expect;
	const char *failed;
};

static const struct dpkg_case cases[] = {
	{ "one package", A_1 "\n", NULL, "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "no blank line at the end", A_1, NULL, "a:amd64 |1| 0:1 1 a \n",
	    NULL },
	{ "epoch and revision",
	    "Package: b\n" INSTALLED "Architecture: all\nVersion: 2:1.0-rc-3\n",
	    NULL, "b:all 2|1.0-rc|3 2:1.0-rc-3 2:1.0-rc-3 b \n", NULL },
	{ "source", A_1 "Source: src\n", NULL, "a:amd64 |1| 0:1 1 src \n",
	    NULL },
	{ "source with its version", A_1 "Source: src (1.5-2)\n", NULL,
	    "a:amd64 |1| 0:1 1 src 1.5-2\n", NULL },
	{ "keys of any case",
	    "PACKAGE: a\nsTATUS: install ok installed\n"
	    "architecture: amd64\nversion:1\n",
	    NULL, "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "one name, two architectures",
	    A_1 "\nPackage: a\n" INSTALLED "Architecture: i386\nVersion: 1\n",
	    NULL, "a:amd64 |1| 0:1 1 a \na:i386 |1| 0:1 1 a \n", NULL },
	{ "capitals of a name",
	    "Package: LibA\n" INSTALLED "Version: 1\n\n"
	    "Package: liba\n" INSTALLED "Version: 2\n",
	    NULL, "liba: |2| 0:2 2 liba \n", NULL },
	{ "carriage returns at the ends of lines",
	    "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\n",
	    NULL, "a: |1| 0:1 1 a \n", NULL },
	{ "a carriage return is no blank line", A_1 "\r\n" A_1, NULL, "",
	    "line 5: not a field of a package" },
	{ "the last of the same holds",
	    A_1 "\nPackage: a\n" INSTALLED "Architecture: amd64\nVersion: 2\n",
	    NULL, "a:amd64 |2| 0:2 2 a \n", NULL },
	{ "long fields", A_1 "Description: x\n long: text\n .\n\tmore\n", NULL,
	    "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "taken off",
	    "Package: a\nStatus: deinstall ok config-files\n"
	    "Architecture: amd64\nVersion: 1\n",
	    NULL, "", NULL },
	{ "not installed, without a version",
	    "Package: a\nStatus: unknown ok not-installed\n", NULL, "", NULL },
	{ "on hold", "Package: a\nStatus: hold ok installed\nVersion: 1\n",
	    NULL, "a: |1| 0:1 1 a \n", NULL },
	{ "unpacked", "Package: a\nStatus: install ok unpacked\nVersion: 1\n",
	    NULL, "a: |1| 0:1 1 a \n", NULL },
	{ "half configured",
	    "Package: a\nStatus: install reinstreq half-configured\n"
	    "Version: 1\n",
	    NULL, "a: |1| 0:1 1 a \n", NULL },
	{ "waiting for triggers",
	    "Package: a\nStatus: install ok triggers-awaited\nVersion: 1\n"
	    "\nPackage: b\nStatus: install ok triggers-pending\nVersion: 2\n",
	    NULL, "a: |1| 0:1 1 a \nb: |2| 0:2 2 b \n", NULL },
	{ "half-installed counts",
	    "Package: a\nStatus: install reinstreq half-installed\n"
	    "Version: 1\n\n",
	    NULL, "a: |1| 0:1 1 a \n", NULL },
	{ "several blank lines", "\n\n" A_1 "\n\n\n", NULL,
	    "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "nothing", "", NULL, "", NULL },
	{ "status.d without a Status", NULL,
	    "Package: a\nArchitecture: amd64\nVersion: 1",
	    "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "status.d that says it is gone", NULL,
	    "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n", "",
	    NULL },
	{ "status.d repeats status", A_1,
	    "Package: a\nArchitecture: amd64\nVersion: 1\n",
	    "a:amd64 |1| 0:1 1 a \n", NULL },
	{ "status.d has another version", A_1,
	    "Package: a\nArchitecture: amd64\nVersion: 2\n",
	    "a:amd64 |1| 0:1 1 a \na:amd64 |2| 0:2 2 a \n", NULL },
	{ "status.d adds to status", A_1,
	    "Package: b\nArchitecture: amd64\nVersion: 2\n",
	    "a:amd64 |1| 0:1 1 a \nb:amd64 |2| 0:2 2 b \n", NULL },
	{ "cut in a line", A_1 "\nPackage: b\nSta", NULL,
	    "a:amd64 |1| 0:1 1 a \n", "ends early, in the middle of line 7" },
	{ "cut in a value", A_1 "\nPackage: b\n" INSTALLED "Version: 1.2", NULL,
	    "a:amd64 |1| 0:1 1 a \n", "ends early, in the middle of line 8" },
	{ "cut behind a line", A_1 "\nPackage: b\n" INSTALLED, NULL,
	    "a:amd64 |1| 0:1 1 a \n",
	    "line 8: an installed package without a Version" },
	{ "garbage", A_1 "\n%&/garbage\n", NULL, "a:amd64 |1| 0:1 1 a \n",
	    "line 6: not a field of a package" },
	{ "garbage behind a key", "Pack age: a\n", NULL, "",
	    "line 1: not a field of a package" },
	{ "no Package", INSTALLED "Version: 1\n\n", NULL, "",
	    "line 3: a stanza without a Package" },
	{ "no Status", "Package: a\nVersion: 1\n\n", NULL, "",
	    "line 3: a stanza without a Status" },
	{ "a Status of two words", "Package: a\nStatus: install installed\n\n",
	    NULL, "", "line 3: Status is not three words" },
	{ "a Status of four words",
	    "Package: a\nStatus: install ok installed now\n\n", NULL, "",
	    "line 3: Status is not three words" },
	{ "an unknown state", "Package: a\nStatus: install ok fine\n\n", NULL,
	    "", "line 3: Status has an unknown state" },
	{ "an empty Version", "Package: a\n" INSTALLED "Version:\n\n", NULL, "",
	    "line 4: an installed package without a Version" },
	{ "a Version with a blank", "Package: a\n" INSTALLED "Version: 1 2\n\n",
	    NULL, "", "line 4: Version is not a version" },
	{ "an epoch that is no number",
	    "Package: a\n" INSTALLED "Version: x:1\n\n", NULL, "",
	    "line 4: Version is not a version" },
	{ "a field twice", A_1 "Version: 2\n\n", NULL, "",
	    "line 5: a second Version" },
	{ "a Version on two lines", A_1 " 2\n\n", NULL, "",
	    "line 5: continues something that has one line" },
	{ "begins in the middle", " x\n" A_1, NULL, "",
	    "line 1: continues something that has one line" },
};

static void
print(const struct package_list *l, struct buf *out)
{
	size_t i;

	for (i = 0; i < l->n_packages; i++) {
		const struct package *p = &l->packages[i];

		assert_int_equal(p->kind, PACKAGE_DPKG);
		buf_printf(out,
		    "%.*s:%.*s %.*s|%.*s|%.*s %.*s %.*s %.*s %.*s\n",
		    SPAN_ARG(p->name), SPAN_ARG(p->arch), SPAN_ARG(p->epoch),
		    SPAN_ARG(p->version), SPAN_ARG(p->release),
		    SPAN_ARG(p->evr), SPAN_ARG(p->full_version),
		    SPAN_ARG(p->source), SPAN_ARG(p->source_version));
	}
}

static void
test_read(void **state)
{
	const struct dpkg_case *c = *state;
	struct arena a = { 0 };
	struct package_list list = { .arena = &a };
	struct dpkg_reader r = { .list = &list };
	struct buf got = { 0 };
	struct err e = { 0 };
	int rc = 0;

	if (c->status != NULL)
		rc = dpkg_read(&r, span_of(c->status), DPKG_STATUS, &e);
	if (rc == 0 && c->status_d != NULL)
		rc = dpkg_read(&r, span_of(c->status_d), DPKG_STATUS_D, &e);
	print(&list, &got);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	assert_int_equal(e.code, c->failed == NULL ? ERR_NONE : ERR_FORMAT);
	buf_cleanup(&got);
	dpkg_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&a);
}

static void
test_binary(void **state)
{
	struct arena a = { 0 };
	struct package_list list = { .arena = &a };
	struct dpkg_reader r = { .list = &list };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    dpkg_read(&r, SPAN_LIT("Package: a\0b\n"), DPKG_STATUS, &e), -1);
	assert_string_equal(e.msg, "line 1: binary data");
	dpkg_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&a);
}

/* Each question for the name would get them all. */
static void
test_of_one_name(void **state)
{
	struct arena a = { 0 };
	struct package_list list = { .arena = &a };
	struct dpkg_reader r = { .list = &list };
	struct buf text = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < PKGDB_OF_NAME_MAX + 1; i++)
		buf_printf(&text,
		    "Package: a\nStatus: install ok installed\n"
		    "Architecture: a%u\nVersion: 1\n\n",
		    i);
	assert_int_equal(dpkg_read(&r, buf_span(&text), DPKG_STATUS, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.msg, "more than 256 packages called a"));
	assert_int_equal(list.n_packages, PKGDB_OF_NAME_MAX);
	buf_cleanup(&text);
	dpkg_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2] = {
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_of_one_name),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, cases, test_read);
	return cmocka_run_group_tests_name("dpkg", tests, NULL, NULL);
}
